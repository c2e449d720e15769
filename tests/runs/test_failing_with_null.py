"""A network that fails while it is scored takes its null along: no half result is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import EncodingError

pytest.importorskip("onnxruntime")
from rmqm_onnx.running.encoder import OnnxEncoder

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"


class Heard(Listener):
    """Says when scoring begins."""

    is_scoring = False

    def note(self, text):
        self.is_scoring = self.is_scoring or text.strip().startswith("protocol:")


def test_no_result_is_written_for_the_null_of_a_network_that_fails(tmp_path, monkeypatch):
    heard, calls = Heard(), []
    encode = OnnxEncoder.encode

    def failing(encoder, inputs):
        encodings = encode(encoder, inputs)
        if heard.is_scoring:
            calls.append(encoder)
            if encoder is calls[0] and calls.count(encoder) > 2:
                return np.full_like(encodings, np.nan)
        return encodings

    monkeypatch.setattr(OnnxEncoder, "encode", failing)
    with pytest.raises(EncodingError):
        rmqm_spec.score(MODEL, n=40, out=tmp_path / "out", listener=heard)
    assert len(set(map(id, calls))) == 2
    assert not list(tmp_path.rglob("result.json"))
