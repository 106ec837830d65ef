"""The networks' files that the browser computes with: they are sent as they lie in the checkpoints' folder."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from lenet.checkpoint import CONFIG, SNAPSHOT, SNAPSHOTS, WEIGHTS
from lenet.ui.lab import Lab

OFFERED = (CONFIG, WEIGHTS)
"""What the browser needs of a checkpoint; nothing else in the folder is sent, but for the snapshots of its training."""

ASK_AGAIN = {"Cache-Control": "no-cache"}
"""The browser keeps a file, and asks whether it has changed: a network may be trained again under its name."""

NOT_OFFERED = "There is no such file here; the page offers the configuration and the weights of its networks."


def network_files(lab: Lab) -> Route:
    """``/networks/<name>/<file>``: the configuration, the weights and the snapshots of the networks in the menu."""

    async def send(request: Request) -> Response:
        name, file = request.path_params["name"], request.path_params["file"]
        path = lab.root / name / file
        offered = file in OFFERED or (file.startswith(f"{SNAPSHOTS}/") and SNAPSHOT.fullmatch(path.name))
        if not offered or name not in lab.names or path.parent not in _folders(lab, name) or not path.is_file():
            return JSONResponse({"error": NOT_OFFERED}, status_code=404)
        return FileResponse(path, headers=ASK_AGAIN)

    return Route("/networks/{name}/{file:path}", send)


def _folders(lab: Lab, name: str) -> tuple[Path, Path]:
    """Where a network's files lie: a path that leads elsewhere is not followed."""
    return lab.root / name, lab.root / name / SNAPSHOTS
