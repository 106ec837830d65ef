"""The types of the values that travel between Python and JavaScript, in TypeScript's words.

``python -m tools.value_types`` writes ``lenet/ui/web/values.d.ts`` from the TypedDicts in ``lenet/ui/values/``;
``--check`` says whether the file is up to date, and changes nothing.
"""

import argparse
import importlib
import inspect
import json
import pkgutil
import sys
import textwrap
import types
import typing
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from lenet.ui import values

OUTPUT = Path(values.__file__).parents[1] / "web" / "values.d.ts"
HEAD = "// Written by `python -m tools.value_types` from lenet/ui/values/. Do not edit.\n"
WORDS = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", Any: "unknown"}


def value_types(modules: Iterable[ModuleType]) -> str:
    """The text of the file: every TypedDict that one of the modules defines or imports, by name."""
    found: dict[str, Any] = {}
    for module in modules:
        for kind in filter(typing.is_typeddict, vars(module).values()):
            if found.setdefault(kind.__name__, kind) is not kind:
                raise ValueError(f"two different values are called {kind.__name__}")
    return "\n".join([HEAD, *(interface(found[name]) for name in sorted(found))])


def value_modules() -> list[ModuleType]:
    """The modules in lenet/ui/values/."""
    names = [info.name for info in pkgutil.iter_modules(values.__path__)]
    return [importlib.import_module(f"{values.__name__}.{name}") for name in names]


def interface(kind: Any) -> str:
    """A TypedDict as an interface, with its docstring."""
    lines = [f"export interface {kind.__name__} {{"]
    for name, hint in typing.get_type_hints(kind).items():
        optional = "?" if name in kind.__optional_keys__ else ""
        lines.append(f"  {name}{optional}: {type_of(hint)};")
    return "\n".join([*comment(kind), *lines, "}", ""])


def comment(kind: type) -> list[str]:
    words = textwrap.dedent(inspect.cleandoc(kind.__doc__ or ""))
    return ["/**", *(f" * {line}".rstrip() for line in words.splitlines()), " */"] if words else []


def type_of(hint: Any) -> str:
    """A Python type in TypeScript. Raises ValueError for one that no JSON value has."""
    if hint in WORDS:
        return WORDS[hint]
    if typing.is_typeddict(hint):
        return hint.__name__
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " | ".join(json.dumps(part) for part in parts)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(type_of(part) for part in parts)
    if origin is list:
        return list_of(parts[0])
    if origin is tuple:
        return list_of(parts[0]) if parts[-1] is ... else f"[{', '.join(map(type_of, parts))}]"
    if origin is dict and parts[0] is str:
        return f"Record<string, {type_of(parts[1])}>"
    raise ValueError(f"a value cannot hold {hint}")


def list_of(part: Any) -> str:
    words = type_of(part)
    return f"({words})[]" if " " in words and not words.startswith("[") else f"{words}[]"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare it; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.value_types", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare the file and change nothing")
    check = parser.parse_args(arguments).check
    text = value_types(value_modules())
    if not check:
        OUTPUT.write_text(text, encoding="utf-8")
    elif not OUTPUT.is_file() or OUTPUT.read_text(encoding="utf-8") != text:
        print("lenet/ui/web/values.d.ts is not up to date; run: python -m tools.value_types")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
