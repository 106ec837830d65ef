"""The container: what its two files say must fit the repository. Nothing here builds it."""

import json
import re

from support import ROOT

from lenet.settings import PORT_VARIABLE

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
LINES = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE)).splitlines()


def said(word: str) -> list[str]:
    """What stands after an instruction, each time it stands there."""
    return [line.partition(" ")[2].strip() for line in LINES if line.split(" ")[0] == word]


def test_it_has_the_space_s_python_and_torch_for_the_cpu():
    version = re.search(r'^python_version: "(.+)"$', (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert said("FROM") == [f"python:{version}-slim"]
    (run,) = said("RUN")
    assert "whl/cpu" in run and "--no-cache-dir" in run and "-r /tmp/requirements.txt" in run


def test_it_copies_what_is_there_and_what_the_builder_is_given():
    sources = [source for line in said("COPY") for source in line.split()[:-1]]
    given = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert {source.strip("/") for source in sources} == set(given)
    assert all((ROOT / source).exists() for source in sources)


def test_it_runs_the_page_as_a_user_without_rights_on_the_port_that_it_tells():
    assert said("USER") == ["1000"] and "useradd --uid 1000" in said("RUN")[0]
    assert LINES.index("USER 1000") > max(i for i, line in enumerate(LINES) if line.startswith(("RUN", "COPY")))
    assert json.loads(said("CMD")[0]) == ["python", "app.py"]
    (port,) = said("EXPOSE")
    assert f"{PORT_VARIABLE}={port}" in said("ENV")[0].split()
    assert f":{port}/config" in said("HEALTHCHECK")[0]
