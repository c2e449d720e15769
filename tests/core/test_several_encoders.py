"""Several encoders on the same altered inputs: the bits of each alone, and each fails alone."""

from __future__ import annotations

import threading
from collections import Counter
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.contracts.encoder import EncoderTraits, as_encoder
from rmqm_spec.errors import EncodingError, IncompleteError, RmqmError
from rmqm_spec.evaluation.several import Contender, evaluate_several
from rmqm_spec.inputs.in_memory import ArrayInputs

IMAGES = np.random.default_rng(0).random((9, 12), dtype=np.float32)
WEIGHTS = np.random.default_rng(1).normal(size=(3, 12, 5)).astype(np.float32)


class Linear:
    """Counts its calls; `spoils` says from which call on it fails or writes into its inputs."""

    traits = EncoderTraits(batch_size=20, concurrency=1)

    def __init__(self, place, fails_at=None, writes=False):
        self.weights, self.fails_at, self.writes = WEIGHTS[place], fails_at, writes
        self.calls = 0

    def encode(self, inputs):
        self.calls += 1
        encodings = inputs @ self.weights + np.float32(0.1)
        if self.writes:
            inputs[:] = 0
        return encodings * np.nan if self.calls == self.fails_at else encodings


class Counted(WhiteNoise):
    """White noise that counts how often each block is made."""

    made: ClassVar[Counter] = Counter()
    lock = threading.Lock()

    def alter(self, inputs, ids, first_level, n_levels, *, out=None):
        with self.lock:
            self.made[(*ids, first_level)] += 1
        return super().alter(inputs, ids, first_level, n_levels, out=out)


def together(encoders, workers=1, n_levels=9, batch_size=20, **options):
    contenders = {name: Contender(encoder=one) for name, one in encoders.items()}
    noise = options.pop("alteration", WhiteNoise(n_levels=n_levels))
    inputs = ArrayInputs(IMAGES, (0.0, 1.0))
    return evaluate_several(
        contenders, inputs, noise, batch_size=batch_size, workers=workers, **options
    )


@settings(deadline=None, max_examples=20)
@given(
    n_encoders=st.integers(1, 3),
    workers=st.integers(1, 3),
    batch_size=st.integers(1, 40),
    n_levels=st.integers(2, 12),
)
def test_each_encoder_has_the_bits_it_has_alone(n_encoders, workers, batch_size, n_levels):
    scored = together(
        {str(k): Linear(k) for k in range(n_encoders)},
        workers=workers,
        n_levels=n_levels,
        batch_size=batch_size,
    )
    for k in range(n_encoders):
        noise = WhiteNoise(n_levels=n_levels)
        alone = evaluate(Linear(k), IMAGES, alteration=noise, batch_size=batch_size)
        assert scored[str(k)].ids == alone.ids
        assert np.array_equal(scored[str(k)].displacements, alone.displacements)
        assert np.array_equal(scored[str(k)].step_lengths, alone.step_lengths)
        assert scored[str(k)].rmqm == alone.rmqm


def test_every_block_is_made_once_for_all():
    Counted.made.clear()
    encoders = {str(k): Linear(k) for k in range(3)}
    together(encoders, alteration=Counted(n_levels=9), workers=2)
    assert set(Counted.made.values()) == {1}
    assert {one.calls for one in encoders.values()} == {len(Counted.made)}


def test_an_encoder_that_fails_leaves_the_others_alone_and_encodes_no_more():
    encoders = {"good": Linear(0), "bad": Linear(1, fails_at=3)}
    scored = together(encoders)
    assert isinstance(scored["bad"], EncodingError)
    assert scored["bad"].code == "ENC001"
    alone = evaluate(Linear(0), IMAGES, alteration=WhiteNoise(n_levels=9))
    assert scored["good"].rmqm == alone.rmqm
    assert encoders["bad"].calls < encoders["good"].calls


def test_all_may_fail():
    scored = together({"a": Linear(0, fails_at=1), "b": Linear(1, fails_at=1)})
    assert all(isinstance(error, RmqmError) for error in scored.values())


def test_an_encoder_that_writes_into_a_common_block_is_refused():
    with pytest.raises(ValueError, match="read-only"):
        together({"writes": Linear(0, writes=True), "reads": Linear(1)})


def test_an_encoder_that_is_not_named_stops_and_says_so():
    seen = []

    def look(going):
        seen.append({name: statistic.n_seen for name, statistic in going.items()})
        return [name for name in going if name == "b" or going[name].n_seen < 4]

    scored = together({"a": Linear(0), "b": Linear(1)}, look=look, batch_size=10)
    assert (scored["a"].n_seen, scored["a"].stopped_early) == (4, True)
    assert (scored["b"].n_seen, scored["b"].stopped_early) == (9, False)
    assert "a" not in seen[-1]


def test_what_cannot_be_kept_for_the_disk_ends_the_work_and_another_error_ends_one_encoder():
    def refuse(error):
        def keep(_group):
            raise error

        return keep

    inputs = ArrayInputs(IMAGES, (0.0, 1.0))
    noise = WhiteNoise(n_levels=9)
    for error, ends_all in (
        (IncompleteError("RUN002", "full", fix="x"), True),
        (RmqmError("RUN003", "differs", fix="x"), False),
    ):
        contenders = {
            "a": Contender(encoder=as_encoder(Linear(0)), keep=refuse(error)),
            "b": Contender(encoder=as_encoder(Linear(1))),
        }
        if ends_all:
            with pytest.raises(IncompleteError):
                evaluate_several(contenders, inputs, noise, batch_size=20, workers=1)
        else:
            scored = evaluate_several(contenders, inputs, noise, batch_size=20, workers=1)
            assert (scored["a"], scored["b"].status) == (error, "ok")


class Reusing:
    """Returns one and the same memory from every call."""

    traits = EncoderTraits(batch_size=20)

    def __init__(self):
        self.memory = {}

    def encode(self, inputs):
        memory = self.memory.setdefault(len(inputs), np.empty((len(inputs), 5), np.float32))
        np.matmul(inputs, WEIGHTS[0], out=memory)
        return memory


@pytest.mark.parametrize("encoder", [as_encoder(lambda inputs: inputs), Reusing()])
def test_encodings_may_lie_in_memory_that_is_used_again(encoder):
    noise = WhiteNoise(n_levels=9)
    whole = evaluate(encoder, IMAGES, alteration=noise, batch_size=20)
    single = evaluate(encoder, IMAGES, alteration=noise, batch_size=1)
    assert np.allclose(whole.displacements, single.displacements, atol=1e-6)
    both = together({"a": encoder, "b": Linear(1)}, batch_size=20)
    assert np.array_equal(both["a"].displacements, whole.displacements)
