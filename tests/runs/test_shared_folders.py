"""Models that are ranked together fail one by one: a folder that cannot be used stops its own."""

from __future__ import annotations

from pathlib import Path

import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_folder_that_cannot_be_used_fails_its_own_model_alone(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "digits_ntxent").write_text("a file where a folder should be")
    models = [str(EXAMPLES / f"digits_{name}.onnx") for name in ("ntxent", "cross_entropy")]
    ranked = rmqm_spec.rank(models, n=8, null=False, out=out, listener=Listener())
    assert set(ranked.failed) == {"digits_ntxent"}
    assert set(ranked.results) == {"digits_cross_entropy"}
