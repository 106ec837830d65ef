"""The value of the controls: every switch of the page, and what there is to choose from."""

from collections.abc import Sequence
from typing import Any, TypedDict

from lenet.checkpoint import Checkpoint, snapshots
from lenet.ui.values.curve import CurveValue, curve_value
from lenet.ui.values.menu import Choice, accuracy_of
from lenet.ui.values.pad import count
from lenet.ui.view import View, ViewValue


class ControlsValue(TypedDict):
    """What the controls show.

    The browser sends ``revision`` and ``view`` back when the view changes, with a higher revision and with ``shown``,
    the ``painted_mark`` of the maps that it has painted by itself, or "".

    ``changes`` are the switches that the server has changed in ``view``, for a browser in which another switch was
    clicked while the answer was on its way. ``epochs`` are those after which the network can be looked at, ``curve`` is
    what the training gave in each, and ``tested`` the share of the test pictures that the trained network gets right;
    both are None where that is not known. ``put`` says that it comes from the server. ``lacks`` names the switches,
    choices and files that the page cannot offer: those that need a server, where there is none.
    """

    revision: int
    view: ViewValue
    changes: dict[str, Any]
    checkpoints: list[Choice]
    classes: list[str]
    epochs: list[int]
    curve: CurveValue | None
    tested: float | None
    put: bool
    lacks: list[str]


def controls_value(
    revision: int, view: View, changed: Sequence[str], checkpoints: Sequence[Choice], network: Checkpoint
) -> ControlsValue:
    """The controls for ``view`` and a ``network``; ``changed`` names what the server has changed in the view."""
    epochs = snapshots(network)
    return {
        "revision": revision,
        "view": view.value(),
        "changes": {name: getattr(view, name) for name in changed},
        "checkpoints": list(checkpoints),
        "classes": list(network.classes),
        "epochs": epochs,
        "curve": curve_value(network.metrics) if epochs else None,
        "tested": accuracy_of(network.metrics),
        "put": True,
        "lacks": [],
    }


def view_revision(controls: Any) -> int:
    """How often the view has changed; answers carry it so that a late one can be told."""
    return count(controls.get("revision") if isinstance(controls, dict) else None)
