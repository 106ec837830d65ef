"""The view of the model cards, in a real browser."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from looks import DESK, NIGHT, PHONE, seen_in
from playwright.sync_api import Locator, Page, expect
from steps import choose, expect_label, focused, settle
from test_layout import BOXES, DANGLING, SERIOUS, expect_inside

ESSENTIALS = {
    "name": ".card h2",
    "accuracy": ".card-accuracy",
    "matrix": ".confusion button",
    "pictures": ".card-picture",
    "curves": ".card-curves .plot-area",
}
"""What a person sees of a card without scrolling."""


def card_of(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def open_card(page: Page, name: str = "mnist-lenet") -> Locator:
    page.get_by_role("button", name="Model card").click()
    card = card_of(page, name)
    expect(card.locator(".card-picture").first).to_be_visible()
    return card


def test_the_card_comes_when_its_view_is_opened_and_with_another_network(page):
    expect(page.locator(".card")).to_have_count(0)
    card = open_card(page)
    expect(card.locator(".card-accuracy")).to_have_text(
        "99.60 %of 10,000 test pictures read rightly95 % interval: 99.46 to 99.71 %"
    )
    choose(page, "fashion-maxpool")
    expect(card_of(page, "fashion-maxpool").locator(".card-pairs")).to_contain_text("So it is here.")
    expect(page.locator(".card")).to_have_count(1)


def test_a_test_picture_of_a_confused_cell_lands_on_the_pad_and_is_answered(page):
    card = open_card(page)
    card.get_by_role("button", name="7, taken for 1: 3").click()
    expect(card.locator(".card-confusion")).to_contain_text("7, taken for 1: 3 of 1,028 test pictures:")
    expect(card.locator(".card-picture")).to_have_count(3)
    card.get_by_role("button", name="Put test picture 1 on the pad").click()
    expect_label(page, "1")
    settle(page)
    expect_label(page, "1")
    page.get_by_role("button", name="Explore").click()
    expect(page.locator(".maps.maps-empty")).to_have_count(0)
    expect(card).to_be_hidden()


def test_a_pair_leads_to_its_cell_and_arrow_keys_from_there_to_the_next(page):
    card = open_card(page)
    card.get_by_role("button", name="1 and 7: 4").click()
    cell = card.get_by_role("button", name="7, taken for 1: 3")
    expect(cell).to_have_attribute("aria-pressed", "true")
    cell.focus()
    page.keyboard.press("ArrowRight")  # past empty cells
    assert focused(page) == "7, read rightly: 1024"
    page.keyboard.press("Enter")
    expect(card.locator(".card-confusion")).to_contain_text("7, read rightly: 1,024 of 1,028")


def test_curves_and_calibration_are_read_with_the_keyboard(page):
    card = open_card(page)
    card.get_by_role("application", name="Right answers, by epoch").focus()
    page.keyboard.press("ArrowRight")
    expect(card.locator(".card-curves .plot-reading").last).to_have_text("epoch 1training 56.6 %")
    card.get_by_role("application", name="Calibration, bar by bar").focus()
    page.keyboard.press("ArrowLeft")
    expect(card.locator(".calibration .plot-reading")).to_contain_text(
        "Probability 93 to 100 %: 9,881 pictures, 99.9 % right"
    )


def test_another_network_s_card_stands_beside_it_part_by_part(page):
    open_card(page).get_by_role("button", name="9, taken for 4: 6").click()
    page.get_by_label("Beside it").select_option("mnist-classic")
    other = card_of(page, "mnist-classic")
    expect(other.locator(".card-picture").first).to_be_visible()
    expect(page.locator(".cards-said")).to_contain_text("do not overlap")
    expect(other.locator(".card-confusion")).to_contain_text("9, taken for 4: 52 of 1,009")
    boxes = page.evaluate(BOXES, {"matrices": ".confusion", "layers": ".card-layers"})
    for first, second in boxes.values():
        assert first["top"] == pytest.approx(second["top"], abs=1)
        assert first["right"] < second["left"]
    page.get_by_label("Beside it").select_option("nothing")
    expect(page.locator(".card")).to_have_count(1)


@seen_in([DESK])
@pytest.mark.parametrize("name", ["mnist-lenet", "fashion-modern-small"])
def test_the_essentials_of_a_card_stand_in_one_window(page, name):
    if name != "mnist-lenet":
        choose(page, name)
    open_card(page, name)
    boxes = page.evaluate(BOXES, ESSENTIALS)
    assert [len(found) for found in boxes.values()][:2] == [1, 1]
    assert (len(boxes["pictures"]), len(boxes["curves"])) == (4, 2)
    expect_inside(page, boxes)


@seen_in([DESK, NIGHT, PHONE])
def test_axe_finds_nothing_serious_in_the_cards(page):
    choose(page, "fashion-classic")  # its matrix has the strongest colours
    open_card(page, "fashion-classic")
    page.get_by_label("Beside it").select_option("mnist-lenet")
    expect(card_of(page, "mnist-lenet")).to_be_visible()
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [(row["id"], [node["target"] for node in row["nodes"]][:5]) for row in found if row["impact"] in SERIOUS]
    assert serious == [], json.dumps(serious, indent=1)
    assert page.evaluate(DANGLING) == []
    small = "[...document.querySelectorAll('.cards *')].filter((e) => parseFloat(getComputedStyle(e).fontSize) < 13)"
    assert page.evaluate(f"{small}.map((e) => e.outerHTML.slice(0, 80))") == []
