import gzip
import hashlib
import socket
import struct

import pytest
import torch

from lenet.training import datasets

IMAGES = "MNIST/raw/train-images-idx3-ubyte"
LABELS = "MNIST/raw/train-labels-idx1-ubyte"


def test_pictures_are_float_tensors_with_ink_one_on_ground_zero(small_data):
    data = datasets.load("mnist", small_data)
    assert data.train_images.shape == (1_500, 1, 28, 28)
    assert data.train_images.dtype == torch.float32
    assert data.train_images.min() == 0
    assert 0.99 < data.train_images.max() <= 1
    assert data.test_labels.shape == (300,)
    assert data.test_labels[:10].tolist() == list(range(10))


def test_the_real_files_have_the_documented_sizes():
    sizes = []
    for shape in datasets.FILES.values():
        header = 4 + 4 * len(shape)
        sizes.append(header + torch.Size(shape).numel())
    assert sizes == [47_040_016, 60_008, 7_840_016, 10_008]


def test_class_names_are_digits_and_torchvision_s_garments():
    assert datasets.SOURCES["mnist"].classes == tuple("0123456789")
    assert datasets.SOURCES["fashion"].classes[0] == "T-shirt/top"
    assert datasets.SOURCES["fashion"].classes[9] == "Ankle boot"


def test_an_unknown_data_set_names_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="mnist, fashion"):
        datasets.load("cifar", tmp_path)


def test_missing_files_are_downloaded(tmp_path, mirror):
    data = datasets.load("mnist", tmp_path / "new")
    assert len(data.train_labels) == 1_500


@pytest.mark.parametrize(
    "damage", [b"", b"<html>please log in</html>", "truncated", "wrong header"], ids=["empty", "html", "cut", "header"]
)
def test_a_damaged_file_is_fetched_again(small_data, mirror, damage):
    path = small_data / IMAGES
    sound = path.read_bytes()
    path.write_bytes({"truncated": sound[:-1], "wrong header": b"PK" + sound[2:]}.get(damage, damage))
    datasets.load("mnist", small_data)
    assert path.read_bytes() == sound


def test_without_a_network_one_line_says_what_is_wrong_and_what_to_do(small_data, mirror):
    for file in mirror.iterdir():
        file.unlink()
    (small_data / LABELS).write_bytes(b"short")
    with pytest.raises(OSError) as caught:
        datasets.load("mnist", small_data)
    message = str(caught.value)
    assert "train-labels-idx1-ubyte has 5 bytes instead of 1,508" in message
    assert "--data-dir" in message
    assert "\n" not in message


@pytest.fixture
def smaller(small_data, idx_bytes):
    """A valid IDX file of another size where MNIST's should be, and its bytes."""
    pictures = idx_bytes["train-images-idx3-ubyte"]
    content = struct.pack(">4I", 0x803, 2, 28, 28) + pictures[16 : 16 + 2 * 784]
    (small_data / IMAGES).write_bytes(content)
    return small_data / IMAGES, content


@pytest.mark.parametrize("left", [[], ["train-images-idx3-ubyte.gz"]], ids=["nothing", "one file"])
def test_a_download_that_fails_loses_no_file(small_data, mirror, smaller, left):
    for file in mirror.iterdir():
        if file.name not in left:
            file.unlink()
    path, content = smaller
    (small_data / LABELS).write_bytes(b"damaged")
    before = {file: file.read_bytes() for file in small_data.rglob("*") if file.is_file()}
    with pytest.raises(OSError, match="downloading failed"):
        datasets.load("mnist", small_data)
    after = {file: file.read_bytes() for file in small_data.rglob("*") if file.is_file()}
    assert set(before.values()) <= set(after.values())
    assert after[small_data / LABELS] == b"damaged"


def test_a_file_of_another_size_is_kept_aside_when_the_real_one_comes(small_data, mirror, smaller):
    path, content = smaller
    for aside in (".replaced", ".replaced-2"):
        path.write_bytes(content)
        datasets.load("mnist", small_data)
        assert path.with_name(path.name + aside).read_bytes() == content
    names = {file.name for file in path.parent.iterdir()}
    assert names == set(datasets.FILES) | {f"{path.name}.replaced", f"{path.name}.replaced-2"}


