"""A stranger's checkpoint folder, damaged in every way of a table: the page goes on, and says what is wrong."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from damage import DAMAGES, EPOCH, SNAPSHOT, Damage, damaged, ink, whole
from PIL import Image
from support import ROOT, put

from lenet import settings
from lenet.__main__ import main
from lenet.checkpoint import snapshots
from lenet.prediction import predict
from lenet.ui.door import Chosen
from lenet.ui.handlers import UNCHANGED, Handlers
from lenet.ui.lab import Lab
from lenet.ui.page import build, launch_options
from lenet.ui.scene import Scene
from lenet.ui.values.card import cell_value
from lenet.ui.values.pad import Drawing
from lenet.ui.view import View

MOST_SECONDS = 2
"""Of computing that a damaged folder may cost; a pipe that is waited for would meet the time limit of all tests."""

MOST_MEGABYTES = 200
"""That all of them may take together while they are read."""

PINS = [(1, 0, 3, 3), (2, 1, 2, 2), (3, 4, 0, 0)]
"""A cell of each convolution layer, and a value of a dense one."""


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("source") / "whole"
    whole(folder)
    return folder


def lab_with(source: Path, folder: Path, damage: Damage) -> Lab:
    """The checkpoints of a folder: a damaged one, which is the first, and a whole one."""
    root = folder / "root"
    damaged(source, root / "mine", damage)
    (root / "whole").symlink_to(source)
    return Lab(root)


def sent(answer: Any) -> str:
    """What of an answer goes to the browser, as strict JSON."""
    values = {name: value for name, value in vars(answer).items() if value is not UNCHANGED}
    text = json.dumps(values, allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")  # a lone surrogate could not be sent
    return text


def everything(lab: Lab, breaks: str) -> list[str]:
    """What the page says of the damaged checkpoint, wherever a person looks who can meet the damage."""
    handlers, drawing = Handlers(lab), Drawing().followed_by(ink())
    answers = [
        handlers.opened(lab.first("mine")),
        handlers.on_draw(put({}, ink()), "mine", None),
        handlers.on_card("mine", Chosen(None, {"asked": 1, "what": "whole"})),
        handlers.on_cell("mine", Chosen(None, {"asked": 1, "cell": [3, 3]})),
    ]
    views = {
        "snapshot": [View(epoch=EPOCH)],
        "atlas": [View(compare="class", label=3), *(View(pin=pin, off=((1, 1),), instead="mean") for pin in PINS)],
    }
    answers += [handlers.staged(Scene("mine", view, drawing=drawing)) for view in views.get(breaks, [])]
    return [sent(answer) for answer in answers]


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_folder_is_a_sentence_and_all_else_goes_on(name, source, tmp_path, caplog):
    damage, started = DAMAGES[name], time.process_time()
    lab = lab_with(source, tmp_path, damage)
    said = everything(lab, damage.breaks)
    assert time.process_time() - started < MOST_SECONDS
    assert str(tmp_path) not in "".join(said)
    assert caplog.messages == []
    assert ("whole" in [label for _, label in lab.menu]) and predict(lab.find("whole"), ink()).label
    CHECKS[damage.breaks](lab, name)


def network_is_broken(lab: Lab, name: str) -> None:
    (words, last) = lab.menu[-1]
    assert (last, words.startswith("Cannot be read: mine/"), words.endswith(" · mine")) == ("mine", True, True), words
    assert lab.first("mine") == "whole"
    with pytest.raises(ValueError, match="mine/"):
        lab.find("mine")


def metrics_are_broken(lab: Lab, name: str) -> None:
    network = lab.find("mine")
    assert network.unread.startswith("mine/metrics.json ")
    card = json.loads(sent(Handlers(lab).on_card("mine", Chosen(None, {"asked": 1}))))["card"]["networks"][0]
    assert network.unread in card["limits"][0]
    assert predict(network, ink()).label


def atlas_is_broken(lab: Lab, name: str) -> None:
    network = lab.find("mine")
    assert predict(network, ink()).label
    file = name.split()[0]
    if "tests" in file:
        said = cell_value(1, (3, 3), [network])["tested"][0]["words"]
    elif "favourites" in file:
        scene = Scene("mine", View(pin=PINS[0]), drawing=Drawing().followed_by(ink()))
        said = lab.explanation(scene, lab.see(scene))["unliked"]
    else:
        said = lab.see(Scene("mine", View(compare="class", label=3), drawing=Drawing().followed_by(ink()))).b.text
    assert file in said or "atlas; training" in said or "without their pictures" in said


def doubt_is_broken(lab: Lab, name: str) -> None:
    answer, file = predict(lab.find("mine"), ink()), name.split()[0]
    assert answer.label
    if name.endswith("missing"):
        assert not answer.doubt or not answer.doubt.nearest
    else:
        assert f"mine/{file} " in answer.doubt.problem and answer.doubt.sentence in answer.doubts


def snapshot_is_broken(lab: Lab, name: str) -> None:
    network = lab.find("mine")
    assert predict(network, ink()).label
    seen = lab.answer(Scene("mine", View(epoch=EPOCH), drawing=Drawing().followed_by(ink())))
    assert not snapshots(network) or SNAPSHOT in seen.text


def nothing_is_broken(lab: Lab, name: str) -> None:
    network = lab.find("mine")
    assert network.unread == ""
    assert predict(network, ink()).label


CHECKS = {
    "network": network_is_broken,
    "metrics": metrics_are_broken,
    "atlas": atlas_is_broken,
    "doubt": doubt_is_broken,
    "snapshot": snapshot_is_broken,
    "nothing": nothing_is_broken,
}


@pytest.fixture(scope="module")
def all_damaged(source, tmp_path_factory) -> tuple[Path, dict[str, Damage]]:
    """A folder of checkpoints, in which each damage has a checkpoint; the whole one comes last."""
    root = tmp_path_factory.mktemp("strangers") / "root"
    by_folder = {f"mine-{at:03}": damage for at, damage in enumerate(DAMAGES.values())}
    for name, damage in by_folder.items():
        damaged(source, root / name, damage)
    (root / "whole").symlink_to(source)
    return root, by_folder


@pytest.fixture
def picture(tmp_path) -> Path:
    Image.fromarray(ink()).resize((84, 84)).save(tmp_path / "three.png")
    return tmp_path / "three.png"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_page_over_nothing_but_damaged_folders_answers_each_api_call_with_json_or_a_sentence(
    all_damaged, picture, monkeypatch, caplog, capfd
):
    root, by_folder = all_damaged
    monkeypatch.setattr(settings, "DEFAULT_CHECKPOINT", next(iter(by_folder)))
    demo = build(root)
    _, url, _ = demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **launch_options(demo))
    answered = 0
    try:
        with httpx.Client(base_url=f"{url}gradio_api", timeout=30) as api:
            path = api.post("/upload", files={"files": picture.open("rb")}).json()[0]
            for name, damage in by_folder.items():
                for endpoint in ("predict", "activations"):
                    joined = api.post(f"/call/{endpoint}", json={"data": [{"path": path}, name]}).json()
                    event, _, data = api.get(f"/call/{endpoint}/{joined['event_id']}").text.strip().rpartition("data: ")
                    said = json.loads(data, parse_constant=lambda word: pytest.fail(word))
                    if damage.breaks == "network":
                        assert "error" in event and said["error"].startswith(f"{name}/"), said
                    answered += damage.breaks != "network" and "complete" in event
    finally:
        demo.close()
    assert answered == 2 * sum(damage.breaks != "network" for damage in by_folder.values())
    assert "Traceback" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_command_line_answers_or_says_one_sentence_for_each_damaged_folder(all_damaged, picture, capsys):
    root, by_folder = all_damaged
    for name, damage in by_folder.items():
        for command in (["predict", str(picture), "--json"], ["summary"]):
            named = ["--checkpoint", name] if command[0] == "predict" else [name]
            status = main([*command, *named, "--checkpoints", str(root)])
            out, error = capsys.readouterr()
            assert status == (2 if damage.breaks == "network" else 0), (name, error)
            assert len(error.splitlines()) == (status == 2)
            assert "NaN" not in out + error and "Traceback" not in error


MEASURE = """
import resource, sys
from pathlib import Path
from lenet.ui.lab import Lab
from lenet.ui.page import build, launch_options
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
Lab(Path(sys.argv[1])).menu
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_damaged_folders_together_take_little_memory(all_damaged):
    run = [sys.executable, "-c", MEASURE, str(all_damaged[0])]
    assert int(subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout) < MOST_MEGABYTES


def test_there_are_more_than_a_hundred_and_twenty_six_damages():
    assert len(DAMAGES) > 126
