"""The page's handlers, and a drawing for them."""

import pytest
from support import put

from lenet.settings import CHECKPOINTS
from lenet.ui.handlers import Handlers
from lenet.ui.lab import Lab


@pytest.fixture(scope="module")
def handlers() -> Handlers:
    return Handlers(Lab(CHECKPOINTS))


@pytest.fixture
def three(digits) -> dict:
    """A real three on the pad."""
    return put({"drawing": 6}, digits[3])
