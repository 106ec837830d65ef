"""The value of the menu of networks: each one in words, and its name."""

from collections.abc import Mapping
from dataclasses import replace
from textwrap import shorten
from typing import Any

from lenet import settings
from lenet.checkpoint import KINDS, Checkpoint
from lenet.model import LeNetConfig, parameter_count

Choice = tuple[str, str]
"""What a person reads, and the name of the network."""

LONGEST = 160
"""Characters of the reason why a network cannot be read."""

FIRST = (settings.DEFAULT_CHECKPOINT, settings.GARMENT_CHECKPOINT)
"""The networks that stand first among those of their kind."""


def menu_value(networks: Mapping[str, Checkpoint | str]) -> list[Choice]:
    """The choices by name: digits before garments, the chapter's own network early, small ones before large ones.

    In place of a network that cannot be read, ``networks`` has the reason. Such a one stands last.
    """
    readable = [network for network in networks.values() if isinstance(network, Checkpoint)]
    choices = [(words(network), network.name) for network in sorted(readable, key=_rank)]
    return choices + [(broken(name, reason), name) for name, reason in networks.items() if isinstance(reason, str)]


def broken(name: str, reason: str) -> str:
    """A network that cannot be read, in words."""
    return f"{shorten(f'Cannot be read: {reason}', LONGEST, placeholder=' ...')} · {name}"


def words(network: Checkpoint) -> str:
    """A network in words: "LeNet, 6 and 16 maps, 99.6 % of digits · mnist-lenet"."""
    accuracy = accuracy_of(network.metrics)
    config = network.model.config
    maps = " and ".join(map(str, config.channels))
    right = "for" if accuracy is None else f"{100 * accuracy:.1f} % of"
    return f"{_title(config)}, {maps} maps, {right} {network.kind}s · {network.name}"


def _title(config: LeNetConfig) -> str:
    """What kind of LeNet it is, where that is not the usual one."""
    if _is_the_chapters(config):
        return "The book's LeNet"
    if _is_the_chapters(replace(config, pooling=LeNetConfig().pooling)):
        return f"The book's LeNet with {config.pooling} pooling"
    return "LeNet" if any(config.paddings) else "LeNet without padding"


def accuracy_of(metrics: Mapping[str, Any]) -> float | None:
    """The share of the test pictures that the network gets right, where its metrics say so; anyone can write them."""
    test = metrics.get("test")
    accuracy = test.get("accuracy") if isinstance(test, dict) else None
    if isinstance(accuracy, bool) or not isinstance(accuracy, int | float) or not 0 <= accuracy <= 1:
        return None
    return float(accuracy)


def _rank(network: Checkpoint) -> tuple[int, bool, bool, int, str]:
    order = KINDS.index(network.kind)
    return (
        order,
        network.name not in FIRST,
        not _is_the_chapters(network.model.config),
        parameter_count(network.model),
        network.name,
    )


def _is_the_chapters(config: LeNetConfig) -> bool:
    """Whether it has the architecture of the chapter: the configuration that ``LeNetConfig`` has by itself."""
    return config == replace(LeNetConfig(), classes=config.classes, mean=config.mean, std=config.std)
