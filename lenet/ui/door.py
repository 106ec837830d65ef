"""The page's door: what a request brings is checked here, and no request is answered with a traceback or never."""

import atexit
import ctypes
import functools
import inspect
import logging
import os
import re
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import gradio as gr
from gradio.blocks import BlocksConfig
from gradio.utils import get_upload_folder
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lenet.settings import Visits
from lenet.ui.allowance import HOUR, Disk, visitor
from lenet.ui.sentence import Sentence
from lenet.ui.values.pad import count

ANSWER_LIMIT = 30
"""Seconds after which a request is told that its answer took too long; most take milliseconds."""

LOG_WIDTH = 200
"""Characters of an error's own words that go into the log."""

LEFT_OVER = 60
"""Seconds after which a file that an upload began, and did not finish, is removed."""

MOST_COUNTED = 100
"""After each answer, gradio makes a table of how long the last ones took. This is how many it remembers. By default it
remembers 10,000, and the table then takes longer than the answer.
"""

MOST_MINE = 50
"""Networks of a visitor's own that a request names."""

CROWDED = "Too many questions from your address wait already; ask again when some are answered."
NOT_UPLOADED = "This picture was not uploaded here, or it is not kept any more; upload it again."
UNREADABLE = "The page was sent something that it cannot read; reload it and try again."
TOO_LONG = f"The answer took longer than {ANSWER_LIMIT} seconds and was given up; try a smaller picture."

UPLOADS_VARIABLE = "GRADIO_TEMP_DIR"

KEPT = HOUR
"""Seconds for which an upload is kept."""

HASH = re.compile(r"[0-9a-f]{64}")

log = logging.getLogger("lenet")


