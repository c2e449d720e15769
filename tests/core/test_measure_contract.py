"""A measure whose summary breaks its contract gives no number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rmqm_spec import evaluate
from rmqm_spec.contracts.measure import Column, Summary
from rmqm_spec.errors import SubjectError

IMAGES = np.random.default_rng(0).random((5, 2, 3))


def encoder(inputs):
    return inputs.reshape(len(inputs), -1) ** 2 + 0.1


class Lengths:
    """Keeps the length of the unaltered encoding, and says what it was made to say."""

    name, title, summary = "lengths", "Lengths", "Lengths of encodings."
    source, units, direction = "this test", "1", None
    needs = frozenset({"unaltered"})
    kept = (Column(name="length"),)

    def __init__(self, said):
        self.said = said

    def start(self, n_inputs, n_levels, names):
        class Meter:
            def update(self, encodings):
                if not hasattr(self, "lengths"):
                    self.lengths = np.linalg.norm(encodings[:, 0], axis=1)

            def columns(self):
                return {"length": self.lengths}

        return Meter()

    def summarise(self, columns):
        return self.said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, "NoneType where a Summary is due"),
        (0.5, "float where a Summary is due"),
        (Summary(value=math.nan), "the value nan with the status 'ok'"),
        (Summary(value=math.inf), "the value inf with the status 'ok'"),
        (Summary(value=0.5, status="too-few"), "the value 0.5 with the status 'too-few'"),
        (Summary(value=math.nan, status=""), "'' as the status"),
        (Summary(value=math.nan, status=None), "None as the status"),
        (Summary(value="0.5"), "'0.5' as the value"),
        (Summary(value=None), "None as the value"),
        (Summary(value=np.ones(3)), "as the value, which must be a number"),
        (Summary(value=0.5, interval=(0.7, 0.3)), "an interval from 0.7 to 0.3"),
        (Summary(value=0.5, interval=(0.3, math.nan)), "an interval from 0.3 to nan"),
        (Summary(value=0.5, interval=(0.3,)), "(0.3,) as the interval"),
        (Summary(value=0.5, interval=("a", "b")), "('a', 'b') as the interval"),
        (Summary(value=0.5, interval=0.3), "0.3 as the interval"),
        (Summary(value=0.5, details={"rank": "full"}), "'full' as the detail rank"),
        (Summary(value=0.5, details=[1]), "details that are not numbers by name"),
    ],
)
def test_a_summary_that_breaks_its_contract_is_refused_by_name(said, words):
    with pytest.raises(SubjectError) as caught:
        evaluate(encoder, IMAGES, measures=[Lengths(said)])
    assert caught.value.code == "MEA002"
    assert "the measure lengths must keep to its contract" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "said",
    [
        Summary(value=0.5),
        Summary(value=np.float32(0.5), interval=(0.5, 0.5), details={"n": 3}),
        Summary(value=0.5, interval=(math.nan, math.nan)),
        Summary(value=math.nan, status="too-few"),
    ],
)
def test_a_sound_summary_is_kept(said):
    assert evaluate(encoder, IMAGES, measures=[Lengths(said)]).measured["lengths"].summary is said
