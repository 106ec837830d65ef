"""The README.md of a checkpoint: a model card, with the front matter from which the Hub reads the results."""

from typing import Any

from lenet.checkpoint import Checkpoint

CARD = """---
license: mit
library_name: lenet-lab
pipeline_tag: image-classification
datasets:
- {hub}
metrics:
- accuracy
model-index:
- name: {name}
  results:
  - task:
      type: image-classification
      name: Image classification
    dataset:
      type: {hub}
      name: {title}
      split: test
    metrics:
    - type: accuracy
      value: {accuracy:.4f}
      name: Test accuracy
    - type: loss
      value: {loss:.4f}
      name: Test loss
---

# {name}

A LeNet of {parameters:,} parameters ({channels} maps, {activation}, {pooling} pooling), trained by LeNet Lab on {title}
({dataset_licence}).

Source: {source}.

| | accuracy | loss |
|---|---|---|
| test, 10,000 images | {accuracy:.4f} | {loss:.4f} |
| training, last epoch | {train_accuracy:.4f} | {train_loss:.4f} |

{varied}Chosen: {chosen}. Expected calibration error {calibration:.4f}. Most confused: {confused}.

* **For**: learning what a convolution network does, and reading {kind}s prepared as {title}'s were: 28 x 28 grey
  pixels, {ink} bright on black. LeNet Lab prepares any picture so.
* **Not for**: decisions that matter to a person. It names one of its ten classes for every picture, also for one that
  shows none of them; then `atlas/doubt.safetensors`, where it is there, mostly says so.
* **Files**: `config.json` (architecture, class names), `model.safetensors` ({precision} weights), `metrics.json` (every
  setting and every epoch), `atlas/` (mean activations of each class; the test images that each channel likes best, and
  some for each cell of the confusion matrix; what tells that a picture shows none of the classes, learned from the
  training images and from drawings by code, with some of these images; from {title}, {dataset_licence}){snapshots}.
* **Made by**: `{command}`{taught}
"""

TAUGHT = ", with the answers of a larger network, the teacher, made by `{command}`"

SNAPSHOTS = ",\n  `snapshots/` (the weights after the epoch in each name, float16)"

HUB = {"mnist": ("ylecun/mnist", "CC BY-SA 3.0"), "fashion": ("zalando-datasets/fashion_mnist", "MIT")}
"""The name of each data set on the Hub, and its licence."""


def model_card(checkpoint: Checkpoint, title: str) -> str:
    """The card of ``checkpoint``, from the metrics that an experiment wrote; ``title`` is the name of its data set."""
    metrics, config = checkpoint.metrics, checkpoint.model.config
    hub, licence = HUB[metrics["dataset"]]
    last = metrics["epochs"][-1]["train"]
    teacher = (metrics.get("teacher") or {}).get("command")
    return CARD.format(
        name=checkpoint.name,
        hub=hub,
        title=title,
        dataset_licence=licence,
        accuracy=metrics["test"]["accuracy"],
        loss=metrics["test"]["loss"],
        parameters=metrics["parameters"],
        channels=" and ".join(map(str, config.channels)),
        activation=config.activation,
        pooling=config.pooling,
        source=metrics["recipe"]["source"],
        train_accuracy=last["accuracy"],
        train_loss=last["loss"],
        varied=_varied(checkpoint.kind, metrics["recipe"]),
        taught=TAUGHT.format(command=teacher) if teacher else "",
        chosen=metrics["chosen"],
        calibration=metrics["test"]["calibration_error"],
        confused=", ".join(
            "{} and {} ({})".format(*row["pair"], row["count"]) for row in metrics["test"]["most_confused"]
        )
        or "nothing",
        kind=checkpoint.kind,
        ink="ink" if checkpoint.kind == "digit" else "cloth",
        precision=metrics["weights"],
        snapshots=SNAPSHOTS if metrics["recipe"]["snapshots"] else "",
        command=metrics["command"],
    )


def _varied(kind: str, recipe: dict[str, Any]) -> str:
    """Say how the training pictures differ from the data set's own; the table's training score is theirs."""
    said = []
    if recipe["augment"]:
        said.append("varied at random")
    if recipe["strokes"] and kind == "digit":
        said.append(f"joined by {recipe['strokes']:,} digits drawn by code in other pen styles")
    if recipe["photos"]:
        said.append(f"joined by {recipe['photos']:,} photos of them, prepared as the page does it")
    return f"The training pictures were {' and '.join(said)}. " if said else ""
