"""Starts the page as a Space would, and as strictly as this machine allows: from its folder alone, which nobody can
write to, as a user without rights, with an empty home, without a network.

``python -m tools.space_start CODE SCRATCH`` is the part that runs where there is no network.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from lenet.settings import DEFAULT_CHECKPOINT, PORT_VARIABLE

ROOT = Path(__file__).parent.parent

START_LIMIT = 15.0
"""Seconds from the start to the first answer, on a quiet machine."""

ATTEMPTS = 3
"""How often a page that was too slow is started again: the machine may have been busy."""

PATIENCE = 120.0
"""Seconds after which a page that has not answered never will."""

PAUSE = 0.05
"""Seconds between two attempts."""

LAST_WORDS = 2000
"""Letters of what a page has said before it failed."""

NOBODY = 65534
"""The user without rights, where this process may become another."""

NOWHERE = "http://127.0.0.1:9"
"""A proxy that refuses: what wants to leave the machine fails at once."""

READ_ONLY_FILE, READ_ONLY_FOLDER = 0o444, 0o555

SHEET, DIGIT, SIDE = "lenet/ui/examples/digit.png", 3, 28
"""The picture that is asked about: one of the examples, by its number and its side in pixels."""


@dataclass(frozen=True)
class Started:
    """How long a page took to its first answer, in ``seconds``, and under which ``limits`` it ran."""

    seconds: float
    limits: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"first answer of /predict after {self.seconds:.1f} s, {', '.join(self.limits)}"


def start(folder: Path) -> Started:
    """Start the page in a copy of ``folder`` and ask it once. Raises ValueError where it fails or takes too long."""
    with tempfile.TemporaryDirectory(prefix="space-") as scratch:
        os.chmod(scratch, READ_ONLY_FOLDER | 0o200)
        code = Path(scratch) / "code"
        shutil.copytree(folder, code, ignore=shutil.ignore_patterns(".git"))
        _lock(code)
        try:
            for _ in range(ATTEMPTS):
                started = _alone(code, Path(scratch))
                if started.seconds <= START_LIMIT:
                    return started
        finally:
            _unlock(code)
    raise ValueError(f"{started.words}; it must be within {START_LIMIT:g} s")


def _alone(code: Path, scratch: Path) -> Started:
    """One attempt, where there is no network if this machine allows that."""
    alone = ["unshare", "--net"] if _runs(["unshare", "--net", "true"]) else []
    command = [*alone, sys.executable, "-m", "tools.space_start", str(code), str(scratch)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2 * PATIENCE)
    if run.returncode:
        raise ValueError(f"the page did not start: {run.stderr.strip()[-LAST_WORDS:]}")
    found = json.loads(run.stdout)
    return Started(found["seconds"], (*found["limits"], "no network" if alone else "proxies to nowhere"))


def _lock(code: Path) -> None:
    for path in (code, *code.rglob("*")):
        path.chmod(READ_ONLY_FOLDER if path.is_dir() else READ_ONLY_FILE)


def _unlock(code: Path) -> None:
    """So that it can be deleted again."""
    for path in (code, *code.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def _runs(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


# Where there is no network


def inside(code: Path, scratch: Path) -> Started:
    """The page in the folder ``code``, asked once. Raises ValueError, with the page's last words, where it fails."""
    _runs(["ip", "link", "set", "lo", "up"])  # a new network has not even itself
    from gradio_client import Client, handle_file

    user, limits = _user()
    port, picture = _free_port(), _picture(code, scratch)
    log = scratch / "log"
    began = time.monotonic()
    with log.open("w") as said, _server(code, scratch, user, port, said) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(server, address)
            client = Client(address, verbose=False)
            answer = client.predict(handle_file(picture), DEFAULT_CHECKPOINT, api_name="/predict")
            seconds = time.monotonic() - began
        except (OSError, ValueError) as error:
            raise ValueError(f"{error} {log.read_text()[-LAST_WORDS:]}") from error
        finally:
            server.kill()
    if answer["label"] != str(DIGIT):
        raise ValueError(f"the page takes a {DIGIT} for a {answer['label']}")
    return Started(seconds, limits)


def _user() -> tuple[list[str], tuple[str, ...]]:
    """What stands before a command that runs as a user without rights, and how that is said."""
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if os.geteuid() != 0:
        return [], ("as a user without rights", "read-only code")
    if _runs([*become, sys.executable, "-c", "import numpy"]):
        return become, ("as nobody", "read-only code")
    return [], ("as root, since nobody cannot run this Python", "writable code")


def _server(code: Path, scratch: Path, user: list[str], port: int, log: object) -> "subprocess.Popen[bytes]":
    home, temporary = scratch / "home", scratch / "tmp"
    for folder in (home, temporary):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if user:
            os.chown(folder, NOBODY, NOBODY)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "HF_HUB_OFFLINE": "1",
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
        "no_proxy": "127.0.0.1,localhost",
        PORT_VARIABLE: str(port),
    }
    command = [*user, sys.executable, "app.py"]
    return subprocess.Popen(command, cwd=code, env=environment, stdout=log, stderr=log)  # type: ignore[call-overload]


def _wait(server: "subprocess.Popen[bytes]", address: str) -> None:
    """Wait until the page answers. Raises ValueError where its process ends, or it never does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise ValueError(f"the process ended with {server.returncode}.")
        try:
            urllib.request.urlopen(f"{address}/config", timeout=PAUSE * 100).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(PAUSE)
    raise ValueError(f"the page did not answer within {PATIENCE:g} s.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _picture(code: Path, scratch: Path) -> Path:
    """A file with the picture that is asked about."""
    path = scratch / "digit.png"
    Image.open(code / SHEET).crop((DIGIT * SIDE, 0, (DIGIT + 1) * SIDE, SIDE)).save(path)
    return path


if __name__ == "__main__":
    try:
        print(json.dumps(asdict(inside(Path(sys.argv[1]), Path(sys.argv[2])))))
    except ValueError as error:
        sys.exit(str(error))
