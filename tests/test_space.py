"""The folder of a Space: what make space finds in a good one, and in a spoiled one."""

import shutil

import pytest
from packaging.requirements import Requirement

from tools import space, space_index, space_start
from tools.space import KINDS, build, front_matter, main, problems, requirements


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """kind -> its folder, without the checkpoints, which only take time."""
    root, folders = tmp_path_factory.mktemp("space"), {}
    source = root / "source"
    for part in space.PARTS:
        if part == "checkpoints":
            (source / part).mkdir()
        elif (space.ROOT / part).is_dir():
            shutil.copytree(space.ROOT / part, source / part, ignore=shutil.ignore_patterns(*space.SPARE))
        else:
            (source / part).parent.mkdir(exist_ok=True)
            shutil.copyfile(space.ROOT / part, source / part)
    for name, kind in KINDS.items():
        folders[name] = root / name
        build(folders[name], kind, source)
    return folders


@pytest.fixture
def spoiled(built, tmp_path):
    """Changes a file of a good folder for ZeroGPU, and says what is found wrong."""

    def spoil(name: str, old: str, new: str) -> list[str]:
        folder = tmp_path / "spoiled"
        shutil.copytree(built["zero"], folder)
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return problems(folder, KINDS["zero"])

    return spoil


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_wrong_with_a_folder_that_was_just_built(built, name):
    assert problems(built[name], KINDS[name]) == []
    assert front_matter(built[name])["suggested_hardware"] == KINDS[name].hardware


def test_the_two_kinds_differ_in_two_lines(built):
    ours, theirs = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in built.values()
    )
    assert {path.name for path in ours if ours[path] != theirs.get(path)} == {"README.md", "requirements.txt"}
    for name in ("README.md", "requirements.txt"):
        lines = [(folder / name).read_text(encoding="utf-8").splitlines() for folder in built.values()]
        assert sum(one != other for one, other in zip(*lines, strict=True)) == 1


def test_on_zerogpu_torch_stays_within_its_list(built):
    assert requirements(built["zero"])["torch"] == Requirement("torch>=2.8.0,<=2.13.0")
    assert "2.13.0+cu128" in requirements(built["zero"])["torch"].specifier


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("README.md", "title: LeNet Lab\n", "title: [LeNet\n", "the README has no title"),
        ("README.md", "sdk: gradio", "sdk: docker", "it must be gradio"),
        ("README.md", "colorTo: yellow", "colorTo: orange", "it can be red, yellow"),
        ("README.md", "while you draw\n", "while you draw, for everybody in the class\n", "1 to 60 letters"),
        ("README.md", 'python_version: "3.12"', "python_version: 3.12", "must be in quotes"),
        ("README.md", "suggested_hardware: zero-a10g", "suggested_hardware: t4", "it must be zero-a10g"),
        ("README.md", "sdk_version: 6.31.0", "sdk_version: 6.30.0", "gradio must be pinned to ==6.30.0"),
        ("requirements.txt", "gradio==6.31.0", "gradio>=6", "gradio must be pinned to ==6.31.0"),
        ("requirements.txt", "torch>=2.8.0,<=2.13.0", "torch>=2.8", "ZeroGPU takes torch 2.8.0 to 2.13.0"),
        ("requirements.txt", "torch>=2.8.0,<=2.13.0", "torch==2.9.0", "ZeroGPU takes torch 2.8.0 to 2.13.0"),
        ("requirements.txt", "tqdm", "pydantic>=2.13\ntqdm", "pydantic must allow 2.12.5"),
        ("requirements.txt", "tqdm", "--pre\ntqdm", "must hold no options"),
        ("app.py", "import spaces", "import json", "must import spaces before anything of lenet"),
        ("lenet/ui/worker.py", "spaces.GPU(", "spaces.CPU(", "no function is decorated with spaces.GPU"),
    ],
)
def test_each_spoiled_line_is_found(spoiled, name, old, new, words):
    assert any(words in sentence for sentence in spoiled(name, old, new))


def test_files_that_the_hub_refuses_are_found(built, tmp_path):
    folder = tmp_path / "spoiled"
    shutil.copytree(built["cpu"], folder)
    (folder / "large").write_bytes(bytes(1_000_001))
    (folder / "pointer").write_text("version https://git-lfs.github.com/spec/v1\n")
    (folder / "link").symlink_to("large")
    (folder / "LICENSE").unlink()
    said = " ".join(problems(folder, KINDS["cpu"]))
    for words in ("large has 1,000,001 bytes", "pointer is a pointer", "link is a link", "has no LICENSE"):
        assert words in said


def test_only_an_older_space_is_replaced_and_its_git_stays(built, tmp_path, capsys):
    folder = tmp_path / "cpu"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    assert main([str(tmp_path), "--kind", "cpu", "--resolve", "never", "--no-start"]) == 1
    assert "name a new or an empty folder" in capsys.readouterr().err
    assert (folder / "thesis.txt").read_text() == "years of work"
    shutil.copytree(built["cpu"], folder, dirs_exist_ok=True)
    (folder / ".git").mkdir()
    build(folder, KINDS["cpu"], built["cpu"].parent / "source")
    assert not (folder / "thesis.txt").exists() and (folder / ".git").is_dir()


def test_without_an_index_one_line_says_what_was_not_checked(built, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(space, "build", lambda folder, kind: shutil.copytree(built["cpu"], folder))
    monkeypatch.setattr(space_index, "is_reachable", lambda: False)
    assert main([str(tmp_path), "--kind", "cpu", "--no-start"]) == 0
    assert "NOT CHECKED whether it can be installed" in capsys.readouterr().err


def test_what_cannot_be_installed_together_is_said(built, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(space, "build", lambda folder, kind: shutil.copytree(built["cpu"], folder))
    asked = []
    monkeypatch.setattr(space_index, "_pip", lambda *arguments, seconds: asked.append(arguments) or "ERROR: conflict")
    assert main([str(tmp_path), "--kind", "cpu", "--no-start", "--resolve", "always"]) == 1
    assert "install: ERROR: conflict" in capsys.readouterr().err
    assert "gradio[oauth,mcp]==6.31.0" in asked[0] and "3.12" in asked[0]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_page_starts_from_its_folder_alone_read_only_and_offline(tmp_path):
    build(tmp_path / "space", KINDS["cpu"])
    started = space_start.start(tmp_path / "space")
    assert started.seconds < space_start.START_LIMIT
    assert "read-only code" in started.limits


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_folder_that_lacks_a_module_does_not_start(tmp_path):
    build(tmp_path / "space", KINDS["cpu"])
    (tmp_path / "space" / "lenet" / "model.py").unlink()
    with pytest.raises(ValueError, match="No module named 'lenet.model'"):
        space_start.start(tmp_path / "space")
