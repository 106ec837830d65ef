"""The static edition, from a plain file server, in a subfolder."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from looks import DESK, LOOKS, PHONE, seen_in
from playwright.sync_api import expect
from steps import ACROSS, FIRST, SECOND, SEVEN, cell, exercise, expect_answer, expect_hint, expect_label, part, show

from lenet import load
from lenet.pictures.drawing import prepare_drawing
from lenet.prediction import look as look_at
from lenet.settings import CHECKPOINTS
from lenet.ui import edition
from lenet.ui.exercises import PLACES
from lenet.ui.values.pad import GRID_SIZE
from tools.browser import draw

TOLERANCE = 1e-4
FIRST_ANSWER = 1000
"""Milliseconds from the address to the first answer."""

ATTEMPTS = 3
"""A busy machine is slow; the best one counts."""

LISTEN = "document.addEventListener('lab-ink', ({ detail }) => { window.inked = [...detail.ink]; })"
NUMBERS = """() => {
  const asked = { a: null, b: null, picture: null };
  document.dispatchEvent(new CustomEvent("lab-numbers", { detail: asked }));
  const data = Object.entries(asked.a).map(([name, { data }]) => [name, [...data]]);
  return { ink: window.inked, picture: [...asked.picture], stages: Object.fromEntries(data), other: Boolean(asked.b) };
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        """A test prints nothing."""


@pytest.fixture(scope="session")
def edition_url(tmp_path_factory):
    root = tmp_path_factory.mktemp("school")
    edition.write(root / "labs" / "lenet", edition.Order(CHECKPOINTS))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/labs/lenet/"
    server.shutdown()


@pytest.fixture
def page(browser, look, edition_url):
    """The edition as it opens. Errors of its scripts, what its policy forbids, or a page too wide fail the test."""
    with browser.new_context(**look.options()) as context:
        errors, page = [], context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: request.url.startswith(edition_url) or errors.append(request.url))
        page.goto(edition_url)
        expect(page.locator(".edition-open .map")).to_have_count(25)  # 6 and 16 maps, two dense layers, the logits
        page.evaluate(LISTEN)
        yield page
        assert not errors
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def expect_python_s_numbers(page, name="mnist-lenet"):
    """What the edition computed is what Python computes of the same ink."""
    found, network = page.evaluate(NUMBERS), load(CHECKPOINTS / name)
    ink = np.array(found["ink"], np.uint8).reshape(GRID_SIZE, GRID_SIZE)
    answer = look_at(network, prepare_drawing(ink, network.kind))
    assert np.abs(np.array(found["picture"]) / 255 - answer.prepared.picture.ravel()).max() < TOLERANCE
    for stage, values in answer.activations.items():
        apart = np.abs(np.array(found["stages"][stage]) - values.ravel()).max()
        assert apart < TOLERANCE * max(1, np.abs(values).max()), stage
    expect_label(page, answer.label)
    shown = page.locator(".bar-number").all_inner_texts()
    assert [f"{100 * share:.1f} %" for share in answer.probabilities.values()] == [text for text in shown if text]


def test_a_drawing_has_the_numbers_that_python_computes(page):
    expect_hint(page)
    draw(page, SEVEN)
    expect_answer(page)
    expect_python_s_numbers(page)
    page.get_by_label("Clear").click()
    expect_hint(page)


def test_a_letter_is_doubted_as_python_doubts_it(page):
    draw(page, ((0.2, 0.8), (0.5, 0.2), (0.8, 0.8), (0.7, 0.6), (0.3, 0.6)))
    expect_answer(page)
    ink = np.array(page.evaluate(NUMBERS)["ink"], np.uint8).reshape(GRID_SIZE, GRID_SIZE)
    doubts = look_at(load(CHECKPOINTS / "mnist-lenet"), prepare_drawing(ink, "digit")).doubts
    assert len(doubts) == 1 and doubts[0].startswith("This does not look like a digit")
    expect(page.locator(".verdict-doubts li")).to_have_text(list(doubts))


@seen_in(LOOKS)
def test_a_stroke_and_both_layers_are_seen_in_one_glance(page, look):
    draw(page, SEVEN)
    expect_answer(page)
    height = page.evaluate("innerHeight")
    for selector, count in ((FIRST, 6), (SECOND, 16)):
        boxes = [page.locator(selector).nth(i).bounding_box() for i in range(count)]
        assert all(box["y"] >= 0 and box["y"] + box["height"] <= height for box in boxes), look
    assert page.locator("body.dark").count() == (look.scheme == "dark")


def test_the_first_answer_comes_within_a_second(page, edition_url):
    taken = []
    for _ in range(ATTEMPTS):
        page.goto("about:blank")
        page.goto(edition_url, wait_until="commit")
        page.get_by_role("button", name="Example: 3").first.click()
        expect_label(page, "3")
        taken.append(page.evaluate("performance.now()"))
    assert min(taken) < FIRST_ANSWER, taken


QUICK_HAND = """new MutationObserver((_, observer) => {
  const button = document.querySelector("[aria-label='Example: 3']");
  if (!button) return;
  observer.disconnect();
  button.click();
}).observe(document, { childList: true, subtree: true })"""
"""Clicks an example in the moment in which its button appears, when the sheet of examples is not decoded yet."""


def test_an_example_that_is_chosen_as_soon_as_it_is_there_is_read(page, edition_url):
    page.context.add_init_script(QUICK_HAND)
    quick = page.context.new_page()
    quick.goto(edition_url)
    expect_label(quick, "3")
    quick.close()


