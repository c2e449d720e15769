"""Laws of related matrices: similar, transposed, scaled, squared, shifted. RMQM-JAC-007 and 008."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.jacobians.asking import (
    NEEDS,
    SURE,
    asked_spectrum,
    eigenvalues_of,
    open_by,
    require_same_eigenvalues,
    require_same_spectrum,
    rotation,
    volume_open_by,
    well_conditioned,
)
from rmqm_conformance.require import require_close, require_equal
from rmqm_conformance.strategies import Array, square_matrices
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

DRAW = st.integers(0, 2**32 - 1)


@law("RMQM-JAC-007/turned", needs=NEEDS, also="RMQM-JAC-008", draw=DRAW, matrices=square_matrices())
def turned(subject: Subject, draw: int, matrices: Array) -> None:
    """A rotation of the space changes no spectrum."""
    turn = rotation(draw, matrices.shape[1])
    other = turn @ matrices @ turn.T
    got, should = asked_spectrum(subject, other), asked_spectrum(subject, matrices)
    require_same_spectrum("a rotated matrix", got, should, matrices)


@law("RMQM-JAC-007/similar", needs=NEEDS, also="RMQM-JAC-008", draw=DRAW,
     matrices=square_matrices())  # fmt: skip
def similar(subject: Subject, draw: int, matrices: Array) -> None:
    """No invertible map of the space changes a spectrum."""
    change = well_conditioned(draw, matrices.shape[1])
    other = change @ matrices @ np.linalg.inv(change)
    got, should = asked_spectrum(subject, other), asked_spectrum(subject, matrices)
    require_same_spectrum("a similar matrix", got, should, matrices)


@law("RMQM-JAC-007/transposed", needs=NEEDS, also="RMQM-JAC-008", matrices=square_matrices())
def transposed(subject: Subject, matrices: Array) -> None:
    """A matrix and its transpose have the same spectrum."""
    got = asked_spectrum(subject, matrices.transpose(0, 2, 1))
    require_same_spectrum("a transposed matrix", got, asked_spectrum(subject, matrices), matrices)


@law("RMQM-JAC-007/of-a-batch", needs=NEEDS, also="RMQM-JAC-008 RMQM-JAC-010",
     matrices=square_matrices())  # fmt: skip
def of_a_batch(subject: Subject, matrices: Array) -> None:
    """The spectrum of a matrix does not depend on the others of its batch."""
    together = asked_spectrum(subject, matrices)
    for i in range(len(matrices)):
        alone = asked_spectrum(subject, matrices[[i]])
        if open_by(matrices[i]) <= SURE:
            for key in ("traces", "arithmetic_means", "small", "orientations"):
                require_close(f"{key}[{i}]", together[key][i], alone[key][0], atol=1e-11)
            got, should = eigenvalues_of(together)[i], eigenvalues_of(alone)[0]
            require_same_eigenvalues(f"eigenvalues[{i}]", got, should, 2 * open_by(matrices[i]))


@law("RMQM-JAC-008/scaled", needs=NEEDS, also="RMQM-JAC-007 RMQM-JAC-010",
     matrices=square_matrices(),
     factor=st.sampled_from([-8.0, -1.0, -0.25, 0.5, 4.0, 1024.0]))  # fmt: skip
def scaled(subject: Subject, matrices: Array, factor: float) -> None:
    """A factor multiplies eigenvalues and trace, adds n log of its modulus, may turn n times."""
    n = matrices.shape[1]
    one, other = asked_spectrum(subject, matrices), asked_spectrum(subject, factor * matrices)
    for i, A in enumerate(matrices):
        size = abs(factor) * float(np.linalg.norm(A))
        require_close("traces", other["traces"][i], factor * one["traces"][i], atol=1e-11 * size)
        if (allowed := abs(factor) * open_by(A)) <= SURE * size:
            roots = eigenvalues_of(other)[i], factor * eigenvalues_of(one)[i]
            require_same_eigenvalues("eigenvalues", *roots, 2 * allowed)
        if (moved := 2 * volume_open_by(A)) <= SURE:
            should = one["log_volumes"][i] + n * np.log(abs(factor))
            require_close("log_volumes", other["log_volumes"][i], should, atol=moved + 1e-12 * n)
            sign = one["orientations"][i] * np.sign(factor) ** n
            require_close("orientations", other["orientations"][i], sign, atol=0)
            mean = abs(factor) * one["geometric_means"][i]
            require_close("geometric_means", other["geometric_means"][i], mean, atol=moved * size)


@law("RMQM-JAC-007/squared", needs=NEEDS, also="RMQM-JAC-008", matrices=square_matrices())
def squared(subject: Subject, matrices: Array) -> None:
    """The eigenvalues of a square are the squares, twice the log volume, and it never mirrors."""
    one, other = asked_spectrum(subject, matrices), asked_spectrum(subject, matrices @ matrices)
    for i, A in enumerate(matrices):
        size = float(np.linalg.norm(A)) ** 2
        if (allowed := 4 * open_by(A @ A)) <= SURE * size:
            roots = eigenvalues_of(other)[i], eigenvalues_of(one)[i] ** 2
            require_same_eigenvalues("eigenvalues", *roots, allowed + 4 * size * open_by(A))
        if (moved := 2 * volume_open_by(A @ A)) <= SURE:
            should = 2 * one["log_volumes"][i]
            require_close("log_volumes", other["log_volumes"][i], should, atol=2 * moved)
            require_equal("orientations", int(other["orientations"][i]), 1)


@law("RMQM-JAC-007/shifted", needs=NEEDS, also="RMQM-JAC-008", matrices=square_matrices(),
     shift=st.sampled_from([-2.0, -0.5, 1.0, 3.0]))  # fmt: skip
def shifted(subject: Subject, matrices: Array, shift: float) -> None:
    """A multiple of the identity that is added is added to every eigenvalue."""
    n = matrices.shape[1]
    one = asked_spectrum(subject, matrices)
    other = asked_spectrum(subject, matrices + shift * np.eye(n))
    for i, A in enumerate(matrices):
        size = float(np.linalg.norm(A)) + abs(shift)
        should = one["traces"][i] + n * shift
        require_close("traces", other["traces"][i], should, atol=1e-11 * n * size)
        allowed = 2 * open_by(A) * size / float(np.linalg.norm(A))
        if allowed <= SURE * size:
            roots = eigenvalues_of(other)[i], eigenvalues_of(one)[i] + shift
            require_same_eigenvalues("eigenvalues", *roots, 2 * allowed)


@law("RMQM-JAC-008/multiplied", needs=NEEDS, draw=DRAW, matrices=square_matrices())
def multiplied(subject: Subject, draw: int, matrices: Array) -> None:
    """Log volumes of factors add up, their orientations multiply, in either order."""
    factor = np.random.default_rng(draw).normal(size=matrices.shape)
    answers = [
        asked_spectrum(subject, one)
        for one in (matrices, factor, matrices @ factor, factor @ matrices)
    ]
    first, second, product, reversed_ = answers
    for i, A in enumerate(matrices):
        moved = 4 * (volume_open_by(A) + volume_open_by(factor[i]) + volume_open_by(A @ factor[i]))
        if moved <= SURE:
            should = first["log_volumes"][i] + second["log_volumes"][i]
            sign = first["orientations"][i] * second["orientations"][i]
            for got in (product, reversed_):
                require_close("log_volumes", got["log_volumes"][i], should, atol=moved)
                require_close("orientations", got["orientations"][i], sign, atol=0)
        size = float(np.linalg.norm(A) * np.linalg.norm(factor[i]))
        traces = (one["traces"][i] for one in (reversed_, product))
        require_close("traces of AB and BA", *traces, atol=1e-11 * len(A) * size)


@law("RMQM-JAC-008/row-exchanged", needs=NEEDS, matrices=square_matrices())
def row_exchanged(subject: Subject, matrices: Array) -> None:
    """Two rows that change places turn the orientation, and leave the volume."""
    if matrices.shape[1] < 2:
        return
    order = [1, 0, *range(2, matrices.shape[1])]
    one, other = asked_spectrum(subject, matrices), asked_spectrum(subject, matrices[:, order])
    for i, A in enumerate(matrices):
        if (moved := 2 * volume_open_by(A)) <= SURE:
            volumes = (found["log_volumes"][i] for found in (other, one))
            require_close("log_volumes", *volumes, atol=moved)
            require_equal("orientations", other["orientations"][i], -one["orientations"][i])


CHECKS = (
    turned,
    similar,
    transposed,
    of_a_batch,
    scaled,
    squared,
    shifted,
    multiplied,
    row_exchanged,
)