def test_a_packed_file_of_an_earlier_download_serves_without_a_network(small_data, mirror):
    (small_data / IMAGES).write_bytes(b"damaged")
    for file in list(mirror.iterdir()):
        file.rename((small_data / IMAGES).with_name(file.name))
    assert len(datasets.load("mnist", small_data).train_labels) == 1_500


@pytest.mark.parametrize("packed", [b"not gzip", "cut"], ids=["html", "cut"])
def test_a_damaged_packed_file_of_debian_s_loses_no_file(small_data, tmp_path, monkeypatch, smaller, packed):
    path, content = smaller
    (small_data / "MNIST").rename(small_data / "FashionMNIST")
    installed = tmp_path / "debian" / "fashion-mnist"
    installed.mkdir(parents=True)
    cut = gzip.compress(content)[:99]
    (installed / "train-images-idx3-ubyte.gz").write_bytes(cut if packed == "cut" else packed)
    monkeypatch.setattr(datasets, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(datasets.sources.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(OSError, match="--data-dir"):
        datasets.load("fashion", small_data)
    assert (small_data / "FashionMNIST" / "raw" / path.name).read_bytes() == content


def test_labels_that_are_no_class_are_refused(small_data):
    path = small_data / LABELS
    path.write_bytes(path.read_bytes()[:-1] + b"\x0b")
    with pytest.raises(ValueError, match="--data-dir"):
        datasets.load("mnist", small_data)


def test_the_data_folder_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("LENET_DATA", str(tmp_path))
    assert datasets.default_data_dir() == tmp_path
    monkeypatch.delenv("LENET_DATA")
    assert str(datasets.default_data_dir()) == "data"


def test_what_debian_has_installed_is_used_instead_of_the_network(small_data, mirror, tmp_path, monkeypatch):
    for file in mirror.iterdir():
        file.unlink()
    installed = tmp_path / "debian" / "fashion-mnist"
    installed.mkdir(parents=True)
    for file in datasets.FILES:
        (installed / f"{file}.gz").write_bytes(gzip.compress((small_data / "MNIST/raw" / file).read_bytes()))
    monkeypatch.setattr(datasets, "DEBIAN", tmp_path / "debian")
    data = datasets.load("fashion", tmp_path / "new")
    assert len(data.train_labels) == 1_500


@pytest.mark.parametrize("damage", [b"", b"not gzip", b"cut"], ids=["empty", "html", "cut"])
def test_a_damaged_packed_file_of_debian_s_is_passed_over(small_data, tmp_path, monkeypatch, damage):
    packed = gzip.compress((small_data / IMAGES).read_bytes())
    installed = tmp_path / "debian" / "fashion-mnist"
    installed.mkdir(parents=True)
    (installed / "train-images-idx3-ubyte.gz").write_bytes(packed[: len(packed) // 2] if damage == b"cut" else damage)
    monkeypatch.setattr(datasets, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(datasets.sources.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(OSError, match="--data-dir"):
        datasets.load("fashion", tmp_path / "new")


def test_a_network_that_hangs_is_given_up(tmp_path, mirror, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
        monkeypatch.setattr(datasets, "DOWNLOAD_TIMEOUT", 0.2)
        monkeypatch.setattr(datasets.sources.MNIST, "mirrors", [f"http://127.0.0.1:{silent.getsockname()[1]}/"])
        with pytest.raises(OSError, match="--data-dir"):
            datasets.load("mnist", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_fingerprint_is_the_file_s_sha_256(small_data):
    prints = datasets.fingerprints("mnist", small_data)
    assert list(prints) == list(datasets.FILES)
    file = next(iter(prints))
    assert prints[file] == hashlib.sha256((small_data / "MNIST/raw" / file).read_bytes()).hexdigest()
