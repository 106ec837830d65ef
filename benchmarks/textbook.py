"""The training loop of the source documents: a DataLoader, ToTensor on each picture, a training step a batch.

``lenet.training.recipes.SOURCES`` names the documents.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

WORKERS = 2
"""Processes that load pictures, as in Jingmin Wei's tutorial; with two cores, more of them would only wait."""


def classic() -> nn.Module:
    """The chapter's network with the chapter's initialisation."""
    net = nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)),
    )
    for layer in net:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
    return net


def batchnorm() -> nn.Module:
    """bdim's network."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


class Textbook:
    """A document's loop: it trains ``network`` on ``dataset`` ("MNIST" or "FashionMNIST"), an epoch at a time."""

    def __init__(
        self,
        dataset: str,
        data_dir: Path,
        network: nn.Module,
        batch_size: int,
        transform: Callable[..., Any] | None = None,
        workers: int = WORKERS,
    ) -> None:
        kind = getattr(datasets, dataset)
        transform = transform or transforms.ToTensor()
        train, test = (kind(data_dir, train=part, transform=transform) for part in (True, False))
        self.train = DataLoader(train, batch_size, shuffle=True, num_workers=workers)
        self.test = DataLoader(test, batch_size, num_workers=workers)
        self.test_size = len(test)
        self.network, self.loss = network, nn.CrossEntropyLoss()

    def epoch(self, optimizer: torch.optim.Optimizer, batches: int | None = None) -> float:
        """Train on all batches, or on the first ``batches``. Returns the examples per second.

        With ``batches``, the time until the first batch is loaded does not count.
        """
        self.network.train()
        seen, started = 0, time.perf_counter()
        for number, (pictures, labels) in enumerate(self.train):
            if batches and number == 1:
                seen, started = 0, time.perf_counter()
            optimizer.zero_grad()
            loss = self.loss(self.network(pictures), labels)
            loss.backward()
            optimizer.step()
            loss.item()  # the documents add up their losses, which waits for each of them
            seen += len(labels)
            if number == batches:
                break
        return seen / (time.perf_counter() - started)

    @torch.no_grad()
    def accuracy(self) -> float:
        """The share of the test set that is read correctly."""
        self.network.eval()
        right = sum((self.network(pictures).argmax(1) == labels).sum().item() for pictures, labels in self.test)
        return right / self.test_size


def fashion(data_dir: Path) -> tuple[Textbook, torch.optim.Optimizer]:
    """The chapter's training."""
    loop = Textbook("FashionMNIST", data_dir, classic(), 256)
    return loop, torch.optim.SGD(loop.network.parameters(), lr=0.9)


def mnist(data_dir: Path) -> tuple[Textbook, torch.optim.Optimizer]:
    """bdim's training."""
    transform = transforms.Compose(
        [transforms.Resize((32, 32)), transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    )
    loop = Textbook("MNIST", data_dir, batchnorm(), 64, transform)
    return loop, torch.optim.Adam(loop.network.parameters(), lr=1e-3)


def until(accuracy: float, loop: Textbook, optimizer: torch.optim.Optimizer, most: int) -> Iterator[float]:
    """Train, and yield the test accuracy after each epoch, until it reaches ``accuracy``.

    Raises RuntimeError when ``most`` epochs do not suffice.
    """
    for _ in range(most):
        loop.epoch(optimizer)
        yield (reached := loop.accuracy())
        if reached >= accuracy:
            return
    raise RuntimeError(f"{most} epochs did not reach {accuracy}")
