"""The documents' training loop: a DataLoader, ToTensor on each picture, a step a batch, a look at the test set."""

import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

WORKERS = 2
"""Processes that load pictures, one a core, as document 001 has it; more only wait here."""


def classic() -> nn.Module:
    """The network of documents 000, 002 and 003 with their initialisation."""
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
    """The network of document 004."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


class Textbook:
    """One document's loop: ``network`` on ``dataset`` ("MNIST" or "FashionMNIST"), an epoch at a time."""

    def __init__(
        self, dataset: str, data_dir: Path, network: nn.Module, batch_size: int, transform=None, workers=WORKERS
    ):
        kind = getattr(datasets, dataset)
        transform = transform or transforms.ToTensor()
        train, test = (kind(data_dir, train=part, transform=transform) for part in (True, False))
        self.train = DataLoader(train, batch_size, shuffle=True, num_workers=workers)
        self.test = DataLoader(test, batch_size, num_workers=workers)
        self.network, self.loss = network, nn.CrossEntropyLoss()

    def epoch(self, optimizer: torch.optim.Optimizer, batches: int | None = None) -> float:
        """Train on all batches or so many: examples per second, without the time to the first batch when not on all."""
        self.network.train()
        seen, started = 0, time.perf_counter()
        for number, (pictures, labels) in enumerate(self.train):
            if batches and number == 1:
                seen, started = 0, time.perf_counter()
            optimizer.zero_grad()
            loss = self.loss(self.network(pictures), labels)
            loss.backward()
            optimizer.step()
            loss.item()  # every document adds up its losses
            seen += len(labels)
            if number == batches:
                break
        return seen / (time.perf_counter() - started)

    @torch.no_grad()
    def accuracy(self) -> float:
        """On the test set."""
        self.network.eval()
        right = sum((self.network(pictures).argmax(1) == labels).sum().item() for pictures, labels in self.test)
        return right / len(self.test.dataset)


def fashion(data_dir: Path) -> tuple[Textbook, torch.optim.Optimizer]:
    """The chapter's own training."""
    loop = Textbook("FashionMNIST", data_dir, classic(), 256)
    return loop, torch.optim.SGD(loop.network.parameters(), lr=0.9)


def mnist(data_dir: Path) -> tuple[Textbook, torch.optim.Optimizer]:
    """Document 004's training."""
    transform = transforms.Compose(
        [transforms.Resize((32, 32)), transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    )
    loop = Textbook("MNIST", data_dir, batchnorm(), 64, transform)
    return loop, torch.optim.Adam(loop.network.parameters(), lr=1e-3)


def until(accuracy: float, loop: Textbook, optimizer: torch.optim.Optimizer, most: int) -> Iterator[float]:
    """Train epoch after epoch and yield each one's test accuracy, until one reaches ``accuracy``."""
    for _ in range(most):
        loop.epoch(optimizer)
        yield (reached := loop.accuracy())
        if reached >= accuracy:
            return
    raise RuntimeError(f"{most} epochs did not reach {accuracy}")
