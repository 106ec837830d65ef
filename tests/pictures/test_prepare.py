"""Preparing a picture: what must not matter, what must, and what is blank."""

from itertools import product

import numpy as np
import pytest
from hostile import encode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from support import SHEETS, drawing

from lenet.pictures.files import open_picture
from lenet.pictures.planes import BlankPicture
from lenet.pictures.prepare import Prepared, prepare

QUICK = settings(max_examples=25, deadline=None, derandomize=True)

KINDS = ("digit", "garment")

ALIKE = 0.06
"""The difference of two prepared digits that a reader would call the same; another digit's is over 0.08."""


def read_sheet(kind: str) -> list[np.ndarray]:
    """Thirty real test images, (28, 28) float32 in [0, 1], three of each class."""
    sheet = np.asarray(Image.open(SHEETS / f"{kind}.png").convert("L"), np.float32) / 255
    return [
        sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28] for row, column in product(range(3), range(10))
    ]


DIGITS, GARMENTS = read_sheet("digit"), read_sheet("garment")

digits = st.sampled_from(DIGITS)
garments = st.sampled_from(GARMENTS)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """The mean difference, in [0, 1], at the best of nine shifts: a pixel to the side is rounding."""
    shifts = product((-1, 0, 1), (-1, 0, 1))
    return min(float(abs(np.roll(a, shift, (0, 1)) - b).mean()) for shift in shifts)


def seen(picture, kind="digit") -> np.ndarray:
    return prepare(picture, kind).picture


def enlarge(image: np.ndarray, side: int) -> np.ndarray:
    """(side, side) ink of a larger, smooth drawing."""
    large = np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))
    return ((large - 0.5) * 2.5 + 0.5).clip(0, 1).astype(np.float32)


def place(ink: np.ndarray, shape: tuple[int, int], top: int, left: int) -> np.ndarray:
    field = np.zeros(shape, np.float32)
    field[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return field


def on_paper(ink: np.ndarray, paper: np.ndarray | float = 0.95, pen: float = 0.12) -> np.ndarray:
    """A drawing as a camera sees it; ``paper`` is how bright the ground is."""
    return (paper * (1 - ink * (1 - pen))).astype(np.float32)


# The data sets' own images


@pytest.mark.parametrize(("kind", "images"), [("digit", DIGITS), ("garment", GARMENTS)])
def test_real_test_images_pass_through_almost_unchanged(kind, images):
    changes = [abs(seen(image, kind) - image).max() for image in images]
    assert np.mean(np.array(changes) < 0.1) >= 0.9
    assert np.median(changes) < 0.03


@pytest.mark.parametrize(("kind", "images"), [("digit", DIGITS), ("garment", GARMENTS)])
def test_bytes_and_floats_of_an_image_are_the_same_picture(kind, images):
    for image in images[:10]:
        assert np.array_equal(seen(image, kind), seen(np.round(image * 255).astype(np.uint8), kind))


@pytest.mark.parametrize(("kind", "images"), [("digit", DIGITS), ("garment", GARMENTS)])
def test_real_test_images_give_no_warning(kind, images):
    assert not any(prepare(image, kind).warnings for image in images)


# What must not matter


@QUICK
@given(digits, st.integers(0, 72), st.integers(0, 72))
def test_where_a_digit_stands_does_not_matter(digit, top, left):
    middle = place(digit, (100, 100), 36, 36)
    assert np.allclose(seen(place(digit, (100, 100), top, left)), seen(middle), atol=1e-4)


@QUICK
@given(digits, st.integers(70, 300))
def test_how_large_a_digit_is_hardly_matters(digit, side):
    once = seen(place(enlarge(digit, 140), (320, 320), 90, 90))
    assert difference(seen(place(enlarge(digit, side), (320, 320), 10, 10)), once) < ALIKE


@QUICK
@given(digits, st.integers(28, 120))
def test_polarity_does_not_matter(digit, side):
    ink = place(enlarge(digit, side), (128, 128), 4, 4)
    assert difference(seen(1 - ink), seen(ink)) < 0.002


@QUICK
@given(digits, st.floats(0.35, 1.0), st.floats(0.0, 0.4))
def test_how_bright_the_paper_is_does_not_matter(digit, paper, pen):
    ink = place(enlarge(digit, 90), (128, 128), 20, 20)
    assert difference(seen(on_paper(ink, paper, pen)), seen(ink)) < ALIKE


@QUICK
@given(digits, st.floats(0, 6.28), st.floats(0.1, 0.5))
def test_a_slope_of_light_hardly_matters(digit, direction, strength):
    y, x = np.mgrid[-0.5:0.5:160j, -0.5:0.5:160j]
    light = 0.7 + strength * (np.cos(direction) * x + np.sin(direction) * y)
    ink = place(enlarge(digit, 100), (160, 160), 30, 30)
    assert difference(seen(on_paper(ink, light)), seen(ink)) < ALIKE


@QUICK
@given(digits, st.floats(0.1, 0.9), st.floats(0.1, 0.9))
def test_a_lamps_glow_is_not_taken_for_ink(digit, row, column):
    y, x = np.mgrid[0:1:160j, 0:1:160j]
    light = 0.4 + 0.55 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 0.12)
    ink = place(enlarge(digit, 100), (160, 160), 30, 30)
    assert difference(seen(on_paper(ink, light)), seen(ink)) < ALIKE


