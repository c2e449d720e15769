"""The numbers that version 0.1.0 gave stay as they are, whatever the code around them becomes."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import pytest
from golden_cases import CASES, HERE, LANDED, plain

pytest.importorskip("onnxruntime")

EXPECTED = json.loads(LANDED.read_text(encoding="utf-8"))
WITHIN = 1e-6
"""Relative; an ONNX model multiplies matrices in float32, each processor in its own way."""
WITHIN_OF_SIGNS = 1e-4
"""The same for PGD: a gradient near zero has the other sign after another rounding."""

EXACT = [name for name, kept in EXPECTED.items() if "bits" in kept["exact"]]
NO_VECTOR_INSTRUCTIONS = "X86_V3 X86_V4 AVX512_ICL AVX2 FMA3 AVX512F AVX512_SKX"


def assert_close(value, expected, within, place="close"):
    """Compare numbers within nested data; everything else must be equal."""
    if isinstance(expected, dict):
        assert set(value) >= set(expected), place
        for key in expected:
            assert_close(value[key], expected[key], within, f"{place}.{key}")
    elif isinstance(expected, list):
        assert len(value) == len(expected), place
        for index, (one, other) in enumerate(zip(value, expected, strict=True)):
            assert_close(one, other, within, f"{place}[{index}]")
    elif isinstance(expected, float):
        assert value == pytest.approx(expected, rel=within, abs=within), place
    else:
        assert value == expected, place


def test_every_case_is_kept():
    assert list(EXPECTED) == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_numbers_are_those_of_version_0_1_0(name):
    found = plain(CASES[name]())
    assert found["exact"] == EXPECTED[name]["exact"]
    within = WITHIN_OF_SIGNS if "pgd" in name else WITHIN
    assert_close(found.get("close"), EXPECTED[name].get("close"), within)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names instructions of x86-64")
def test_exact_numbers_do_not_depend_on_vector_instructions():
    code = (
        "import json; from golden_cases import CASES, plain\n"
        f"print(json.dumps([plain(CASES[name]())['exact'] for name in {EXACT!r}]))"
    )
    settings = {"NPY_DISABLE_CPU_FEATURES": NO_VECTOR_INSTRUCTIONS, "OPENBLAS_CORETYPE": "Prescott"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=HERE,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [EXPECTED[name]["exact"] for name in EXACT]
