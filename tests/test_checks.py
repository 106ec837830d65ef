"""The checks of the scripts say what they could not check."""

import pytest

from tools import node


@pytest.fixture
def without_npm(monkeypatch, tmp_path):
    """A machine with a Node but no npm, on which nothing is installed."""
    monkeypatch.setattr(node, "MODULES", tmp_path)
    monkeypatch.setattr(node.shutil, "which", lambda name: None)
    monkeypatch.setattr(node, "find", lambda: "node")
    monkeypatch.setattr(node, "check_behaviour", lambda path: True)
    monkeypatch.delenv("CI", raising=False)


def test_without_npm_one_line_says_what_was_not_checked(without_npm, capsys):
    assert node.main([]) == 0
    assert capsys.readouterr().err == (
        "NOT CHECKED: the scripts' format, lint and types, because npm is not installed\n"
    )


def test_without_npm_continuous_integration_fails(without_npm, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert node.main([]) == 1


def test_tests_in_node_that_fail_fail_the_check(without_npm, monkeypatch):
    monkeypatch.setattr(node, "check_behaviour", lambda path: False)
    assert node.main([]) == 1


def test_without_a_node_one_line_says_what_was_not_checked(without_npm, monkeypatch, capsys):
    monkeypatch.setattr(node, "find", lambda: None)
    assert node.main([]) == 0
    assert capsys.readouterr().err == "NOT CHECKED: the scripts, because there is no Node 20 or newer\n"
    monkeypatch.setenv("CI", "true")
    assert node.main([]) == 1


def test_the_node_of_playwright_s_package_is_used_where_the_machine_has_none(monkeypatch):
    monkeypatch.setattr(node.shutil, "which", lambda name: None)
    assert "playwright" in node.find()


def test_an_old_node_is_passed_over(monkeypatch):
    monkeypatch.setattr(node, "candidates", lambda: iter(["old", "new"]))
    monkeypatch.setattr(node, "version", {"old": 18, "new": 20}.get)
    assert node.find() == "new"


def test_what_cannot_be_run_is_no_node(tmp_path):
    assert node.version(str(tmp_path / "none")) == 0
    assert node.version("/bin/sh") == 0