@pytest.mark.parametrize("number", range(10))
def test_the_hard_edge_of_a_shadow_is_not_ink(number):
    ink = place(enlarge(DIGITS[number], 150), (300, 300), 70, 90)
    light = np.where(np.add.outer(np.arange(300), np.arange(300)) < 300, 0.55, 0.95)
    assert difference(seen(on_paper(ink, light)), seen(ink)) < ALIKE


@pytest.mark.parametrize("number", range(10))
def test_the_wavy_shadow_of_a_hand_is_not_ink(number):
    ink = place(enlarge(DIGITS[number], 150), (300, 300), 70, 90)
    y, x = np.mgrid[:300, :300]
    light = np.where(y < 130 + 40 * np.sin(x / 60), 0.55, 0.95)
    assert difference(seen(on_paper(ink, light)), seen(ink)) < ALIKE


def test_the_dark_end_of_a_steep_slope_of_light_is_not_ink():
    light = np.tile(np.linspace(0.3, 1.0, 300), (300, 1))
    ink = prepare(on_paper(place(enlarge(DIGITS[1], 120), (300, 300), 90, 150), light), "digit").steps["ink"]
    assert ink[:, :20].max() < 0.05


@pytest.mark.parametrize("number", range(10))
def test_a_table_beside_the_page_and_a_finger_in_its_corner_are_dropped(number):
    ink = place(enlarge(DIGITS[number], 150), (300, 300), 70, 90)
    photo = on_paper(ink)
    photo[:, :30] = 0.3
    y, x = np.mgrid[:300, :300]
    photo[(y - 299) ** 2 + (x - 299) ** 2 < 60**2] = 0.5
    assert difference(seen(photo), seen(ink)) < ALIKE


