"""Laws of encoders and of the whole way from inputs to a score: family RMQM-ENC."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import own_inputs, units
from rmqm_conformance.require import require, require_close, require_equal, require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "encoder"
DRAWN = st.integers(0, 2**32)
SIZES = st.integers(1, 4)


def _encode(subject: Subject, inputs: Array) -> Array:
    found: Array = subject.perform("encode", inputs=inputs)["encodings"]
    require_equal("rank of the encodings", found.ndim, 2)
    require_equal("number of encodings", len(found), len(inputs))
    return found


def _resolution(subject: Subject) -> float:
    own = subject.description.encoder
    return oracle.RESOLUTION[own.arithmetic] if own else 0.0


@law("RMQM-ENC-001/one-row-each", needs=NEEDS, also="RMQM-ENC-005", n=SIZES, seed=DRAWN)
def one_row_each(subject: Subject, n: int, seed: int) -> None:
    """N inputs have N representations of one length, finite and with norms above zero."""
    inputs = own_inputs(subject, n, seed)
    found, alone = _encode(subject, inputs), _encode(subject, inputs[:1])
    require_equal("length of the encodings", found.shape[1], alone.shape[1])
    require(np.isfinite(found).all(), "encodings must be finite")
    require((found != 0).any(axis=1).all(), "encodings must have norms above zero")


@law("RMQM-ENC-002/deterministic", needs=NEEDS, n=SIZES, seed=DRAWN)
def deterministic(subject: Subject, n: int, seed: int) -> None:
    """The same batch gives the same unit vectors, to within the resolution."""
    inputs = own_inputs(subject, n, seed)
    first = units(_encode(subject, inputs))
    _encode(subject, own_inputs(subject, n, seed + 1))
    again = units(_encode(subject, inputs))
    apart = np.sqrt(((first - again) ** 2).sum(axis=1)).max()
    require(apart <= _resolution(subject), f"the same batch twice differs by {apart:.1e}")


@law(
    "RMQM-ENC-003/alone",
    needs=NEEDS,
    also="RMQM-ENC-001",
    n=st.integers(2, 4),
    seed=DRAWN,
    order=st.integers(0),
)
def alone(subject: Subject, n: int, seed: int, order: int) -> None:
    """Alone, in a batch and at any place of it an input has one unit vector, within tolerance."""
    inputs = own_inputs(subject, n, seed)
    rows = np.random.default_rng(order).permutation(n)
    single = units(np.concatenate([_encode(subject, inputs[k : k + 1]) for k in rows]))
    together = units(_encode(subject, inputs[rows]))
    require_equal("length of the encodings", together.shape[1], single.shape[1])
    apart = np.sqrt(((single - together) ** 2).sum(axis=1)).max()
    allowed = 10 * _resolution(subject)
    require(apart <= allowed, f"alone and in a batch: {apart:.1e} apart, allowed {allowed:.1e}")


@law("RMQM-ENC-004/inputs-intact", needs=NEEDS, n=SIZES, seed=DRAWN)
def inputs_intact(subject: Subject, n: int, seed: int) -> None:
    """Encoding does not write to the inputs."""
    inputs = own_inputs(subject, n, seed)
    require_same_bits("inputs", subject.perform("encode", inputs=inputs)["inputs"], inputs)


@law(
    "RMQM-ENC-006/pooled",
    needs=NEEDS,
    shape=st.tuples(*[st.integers(1, 4)] * 4),
    tokens=st.booleans(),
    seed=DRAWN,
)
def pooled(subject: Subject, shape: tuple[int, int, int, int], tokens: bool, seed: int) -> None:
    """An output of higher rank is flattened in C order, or its first token or its mean is taken."""
    output = np.random.default_rng(seed).normal(size=shape[:3] if tokens else shape)
    should = {
        "flatten": np.array([list(one.flat) for one in output]),
        "mean": output.mean(axis=1 if tokens else (2, 3)),
    }
    if tokens:
        should["cls"] = output[:, 0]
    for how, pooled_ in should.items():
        got = subject.perform("pool", output=output, how=how)["encodings"]
        require_close(f"encodings ({how})", got, pooled_, atol=1e-14 if how == "mean" else 0)


CHECKS = (
    one_row_each,
    deterministic,
    alone,
    inputs_intact,
    pooled,
)
