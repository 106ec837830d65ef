"""What the surroundings decide, and what is said when they decide what cannot be."""

import os
import signal
import subprocess
import sys

import pytest
from support import ROOT

from lenet import settings
from lenet.settings import CHECKPOINTS

OWN_FOLDERS = "lenet-*"
"""The page's folders of uploads and of trained networks; gradio's are for all pages of a machine."""


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    for name in list(os.environ):
        if name == settings.PORT_VARIABLE or name.startswith("LENET_"):
            monkeypatch.delenv(name)


def test_the_checkpoints_are_the_asked_ones_or_the_named_ones_or_the_committed_ones(tmp_path, monkeypatch):
    assert settings.checkpoints() == CHECKPOINTS
    monkeypatch.setenv(settings.CHECKPOINTS_VARIABLE, str(tmp_path))
    assert settings.checkpoints() == tmp_path
    assert settings.checkpoints(CHECKPOINTS) == CHECKPOINTS


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(NotADirectoryError, match="is not a folder; --checkpoints"):
        settings.checkpoints(tmp_path / "gone")


@pytest.mark.parametrize(("said", "port"), [(None, None), ("7860", 7860), ("65535", 65535)])
def test_a_port_is_a_number_or_left_to_gradio(said, port, monkeypatch):
    if said is not None:
        monkeypatch.setenv(settings.PORT_VARIABLE, said)
    assert settings.port() == port


@pytest.mark.parametrize("said", ["abc", "", "0", "65536", "70000", "-1", "80.5", " 80", "9" * 5_000, "\u0661\u0662"])
def test_any_other_port_is_a_sentence(said, monkeypatch):
    monkeypatch.setenv(settings.PORT_VARIABLE, said)
    with pytest.raises(ValueError, match="a port is a number from 1 to 65535"):
        settings.port()


@pytest.mark.parametrize(
    ("arguments", "variable", "words"),
    [
        ([], {settings.PORT_VARIABLE: "abc"}, "GRADIO_SERVER_PORT is 'abc'"),
        ([], {settings.PORT_VARIABLE: ""}, "GRADIO_SERVER_PORT is ''"),
        (["--checkpoints", "gone"], {}, "gone is not a folder"),
    ],
)
def test_the_page_says_in_one_line_why_it_does_not_start(arguments, variable, words, monkeypatch):
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    run = subprocess.run([sys.executable, "app.py", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stderr.startswith("app.py: error: ")
    assert words in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_page_that_is_asked_to_end_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    command = [sys.executable, "-u", "app.py"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        assert run.stdout is not None
        assert any("Running on local URL" in line for line in run.stdout)
        assert list(tmp_path.glob(OWN_FOLDERS))
        run.send_signal(signal.SIGTERM)
        assert "Traceback" not in run.stdout.read()
        assert run.wait(10) == 0
    assert not list(tmp_path.glob(OWN_FOLDERS))


def test_limits_are_the_defaults_or_what_the_variables_say(monkeypatch):
    assert settings.limits() == settings.Limits()
    monkeypatch.setenv("LENET_TRAIN_EPOCHS", "3")
    monkeypatch.setenv("LENET_TRAIN_KEEP_SECONDS", "60")
    assert settings.limits() == settings.Limits(epochs=3, keep_seconds=60)


@pytest.mark.parametrize("said", ["", "-1", "2.5", "many", "9" * 100, "\u0661"])
def test_a_limit_that_is_no_number_is_a_sentence(said, monkeypatch):
    monkeypatch.setenv("LENET_TRAIN_SECONDS", said)
    with pytest.raises(ValueError, match="LENET_TRAIN_SECONDS is .* whole number"):
        settings.limits()


def test_visits_are_the_defaults_or_what_the_variables_say_and_a_space_has_a_proxy(monkeypatch):
    assert settings.visits() == settings.Visits()
    monkeypatch.setenv("LENET_VISIT_REQUESTS", "0")
    assert settings.visits() == settings.Visits(requests=0)
    monkeypatch.setenv(settings.SPACE_VARIABLE, "somebody/lenet-lab")
    assert settings.visits().proxies == 1
    monkeypatch.setenv("LENET_VISIT_PROXIES", "2")
    assert settings.visits().proxies == 2
    monkeypatch.setenv("LENET_VISIT_STREAMS", "many")
    with pytest.raises(ValueError, match="LENET_VISIT_STREAMS is 'many'; it must be a whole number"):
        settings.visits()


def test_a_school_may_frame_the_page_and_nobody_ends_the_list(monkeypatch):
    assert settings.ancestors() == settings.ANCESTORS
    monkeypatch.setenv(settings.ANCESTORS_VARIABLE, "'self' https://school.example")
    assert settings.ancestors() == "'self' https://school.example"
    for said in ("", "https://a; script-src *", "https://a, https://b", "a\nSet-Cookie: x"):
        monkeypatch.setenv(settings.ANCESTORS_VARIABLE, said)
        with pytest.raises(ValueError, match="LENET_FRAME_ANCESTORS"):
            settings.ancestors()
