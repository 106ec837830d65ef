"""The page's ES modules as one text: gradio runs a text, and would not load modules from files.

Each file that the entry needs is wrapped in a function and runs once, after the files that it imports. An import
becomes a constant with names out of that function's result. The bundler knows the few ways to import and export that
the page uses; anything else is an error here, not a surprise in the browser.
"""

import re
from collections.abc import Sequence
from pathlib import Path

WEB = (Path(__file__).parent / "web").resolve()

IMPORT = re.compile(r'^import \{(?P<names>[^}]*)\} from "(?P<path>[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?P<default>default )?(?P<kind>(?:async )?function|class|const) (?P<name>\w+)", re.M)
SPARE = re.compile(r"^[ \t]*(?:(?://|/\*\*|\*/|\* ?).*\n)?", re.MULTILINE)
"""What a browser does not need at the beginning of a line: the indentation, and a comment that is all of the line."""

UNKNOWN = re.compile(r"^\s*(?:import|export)\b.*|.*\bawait import\(.*", re.MULTILINE)


LATER = """let coming = false;
const load = async ({ detail }) => {
  if (coming || detail !== "VIEW") return;
  coming = true;
  const answer = await fetch(`${window.gradio_config?.root ?? ""}/later/NAME.js`).catch(() => null);
  coming = Boolean(answer?.ok);
  if (!coming) return;
  document.removeEventListener("lab-at", load);
  const parts = ["element", "props", "trigger", "watch"];
  new Function(...parts, await answer.text())(element, props, trigger, watch);
  if (document.querySelector(".lab-at-VIEW")) document.dispatchEvent(new CustomEvent("lab-at", { detail }));
};
document.addEventListener("lab-at", load);
"""
"""A script that fetches a component's module, once, when its view is first wanted, and tells the module of that view.

A person who has gone on to another view by then stays there.
"""


class BundleError(ValueError):
    """A module that cannot be bundled; the sentence names the file."""


def bundle(entry: Path, events: Sequence[str] = ()) -> str:
    """The text for ``js_on_load`` of the component whose module is ``entry``; ``events`` are those that it triggers.

    gradio knows an event by its name in quotes somewhere in this text, so they all stand in the first line.
    """
    return _first_line(events) + later_bundle(entry)


def later(entry: Path, events: Sequence[str], view: str) -> str:
    """The same for a component that only one view of the page shows: its module comes with that view."""
    return _first_line(events) + LATER.replace("NAME", entry.stem).replace("VIEW", view)


def later_bundle(entry: Path) -> str:
    """What ``LATER`` fetches: a component's module without the line of its events."""
    return f"{_program(entry)}({{ element, props, trigger, watch }});\n{_source_name(entry)}"


def _first_line(events: Sequence[str]) -> str:
    names = " ".join(f'"{event}"' for event in events)
    return f"// Events: {names}\n"


def page_bundle(entry: Path) -> str:
    """The text for ``launch(js=...)``: a function that starts the module ``entry``, which belongs to no component."""
    return f"() => {{\n{_program(entry)}();\n}}"


def script_bundle(entry: Path) -> str:
    """The module ``entry`` as a script that starts itself, for a page that no gradio serves; without comments."""
    return SPARE.sub("", f"(() => {{\n{_program(entry)}();\n}})();\n")


def _program(entry: Path) -> str:
    """All modules, and at the end the entry's default export, which the caller calls."""
    modules: dict[Path, str] = {}
    _add(entry.resolve(), modules, [])
    return "\n".join(['"use strict";', *modules.values(), f"{_variable(entry.resolve())}.default"])


def _add(path: Path, modules: dict[Path, str], waiting: list[Path]) -> None:
    """Put the module ``path`` into ``modules``, after those that it imports; the ``waiting`` ones import it."""
    if path in waiting:
        raise BundleError(f"Modules import each other in a circle: {' -> '.join(map(_name, [*waiting, path]))}.")
    if path in modules:
        return
    source = path.read_text(encoding="utf-8")
    for found in IMPORT.finditer(source):
        _add(_target(path, found["path"]), modules, [*waiting, path])
    modules[path] = _wrapped(path, source)


def _target(path: Path, specifier: str) -> Path:
    """The file that an import names."""
    target = (path.parent / specifier).resolve()
    if not specifier.startswith(("./", "../")) or not target.is_relative_to(WEB) or not target.is_file():
        raise BundleError(f"{_name(path)} imports {specifier!r}, which is no file below {WEB.name}/.")
    return target


def _wrapped(path: Path, source: str) -> str:
    """A module as a constant that holds its exports by name."""
    exports = [f"default: {found['name']}" if found["default"] else found["name"] for found in EXPORT.finditer(source)]
    body = IMPORT.sub(lambda found: _constant(path, found), source)
    body = EXPORT.sub(r"\g<kind> \g<name>", body)
    if unknown := UNKNOWN.search(body):
        raise BundleError(f"{_name(path)} has a line that the bundler does not know: {unknown[0].strip()}")
    return f"// {_name(path)}\nconst {_variable(path)} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();"


def _constant(path: Path, found: re.Match[str]) -> str:
    """An import as a constant, in one line."""
    names = " ".join(found["names"].split()).replace(" as ", ": ")
    return f"const {{ {names} }} = {_variable(_target(path, found['path']))};"


def _name(path: Path) -> str:
    return path.relative_to(WEB).as_posix() if path.is_relative_to(WEB) else str(path)


def _variable(path: Path) -> str:
    return "$" + re.sub(r"\W", "_", _name(path).removesuffix(".js"))


def _source_name(entry: Path) -> str:
    """The line that tells a browser's tools what to call the text."""
    return f"//# sourceURL={entry.name}"
