"""A network as an ONNX file, run by a program that knows nothing of PyTorch."""

import json

import numpy as np
import pytest
import torch

from lenet import checkpoint
from lenet.__main__ import main
from lenet.microscope import onnx_file
from lenet.settings import CHECKPOINTS

onnxruntime = pytest.importorskip("onnxruntime")

RESIZED = "mnist-batchnorm"
"""Its pictures are enlarged to 32 x 32."""


@pytest.mark.parametrize(
    "name", ["mnist-lenet", *(pytest.param(name, marks=pytest.mark.slow) for name in ("fashion-classic", RESIZED))]
)
def test_every_stage_is_torch_s_in_a_batch_of_any_size(name, digits, garments, tmp_path, capsys):
    target = tmp_path / "network.onnx"
    assert main(["export", name, "--onnx", str(target)]) == 0
    assert capsys.readouterr().out.startswith(f"{target}: {name}, ")
    network = checkpoint.load(CHECKPOINTS / name)
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    assert [(given.name, given.shape) for given in session.get_inputs()] == [("picture", ["batch", 1, 28, 28])]
    pictures = digits if network.kind == "digit" else garments
    for batch in (pictures[:1, None], pictures[:, None]):
        agree(network, session, batch.astype(np.float32) / 255)
    said = session.get_modelmeta().custom_metadata_map
    assert (said["checkpoint"], said["kind"]) == (name, network.kind)
    assert tuple(json.loads(said["classes"])) == network.classes
    assert said["weights_sha256"] == network.metrics["weights_sha256"]


def agree(network, session, batch: np.ndarray) -> None:
    """Every output of the file has its stage's name and, up to 1e-5, what torch computes for it."""
    names = [output.name for output in session.get_outputs()]
    found = dict(zip(names, session.run(None, {"picture": batch}), strict=True))
    with torch.inference_mode():
        expected = network.model.activations(torch.from_numpy(batch))
    expected["probabilities"] = expected["logits"].softmax(1)
    assert list(found) == list(expected)
    for stage, output in expected.items():
        assert found[stage] == pytest.approx(output.numpy(), abs=1e-5), stage


def test_without_the_packages_it_is_one_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(onnx_file, "PACKAGES", ("onnx", "no_such_package"))
    assert main(["export", "mnist-lenet", "--onnx", str(tmp_path / "x.onnx")]) == 2
    said = "lenet: error: writing an ONNX file needs no_such_package; run: pip install no_such_package\n"
    assert capsys.readouterr().err == said
    assert not list(tmp_path.iterdir())


def test_the_file_is_named_after_the_network(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(onnx_file, "onnx_file", lambda network: b"content")
    assert main(["export", str(CHECKPOINTS / "mnist-classic"), "--onnx"]) == 0
    assert (tmp_path / "mnist-classic.onnx").read_bytes() == b"content"
