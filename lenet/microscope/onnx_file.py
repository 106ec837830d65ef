"""A network as an ONNX file, which programs without PyTorch run, and which puts out every stage by its name.

PyTorch's exporter needs the packages ``onnx`` and ``onnxscript``. Nothing else here does.
"""

import copy
import json
from importlib.util import find_spec

import torch
from torch import Tensor, nn
from torch.nn import functional

from lenet.checkpoint import Checkpoint
from lenet.model import PICTURE_SIZE, LeNet, LeNetConfig, Standardise

PACKAGES = ("onnx", "onnxscript")

INPUT, PROBABILITIES = "picture", "probabilities"
"""The names of the input, (batch, 1, 28, 28), and of the output after the stages, (batch, classes)."""

TRACED_BATCH = 2
"""Pictures of the batch that the exporter follows through the network. It would take one for a fixed size."""


class AllStages(nn.Module):
    """(N, 1, 28, 28) pictures -> what each stage of a network puts out, in order, and then the probabilities."""

    def __init__(self, network: LeNet):
        super().__init__()
        self.network = copy.deepcopy(network)
        if network.config.input_size != PICTURE_SIZE:
            self.network.input = ByMatrices(network.config)

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        outputs = self.network.activations(picture)
        return (*outputs.values(), outputs["logits"].softmax(1))


class ByMatrices(Standardise):
    """The first stage of a network for larger or smaller pictures, which scales them by multiplying matrices.

    onnxruntime's interpolation differs from PyTorch's by up to 7e-6, and the stages that follow multiply this.
    """

    scale: Tensor

    def __init__(self, config: LeNetConfig):
        super().__init__(config.input_size, config.mean, config.std)
        rows = torch.eye(PICTURE_SIZE, dtype=torch.float64)[None, None]
        scaled = functional.interpolate(rows, (config.input_size, PICTURE_SIZE), mode="bilinear", antialias=True)
        self.register_buffer("scale", scaled[0, 0].float())

    def forward(self, pictures: Tensor) -> Tensor:
        return super().forward(self.scale @ pictures @ self.scale.T)


def require_packages() -> None:
    """Raises ValueError, with a sentence, where a package is missing that writing an ONNX file needs."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ValueError(f"writing an ONNX file needs {' and '.join(missing)}; run: pip install {' '.join(missing)}")


def onnx_file(checkpoint: Checkpoint) -> bytes:
    """The content of the file. Pictures may come in batches of any size.

    Its metadata says how to prepare a picture and read an answer: ``kind``, ``classes`` as a JSON list, ``checkpoint``
    and ``weights_sha256``. Raises ValueError where a package is missing.
    """
    require_packages()
    names = [name for name, _ in checkpoint.model.named_children()]
    program = torch.onnx.export(
        AllStages(checkpoint.model).eval(),
        (torch.zeros(TRACED_BATCH, 1, PICTURE_SIZE, PICTURE_SIZE),),
        input_names=[INPUT],
        output_names=[*names, PROBABILITIES],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        dynamo=True,
        verbose=False,
    )
    assert program is not None, "the exporter returns a program where it is given no file"
    model = program.model_proto
    for key, value in _metadata(checkpoint).items():
        model.metadata_props.add(key=key, value=value)
    content: bytes = model.SerializeToString()
    return content


def _metadata(checkpoint: Checkpoint) -> dict[str, str]:
    return {
        "checkpoint": checkpoint.name,
        "kind": checkpoint.kind,
        "classes": json.dumps(checkpoint.classes),
        "weights_sha256": str(checkpoint.metrics.get("weights_sha256", "")),
    }
