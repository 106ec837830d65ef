"""The entry of the Hugging Face Space, and of the page anywhere: python app.py [--checkpoints DIR]"""

import argparse
import ctypes
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

with suppress(ImportError):
    import spaces  # noqa: F401  # on a Space with ZeroGPU it must come before torch

from lenet import settings

if TYPE_CHECKING:
    from lenet.ui.door import Door

MOST_OPEN = 16_384
"""Connections and files that may be open at once. Many systems give a process 1,024, fewer than a thousand visitors."""

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
"""The numbers of these knobs in glibc's malloc.h."""

MOST_POOLS, LARGE_PIECE = 2, 1 << 20
"""Pools of memory, at most, and the bytes from which on a piece is taken from the system and given back alone."""

USAGE_ERROR = 2
"""Exit status for settings that cannot be used, as argparse has it."""


def page(folder: str | None = None) -> "Door":
    """The page over the checkpoints in ``folder``, or in the folder that the settings name."""
    checkpoints = settings.checkpoints(folder)
    settings.port()  # before gradio, which reads the port when it is imported and dies of a bad one with a traceback
    from lenet.ui.page import build

    return build(checkpoints)


def serve(demo: "Door") -> None:
    """Serve the page until it is stopped."""
    from lenet.ui.page import launch_options

    open_many()
    keep_memory_whole()
    demo.launch(**launch_options(demo))


def open_many() -> None:
    """Let the process open as much as it may at most, where the system counts; a page that may not is served too."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_OPEN if most == resource.RLIM_INFINITY else min(MOST_OPEN, most)
        if 0 <= now < wanted:  # no limit is -1
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def keep_memory_whole() -> None:
    """Let glibc have few pools of memory, and give back what is large as soon as it is free. Others have no such call.

    By default threads have pools of their own, which are soon in pieces: in 20 minutes the page grew by 220 MB.
    """
    with suppress(AttributeError, OSError, TypeError):
        libc = ctypes.CDLL(None)
        for knob, value in ((M_ARENA_MAX, MOST_POOLS), (M_MMAP_THRESHOLD, LARGE_PIECE)):
            libc.mallopt(knob, value)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the page's folders go as after Ctrl-C
    with suppress(KeyboardInterrupt):
        run()


def run() -> None:
    """Serve the page that the command line asks for."""
    parser = argparse.ArgumentParser(prog="app.py", description="Serve the page.")
    parser.add_argument(
        "--checkpoints",
        metavar="DIR",
        help=f"the folder of checkpoints (default: ${settings.CHECKPOINTS_VARIABLE}, or the committed ones)",
    )
    try:
        serve(page(parser.parse_args().checkpoints))
    except (OSError, ValueError) as error:
        print(f"app.py: error: {error}", file=sys.stderr)
        sys.exit(USAGE_ERROR)


if __name__ == "__main__":
    main()
else:
    demo = page()  # a Space's builder and gradio's reloader look for this name
