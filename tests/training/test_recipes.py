import re
from dataclasses import replace

import pytest

import train
from lenet import checkpoint
from lenet.model import LeNet, LeNetConfig, parameter_count
from lenet.settings import CHECKPOINTS
from lenet.training import datasets
from lenet.training.model_card import model_card
from lenet.training.recipes import RECIPES, SOURCES, adjust, cite

CLASSIC = RECIPES["classic"]


def test_classic_trains_as_the_chapter_does():
    assert CLASSIC.model == LeNetConfig()
    assert (CLASSIC.optimizer, CLASSIC.learning_rate, CLASSIC.batch_size, CLASSIC.epochs) == ("sgd", 0.9, 256, 10)
    assert (CLASSIC.initialisation, CLASSIC.schedule, CLASSIC.validation) == ("xavier", "constant", 0)


def test_maxpool_trains_as_jingmin_wei_s_tutorial_does():
    recipe = RECIPES["maxpool"]
    assert (recipe.optimizer, recipe.learning_rate, recipe.batch_size, recipe.epochs) == ("adam", 1e-3, 64, 25)
    assert (recipe.held_out, recipe.shuffle, recipe.keep, recipe.initialisation) == ("last", False, "best", "pytorch")
    assert 60_000 - recipe.validation == round(0.8 * 938) * 64


def test_batchnorm_trains_as_bdim_s_article_does():
    recipe = RECIPES["batchnorm"]
    assert (recipe.optimizer, recipe.learning_rate, recipe.batch_size, recipe.epochs) == ("adam", 1e-3, 64, 10)
    assert (recipe.validation, recipe.shuffle, recipe.standardise, recipe.model.input_size) == (0, True, True, 32)


def test_the_five_documents_are_named_and_never_numbered():
    assert len(SOURCES) == 5
    for name, recipe in RECIPES.items():
        assert any(
            document.title in recipe.source and document.author in recipe.source for document in SOURCES.values()
        )
        assert not re.search(r"documents? \d", recipe.source), name


def test_every_document_is_cited_by_a_recipe():
    cited = " ".join(recipe.source for recipe in RECIPES.values())
    assert all(cite(key) in cited for key in SOURCES)


@pytest.mark.parametrize("name", checkpoint.names(CHECKPOINTS))
def test_each_card_is_what_its_metrics_say_and_names_its_source(name):
    folder = CHECKPOINTS / name
    loaded = checkpoint.load(folder)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card == model_card(loaded, datasets.SOURCES[loaded.metrics["dataset"]].title)
    recipe = train.parse_arguments(loaded.metrics["command"].split()[2:]).recipe  # after "python train.py"
    assert RECIPES[recipe].source in card


def test_nothing_adjusted_is_the_recipe_itself():
    for recipe in RECIPES.values():
        assert adjust(recipe, epochs=None, kernel_sizes=None) == recipe


def test_every_knob_of_exercise_2_reaches_its_field():
    training = {
        "optimizer": "adam",
        "learning_rate": 0.01,
        "schedule": "one-cycle",
        "initialisation": "kaiming",
        "batch_size": 32,
        "epochs": 2,
        "augment": True,
    }
    model = {"activation": "relu", "pooling": "max", "hidden": (50,), "batch_norm": True, "dropout": 0.2}
    adjusted = adjust(CLASSIC, **training, **model)
    assert adjusted == replace(CLASSIC, **training, model=replace(CLASSIC.model, **model))


@pytest.mark.parametrize(
    ("knobs", "channels", "kernel_sizes", "paddings"),
    [
        ({"kernel_sizes": (3,)}, (6, 16), (3, 3), (2, 0)),
        ({"channels": (8, 16, 32), "kernel_sizes": (3,), "paddings": (1,)}, (8, 16, 32), (3, 3, 3), (1, 1, 1)),
        ({"convolutions": 1}, (6,), (5,), (2,)),
        ({"convolutions": 3, "paddings": (2,)}, (6, 16, 16), (5, 5, 5), (2, 2, 2)),
    ],
)
def test_lists_are_cut_or_their_last_entry_repeated(knobs, channels, kernel_sizes, paddings):
    model = adjust(CLASSIC, **knobs).model
    assert (model.channels, model.kernel_sizes, model.paddings) == (channels, kernel_sizes, paddings)
    assert parameter_count(LeNet(model)) > 0


@pytest.mark.parametrize(
    ("knobs", "complaint"),
    [
        ({"convolutions": 3}, "convolution 3 does not fit: of the 5 x 5 maps that reach it, a 5 x 5 kernel"),
        ({"kernel_sizes": (33,)}, "convolution 1 does not fit"),
        ({"convolutions": 0}, "1 convolution layer or more, not 0"),
        ({"kernel_sizes": (3, 5, 7)}, "more entries than there are convolution layers"),
        ({"validation": 60_000}, "between 0 and 59,999 pictures"),
        ({"learning_rate": 0.0}, "learning rate above 0"),
        ({"keep": "best"}, "hold some out"),
        ({"dropout": 1.0}, "dropout"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(knobs, complaint):
    with pytest.raises(ValueError, match=complaint):
        adjust(CLASSIC, **knobs)
