"""Eigenvalues of small matrices, one per input, and what is read off them."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import fields, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import ShapeError, SubjectError

__all__ = ["SMALL", "ComplexArray", "Spectrum", "eigenvalue_conditions", "spectrum"]

ComplexArray: TypeAlias = npt.NDArray[np.complex128]

SMALL: Final = 0.1
"""Eigenvalues of a modulus below this count as small (the source's Figure 6)."""


@frozen(kw_only=True, eq=False)
class Spectrum:
    """
    Spectra of N matrices of n x n.

    Parameters
    ----------
    eigenvalues : (N, n) ndarray of complex128
        By falling modulus, those of equal modulus by rising argument. Complex eigenvalues of a real
        matrix come in conjugate pairs.
    trace : (N,) ndarray of float64
        Sum of the eigenvalues, from the diagonal.
    log_volume : (N,) ndarray of float64
        log |det|, by LU factorisation; -inf where the matrix is singular: where its smallest
        singular value is at most n 2^-52 of its largest (RMQM-JAC-009).
    orientation : (N,) ndarray of int8
        Sign of the determinant: -1 where the orientation is reversed, 0 where singular.
    arithmetic_mean, geometric_mean : (N,) ndarray of float64
        trace / n and |det|^(1/n).
    small : (N,) ndarray of int64
        Number of eigenvalues of modulus below 0.1.
    arguments : (N, n) ndarray of float64
        Of the eigenvalues, in (-pi, pi]; NaN for an eigenvalue 0, which has none.
    reciprocal_condition : (N,) ndarray of float64
        Smallest over largest singular value. Errors of the entries that are relatively as large
        could make the matrix singular.
    """

    eigenvalues: ComplexArray
    trace: Float64Array
    log_volume: Float64Array
    orientation: npt.NDArray[np.int8]
    arithmetic_mean: Float64Array
    geometric_mean: Float64Array
    small: npt.NDArray[np.int64]
    arguments: Float64Array
    reciprocal_condition: Float64Array

    @staticmethod
    def of_parts(
        *,
        eigenvalues: ComplexArray,
        trace: Float64Array,
        log_volume: Float64Array,
        orientation: npt.NDArray[np.int8],
        reciprocal_condition: Float64Array,
    ) -> Spectrum:
        """Return the spectra whose other numbers follow from these."""
        n = eigenvalues.shape[1]
        return Spectrum(
            eigenvalues=eigenvalues,
            trace=trace,
            log_volume=log_volume,
            orientation=orientation,
            arithmetic_mean=trace / n,
            geometric_mean=np.exp(log_volume / n),
            small=np.count_nonzero(np.abs(eigenvalues) < SMALL, axis=1),
            arguments=_arguments(eigenvalues),
            reciprocal_condition=reciprocal_condition,
        )

    def __len__(self) -> int:
        """Return N."""
        return len(self.eigenvalues)

    @property
    def n(self) -> int:
        """Number of eigenvalues of each matrix."""
        return int(self.eigenvalues.shape[1])

    def __getitem__(self, rows: AnyArray | slice) -> Spectrum:
        """Return the spectra of some of the inputs."""
        names = (attribute.name for attribute in fields(Spectrum))
        return Spectrum(**{name: getattr(self, name)[rows] for name in names})

    @staticmethod
    def joined(parts: list[Spectrum]) -> Spectrum:
        """Return the spectra of consecutive inputs as one."""
        names = [attribute.name for attribute in fields(Spectrum)]
        return Spectrum(
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        )


def spectrum(matrices: AnyArray) -> Spectrum:
    """
    Return the eigenvalues of each matrix, and trace, log volume, orientation and means.

    Parameters
    ----------
    matrices : (N, n, n) ndarray of float
        Real matrices, such as the Jacobians of an autoencoder.

    Returns
    -------
    Spectrum
        A row for each matrix.

    Raises
    ------
    ShapeError
        SPC001 if the matrices are not square.
    SubjectError
        SPC002 if a value is not finite.

    Notes
    -----
    The log volume is that of the determinant, not the sum over the eigenvalues: it has no error
    from matrices that are far from normal. Where the entries have errors of a relative size e, an
    eigenvalue has an error of about e times its condition number times the norm of the matrix
    (`eigenvalue_conditions`).

    Examples
    --------
    >>> turn = spectrum(np.array([[[0.0, -2.0], [2.0, 0.0]]]))
    >>> turn.eigenvalues.round(6), turn.trace, turn.orientation
    (array([[0.-2.j, 0.+2.j]]), array([0.]), array([1], dtype=int8))
    >>> turn.log_volume.round(6), turn.geometric_mean.round(6)
    (array([1.386294]), array([2.]))
    """
    known = _square(matrices)
    eigenvalues = _sorted(np.linalg.eigvals(known).astype(np.complex128))
    trace = np.trace(known, axis1=1, axis2=2)
    orientation, log_volume = np.linalg.slogdet(known)
    stretches = np.linalg.svd(known, compute_uv=False)
    largest, least = stretches[:, 0], stretches[:, -1]
    singular = least <= known.shape[1] * np.finfo(np.float64).eps * largest
    log_volume[singular], orientation[singular] = -np.inf, 0
    return Spectrum.of_parts(
        eigenvalues=eigenvalues,
        trace=trace,
        log_volume=log_volume,
        orientation=orientation.astype(np.int8),
        reciprocal_condition=np.divide(
            least, largest, out=np.zeros_like(largest), where=largest > 0
        ),
    )


def eigenvalue_conditions(matrices: AnyArray) -> Float64Array:
    """
    Return the largest condition number among the eigenvalues of each matrix.

    Parameters
    ----------
    matrices : (N, n, n) ndarray of float
        Real matrices.

    Returns
    -------
    (N,) ndarray of float64
        1 for a normal matrix; infinite where eigenvectors coincide. A change of the matrix by a
        small E moves its eigenvalues by about this number times the norm of E at most.

    Raises
    ------
    ShapeError, SubjectError
        As `spectrum`.

    Notes
    -----
    Wilkinson, The Algebraic Eigenvalue Problem (1965), chapter 2: the norms of the left and the
    right eigenvector of a simple eigenvalue, scaled so that their product is 1.

    Examples
    --------
    >>> eigenvalue_conditions(np.array([[[1.0, 0.0], [0.0, 2.0]], [[1.0, 100.0], [0.0, 2.0]]]))
    array([  1.        , 100.00499988])
    """
    known = _square(matrices)
    _, right = np.linalg.eig(known)
    worst = np.full(len(known), np.inf)
    for row, vectors in enumerate(right):
        try:
            left = np.linalg.inv(vectors)
        except np.linalg.LinAlgError:
            continue
        lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(vectors, axis=0)
        worst[row] = lengths.max()
    return worst


def _square(matrices: AnyArray) -> Float64Array:
    known = np.asarray(matrices)
    if known.ndim != 3 or known.shape[1] != known.shape[2] or not known.shape[1]:
        raise ShapeError(
            "SPC001",
            f"matrices must be square, of shape (N, n, n); got {known.shape}",
            fix="A matrix that is not square has singular values, but no eigenvalues: give "
            "products such as the Jacobian of an encoder times that of its decoder.",
        )
    if known.dtype.kind not in "fiu":
        raise ShapeError(
            "SPC001",
            f"matrices must be of real numbers; got {known.dtype}",
            fix="Convert them to float64.",
        )
    known = known.astype(np.float64, copy=False)
    bad = np.flatnonzero(~np.isfinite(known).all(axis=(1, 2)))
    if len(bad):
        raise SubjectError(
            "SPC002",
            f"matrices must be finite; got values that are not in {len(bad)} of {len(known)}, the "
            f"first in row {bad[0]}",
            fix="Check that the inputs are in the range that the network expects.",
        )
    return known


def _sorted(eigenvalues: ComplexArray) -> ComplexArray:
    order = np.lexsort((np.angle(eigenvalues), -np.abs(eigenvalues)), axis=-1)
    return np.take_along_axis(eigenvalues, order, axis=1)


def _arguments(eigenvalues: ComplexArray) -> Float64Array:
    arguments = np.angle(eigenvalues)
    arguments[eigenvalues == 0] = np.nan
    return arguments
