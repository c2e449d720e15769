"""Laws of encoders and of the whole way from inputs to a score: family RMQM-ENC."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.problems import Violation
from rmqm_conformance.properties.helpers import own_inputs
from rmqm_conformance.require import require, require_close, require_equal
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject
from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.encoders.checks import check_encoder
from rmqm_spec.errors import EncodingError

__all__ = ["CHECKS"]

NEEDS = "encoder"
DRAWN = st.integers(0, 2**32)
SIZES = st.integers(1, 4)


class _SubjectEncoder:
    """The encoder behind the operation `encode`, in the form in which encoders are judged."""

    def __init__(self, subject: Subject) -> None:
        own = subject.description.encoder
        self._subject = subject
        self.traits = EncoderTraits(resolution=oracle.RESOLUTION[own.arithmetic] if own else None)

    def encode(self, inputs: Array, /) -> Array:
        """Encode, and leave in `inputs` what the implementation left in them."""
        result = self._subject.perform("encode", inputs=inputs)
        require_equal("inputs.shape", result["inputs"].shape, inputs.shape)
        inputs[...] = result["inputs"]
        encodings: Array = result["encodings"]
        return encodings


def _require_fine(subject: Subject, inputs: Array, *codes: str) -> None:
    """Demand that the encoder checks with these codes report nothing."""
    try:
        for finding in check_encoder(_SubjectEncoder(subject), inputs):
            require(finding.code not in codes or finding.level == "ok", finding.message)
    except EncodingError as error:
        raise Violation(error.message) from error


@law("RMQM-ENC-001/one-row-each", needs=NEEDS, n=SIZES, seed=DRAWN)
def one_row_each(subject: Subject, n: int, seed: int) -> None:
    """N inputs have N representations of the same length, alone and in a batch."""
    _require_fine(subject, own_inputs(subject, n, seed))


@law("RMQM-ENC-005/usable", needs=NEEDS, n=SIZES, seed=DRAWN)
def usable(subject: Subject, n: int, seed: int) -> None:
    """Representations are finite, with norms above zero."""
    _require_fine(subject, own_inputs(subject, n, seed), "ENC001", "ENC002")


@law("RMQM-ENC-002/deterministic", needs=NEEDS, n=SIZES, seed=DRAWN)
def deterministic(subject: Subject, n: int, seed: int) -> None:
    """The same batch gives the same unit vectors, to within the resolution."""
    _require_fine(subject, own_inputs(subject, n, seed), "DET001")


@law("RMQM-ENC-003/alone", needs=NEEDS, also="RMQM-ENC-001", n=st.integers(2, 4), seed=DRAWN)
def alone(subject: Subject, n: int, seed: int) -> None:
    """Alone and at any place of a batch an input has the same unit vector, within tolerance."""
    inputs = own_inputs(subject, n, seed)
    _require_fine(subject, inputs, "BAT001")
    _require_fine(subject, inputs[::-1].copy(), "BAT001")


@law("RMQM-ENC-004/inputs-intact", needs=NEEDS, n=SIZES, seed=DRAWN)
def inputs_intact(subject: Subject, n: int, seed: int) -> None:
    """Encoding does not write to the inputs."""
    _require_fine(subject, own_inputs(subject, n, seed), "ENC008")


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
        "flatten": np.array([list(row.flat) for row in output]),
        "mean": output.mean(axis=1 if tokens else (2, 3)),
    }
    if tokens:
        should["cls"] = output[:, 0]
    for how, pooled_ in should.items():
        got = subject.perform("pool", output=output, how=how)["encodings"]
        require_close(f"encodings ({how})", got, pooled_, atol=1e-14 if how == "mean" else 0)


CHECKS = (
    one_row_each,
    usable,
    deterministic,
    alone,
    inputs_intact,
    pooled,
)
