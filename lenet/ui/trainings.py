"""What happens when a person orders, follows, stops or uses a training."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lenet.training.order import read_order
from lenet.ui.door import Chosen, note
from lenet.ui.handlers import Answer, Handlers, Upload
from lenet.ui.lab import Lab
from lenet.ui.plan import plan
from lenet.ui.trainer import Trainer
from lenet.ui.values.plan import plan_value
from lenet.ui.values.progress import progress_value, refused
from lenet.ui.values.takeaway import notice

FAULT = "The server cannot train now; please try again in a few minutes."
GONE = "This network is not kept any more; train it again."


class Trainings:
    """The page's answers about the trainings of ``trainer``, whose networks ``lab`` finds by name."""

    def __init__(self, lab: Lab, trainer: Trainer, handlers: Handlers):
        self._lab, self._trainer, self._handlers = lab, trainer, handlers

    def on_order(self, chosen: Chosen) -> Answer:
        """The order has changed: what it would build, or the sentence that says why it cannot be built.

        Without an order: what there is to choose.
        """
        limits = self._trainer.limits
        if chosen.order is None:
            return Answer(bench=plan_value(chosen.asked, None, limits))
        try:
            found = plan(read_order(chosen.order), limits)
        except ValueError as error:
            return Answer(bench=plan_value(chosen.asked, str(error), limits))
        return Answer(bench=plan_value(chosen.asked, found, limits, self._trainer.seconds(found)))

    def on_train(self, chosen: Chosen, who: str = "") -> Iterator[Answer]:
        """A network is trained for a visitor: where the training is, again and again. It ends with whoever listens."""
        planned = None
        try:
            planned = plan(read_order(chosen.order), self._trainer.limits)
            for run in self._trainer.train(planned, who):
                yield Answer(progress=progress_value(run, planned))
        except ValueError as error:
            yield Answer(progress=refused(str(error), planned))
        except Exception as error:
            note(error)
            yield Answer(progress=refused(FAULT, planned))

    def on_stop(self, chosen: Chosen) -> None:
        """A training is to end with what it has."""
        self._trainer.stop(chosen.what or "")

    def on_use(self, pad: Any, upload: Upload, checkpoint: str, controls: Any, chosen: Chosen) -> Answer:
        """A network that was trained here looks at the picture, for this visitor alone."""
        if not chosen.what or not self._trainer.folder(chosen.what):
            return Answer(takeaway=notice(GONE))
        shown = self._handlers.on_checkpoint(pad, upload, chosen.what, controls)
        return replace(shown, offered=self._lab.menu_with(chosen.what, *chosen.mine), checkpoint=chosen.what)
