"""From the TypedDicts of the page's values to their types in the scripts."""

from types import SimpleNamespace
from typing import Any, Literal, TypedDict

import pytest

from tools import value_types
from tools.value_types import main, type_of


class InnerValue(TypedDict):
    size: int


class OuterValue(TypedDict, total=False):
    """What travels.

    Two paragraphs.
    """

    inner: InnerValue | None
    pairs: list[tuple[str, float]]


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (int, "number"),
        (float, "number"),
        (bool, "boolean"),
        (str, "string"),
        (Any, "unknown"),
        (str | None, "string | null"),
        (Literal["a", "b"], '"a" | "b"'),
        (Literal[True], "true"),
        (list[list[float]], "number[][]"),
        (list[int | None], "(number | null)[]"),
        (list[tuple[str, float]], "[string, number][]"),
        (tuple[int, ...], "number[]"),
        (dict[str, InnerValue], "Record<string, InnerValue>"),
    ],
)
def test_a_type_of_python_is_one_of_typescript(hint, words):
    assert type_of(hint) == words


@pytest.mark.parametrize("hint", [bytes, dict[int, str], set[str], complex])
def test_what_no_json_value_has_is_refused(hint):
    with pytest.raises(ValueError, match="cannot hold"):
        type_of(hint)


def test_a_value_is_an_interface_with_its_words():
    assert value_types.interface(OuterValue) == (
        "/**\n * What travels.\n *\n * Two paragraphs.\n */\n"
        "export interface OuterValue {\n  inner?: InnerValue | null;\n  pairs?: [string, number][];\n}\n"
    )


def test_values_stand_in_the_order_of_their_names_and_once_each():
    modules = [SimpleNamespace(Outer=OuterValue, Inner=InnerValue), SimpleNamespace(Inner=InnerValue, other=3)]
    text = value_types.value_types(modules)
    assert text.index("interface InnerValue") < text.index("interface OuterValue")
    assert text.count("interface InnerValue") == 1


def test_two_values_of_one_name_are_refused():
    class Module:
        class InnerValue(TypedDict):
            size: str

    with pytest.raises(ValueError, match="InnerValue"):
        value_types.value_types([SimpleNamespace(a=InnerValue), Module])


def test_the_scripts_types_are_up_to_date():
    assert value_types.OUTPUT.read_text(encoding="utf-8") == value_types.value_types(value_types.value_modules())
    assert main(["--check"]) == 0


def test_a_stale_file_is_one_line_and_a_status(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(value_types, "OUTPUT", tmp_path / "values.d.ts")
    assert main(["--check"]) == 1
    assert "python -m tools.value_types" in capsys.readouterr().out
    assert main([]) == 0
    assert main(["--check"]) == 0
