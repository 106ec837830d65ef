"""The networks' files that the browser computes with: they are sent as they lie in the checkpoints' folder."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from lenet.checkpoint import CONFIG, SNAPSHOT, SNAPSHOTS, WEIGHTS
from lenet.ui.lab import Lab
from lenet.ui.trainer import Trainer
from lenet.untrusted import file_of

SNAPSHOT_PATH = re.compile(rf"{SNAPSHOTS}/{SNAPSHOT.pattern}")

ZIPPED = "my-lenet"
"""What a visitor's network is called when it is downloaded."""

OFFERED = (CONFIG, WEIGHTS)
"""What the browser needs of a checkpoint; nothing else in the folder is sent, but for the snapshots of its training."""

ASK_AGAIN = {"Cache-Control": "no-cache"}
"""The browser keeps a file, and asks whether it has changed: a network may be trained again under its name."""

NOT_OFFERED = "There is no such file here; the page offers the configuration and the weights of its networks."


def network_files(lab: Lab) -> Route:
    """``/networks/<name>/<file>``: the configuration, the weights and the snapshots of a network."""

    async def send(request: Request) -> Response:
        name, file = request.path_params["name"], request.path_params["file"]
        folder = lab.folder(name)
        return _sent(folder, file) if folder and _is_offered(file) else _refused()

    return Route("/networks/{name}/{file:path}", send)


def trained_files(trainer: Trainer) -> list[Route]:
    """``/forming/<name>/<file>``: a visitor's network as it forms. ``/trained/<name>.zip``: its whole checkpoint."""

    async def send_forming(request: Request) -> Response:
        folder, file = trainer.forming(request.path_params["name"]), request.path_params["file"]
        return _sent(folder, file) if folder and file in OFFERED else _refused()

    def send_zip(request: Request) -> Response:
        folder = trainer.folder(request.path_params["name"])
        if folder is None:
            return _refused()
        return FileResponse(_zipped(folder), media_type="application/zip", filename=f"{ZIPPED}.zip")

    return [Route("/forming/{name}/{file}", send_forming), Route("/trained/{name}.zip", send_zip)]


def later_files(scripts: Mapping[str, str]) -> Route:
    """``/later/<name>.js``: the ``scripts`` by name, of components that a page needs only for one of its views."""

    async def send(request: Request) -> Response:
        script = scripts.get(request.path_params["name"])
        return Response(script, media_type="text/javascript", headers=ASK_AGAIN) if script else _refused()

    return Route("/later/{name}.js", send)


def _is_offered(file: str) -> bool:
    return file in OFFERED or bool(SNAPSHOT_PATH.fullmatch(file))


def _sent(folder: Path, file: str) -> Response:
    try:
        return FileResponse(file_of(folder, file), headers=ASK_AGAIN)
    except (OSError, ValueError):
        return _refused()


def _refused() -> Response:
    return JSONResponse({"error": NOT_OFFERED}, status_code=404)


def _zipped(folder: Path) -> Path:
    """A checkpoint as a zip of one folder, which is written once, beside it."""
    whole = folder.with_suffix(".zip")
    if not whole.is_file():
        scratch = folder.with_suffix(f".{secrets.token_hex(4)}")
        with ZipFile(scratch, "w") as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, Path(ZIPPED) / path.relative_to(folder))
        os.replace(scratch, whole)
    return whole
