"""RMQM-JAC-004 to 010 to 50 digits: eigenvalues, and the two Jacobians of an autoencoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from rmqm_conformance.golden.oracle_jacobians import ReadLayers, jacobian, output
from rmqm_conformance.golden.precision import Exact, mp

__all__ = ["ExactAutoencoding", "ExactSpectrum", "autoencoding", "spectrum"]

_NOTHING = mp.mpf(10) ** -35


@frozen(kw_only=True)
class ExactSpectrum:
    """Eigenvalues of a matrix, what is said of them, and how far rounding can move them."""

    eigenvalues: list[Exact]
    trace: Exact
    log_volume: Exact
    orientation: int
    arithmetic_mean: Exact
    geometric_mean: Exact
    small: int
    arguments: list[Exact]
    open_by: float


def spectrum(A: Any) -> ExactSpectrum:
    """Return the spectrum of a square matrix of `mp`."""
    n, size = A.rows, mp.mnorm(A, "f")
    roots = [_settled(one, size) for one in mp.eig(A, left=False, right=False)]
    roots.sort(key=lambda one: (-mp.nint(abs(one) * mp.mpf(10) ** 12), mp.arg(one)))
    determinant = mp.det(A) if min(map(abs, roots)) else mp.zero
    trace = mp.fsum(A[i, i] for i in range(n))
    return ExactSpectrum(
        eigenvalues=roots,
        trace=trace,
        log_volume=mp.log(abs(determinant)) if determinant else -mp.inf,
        orientation=int(mp.sign(determinant)),
        arithmetic_mean=trace / n,
        geometric_mean=abs(determinant) ** (mp.one / n),
        small=sum(abs(one) < mp.mpf("0.1") for one in roots),
        arguments=[mp.arg(one) if one else mp.nan for one in roots],
        open_by=_open_by(A, roots, size),
    )


def _settled(root: Exact, size: Exact) -> Exact:
    """Return an eigenvalue without the parts that are rounding of 50 digits."""
    parts = (mp.re(root), mp.im(root))
    re, im = (part if abs(part) > size * mp.mpf(10) ** -22 else mp.zero for part in parts)
    return mp.mpc(re, im)


def _open_by(A: Any, roots: Sequence[Exact], size: Exact) -> float:
    """
    Return by how much a change of the matrix by n 1e-13 of its norm moves an eigenvalue at most.

    To first order by the condition of each simple eigenvalue; of m equal ones by the m-th root.
    """
    change = A.rows * mp.mpf("1e-13")
    nearest = min((abs(a - b) for i, a in enumerate(roots) for b in roots[:i]), default=size)
    if nearest < size * mp.mpf("1e-6"):
        equal = max(sum(abs(a - b) < size * mp.mpf("1e-6") for b in roots) for a in roots)
        return float(2 * size * change ** (mp.one / equal))
    _, left, right = mp.eig(A, left=True, right=True)
    conditions = []
    for i in range(A.rows):
        row, column = left[i, :], right[:, i]
        conditions.append(mp.norm(row) * mp.norm(column) / abs((row * column)[0]))
    return float(2 * size * change * max(conditions))


@frozen(kw_only=True)
class ExactAutoencoding:
    """What an autoencoder makes of an input, and its two Jacobians."""

    latent: list[Exact]
    reconstruction: list[Exact]
    error: Exact
    of_latent: Any
    of_input: Any


def autoencoding(encoder: ReadLayers, decoder: ReadLayers, x: list[Exact]) -> ExactAutoencoding:
    """Return both Jacobians at an input, the second as the smaller of its equivalents."""
    z = output(encoder, x)
    again = output(decoder, z)
    dD = jacobian(decoder, z)
    at_x, at_again = jacobian(encoder, x), jacobian(encoder, again)
    return ExactAutoencoding(
        latent=z,
        reconstruction=again,
        error=mp.fsum((a - b) ** 2 for a, b in zip(again, x, strict=True)) / len(x),
        of_latent=at_again * dD,
        of_input=at_x * dD if len(z) <= len(x) else dD * at_x,
    )
