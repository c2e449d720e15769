"""Saved encodings have the bits that the score was computed from."""

import numpy as np
import pytest

from rmqm_spec import PGD, EncoderTraits, WhiteNoise, content_id
from rmqm_spec.contracts.encoder import as_encoder
from rmqm_spec.evaluation.unaltered import unaltered_encodings
from rmqm_spec.evaluation.walk import Walk
from rmqm_spec.inputs.in_memory import ArrayInputs
from rmqm_spec.measures.movement import RMQM

IMAGES = np.random.default_rng(0).random((23, 2, 3))
WEIGHTS = np.random.default_rng(1).normal(size=(6, 4))
IDS = sorted(map(content_id, IMAGES))


class BatchSensitive:
    """Rounds differently in batches of another size, as matrix products do."""

    traits = EncoderTraits(batch_size=8)

    def encode(self, inputs):
        rows = inputs.reshape(len(inputs), -1)
        return (np.tanh(rows @ WEIGHTS) * (1 + 1e-7 * len(inputs))).astype("f4")

    def vjp(self, inputs):
        return self.encode(inputs), lambda cotangent: (cotangent @ WEIGHTS.T).reshape(inputs.shape)


class Keeping:
    """A measure that keeps the encodings of level 0."""

    name, kept, needs = "keeping", (), frozenset({"unaltered"})

    def __init__(self):
        self.rows = []

    def start(self, n_inputs, n_levels, names):
        return _Meter(self.rows)


class _Meter:
    def __init__(self, rows):
        self.rows, self.is_first = rows, True

    def update(self, encodings):
        if self.is_first:
            self.rows += list(encodings[:, 0].copy())
        self.is_first = False

    def columns(self):
        return {}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 7, 64, 250])
@pytest.mark.parametrize("alteration", [WhiteNoise(n_levels=20), PGD(n_levels=3)])
def test_the_bits_are_those_of_the_walk(alteration, batch_size, workers):
    encoder, inputs = as_encoder(BatchSensitive()), ArrayInputs(IMAGES, (0.0, 1.0))
    keeping = Keeping()
    walk = Walk(encoder, inputs, alteration, batch_size, (RMQM, keeping))
    ids = [
        identity
        for first in range(0, len(inputs), walk.group_size)
        for identity in walk.group(first).ids
    ]
    scored = dict(zip(ids, keeping.rows, strict=True))
    again = Walk(encoder, inputs, alteration, batch_size)
    saved = unaltered_encodings(again, IDS, workers)
    assert saved.dtype == np.float32
    assert saved.tobytes() == np.stack([scored[identity] for identity in IDS]).tobytes()


def test_only_the_inputs_that_are_wanted():
    walk = Walk(as_encoder(BatchSensitive()), ArrayInputs(IMAGES, (0.0, 1.0)), WhiteNoise(), 8)
    calls = []
    saved = unaltered_encodings(walk, IDS[3:5], 1, lambda *counts: calls.append(counts))
    assert len(saved) == 2
    assert calls[-1] == (2, 2)