@pytest.mark.parametrize("number", range(10))
def test_pale_ruled_lines_are_not_ink(number):
    ink = place(enlarge(DIGITS[number], 150), (300, 300), 70, 90)
    paper = np.full((300, 300), 0.95)
    paper[20::40] = 0.85
    assert difference(seen(on_paper(ink, paper)), seen(ink)) < ALIKE


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (220, 20, 20), (255, 230, 0)])
def test_ink_on_a_transparent_ground_is_read_whatever_its_colour(colour):
    ink = place(enlarge(DIGITS[3], 90), (128, 128), 20, 20)
    pixels = np.empty((128, 128, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = np.round(ink * 255)
    assert difference(seen(Image.fromarray(pixels)), seen(ink)) < 0.02


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_whichever_way_the_camera_was_held(orientation):
    upright = Image.fromarray(
        np.round(on_paper(place(enlarge(DIGITS[4], 90), (128, 112), 20, 10)) * 255).astype(np.uint8)
    )
    undo = (None, 0, 3, 1, 5, 2, 6, 4)[orientation - 1]  # the Transpose that makes a picture need this EXIF orientation
    stored = upright if undo is None else upright.transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[0x0112] = orientation
    opened = open_picture(encode(stored, "PNG", exif=exif))
    assert opened.size == upright.size
    assert np.array_equal(seen(opened), seen(upright))


@QUICK
@given(garments, st.integers(0, 60), st.integers(0, 60))
def test_where_a_garment_lies_does_not_matter(garment, top, left):
    middle = seen(place(garment, (100, 100), 30, 30), "garment")
    assert np.allclose(seen(place(garment, (100, 100), top + 4, left + 4), "garment"), middle, atol=1e-3)


@pytest.mark.parametrize("number", range(30))
def test_a_garment_photographed_on_white_is_the_data_sets_picture(number):
    garment = GARMENTS[number]
    large = np.asarray(Image.fromarray(garment).resize((224, 224), Image.Resampling.BICUBIC)).clip(0, 1)
    photo = 1 - place(large, (320, 300), 50, 30)
    correlation = np.corrcoef(seen(photo, "garment").ravel(), garment.ravel())[0, 1]
    assert correlation > 0.8


@pytest.mark.parametrize("number", range(10))
def test_a_vignette_does_not_become_a_garment(number):
    large = np.asarray(Image.fromarray(GARMENTS[number]).resize((168, 168), Image.Resampling.BICUBIC)).clip(0, 1)
    photo = 0.95 - 0.9 * place(large, (300, 300), 60, 70)
    y, x = np.mgrid[-0.5:0.5:300j, -0.5:0.5:300j]
    assert difference(seen(photo * (1 - 0.8 * (x * x + y * y)), "garment"), seen(photo, "garment")) < 0.06


@pytest.mark.parametrize("number", [0, 2, 6, 8, 13])
def test_a_pale_garment_on_a_dark_ground_is_no_negative(number):
    large = np.asarray(Image.fromarray(GARMENTS[number]).resize((280, 280), Image.Resampling.BICUBIC)).clip(0, 1)
    cloth = place(large, (400, 400), 60, 60)
    inside = np.asarray(Image.fromarray(place((large > 0.04).astype(np.float32), (400, 400), 60, 60)))
    grain = np.random.default_rng(0).normal(0, 0.02, (400, 400))
    photo = np.where(inside > 0.5, 0.95 - 0.45 * cloth, 0.2) + grain
    correlation = np.corrcoef(seen(photo.clip(0, 1), "garment").ravel(), seen(GARMENTS[number], "garment").ravel())[
        0, 1
    ]
    assert correlation > 0.9  # as a negative 0.59 to 0.84


# What the network is given


@QUICK
@given(digits, st.integers(40, 110), st.integers(40, 110))
def test_a_digit_fills_a_box_of_20_and_its_centre_of_mass_is_at_14(digit, height, width):
    image = Image.fromarray(digit).resize((width, height), Image.Resampling.BICUBIC)
    steps = prepare(place(np.asarray(image).clip(0, 1), (128, 128), 9, 9), "digit").steps
    assert max(steps["box"].shape) == 20
    rows, columns = np.nonzero(steps["network"])
    assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    weights = steps["network"][rows, columns]
    inside = min(rows.min(), columns.min()) > 4 and max(rows.max(), columns.max()) < 24
    for index in (rows, columns):
        assert abs(np.average(index, weights=weights) - 14) <= (0.501 if inside else 4)


@pytest.mark.parametrize(
    ("kind", "image", "names"),
    [
        ("digit", DIGITS[5], ["picture", "ink", "cleaned", "box", "network"]),
        ("garment", GARMENTS[5], ["picture", "cloth", "box", "network"]),
    ],
)
def test_the_steps_are_named_and_all_are_pictures(kind, image, names):
    prepared = prepare(place(image, (60, 50), 12, 11), kind)
    assert isinstance(prepared, Prepared)
    assert list(prepared.steps) == names
    assert prepared.steps["picture"].shape == (60, 50)
    assert prepared.picture is prepared.steps["network"]
    assert prepared.picture.shape == (28, 28)
    for step in prepared.steps.values():
        assert step.dtype == np.float32
        assert 0 <= step.min() <= step.max() <= 1
    assert prepared.picture.max() == 1


def test_the_picture_given_is_left_as_it_was():
    image = Image.fromarray(np.round(place(DIGITS[2], (700, 40), 200, 6) * 255).astype(np.uint8))
    before = image.copy()
    prepare(image, "digit")
    assert image.size == before.size
    assert image.tobytes() == before.tobytes()


def test_a_hairline_is_thickened_to_a_stroke_that_the_network_knows():
    canvas = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(canvas).line([(100, 100), (300, 110), (200, 330)], fill=0, width=2)
    assert (seen(canvas) > 0.5).sum() >= 20


# Blank pictures


@pytest.mark.parametrize("kind", KINDS)
@QUICK
@given(colour=st.tuples(*[st.integers(0, 255)] * 4), width=st.integers(1, 80), height=st.integers(1, 80))
def test_any_uniform_picture_is_blank(kind, colour, width, height):
    for mode, fill in (("RGB", colour[:3]), ("RGBA", colour), ("L", colour[0])):
        with pytest.raises(BlankPicture):
            prepare(Image.new(mode, (width, height), fill), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_hides_under_full_transparency_is_not_seen(kind):
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[20:40, 30:34, :3] = 255
    with pytest.raises(BlankPicture):
        prepare(Image.fromarray(pixels), kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("noise", [0.005, 0.02, 0.04])
@pytest.mark.parametrize("seed", range(4))
def test_noisy_paper_is_blank(kind, noise, seed):
    paper = 0.9 + np.random.default_rng(seed).normal(0, noise, (300, 240))
    photo = Image.fromarray((paper * 255).clip(0, 255).astype(np.uint8))
    with pytest.raises(BlankPicture):
        prepare(open_picture(encode(photo, "JPEG", quality=70)), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_unevenly_lit_paper_is_blank(kind):
    y, x = np.mgrid[-0.5:0.5:300j, -0.5:0.5:300j]
    for light in (0.7 + 0.4 * x - 0.2 * y, 0.95 - 0.6 * (x * x + y * y)):
        with pytest.raises(BlankPicture):
            prepare(light.astype(np.float32), kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_noisy_paper_under_a_vignette_is_blank(kind, seed):
    y, x = np.mgrid[-0.5:0.5:300j, -0.5:0.5:300j]
    light = 0.95 - 0.6 * ((x - 0.1) ** 2 + (y + 0.05) ** 2)
    with pytest.raises(BlankPicture):
        prepare(light + np.random.default_rng(seed).normal(0, 0.04, light.shape), kind)


def test_a_blank_picture_is_an_error_with_advice():
    with pytest.raises(ValueError, match="blank; draw something"):
        prepare(np.zeros((28, 28), np.uint8), "digit")


def pixels(values) -> np.ndarray:
    return np.round(np.asarray(values, np.float64).clip(0, 1) * 255).astype(np.uint8)


def odd_pictures() -> dict[str, np.ndarray]:
    """Pictures that are no digit and no garment, (300, 300) or in colours, uint8."""
    side = 300
    random = np.random.default_rng(0)
    y, x = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j]
    inside = (abs(x - 0.5) < 0.48) & (abs(y - 0.5) < 0.48)
    dot = np.ones((side, side))
    dot[150:152, 150:152] = 0
    rows, columns = np.mgrid[:side, :side]
    clouds = Image.fromarray(random.random((12, 12), np.float32)).resize((side, side), Image.Resampling.BICUBIC)
    return {
        name: pixels(values)
        for name, values in {
            "noise": random.random((side, side)),
            "coloured noise": random.random((side, side, 3)),
            "a photo of nothing": 0.4 + 0.3 * np.asarray(clouds) + random.normal(0, 0.02, (side, side)),
            "a gradient": x,
            "a faint gradient": 0.5 + 0.2 * (x + y) / 2,
            "half black, half white": x > 0.5,
            "a chessboard": (rows // 75 + columns // 75) % 2,
            "a thick frame": inside,
            "a light frame": ~inside,
            "a tiny dot": dot,
            "a tiny light": 1 - dot,
            "a grid of dots": (rows % 6 > 0) | (columns % 6 > 0),
            "fine stripes": columns % 2,
            "salt": random.random((side, side)) > 0.01,
            "waves": 0.5 + 0.5 * np.sin(40 * x) * np.sin(40 * y),
        }.items()
    }


ODD = odd_pictures()

LOOKED_FOR = {
    "digit": "No digit was found: dark or light strokes on an even ground were looked for, but ",
    "garment": "No garment was found: an object that differs from its ground was looked for, but ",
}

REASONS = {
    ("digit", "noise"): "nothing stands out clearly from the grain",
    ("digit", "coloured noise"): "nothing stands out clearly from the grain",
    ("digit", "a photo of nothing"): "nothing stands out clearly from the grain",
    ("digit", "waves"): "nothing stands out clearly from the grain",
    ("digit", "a gradient"): "there are only wide light and dark areas",
    ("digit", "a faint gradient"): "there are only wide light and dark areas",
    ("digit", "half black, half white"): "there are only wide light and dark areas",
    ("digit", "a chessboard"): "there are only wide light and dark areas",
    ("digit", "a thick frame"): "there are only wide light and dark areas, or lines along the edge",
    ("digit", "a light frame"): "there are only wide light and dark areas, or lines along the edge",
    ("digit", "a tiny dot"): "the largest mark is too small; draw larger",
    ("digit", "a tiny light"): "the largest mark is too small; draw larger",
    ("digit", "a grid of dots"): "there are only many separate marks",
    ("digit", "fine stripes"): "there are only many separate marks",
    ("digit", "salt"): "there are only many separate marks",
    ("garment", "a gradient"): "the whole picture looks like ground",
    ("garment", "a faint gradient"): "the whole picture looks like ground",
    ("garment", "a tiny dot"): "the largest thing is too small",
    ("garment", "a tiny light"): "the largest thing is too small",
    ("garment", "a grid of dots"): "there are only many separate things",
    ("garment", "salt"): "there are only many separate things",
}


@pytest.mark.parametrize(("kind", "name"), REASONS)
def test_where_nothing_is_found_the_sentence_says_what_was_looked_for_and_why(kind, name):
    with pytest.raises(BlankPicture) as refusal:
        prepare(ODD[name], kind)
    assert str(refusal.value).startswith(LOOKED_FOR[kind] + REASONS[kind, name])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ODD)
def test_no_picture_that_shows_something_is_called_blank(kind, name):
    try:
        prepare(ODD[name], kind)
    except BlankPicture as refusal:
        assert "blank" not in str(refusal)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_too_faint_to_read_is_nearly_blank(kind):
    faint = np.full((100, 100), 200, np.uint8)
    faint[30:60, 40:50] = 190
    with pytest.raises(BlankPicture, match="nearly blank: .* choose one with more contrast"):
        prepare(faint, kind)


# Warnings


def test_a_picture_that_is_mostly_ink_is_doubted():
    scribble = np.zeros((100, 100), np.uint8)
    scribble[10:90, 10:90] = 255
    assert "Most of the picture is ink" in prepare(scribble, "digit").warnings[0]


@pytest.mark.parametrize(("left", "right"), [(1, 7), (2, 3), (4, 8)])
def test_two_digits_side_by_side_are_doubted(left, right):
    pair = place(np.hstack([DIGITS[left], DIGITS[right]]), (60, 80), 16, 12)
    assert "several digits" in prepare(pair, "digit").warnings[0]


@pytest.mark.parametrize("number", range(10))
def test_one_enlarged_digit_is_not_doubted(number):
    assert prepare(on_paper(place(enlarge(DIGITS[number], 200), (300, 300), 50, 50)), "digit").warnings == ()


# Odd values and odd sizes


def test_a_pixel_that_is_not_a_number_is_harmless():
    values = np.asarray(drawing("L"), np.float32) / 255
    values[0, 0], values[0, 1], values[0, 2] = np.nan, np.inf, -np.inf
    assert difference(seen(Image.fromarray(values)), seen(drawing())) < ALIKE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (1, 100), (100, 1), (3, 3), (5, 4), (4000, 2), (3, 900)])
def test_tiny_and_thin_pictures_are_prepared_or_blank(kind, size):
    width, height = size
    noise = np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8)
    dot = np.full((height, width), 255, np.uint8)
    dot[height // 2, width // 2] = 0
    for pixels in (noise, dot, 255 - dot, np.asarray(drawing("L", size))):
        try:
            assert seen(pixels, kind).shape == (28, 28)
        except BlankPicture:
            continue
