"""The decoder before files that a fuzzer makes, led by which lines of Pillow they reach."""

import os
import re
import subprocess
import sys

import pytest
from support import ROOT

SECONDS = 20
SLOWEST_FILE_SECONDS = 10


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_file_that_a_fuzzer_finds_is_more_than_opened_or_refused(tmp_path):
    pytest.importorskip("atheris", reason="pip install atheris")
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])])
    limits = [f"-max_total_time={SECONDS}", f"-timeout={SLOWEST_FILE_SECONDS}", "-max_len=4096"]
    run = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "fuzz_decoder.py"), str(tmp_path), *limits],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert not run.returncode, run.stderr[-3_000:]
    assert re.search(r"Done \d{3,} runs", run.stderr)
