"""The processes that decode files: what no file may cost, and what happens when one of them dies, hangs or lies."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hostile import HOSTILE, encode, jpeg_of_scans, tiff_of_tiles, webp_canvas
from PIL import Image
from support import ROOT, drawing

from lenet.pictures import processes as module
from lenet.pictures.decoder import BYTES_A_PIXEL, HEAD, MAX_MEMORY, ONE_THREAD, READY, TOO_MUCH
from lenet.pictures.files import open_picture
from lenet.pictures.processes import BUSY, NOT_STARTED, Decoder, Decoders

MOST_SECONDS = 2.0
MOST_MEGABYTES = 200

GOOD = encode(drawing(), "PNG")

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def decoder():
    decoder = Decoder()
    yield decoder
    decoder.end()


def run(script: str) -> list:
    """What a fresh interpreter prints, line by line; it is free of what the tests have imported and started."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def is_there(pid: int) -> bool:
    with suppress(OSError):
        os.kill(pid, 0)
        return True
    return False


def has_ended(pid: int, seconds: float) -> bool:
    """Whether a stranger's process ends within so many seconds; whose child it is may not have noticed yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


# What a file may cost

OPEN_ALL = """
import json, os, resource, time
from hostile import HOSTILE, Image, encode
from lenet.pictures.files import open_picture
from lenet.pictures.processes import DECODERS

good = encode(Image.new("L", (30, 20)), "PNG")
for name, maker in HOSTILE.items():
    data = maker()
    assert open_picture(good).size == (30, 20)  # after any file, the next is answered
    start = time.monotonic()
    try:
        sentence = str(open_picture(data).size)
    except ValueError as refusal:
        sentence = str(refusal)
    print(json.dumps([name, sentence, time.monotonic() - start]))
