"""Laws of singular matrices: RMQM-JAC-009."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.jacobians.asking import NEEDS, asked_spectrum
from rmqm_conformance.require import require_close, require_equal
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

DRAW = st.integers(0, 2**32 - 1)


def _require_singular(subject: Subject, matrices: Array) -> None:
    answer = asked_spectrum(subject, matrices)
    for key, should in (("log_volumes", -np.inf), ("orientations", 0.0), ("geometric_means", 0.0)):
        require_close(key, answer[key], np.full(len(matrices), should), atol=0)
    require_close("traces", answer["traces"], np.trace(matrices, axis1=1, axis2=2), atol=1e-10)


@law("RMQM-JAC-009/low-rank", needs=NEEDS, draw=DRAW, size=st.integers(2, 7))
def low_rank(subject: Subject, draw: int, size: int) -> None:
    """A product through fewer dimensions is singular, whatever rounding leaves."""
    rng = np.random.default_rng(draw)
    inner = int(rng.integers(1, size))
    left, right = rng.integers(-3, 4, (2, 2, size, inner)).astype(float)
    _require_singular(subject, left @ right.transpose(0, 2, 1))


@law("RMQM-JAC-009/equal-rows", needs=NEEDS, draw=DRAW, size=st.integers(2, 6))
def equal_rows(subject: Subject, draw: int, size: int) -> None:
    """A matrix with a row of zeros, or with two equal rows or columns, is singular."""
    rng = np.random.default_rng(draw)
    for change in range(3):
        A = rng.normal(size=(1, size, size))
        if change == 0:
            A[:, -1] = 0.0
        elif change == 1:
            A[:, 0] = A[:, -1]
        else:
            A[:, :, 0] = A[:, :, -1]
        _require_singular(subject, A)


@walk("RMQM-JAC-009/scale-of-the-matrix", needs=NEEDS, also="RMQM-JAC-008")
def scale_of_the_matrix(subject: Subject) -> None:
    """A matrix is not singular for being small: its condition decides."""
    A = np.array([[2.0, 1.0], [1.0, -1.0]])
    for power in (-250, -160, -80, -20, 20, 80, 140):
        answer = asked_spectrum(subject, (10.0**power * A)[None])
        should = np.log(3.0) + 2 * power * np.log(10.0)
        require_close("log_volumes", answer["log_volumes"], [should], atol=1e-10 * abs(should))
        require_equal("orientations", int(answer["orientations"][0]), -1)


CHECKS = (low_rank, equal_rows, scale_of_the_matrix)
