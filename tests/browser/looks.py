"""How the page is looked at: the size of the window, the colour scheme, a mouse or a finger."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Look:
    """``touch`` makes it a phone, with a finger instead of a mouse."""

    name: str
    width: int
    height: int
    scheme: str = "light"
    touch: bool = False

    def options(self) -> dict[str, Any]:
        """For a browser context."""
        viewport = {"width": self.width, "height": self.height}
        return {
            "viewport": viewport,
            "color_scheme": self.scheme,
            "has_touch": self.touch,
            "is_mobile": self.touch,
            "permissions": ["clipboard-read", "clipboard-write"],
        }


DESK = Look("desk", 1366, 650)
NIGHT = Look("night", 1366, 650, scheme="dark")
PHONE = Look("phone", 390, 844, touch=True)
PROJECTOR = Look("projector", 1920, 940)

SIZES = (DESK, PHONE, PROJECTOR)
"""For what the window's size can change; the colour scheme moves nothing."""

LOOKS = (*SIZES, NIGHT)
"""For what colours can change, too."""


def seen_in(looks: Iterable[Look]) -> pytest.MarkDecorator:
    """Runs a test in each of them."""
    return pytest.mark.parametrize("look", looks, ids=lambda look: look.name)