DECODERS.end()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print(json.dumps(["all", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10, 0]))
"""


@pytest.fixture(scope="module")
def costs() -> dict[str, tuple[str, float]]:
    return {name: (sentence, seconds) for name, sentence, seconds in run(OPEN_ALL)}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_two_seconds(costs, name):
    sentence, seconds = costs[name]
    assert sentence == TOO_MUCH
    assert seconds < MOST_SECONDS


def test_no_hostile_file_takes_much_memory_or_leaves_a_process(costs):
    megabytes, _ = costs["all"]
    assert megabytes < MOST_MEGABYTES


@pytest.mark.parametrize(
    ("form", "mode", "size", "options"),
    [
        ("JPEG", "L", (12_000, 9_000), {}),
        ("JPEG", "RGB", (5_656, 4_242), {"progressive": True}),
        ("PNG", "RGBA", (2_160, 3_840), {"compress_level": 1}),
    ],
    ids=["a phone's 108 million pixels", "24 million, progressive", "a screenshot"],
)
def test_what_people_have_is_opened(form, mode, size, options, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 20)  # other tests may keep the machine busy
    picture = open_picture(encode(Image.new(mode, size, "grey"), form, **options))
    assert max(picture.size) == 512
    assert abs(picture.width / picture.height - size[0] / size[1]) < 0.01


@pytest.mark.parametrize(
    ("mode", "form"),
    [("LA", "PNG"), *(pytest.param(*each, marks=pytest.mark.slow) for each in [("RGBA", "PNG"), ("P", "GIF")])],
)
def test_what_the_header_lets_in_fits_into_the_process(mode, form):
    """Else a process of the command line's pool, which may have more, would answer where a decoder refuses."""
    side = int((MAX_MEMORY * 0.99 / BYTES_A_PIXEL.get(mode, 8)) ** 0.5)
    script = (
        "import sys; from lenet.pictures import decoder; decoder.confine(); decoder.decode(sys.stdin.buffer.read())"
    )
    content = encode(Image.new(mode, (side, side)), form)
    environment = os.environ | ONE_THREAD
    done = subprocess.run([sys.executable, "-c", script], input=content, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 0


def test_hostile_files_at_once_do_not_keep_good_ones_from_their_answers():
    bad = [jpeg_of_scans(), webp_canvas(), tiff_of_tiles(), b"no picture", GOOD[:100]]
    good = [encode(drawing(size=(120 + number, 100)), "PNG") for number in range(15)]
    with ThreadPoolExecutor(20) as threads:
        refused = [threads.submit(open_picture, data) for data in bad]
        opened = [threads.submit(open_picture, data) for data in good]
        for number, answer in enumerate(opened):
            assert answer.result().tobytes() == drawing(size=(120 + number, 100)).tobytes()
        for answer in refused:
            assert isinstance(answer.exception(), ValueError)


# A process that dies, hangs, lies or does not start


def test_the_process_stays_for_the_next_file(decoder):
    decoder.decode(GOOD)
    pid = decoder._process.pid
    assert decoder.decode(GOOD).size == (120, 100)
    assert decoder._process.pid == pid


def test_a_process_that_has_died_is_replaced_and_nobody_notices(decoder):
    decoder.decode(GOOD)
    pid = decoder._process.pid
    os.kill(pid, signal.SIGKILL)
    assert has_ended(pid, 5)
    assert decoder.decode(GOOD).size == (120, 100)
    assert decoder._process.pid != pid
    assert not is_there(pid)


@pytest.mark.parametrize("data", [GOOD, GOOD + bytes(1_000_000)], ids=["while reading", "while writing"])
def test_a_process_that_hangs_is_ended_in_time_and_replaced(decoder, monkeypatch, data):
    monkeypatch.setattr(module, "SECONDS", 0.3)
    decoder.decode(GOOD)
    pid = decoder._process.pid
    os.kill(pid, signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(ValueError, match="takes too long or too much memory to open; make it smaller"):
        decoder.decode(data)
    assert 0.3 <= time.monotonic() - start < MOST_SECONDS
    assert not is_there(pid)
    monkeypatch.undo()
    assert decoder.decode(GOOD).size == (120, 100)


def test_an_exception_in_the_middle_does_not_give_the_next_file_this_ones_picture(decoder, monkeypatch):
    decoder.decode(GOOD)

    def interrupted(process, length):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "_read", interrupted)
        decoder.decode(encode(drawing(size=(50, 40)), "PNG"))
    assert decoder.decode(GOOD).size == (120, 100)


def test_a_file_that_takes_all_memory_ends_the_process_and_nothing_else(decoder, monkeypatch):
    greedy = "from lenet.pictures import decoder as d; d.decode = lambda _: bytes(d.MAX_DATA) and {}; d.main()".format(
        'd.Image.new("RGB", (1, 1))'
    )
    with monkeypatch.context() as patch:
        patch.setattr(module, "COMMAND", [sys.executable, "-c", greedy])
        with pytest.raises(ValueError, match="takes too long or too much memory"):
            decoder.decode(GOOD)
    decoder.end()
    assert decoder.decode(GOOD).size == (120, 100)


ANSWERS = {
    "nothing": b"",
    "half a head": HEAD.pack(0, 1, 1)[:2],
    "half a picture": HEAD.pack(0, 2, 2) + bytes(11),
    "a huge picture": HEAD.pack(0, 513, 1) + bytes(3 * 513),
    "an empty picture": HEAD.pack(0, 0, 7),
    "an unknown sentence": HEAD.pack(9, 0, 0),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_cannot_be_is_no_picture(decoder, monkeypatch, name):
    lie = f"import sys; sys.stdout.buffer.write({READY + ANSWERS[name]!r})"
    monkeypatch.setattr(module, "COMMAND", [sys.executable, "-S", "-c", lie])
    with pytest.raises(ValueError, match="takes too long or too much"):
        decoder.decode(GOOD)


@pytest.mark.parametrize("command", [["/no/such/program"], [sys.executable, "-S", "-c", ""]])
def test_a_process_that_does_not_start_is_a_sentence(decoder, monkeypatch, command):
    with monkeypatch.context() as patch:
        patch.setattr(module, "COMMAND", command)
        for _ in range(2):
            with pytest.raises(ValueError, match=NOT_STARTED):
                decoder.decode(GOOD)
    assert decoder.decode(GOOD).size == (120, 100)


def test_whoever_waits_too_long_or_finds_the_line_too_long_is_told(monkeypatch):
    monkeypatch.setattr(module, "LINE_SECONDS", 0.01)
    monkeypatch.setattr(module, "IN_LINE", 2)
    decoders = Decoders(1)
    with decoders.one():
        with pytest.raises(ValueError, match=BUSY), decoders.one():
            pass  # nobody is free in time
        decoders._line.acquire()
        with pytest.raises(ValueError, match=BUSY), decoders.one():
            pass  # the line is full
        decoders._line.release()
    with decoders.one() as decoder:
        assert isinstance(decoder, Decoder)


# Whose process it is

PARENT = """
import threading, time
from hostile import {maker}
from lenet.pictures.processes import Decoder

decoder = Decoder()
decoder._started()
threading.Thread(target=decoder.decode, args=[{maker}()], daemon=True).start()
time.sleep(0.3)
print(decoder._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("maker", "seconds"), [("webp_canvas", 5), ("jpeg_of_scans", 8)], ids=["idle", "busy"])
def test_a_process_ends_when_its_parent_is_killed(maker, seconds):
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(maker=maker)],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with parent:
        pid = int(parent.stdout.readline())
        assert is_there(pid)
        parent.kill()
    assert has_ended(pid, seconds)


FORK = """
import json, multiprocessing
from hostile import Image, encode
from lenet.pictures.files import open_picture

def width(side):
    return open_picture(encode(Image.new("L", (side, 9)), "PNG")).width

first = width(5)
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(json.dumps([first, *pool.map(width, range(10, 20), 5), width(6)]))
"""


def test_a_forked_program_has_processes_of_its_own():
    assert run(FORK) == [[5, *range(10, 20), 6]]


def test_the_process_is_found_from_any_folder_and_knows_nothing_of_what_lies_there(tmp_path):
    (tmp_path / "numpy.py").write_text("raise SystemExit")
    (tmp_path / "seven.png").write_bytes(GOOD)
    script = f"import sys; sys.path[0] = {str(ROOT)!r}; from lenet import open_picture; open_picture('seven.png')"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
