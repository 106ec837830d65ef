"""From ES modules on disk to the one text that gradio runs."""

import json
import re
import subprocess
from pathlib import Path

import gradio as gr
import pytest

from lenet.ui import bundle as bundler
from lenet.ui import components as ui
from lenet.ui.bundle import BundleError, bundle, later, later_bundle, page_bundle
from tools import node

NODE = node.find()

needs_node = pytest.mark.skipif(NODE is None, reason="runs the text in Node")
COMPONENTS = {kind.__name__.lower(): kind for kind in ui.Asset.__subclasses__()}


@pytest.fixture
def web(tmp_path, monkeypatch):
    """Writes modules, by name, into a folder that stands for web/."""
    folder = tmp_path.resolve() / "web"
    folder.mkdir()
    monkeypatch.setattr(bundler, "WEB", folder)

    def write(**modules: str) -> Path:
        for name, source in modules.items():
            (folder / f"{name}.js").write_text(source + "\n")
        return folder / "entry.js"

    return write


def run(text: str) -> dict:
    """What ``element.said`` is after the text ran as gradio runs it."""
    program = f"""
    const element = {{ said: [] }};
    new Function("element", "trigger", "props", "server", "upload", "watch", {json.dumps(text)})(element);
    console.log(JSON.stringify(element.said));
    """
    done = subprocess.run([NODE, "-e", program], capture_output=True, text=True, check=True, timeout=30)
    return json.loads(done.stdout)


@needs_node
def test_every_module_runs_once_and_after_what_it_imports(web):
    entry = web(
        entry='import { add } from "./one.js";\nimport {\n  LIST as list,\n  Two,\n} from "./two.js";\n'
        "export default function start({ element }) {\n  element.said = [...list, add(1, 2), new Two().three];\n}",
        one='import { LIST } from "./two.js";\nLIST.push("one");\nexport function add(a, b) {\n  return a + b;\n}',
        two='export const LIST = ["two"];\nexport class Two {\n  three = 3;\n}',
    )
    assert run(bundle(entry)) == ["two", "one", 3, 3]


@needs_node
def test_modules_keep_their_names_to_themselves_and_are_strict(web):
    entry = web(
        entry='import { other } from "./other.js";\nconst own = 1;\n'
        "export default function start({ element }) {\n"
        "  element.said = [own, other(), (function () { return this === undefined; })()];\n}",
        other="const own = 2;\nexport function other() {\n  return own;\n}",
    )
    assert run(bundle(entry)) == [1, 2, True]


@needs_node
def test_a_page_s_script_is_a_function(web):
    entry = web(entry="export default function start() {\n  globalThis.started = true;\n}")
    program = f"({page_bundle(entry)})(); console.log(started)"
    done = subprocess.run([NODE, "-e", program], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "true"


def test_events_reach_gradio(web):
    text = bundle(web(entry="export default function start() {}"), ("draw", "begin"))
    assert text.startswith('// Events: "draw" "begin"\n')
    with gr.Blocks():
        component = gr.HTML(js_on_load=text)
        component.draw(None)
        with pytest.raises(AttributeError):
            component.erase(None)


def test_a_module_says_its_name_and_the_text_its_entry(web):
    text = bundle(
        web(
            entry='import { a } from "./other.js";\nexport default function start() {\n  a();\n}',
            other="export function a() {}",
        )
    )
    assert "\n// other.js\n" in text
    assert text.endswith("//# sourceURL=entry.js")


def test_a_circle_is_refused(web):
    entry = web(
        entry='import { a } from "./a.js";',
        a='import { b } from "./b.js";\nexport const a = 1;',
        b='import { a } from "./a.js";\nexport const b = 1;',
    )
    with pytest.raises(BundleError, match=r"circle: entry.js -> a.js -> b.js -> a.js"):
        bundle(entry)


@pytest.mark.parametrize("specifier", ["lodash", "./missing.js", "../outside.js", "https://example.org/a.js", "./"])
def test_only_files_of_the_page_are_imported(web, specifier):
    entry = web(entry=f'import {{ a }} from "{specifier}";')
    (entry.parent.parent / "outside.js").write_text("export const a = 1;\n")
    with pytest.raises(BundleError, match=re.escape(repr(specifier))):
        bundle(entry)


@pytest.mark.parametrize(
    "line",
    [
        'import "./other.js";',
        'import other from "./other.js";',
        'import * as other from "./other.js";',
        "export { a };",
        "export let a = 1;",
        "export default 1;",
        'export * from "./other.js";',
        'const other = await import("./other.js");',
    ],
)
def test_what_the_bundler_does_not_know_is_refused(web, line):
    with pytest.raises(BundleError, match="does not know"):
        bundle(web(entry=line, other="export const a = 1;"))


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_triggers_what_it_declares_and_nothing_else(name):
    declared = COMPONENTS[name].triggers
    text = bundle(bundler.WEB / f"{name}.js", declared)
    assert set(re.findall(r'\btrigger\("(\w+)"', text)) == set(declared)
    assert not re.findall(r'\btrigger\((?!")', text), "an event's name stands where it is triggered"


def test_a_module_that_comes_later_is_fetched_when_its_view_is_wanted():
    text = later(ui.WEB / "bench.js", ("input", "train"), "train")
    assert text.startswith('// Events: "input" "train"\n')
    assert 'detail !== "train"' in text and "/later/bench.js`" in text
    assert len(text) < 1_000
    assert later_bundle(ui.WEB / "bench.js") in bundle(ui.WEB / "bench.js", ("input", "train"))