def own_uploads() -> None:
    """Let the page keep uploads in a folder of its own, which goes when it ends, unless GRADIO_TEMP_DIR names one.

    gradio's folder is one for all its pages on a machine, and what is old in ours is deleted.
    """
    if UPLOADS_VARIABLE not in os.environ:
        os.environ[UPLOADS_VARIABLE] = folder = tempfile.mkdtemp(prefix="lenet-lab-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


def uploaded(path: Any) -> str | Sentence:
    """The path of an uploaded file, its links resolved. Every other path is refused in the same words.

    gradio keeps an upload as FOLDER/HASH/NAME, where HASH is the SHA-256 of its content. Only a visitor who has the
    file can know that path, so a file there is the visitor's own.
    """
    try:
        folder, file = Path(get_upload_folder()).resolve(), Path(path).resolve()
        its_own = file.parent.parent == folder and HASH.fullmatch(file.parent.name)
        return str(file) if its_own and file.is_file() else Sentence(NOT_UPLOADED)
    except (OSError, RuntimeError, TypeError, ValueError):  # RuntimeError: links in a circle, before Python 3.13
        return Sentence(NOT_UPLOADED)


class Chosen(gr.EventData):
    """What was chosen on the page; None where a request does not say it, or says what it cannot be.

    ``index`` is the number or the name of an example, or the name of an exercise's step. ``what`` is the name of a
    thing to take away, or of a network. ``page`` is the address at which the browser says that it shows the page.
    ``cell`` is a row and a column. ``order`` is what to train, unread. ``asked`` is the number of the question, 0
    without one. ``mine`` are names of networks, MOST_MINE at most.
    """

    def __init__(self, target: Any, sent: Any):
        super().__init__(target, sent)
        sent = sent if isinstance(sent, dict) else {}
        self.index = sent.get("index") if type(sent.get("index")) in (int, str) else None
        self.what = sent.get("what") if isinstance(sent.get("what"), str) else None
        self.page = sent.get("page") if isinstance(sent.get("page"), str) else None
        cell = sent.get("cell")
        is_cell = isinstance(cell, list) and len(cell) == 2 and all(type(at) is int and at >= 0 for at in cell)
        self.cell: tuple[int, int] | None = (cell[0], cell[1]) if is_cell else None
        self.order: Any = sent.get("order")
        self.asked = count(sent.get("asked"))
        mine = sent.get("mine") if isinstance(sent.get("mine"), list) else []
        self.mine = [name for name in mine[:MOST_MINE] if isinstance(name, str)]


class Parts(BlocksConfig):
    """The page's components and handlers, of which every session has a copy.

    gradio would also copy each component's settings, and keep the last answers in them, for links that the page does
    not offer: 14 ms of a visitor's first question, and up to 250 KB for each of the last 10,000 visitors.
    """

    def __copy__(self) -> BlocksConfig:
        copied = Bare(self.root_block)
        copied.blocks, copied.fns = dict(self.blocks), dict(self.fns)
        copied.fn_id, copied.renderables = self.fn_id, list(self.renderables)
        return copied


class Bare(BlocksConfig):
    """A session's copy, without the settings."""

    @staticmethod
    def config_for_block(_id: int, rendered_ids: list[int], block: Any, renderable: Any = None) -> dict[Any, Any]:
        return {}


class Door(gr.Blocks):
    """gr.Blocks for strangers' requests: each gets an answer or a sentence in time, and at most one line in the log.

    ``visits`` are the limits of what is asked, ``disk`` counts what is written, and ``routes`` are what is served
    beside gradio's own.
    """

    def __init__(self, visits: Visits, routes: Sequence[Route] = (), **options: Any):
        super().__init__(**options)
        self.default_config = Parts(self)
        self.visits, self.routes = visits, list(routes)
        self.disk = Disk(visits, get_upload_folder())
        self._unheard: set[str] = set()
        self.queue(max_size=visits.waiting or None)
        self._queue.ANALYTICS_MAX_EVENTS = MOST_COUNTED
        self._push, self._queue.push = self._queue.push, self._push_in_turn  # type: ignore[method-assign]

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        for answer in self.fns.values():
            if answer.fn and not inspect.isgeneratorfunction(answer.fn):  # its answers come piece by piece
                answer.fn = _can_be_given_up(answer.fn, self)

    async def sweep(self, listening: Collection[str]) -> None:
        """Forget and remove what nobody needs. Raises nothing."""
        for step in (self.forget(listening), anyio.to_thread.run_sync(_remove_left_over)):
            try:
                await step
            except Exception as error:
                note(error)
        await anyio.to_thread.run_sync(_give_memory_back)

    async def forget(self, listening: Collection[str]) -> None:
        """Forget what was asked and what was answered where nobody listens, now and when this was called before.

        gradio keeps both for a visitor who never comes for the answer.
        """
        queue = self._queue
        unheard = {
            session
            for session in list(queue.pending_messages_per_session)
            if session not in listening and not queue.pending_event_ids_session.get(session, set()) & set(listening)
        }
        for session in unheard & self._unheard:
            await queue.clean_events(session_hash=session)
            queue.pending_messages_per_session.pop(session, None)
            queue.pending_event_ids_session.pop(session, None)
        for session in set(queue.pending_event_ids_session) - set(queue.pending_messages_per_session):
            queue.pending_event_ids_session.pop(session, None)  # gradio forgets the oldest of the others by itself
        self._unheard = unheard

    async def _push_in_turn(self, body: Any, request: Any, username: str | None) -> Any:
        """Put a question of a program in line; the questions of one visitor fill half of it at most."""
        if self.visits.waiting and self._waiting_of(request) >= max(1, self.visits.waiting // 2):
            return False, CROWDED, "queue_full"
        return await self._push(body, request, username)

    def _waiting_of(self, request: Any) -> int:
        """How many questions of a request's visitor are in line."""
        lines, proxies = self._queue.event_queue_per_concurrency_id.values(), self.visits.proxies
        who = visitor(request.scope, proxies)
        return sum(visitor(event.request.scope, proxies) == who for line in lines for event in line.queue)

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *arguments: Any, **options: Any) -> list[Any]:
        self.validate_inputs(block_fn, inputs)
        return await super().preprocess_data(block_fn, _unmarked(inputs), *arguments, **options)

    async def process_api(self, block_fn: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        fn = getattr(block_fn, "fn", None)
        limit = None if inspect.isgeneratorfunction(fn) else ANSWER_LIMIT  # a training may be silent for longer
        try:
            with anyio.fail_after(limit):
                return await super().process_api(block_fn, *arguments, **options)
        except TimeoutError as error:
            note(error)
            raise gr.Error(TOO_LONG, print_exception=False) from error
        except Exception as error:
            if isinstance(error, gr.Error) and not error.print_exception:
                raise  # it is a sentence of ours
            note(error)
            raise gr.Error(UNREADABLE, print_exception=False) from error


class Sentences:
    """ASGI middleware: a request that even gradio's own routes stumble over is answered with a sentence."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            note(error)
            if not started:
                await JSONResponse({"error": UNREADABLE}, status_code=400)(scope, receive, send)
            else:
                with suppress(Exception):  # what was promised is too long, or nobody is there
                    await send({"type": "http.response.body"})  # or the server adds a line of its own to the log


class Packed(GZipMiddleware):
    """ASGI middleware: the page's document, and what comes later, is sent compressed; gradio does not."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packed = scope["type"] == "http" and (scope["path"] == "/" or scope["path"].startswith("/later/"))
        await (super().__call__ if packed else self.app)(scope, receive, send)


def note(error: Exception) -> None:
    """One line in the log about a request that failed: the error, and the place in the code where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.warning("A request failed%s: %s: %.*s", place, type(error).__name__, LOG_WIDTH, ascii(str(error)))


def _can_be_given_up(answer: Callable, blocks: gr.Blocks) -> Callable:
    """``answer`` in a thread that a request need not wait for to the end.

    Python cannot stop a thread, but one that is given up no longer takes the place of another answer.
    """

    @functools.wraps(answer)
    async def answer_in_thread(*values: Any) -> Any:
        return await anyio.to_thread.run_sync(answer, *values, abandon_on_cancel=True, limiter=blocks.limiter)

    return answer_in_thread


def _remove_left_over() -> None:
    """Remove uploads that are old, and soon those that failed: whole ones lie in a folder each.

    gradio's own ``delete_cache`` ends for good when a file comes while it looks, and knows of no failed ones.
    """
    now = time.time()
    for path in Path(get_upload_folder()).glob("*"):
        with suppress(OSError):
            if path.name.startswith(tempfile.gettempprefix()) and path.is_file():
                if path.stat().st_mtime < now - LEFT_OVER:
                    path.unlink()
            elif HASH.fullmatch(path.name) and _last_written(path) < now - KEPT:
                shutil.rmtree(path, ignore_errors=True)


def _last_written(folder: Path) -> float:
    return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))


def _give_memory_back() -> None:
    """What many threads have freed, glibc keeps in pieces: some 30 MB after thirty photos. Others have no such call."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _unmarked(sent: Any) -> Any:
    """What was sent, as gradio hands it on untouched.

    gradio looks itself at files that are marked as such, however deep, and its errors tell which paths exist. Of an
    address of the web it would fetch whatever is there, however large.
    """
    if isinstance(sent, list):
        return [_unmarked(part) for part in sent]
    return {key: _unmarked(part) for key, part in sent.items() if key != "meta"} if isinstance(sent, dict) else sent
