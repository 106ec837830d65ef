"""``python fuzz_decoder.py FOLDER ...``, and arguments of libFuzzer: atheris changes small files in all ways it finds.

A file becomes a small RGB picture, or is refused with a sentence. Any other exception ends the run with status 77.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lenet.pictures", "PIL"]):  # it sees which lines a file reaches
    from hostile import encode
    from PIL import Image

    from lenet.pictures.decoder import FORMATS, SENTENCES, Refused, decode
    from lenet.pictures.rgb import WORKING_SIDE


def check(data: bytes) -> None:
    try:
        picture = decode(data)
    except Refused as refusal:
        assert str(refusal) in SENTENCES
        return
    assert picture.mode == "RGB"
    assert 1 <= min(picture.size) <= max(picture.size) <= WORKING_SIDE


def write_seeds(folder: Path) -> None:
    for form in FORMATS:
        for mode in ("L", "P", "RGB"):
            image = Image.linear_gradient("L").resize((9, 7)).convert(mode if form not in ("JPEG", "WEBP") else "RGB")
            (folder / f"{form}-{mode}").write_bytes(encode(image, form))


if __name__ == "__main__":
    write_seeds(Path(sys.argv[1]))
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
