"""Fit a trained network's doubt: a small network tells digits (or garments) from drawings that are none.

It sees what the trained network's last maps and dense layers put out. The trained network itself stays as it is.
"""

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from lenet import doubt
from lenet.checkpoint import halved
from lenet.model import LeNet
from lenet.training import augment, outliers, strokes

HIDDEN = 48
"""Hidden units of the small network; with 16-bit weights its file stays under 100 KB."""

FITTED, HELD_OUT = 25_000, 10_000
"""The most training pictures that the small network learns from, and that its threshold is chosen on."""

HELD_OUT_SHARE = 1 / 6
"""The share of a small set of training pictures that the threshold is chosen on."""

DRAWN_SHARE, OUTLIERS_SHARE = 0.5, 1.95
"""Digits and outliers that code draws, for each training picture that the small network learns from."""

EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY, DROPOUT, SMOOTHING = 12, 256, 1e-2, 3e-2, 0.2, 0.01
"""AdamW with a one-cycle schedule; labels are 0.01 and 0.99."""

FALSE_ALARMS = {"as they are": 0.009, "varied": 0.025, "drawn": 0.03}
"""The largest share of held-out pictures that may fall below the threshold: pictures of the data set as they are, the
same varied as in training, and digits drawn by code.
"""

LEARNED_EACH = 12
"""Pictures of each class that are kept to be shown beside a doubt."""

CLUSTER_STEPS = 8
"""Steps of the clustering that chooses them."""

ACTIVATED_AT_ONCE = 500
"""Pictures whose activations are computed together."""

LEAST_SPREAD = 1e-3
"""A feature's standard deviation counts as at least so much."""

Tensors = dict[str, Tensor]

VARIED = {
    "digit": augment.DIGITS,
    "garment": augment.Augmentation(rotation=8, scale=0.12, shift=1.5, flip=0.5),
}
"""How the pictures of each kind are varied: people and cameras hold garments less straight than the data set does."""


def fit(model: LeNet, kind: str, train: tuple[Tensor, Tensor], tests: Tensor, seed: int) -> tuple[Tensors, Tensors]:
    """The tensors of ``doubt.FILE`` and of ``doubt.LEARNED_FILE``.

    ``train`` are (N, 1, 28, 28) training pictures with their labels, ``tests`` test pictures: their scores are kept for
    the words, after all is chosen.
    """
    generator = Generator().manual_seed(seed)
    images, labels = train
    order = torch.randperm(len(images), generator=generator)
    held_out = order[: min(HELD_OUT, max(1, int(len(order) * HELD_OUT_SHARE)))]
    fitted = order[len(held_out) :][:FITTED]
    vary = VARIED[kind]
    known = [images[fitted], vary(images[fitted], generator)]
    checks = {"as they are": images[held_out], "varied": vary(images[held_out], generator)}
    if kind == "digit":
        known.append(_drawn(len(fitted), generator))
        checks["drawn"] = _drawn(len(held_out), generator)
    others, _ = outliers.draw(
        max(len(outliers.DIGITLESS), int(len(fitted) * OUTLIERS_SHARE)), kind, images[fitted], labels[fitted], generator
    )
    scorer = _scorer(_features(model, torch.cat(known)), _features(model, others), generator)
    kept = {name: scores_of(scorer, _features(model, pictures)) for name, pictures in checks.items()}
    threshold = min(kept[name].quantile(FALSE_ALARMS[name]) for name in kept)
    shares = torch.tensor(doubt.SHARES)
    scorer |= {"threshold": threshold[None], "tests": scores_of(scorer, _features(model, tests)).quantile(shares)}
    return scorer, _learned(model, images[fitted], labels[fitted], generator)


def scores_of(scorer: Tensors, features: Tensor) -> Tensor:
    """(N, values) features -> (N,) scores, by the arithmetic of ``doubt.scores``."""
    return torch.from_numpy(doubt.scores({name: part.numpy() for name, part in scorer.items()}, features.numpy()))


def _drawn(count: int, generator: Generator) -> Tensor:
    return strokes.draw(max(len(strokes.STYLES), int(count * DRAWN_SHARE)), generator)[0]


@torch.inference_mode()
def _features(model: LeNet, pictures: Tensor) -> Tensor:
    parts = pictures.split(ACTIVATED_AT_ONCE)
    return torch.cat([doubt.features(model.config, model.activations(part)) for part in parts]).clone()


def _scorer(known: Tensor, others: Tensor, generator: Generator) -> Tensors:
    """The small network's tensors, fitted to give ``known`` features high and ``others`` low scores."""
    rows = torch.cat((known, others))
    mean, spread = known.mean(0), rows.std(0).clamp(min=LEAST_SPREAD)
    rows = (rows - mean) / spread
    targets = torch.cat((torch.ones(len(known)), torch.zeros(len(others))))
    hidden, score = _layers(rows.shape[1], generator)
    _train(hidden, score, rows, targets, generator)
    weight = hidden.weight.detach() / spread
    halves = halved({"hidden.weight": weight})
    return halves | {
        "hidden.bias": hidden.bias.detach() - halves["hidden.weight"].float() @ mean,
        "score.weight": score.weight.detach()[0].clone(),
        "score.bias": score.bias.detach().clone(),
    }


def _layers(values: int, generator: Generator) -> tuple[nn.Linear, nn.Linear]:
    layers = nn.Linear(values, HIDDEN), nn.Linear(HIDDEN, 1)
    for layer in layers:
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(layer.bias)
    return layers


def _train(hidden: nn.Linear, score: nn.Linear, rows: Tensor, targets: Tensor, generator: Generator) -> None:
    parameters = [*hidden.parameters(), *score.parameters()]
    optimizer = torch.optim.AdamW(parameters, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, steps)
    targets = targets * (1 - 2 * SMOOTHING) + SMOOTHING
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(rows), generator=generator).split(BATCH):
            units = hidden(rows[batch]).relu()
            stays = torch.rand(units.shape, generator=generator) >= DROPOUT
            answers = score(units * stays / (1 - DROPOUT))[:, 0]
            loss = F.binary_cross_entropy_with_logits(answers, targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


@torch.inference_mode()
def _learned(model: LeNet, images: Tensor, labels: Tensor, generator: Generator) -> Tensors:
    """A few pictures of each class that stand for the others: those nearest to the centres of its clusters."""
    parts = images.split(ACTIVATED_AT_ONCE)
    summaries = torch.cat([doubt.summary(model.config, model.activations(part)) for part in parts])
    chosen = []
    for number in range(model.config.classes):
        members = (labels == number).nonzero()[:, 0]
        centres = _centres(summaries[members], generator)
        chosen.append(members[(summaries[members] @ centres.T).argmax(0).unique()] if len(members) else members)
    index = torch.cat(chosen)
    return {
        "pictures": (images[index, 0] * 255).round().byte(),
        "labels": labels[index].byte(),
        "summaries": summaries[index].half(),
    }


def _centres(rows: Tensor, generator: Generator) -> Tensor:
    """The centres of at most ``LEARNED_EACH`` clusters of (N, values) rows of length 1, by their cosine."""
    centres = rows[torch.randperm(len(rows), generator=generator)[:LEARNED_EACH]]
    for _ in range(CLUSTER_STEPS):
        nearest = (rows @ centres.T).argmax(1)
        centres = F.normalize(torch.zeros_like(centres).index_add_(0, nearest, rows), dim=1)
    return centres
