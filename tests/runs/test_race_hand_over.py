"""What a race encoded is not encoded again for the scores that it hands over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.runs import racing

pytest.importorskip("onnxruntime")
from rmqm_onnx.running.encoder import OnnxEncoder

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"


class Heard(Listener):
    """Says when the race is over."""

    def __init__(self):
        self.n_looks = 0
        self.is_over = False

    def note(self, text):
        self.n_looks += "inputs: " in text and "pairs decided" in text
        self.is_over = self.is_over or text.strip().startswith("protocol:")


def nearly_the_same(path):
    """Write the model with weights that differ a little: no race tells the two apart."""
    model = onnx.load(MODEL)
    random = np.random.default_rng(0)
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) > 1:
            values = numpy_helper.to_array(tensor)
            changed = values + 1e-3 * values.std() * random.standard_normal(values.shape)
            tensor.CopyFrom(numpy_helper.from_array(changed.astype(np.float32), tensor.name))
    onnx.save(model, path)
    return str(path)


def test_scores_after_a_race_encode_nothing_again(tmp_path, monkeypatch):
    heard, after = Heard(), []
    encode = OnnxEncoder.encode

    def counted(encoder, inputs):
        if heard.is_over:
            after.append(len(inputs))
        return encode(encoder, inputs)

    monkeypatch.setattr(OnnxEncoder, "encode", counted)
    ranked = rmqm_spec.rank(
        [str(MODEL), nearly_the_same(tmp_path / "near.onnx")],
        until="order",
        n=45,
        null=False,
        out=tmp_path / "out",
        listener=heard,
    )
    assert set(ranked.document["race"]["inputs"].values()) == {45}
    assert (heard.n_looks > 2, heard.is_over) == (True, True)
    assert after == []


def test_a_race_that_is_interrupted_before_it_begins_starts_anew():
    error = racing._interrupted({})
    assert (error.code, error.fix) == ("RUN001", "Run the same command again: it starts anew.")
