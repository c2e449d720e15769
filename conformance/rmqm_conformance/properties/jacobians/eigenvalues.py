"""Laws of eigenvalues and of what is said of them: RMQM-JAC-007, 008 and 010."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.jacobians.asking import (
    BACKWARD,
    NEEDS,
    SURE,
    as_pairs,
    asked_spectrum,
    eigenvalues_of,
    open_by,
    require_same_eigenvalues,
    rotation,
    volume_open_by,
)
from rmqm_conformance.require import require, require_alike, require_close, require_equal
from rmqm_conformance.strategies import Array, square_matrices
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

DRAW = st.integers(0, 2**32 - 1)
SMALL = 0.1


@law("RMQM-JAC-007/near-a-spectrum", needs=NEEDS, matrices=square_matrices(max_size=12))
def near_a_spectrum(subject: Subject, matrices: Array) -> None:
    """Each eigenvalue is one of a matrix next to the given one, and moduli fall."""
    roots = eigenvalues_of(asked_spectrum(subject, matrices))
    for A, found in zip(matrices, roots, strict=True):
        n, size = len(A), np.linalg.norm(A)
        for root in found:
            rest = np.linalg.svd(A - root * np.eye(n), compute_uv=False)[-1]
            require(
                rest <= 2 * n * BACKWARD * size,
                f"{root} must be an eigenvalue; the matrix less {root} is {rest:.1e} from singular",
                got=root,
            )
        moduli = np.abs(found)
        require(
            (np.diff(moduli) <= 1e-9 * moduli[0]).all(),
            f"moduli must fall; got {moduli.tolist()}",
            got=moduli.tolist(),
        )


@law("RMQM-JAC-007/conjugates", needs=NEEDS, matrices=square_matrices())
def conjugates(subject: Subject, matrices: Array) -> None:
    """Eigenvalues off the real line come with their conjugates, and are those of the matrix."""
    roots = eigenvalues_of(asked_spectrum(subject, matrices))
    for A, found in zip(matrices, roots, strict=True):
        allowed = open_by(A)
        if allowed <= SURE * np.linalg.norm(A):
            require_same_eigenvalues("conjugates", found.conj(), found, 2 * allowed)
            require_same_eigenvalues("eigenvalues", found, np.linalg.eigvals(A), 2 * allowed)


@law("RMQM-JAC-007/planted", needs=NEEDS, also="RMQM-JAC-008 RMQM-JAC-010", draw=DRAW,
     real=st.integers(0, 4), pairs=st.integers(0, 2))  # fmt: skip
def planted(subject: Subject, draw: int, real: int, pairs: int) -> None:
    """Eigenvalues that a matrix was made of come back, each as often as it was put in."""
    rng = np.random.default_rng(draw)
    reals = rng.choice([-2.0, -0.5, 0.0625, 0.25, 0.25, 1.0, 1.5], max(real, 0 if pairs else 1))
    blocks = [np.array([[value]]) for value in reals]
    roots = [complex(value) for value in reals]
    for _ in range(pairs):
        a, b = rng.choice([-1.0, -0.04, 0.05, 0.75]), rng.choice([0.05, 0.5, 2.0])
        blocks.append(np.array([[a, b], [-b, a]]))
        roots += [complex(a, b), complex(a, -b)]
    n = len(roots)
    A, at = np.zeros((n, n)), 0
    for block in blocks:
        A[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    turn = rotation(draw, n)
    answer = asked_spectrum(subject, (turn @ A @ turn.T)[None])
    require_alike("eigenvalues", answer["eigenvalues"], as_pairs(np.array([roots])), atol=1e-11)
    log, sign = np.log(np.abs(roots)).sum(), np.sign(np.prod(reals))
    require_close("log_volumes", answer["log_volumes"], [log], atol=1e-9)
    require_close("orientations", answer["orientations"], [sign], atol=0)
    require_close("traces", answer["traces"], [np.real(roots).sum()], atol=1e-11)
    require_close("geometric_means", answer["geometric_means"], [np.exp(log / n)], atol=1e-9)
    require_close("small", answer["small"], [(np.abs(roots) < SMALL).sum()], atol=0)
    require(
        np.allclose(np.cos(answer["arguments"]), np.cos(np.angle(eigenvalues_of(answer)))),
        "arguments must be those of the eigenvalues, in their order",
        got=answer["arguments"].tolist(),
    )


@law("RMQM-JAC-008/of-eigenvalues", needs=NEEDS, also="RMQM-JAC-010", matrices=square_matrices())
def of_eigenvalues(subject: Subject, matrices: Array) -> None:
    """Trace, volume, orientation and means are those of the eigenvalues that were given."""
    answer = asked_spectrum(subject, matrices)
    n = matrices.shape[1]
    for i, roots in enumerate(eigenvalues_of(answer)):
        size = float(np.linalg.norm(matrices[i]))
        require_close("traces", answer["traces"][i], roots.real.sum(), atol=1e-11 * n * size)
        require_close("arithmetic_means", n * answer["arithmetic_means"][i], answer["traces"][i],
                      atol=1e-12 * n * size)  # fmt: skip
        moved = 10 * volume_open_by(matrices[i])
        if moved <= SURE:
            log = np.log(np.abs(roots)).sum()
            require_close("log_volumes", answer["log_volumes"][i], log, atol=moved)
            require_close("geometric_means", answer["geometric_means"][i],
                          np.exp(answer["log_volumes"][i] / n), atol=1e-12 * size)  # fmt: skip
            sign = np.sign(np.linalg.det(matrices[i]))
            require_close("orientations", answer["orientations"][i], sign, atol=0)


@law("RMQM-JAC-010/arguments-in-order", needs=NEEDS, matrices=square_matrices())
def arguments_in_order(subject: Subject, matrices: Array) -> None:
    """Arguments are those of the eigenvalues in their order, above -pi and at most pi."""
    answer = asked_spectrum(subject, matrices)
    angles = answer["arguments"]
    roots = eigenvalues_of(answer)
    turned = np.exp(1j * angles) * np.abs(roots)
    require_close(
        "eigenvalues by their arguments", as_pairs(turned), as_pairs(roots), atol=1e-12 * 50
    )
    inside = (angles > -np.pi) & (angles <= np.pi + 1e-15)
    require(inside.all(), f"arguments must lie in (-pi, pi]; got {angles.tolist()}", got=angles)


@walk("RMQM-JAC-010/negative-numbers", needs=NEEDS)
def negative_numbers(subject: Subject) -> None:
    """The argument of a negative real eigenvalue is pi; an eigenvalue 0 has none."""
    for values in ([-2.0, -1.0], [-0.5, 0.25], [-1e-3, 1.0], [-3.0, 0.0], [0.0, 0.0]):
        answer = asked_spectrum(subject, np.diag(values)[None])
        roots, angles = eigenvalues_of(answer)[0], answer["arguments"][0]
        should = [np.nan if root == 0 else np.pi * (root.real < 0) for root in roots]
        require_close(f"arguments of {values}", angles, should, atol=1e-15)


@walk("RMQM-JAC-010/small-by-modulus", needs=NEEDS)
def small_by_modulus(subject: Subject) -> None:
    """Small are eigenvalues below 0.1 in modulus: neither their parts nor their order count."""
    for a, b, count in (
        (0.09, 0.09, 0),
        (0.06, 0.07, 2),
        (-0.06, 0.07, 2),
        (0.0, 0.2, 0),
        (0.2, 0.05, 0),
        (0.0, 0.09, 2),
        (-0.5, 0.01, 0),
    ):
        A = np.array([[a, b], [-b, a]])
        require_equal(
            f"small of {a} ± {b}i", int(asked_spectrum(subject, A[None])["small"][0]), count
        )
    for values, count in (
        ([0.0999, 0.1001, -0.05], 2),
        ([1.0, 2.0, 0.0], 1),
        ([-0.2, 3.0, 1.0], 0),
    ):
        got = int(asked_spectrum(subject, np.diag(values)[None])["small"][0])
        require_equal(f"small of {values}", got, count)


CHECKS = (
    near_a_spectrum,
    conjugates,
    planted,
    of_eigenvalues,
    arguments_in_order,
    negative_numbers,
    small_by_modulus,
)