def test_another_network_reads_what_is_on_the_pad(page):
    page.get_by_label("Network", exact=True).select_option("fashion-lenet")
    expect(page.locator(".examples button").first).to_have_attribute("title", "T-shirt/top")
    expect_hint(page, "garment")
    page.get_by_role("button", name="Example: Coat").first.click()
    expect_label(page, "Coat")
    expect(page.locator(".verdict-note")).to_contain_text("The data set calls this example: Coat")
    page.get_by_label("Network", exact=True).select_option("mnist-lenet")
    expect(page.locator(".bar-name").first).to_have_text("0")


def test_switches_show_the_same_drawing_in_other_ways(page):
    draw(page, SEVEN)
    for phase in ("Before", "Pooled", "Kernels", "After"):
        show(page, phase)
        expect_answer(page)
    part(page, "Picture")
    page.locator("[data-switch=prepare]").uncheck()
    expect(page.locator(".verdict-size").first).to_contain_text("not prepared")
    expect(page.locator(".maps.maps-empty")).to_have_count(0)
    page.locator("[data-switch=prepare]").check()
    page.locator("[data-switch=hide]").check()
    expect(page.locator(".verdict-answer")).to_be_hidden()
    page.get_by_role("button", name="Show the answer").first.click()
    expect_label(page, "7")


def test_what_needs_a_server_is_not_offered(page):
    part(page, "Picture")
    assert page.locator("[data-switch=steps], [data-switch=overlay]").count() == 0
    assert "class" not in page.locator("[data-switch=compare] option").evaluate_all("all => all.map(o => o.value)")
    expect(page.locator(".edition-lacks")).to_contain_text("It lacks photos, training")


def test_a_map_is_explained_large_and_follows_the_pen(page):
    draw(page, SEVEN)
    page.locator(SECOND).nth(3).click(position=cell(page, SECOND, 3, 4, 4, 10))
    title = page.locator(".explanation h3")
    expect(title).to_contain_text("Layer 2, map 4, row 5, column 5, after the activation")
    expect(page.locator(".explanation-lines tr:visible").first).to_be_visible()
    assert page.locator(".large canvas").count() == 4 and page.locator(".liked figure").count() == 10
    value = float(title.inner_text().rsplit(":", 1)[1])
    stage = np.array(page.evaluate(NUMBERS)["stages"]["act2"]).reshape(16, 10, 10)
    assert abs(stage[3, 4, 4] - value) < TOLERANCE
    page.get_by_role("button", name="Switch it off").click()
    expect(page.locator(".explanation-lines:visible")).to_contain_text("this map is off")


def test_a_logit_is_explained(page):
    draw(page, SEVEN)
    page.locator("[data-layer=logits] .map-cells canvas").click()
    expect(page.locator(".explanation h3")).to_contain_text("Logit of")
    expect(page.locator(".softmax")).to_be_visible()


def test_a_kept_picture_and_another_network_stand_beside_the_drawing(page):
    part(page, "Compare")
    page.get_by_role("button", name="Keep this picture").click()
    expect(page.locator(".takeaway")).to_contain_text("no picture to keep")
    draw(page, SEVEN)
    page.get_by_role("button", name="Keep this picture").click()
    expect(page.locator(".verdict-other")).to_be_visible()
    draw(page, ACROSS)
    expect(page.locator(".layer-legend")).to_have_text("A: this picture. B: the kept picture.")
    assert page.evaluate(NUMBERS)["other"]
    page.locator("[data-switch=compare]").select_option("checkpoint")
    expect(page.locator(".maps-note")).to_have_text("Choose the other network.")
    page.locator("[data-switch=other]").select_option("fashion-lenet")
    expect(page.locator(".verdict-other figcaption")).to_have_text("B: fashion-lenet")


def test_kernels_are_shown_without_a_picture_also_beside_another_network(page):
    show(page, "Kernels")
    ranges = page.locator(".map-range")
    expect(ranges.first).to_contain_text("±")
    part(page, "Compare")
    page.locator("[data-switch=compare]").select_option("checkpoint")
    page.locator("[data-switch=other]").select_option("fashion-lenet")
    expect(ranges.first).to_contain_text("±")
    show(page, "After")
    expect(page.locator(".maps.maps-empty")).to_have_count(1)


@seen_in((DESK, PHONE))
def test_a_step_of_an_exercise_sets_the_page_up(page, look):
    exercise(page, "4b-2")
    place = PLACES["4b-2"]
    expect(page.get_by_label("Network", exact=True)).to_have_value(place.step.checkpoint)
    expect(page.locator(".explanation h3")).to_contain_text("Logit of Shirt")
    page.get_by_role("button", name="Show the answer").last.click()
    expect(page.locator(".lesson-answer p")).to_have_text(place.step.answer)


def test_a_link_to_a_step_opens_it(page, edition_url):
    page.goto("about:blank")
    page.goto(f"{edition_url}#exercise-5-2")
    expect(page.locator(".lesson-text")).to_have_text(PLACES["5-2"].step.text)
    expect(page.locator(".maps.maps-empty")).to_have_count(0)


def test_the_time_machine_goes_through_the_epochs(page):
    draw(page, SEVEN)
    expect_label(page, "7")
    slider = page.get_by_label("The network after an epoch of its training")
    slider.focus()
    slider.press("Home")
    expect(page.locator(".epochs-words output")).to_have_text("epoch 0")
    expect(page.locator(".bar-best")).not_to_contain_text("100.0 %")
    slider.press("End")
    expect_python_s_numbers(page)
