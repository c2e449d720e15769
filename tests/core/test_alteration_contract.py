"""An alteration that breaks its contract gets no score."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.errors import SubjectError

IMAGES = np.random.default_rng(0).random((5, 2, 3))


class Broken(WhiteNoise):
    """White noise, and a fault."""

    def alter(self, inputs, ids, first_level, n_levels, *, out=None):
        altered = super().alter(inputs, ids, first_level, n_levels, out=out)
        return self.fault(inputs, altered)


class MovesLevelZero(Broken):
    def fault(self, inputs, altered):
        altered[:, 0] *= 0.5
        return altered


class WritesToInputs(Broken):
    def fault(self, inputs, altered):
        inputs *= 0.5
        return altered


class LeavesTheBounds(Broken):
    def fault(self, inputs, altered):
        altered[:, 1:] += 2
        return altered


class ChangesTheType(Broken):
    def fault(self, inputs, altered):
        return altered.astype(np.float16)


class Sound(Broken):
    def fault(self, inputs, altered):
        return altered.copy()


def encoder(inputs):
    return inputs.reshape(len(inputs), -1) ** 2 + 0.1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (MovesLevelZero, "a level 0 that is not the input itself"),
        (WritesToInputs, "inputs that it has written to"),
        (LeavesTheBounds, "for the bounds 0 to 1"),
        (ChangesTheType, "float16 of shape"),
    ],
)
def test_what_breaks_the_contract_is_named(kind, words):
    with pytest.raises(SubjectError, match=words) as caught:
        evaluate(encoder, IMAGES.copy(), alteration=kind(n_levels=4))
    assert caught.value.code == "ALT001"


def test_what_keeps_it_is_scored():
    assert evaluate(encoder, IMAGES, alteration=Sound(n_levels=4)).status == "ok"
