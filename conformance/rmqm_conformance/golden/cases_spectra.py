"""Cases of RMQM-JAC-007 to 010: eigenvalues of matrices, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, refuse, same_values, unordered, within
from rmqm_conformance.golden.oracle_spectra import ExactSpectrum, spectrum
from rmqm_conformance.golden.precision import Exact, exact, mp, rounded_up

__all__ = ["cases", "pairs", "sensitivity"]

_ROUNDING = mp.mpf("1e-13")
_UNEVEN = [
    [0.75, -1.25, 0.5, 0.125, 0.25, -0.5],
    [1.5, 0.25, -0.75, 1.0, -0.125, 0.375],
    [-0.25, 0.875, 0.625, -1.5, 0.75, 0.5],
    [0.5, -0.375, 1.25, 0.25, -0.625, 1.0],
    [-1.0, 0.125, 0.5, 0.75, 0.375, -0.25],
    [0.25, 0.5, -1.125, 0.625, 1.0, 0.125],
]
_COUNTED = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]
_CYCLE = [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
_EVERYTHING = (
    "eigenvalues traces log_volumes orientations arithmetic_means geometric_means small arguments"
)
_OF_VOLUME = "log_volumes orientations geometric_means"


def cases() -> list[Case]:
    """Return the cases."""
    return [*_eigenvalues(), *_volumes(), *_singular(), *_means(), *_refusals()]


def pairs(roots: Sequence[Exact]) -> list[list[Exact]]:
    """Return complex numbers as pairs of real and imaginary part."""
    return [[mp.re(one), mp.im(one)] for one in roots]


def sensitivity(A: Any) -> Exact:
    """Return how much a change of a matrix, as a share of its norm, moves its log volume."""
    return A.rows * mp.mnorm(A, "f") * mp.mnorm(A**-1, "f")


def _judged(
    name: str,
    title: str,
    matrices: Any,
    keys: str = _EVERYTHING,
    dtype: str = "<f8",
    also: str = "",
) -> Case:
    """Return a case that judges some results of `spectrum`."""
    array = np.array(matrices, dtype)
    every = [mp.matrix(exact(one.astype(float))) for one in array]
    found = [spectrum(one) for one in every]
    rules = {key: _rule(every, found, key) for key in keys.split()}
    return case(name, title, "spectrum", {"matrices": array}, rules, also=also)


def _rule(matrices: list[Any], found: list[ExactSpectrum], key: str) -> Rule:
    size = max(mp.mnorm(A, "f") for A in matrices)
    open_by = max(one.open_by for one in found)
    if key == "eigenvalues":
        why = "RMQM-JAC-007, by the conditions of the eigenvalues"
        return unordered([pairs(one.eigenvalues) for one in found], rounded_up(open_by), why)
    if key == "arguments":
        least = min(abs(root) for one in found for root in one.eigenvalues)
        why = "RMQM-JAC-007, over the smallest modulus"
        allowed = rounded_up(open_by / least + mp.mpf("1e-15"))
        return unordered([one.arguments for one in found], allowed, why)
    if key == "traces":
        allowed = rounded_up(100 * _ROUNDING * size)
        return within([one.trace for one in found], allowed, "sums of eigenvalues of RMQM-JAC-007")
    if key == "arithmetic_means":
        allowed = rounded_up(100 * _ROUNDING * size)
        return within([one.arithmetic_mean for one in found], allowed, "as traces")
    if key in {"log_volumes", "geometric_means"}:
        regular = [A for A, one in zip(matrices, found, strict=True) if one.orientation]
        moved = max((A.rows * _ROUNDING * sensitivity(A) for A in regular), default=mp.zero)
        values = [getattr(one, key[:-1]) for one in found]
        largest = max(map(abs, values)) if key == "geometric_means" else mp.one
        why = "a change of RMQM-JAC-007, through the logarithm of the determinant"
        return within(values, rounded_up((moved + _ROUNDING) * largest), why)
    return same_values([getattr(one, _NAMES[key]) for one in found], "a count or a sign")


_NAMES = {"orientations": "orientation", "small": "small"}


def _eigenvalues() -> list[Case]:
    return [
        _judged(
            "RMQM-JAC-007/diagonal",
            "The eigenvalues of a diagonal matrix are its entries, the largest modulus first",
            [np.diag([0.5, -2.0, 1.0, 0.25])],
        ),
        _judged(
            "RMQM-JAC-007/uneven",
            "Six eigenvalues of a matrix that is not symmetric, some of them complex",
            [_UNEVEN],
        ),
        _judged(
            "RMQM-JAC-007/complex-pair",
            "A real matrix can have a pair of conjugate eigenvalues",
            [[[1.0, -2.0], [1.0, 1.0]], [[-0.5, 3.0], [-0.75, 0.25]]],
        ),
        _judged(
            "RMQM-JAC-007/equal-moduli",
            "The roots of unity have the same modulus, and are three eigenvalues",
            [_CYCLE],
        ),
        _judged(
            "RMQM-JAC-007/twice",
            "An eigenvalue that occurs twice is given twice",
            [np.diag([0.5, 0.5, 2.0]), np.diag([-1.5, 0.25, 0.25])],
        ),
        _judged(
            "RMQM-JAC-007/twice-with-one-eigenvector",
            "Also where it has a single eigenvector",
            [[[2.0, 1.0], [0.0, 2.0]], [[3.0, 1.0], [-1.0, 1.0]]],
            "eigenvalues traces log_volumes orientations small",
        ),
        _judged(
            "RMQM-JAC-007/three-times-with-one-eigenvector",
            "Three times the same, with a single eigenvector",
            [[[0.5, 1.0, 0.0], [0.0, 0.5, 1.0], [0.0, 0.0, 0.5]]],
            "eigenvalues traces log_volumes orientations small",
        ),
        _judged(
            "RMQM-JAC-007/one-by-one",
            "A matrix of one value is its own eigenvalue",
            [[[-0.3125]], [[0.0625]], [[2.5]]],
        ),
        _judged(
            "RMQM-JAC-007/far-from-normal",
            "Singular values are no eigenvalues: a shear has equal eigenvalues and unequal lengths",
            [[[1.0, 1e4], [0.0, 0.5]], [[0.5, 0.0], [-3e3, 2.0]]],
            "eigenvalues traces log_volumes orientations small",
        ),
        _judged(
            "RMQM-JAC-007/row-types",
            "The type of a matrix does not matter: integers have the spectrum of their values",
            [[[2, -1], [5, 3]], [[0, 7], [-1, 4]]],
            dtype="<i4",
        ),
        _judged(
            "RMQM-JAC-007/single",
            "A matrix of float32 has the spectrum of its values in float64",
            [[[0.1, -0.7], [0.3, 0.9]]],
            dtype="<f4",
        ),
    ]


def _volumes() -> list[Case]:
    mirror = [[0.0, 1.0], [1.0, 0.0]]
    return [
        _judged(
            "RMQM-JAC-008/mirrored",
            "A reflection has the orientation -1, and the log volume 0",
            [mirror, [[0.5, 2.0], [1.0, -0.25]]],
        ),
        _judged(
            "RMQM-JAC-008/mirrored-in-three",
            "One of three negative eigenvalues, and all of three, mirror; two do not",
            [np.diag([-0.5, 2.0, 1.5]), np.diag([-0.5, -2.0, -1.5]), np.diag([-0.5, -2.0, 1.5])],
        ),
        _judged(
            "RMQM-JAC-008/trace-of-negatives",
            "The trace is the sum of eigenvalues, not of their moduli",
            [np.diag([-3.0, 1.0, 0.5]), [[-1.0, 4.0, 0.0], [-2.0, -1.0, 0.5], [0.25, 0.0, -2.0]]],
        ),
        _judged(
            "RMQM-JAC-008/tiny",
            "A determinant below all of float64 has a log volume",
            1e-200 * np.array([[[2.0, 1.0], [1.0, 3.0]], [[1.0, 2.0], [3.0, 1.0]]]),
            _OF_VOLUME,
            also="RMQM-JAC-009 RMQM-JAC-010",
        ),
        _judged(
            "RMQM-JAC-008/huge",
            "So has a determinant beyond all of float64",
            1e200 * np.array([[[2.0, 1.0], [1.0, 3.0]], [[1.0, 2.0], [3.0, 1.0]]]),
            _OF_VOLUME,
            also="RMQM-JAC-010",
        ),
        _judged(
            "RMQM-JAC-008/many-small",
            "Forty eigenvalues of 1e-9 have a determinant of 1e-360, and are not singular",
            [1e-9 * np.eye(40)],
            f"{_OF_VOLUME} small",
            also="RMQM-JAC-009 RMQM-JAC-010",
        ),
    ]


def _singular() -> list[Case]:
    zeros = [[0.0, 0.0], [0.0, 0.0]]
    return [
        _judged(
            "RMQM-JAC-009/counted",
            "The matrix of 1 to 9 is singular, though elimination leaves a rest",
            [_COUNTED],
            f"traces arithmetic_means {_OF_VOLUME} small",
            also="RMQM-JAC-008",
        ),
        _judged(
            "RMQM-JAC-009/zeros",
            "The matrix of zeros, a nilpotent one and a projection are singular",
            [zeros, [[0.0, 1.0], [0.0, 0.0]], [[0.5, 0.5], [0.5, 0.5]]],
            f"eigenvalues traces arithmetic_means {_OF_VOLUME} small",
            also="RMQM-JAC-007",
        ),
        _judged(
            "RMQM-JAC-009/tenths",
            "A row that is three times another one is singular up to rounding",
            [[[0.1, 0.2], [0.3, 0.6]], [[0.7, -0.1], [2.1, -0.3]]],
            "small",
        )
        | {"expect": _VOLUMES_OF_NOTHING},
        _judged(
            "RMQM-JAC-009/small-but-regular",
            "A condition of 1e6 is not singular",
            [np.diag([1.0, 1e-6]), np.diag([-1e6, 1.0])],
            "log_volumes orientations",
        ),
        _judged(
            "RMQM-JAC-009/regular-beside-singular",
            "A singular matrix does not touch the others of its batch",
            [_COUNTED, _CYCLE, np.zeros((3, 3))],
            f"traces {_OF_VOLUME} small",
        ),
    ]


_VOLUMES_OF_NOTHING: dict[str, Rule] = {
    "log_volumes": same_values([-np.inf, -np.inf], "RMQM-JAC-009"),
    "orientations": same_values([0, 0], "RMQM-JAC-009"),
    "geometric_means": same_values([0, 0], "RMQM-JAC-009"),
}


def _means() -> list[Case]:
    return [
        _judged(
            "RMQM-JAC-010/below-a-tenth",
            "Eigenvalues below 0.1 in modulus are small, whatever their sign",
            [np.diag([0.0625, -0.09375, 0.125, -0.5]), np.diag([0.109375, 0.5, 2.0, -3.0])],
        ),
        _judged(
            "RMQM-JAC-010/exactly-a-tenth",
            "A modulus of exactly 0.1 is not small",
            [np.diag([0.1, 0.5, -0.1])],
            "small",
        ),
        _judged(
            "RMQM-JAC-010/modulus-not-part",
            "The modulus decides, not the real part: 0.05 + 0.3i is not small",
            [[[0.05, 0.3], [-0.3, 0.05]], [[0.05, 0.06], [-0.06, 0.05]]],
            "eigenvalues small arguments",
        ),
        _judged(
            "RMQM-JAC-010/arguments",
            "Arguments are angles in radians: of negative numbers pi, of conjugates opposite",
            [np.diag([-1.5, 0.5]), [[0.0, -2.0], [2.0, 0.0]], [[-1.0, 1.0], [-1.0, -1.0]]],
            "eigenvalues arguments",
        ),
        _judged(
            "RMQM-JAC-010/geometric-mean-of-a-mirror",
            "The geometric mean is that of the modulus, also where the determinant is negative",
            [np.diag([-8.0, 1.0, 1.0]), [[0.0, 2.0, 0.0], [4.0, 0.0, 0.0], [0.0, 0.0, 8.0]]],
        ),
    ]


def _refusals() -> list[Case]:
    return [
        case(
            "RMQM-JAC-007/not-square",
            "A matrix that is not square has no eigenvalues",
            "spectrum",
            {"matrices": np.ones((1, 2, 3))},
            refuse("a matrix that is not square"),
        ),
        case(
            "RMQM-JAC-007/not-finite",
            "A matrix with a value that is not finite is refused",
            "spectrum",
            {"matrices": np.array([[[1.0, np.nan], [0.0, 1.0]]])},
            refuse("a value that is not finite"),
        ),
    ]
