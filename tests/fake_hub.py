"""A server on this machine in the Hub's place."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from lenet import hub
from lenet.settings import CHECKPOINTS

NAME, COMMIT = "user/repository", "0123456789abcdef0123456789abcdef01234567"


class Repository:
    """A repository's files, what is said of it, and what was asked for."""

    def __init__(self):
        folder = CHECKPOINTS / "mnist-classic"
        self.files = {name: (folder / name).read_bytes() for name in hub.LIMITS}
        self.sizes: dict[str, int] = {}
        self.error = ""
        self.asked: list[str] = []


class Hub(BaseHTTPRequestHandler):
    """Answers as the Hub does: what a repository holds, and its files."""

    def __init__(self, repository: Repository, *arguments):
        self.repository = repository
        super().__init__(*arguments)

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        path = self.path.split("?")[0]
        if path.startswith(f"/api/models/{NAME}") and not self.repository.error:
            revision = path.partition("/revision/")[2]
            if revision and revision not in ("main", COMMIT):
                return self.send(404, b"", {"X-Error-Code": "RevisionNotFound"})
            return self.send(200, json.dumps(self.description()).encode(), {"Content-Type": "application/json"})
        file = path.removeprefix(f"/{NAME}/resolve/").partition("/")[2]
        if file in self.repository.files:
            self.repository.asked.append(file)
            content = self.repository.files[file]
            return self.send(200, content, {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha1(content).hexdigest()}"'})
        self.send(403 if "Gated" in self.repository.error else 404, b"", {"X-Error-Code": self.repository.error})

    def description(self) -> dict:
        sizes = {name: len(content) for name, content in self.repository.files.items()} | self.repository.sizes
        files = [{"rfilename": name, "size": size} for name, size in sizes.items()]
        return {"id": NAME, "sha": COMMIT, "siblings": files}

    def send(self, status: int, content: bytes, headers: dict[str, str]):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@contextmanager
def served(repository: Repository) -> Iterator[str]:
    """The address of a Hub that has this repository alone."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, repository))
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
