"""Known mistakes of Jacobians, spectra and regressions: the family RMQM-JAC."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from rmqm_conformance.mistakes.known import Answer, Table, changed, parts, within
from rmqm_conformance.mistakes.regressing import Regressing
from rmqm_conformance.mistakes.spectral import Spectral

__all__ = ["TABLES"]

Array = npt.NDArray[Any]
Mistakes = dict[str, dict[str, Any]]

NETWORKS: Mistakes = {
    "forgets the slope of tanh": parts(of_tanh=lambda m, s: np.ones(len(s))),
    "takes 1 - s^2 of the sum s for the slope of tanh": parts(of_tanh=lambda m, s: 1 - s**2),
    "forgets the square in the slope of tanh": parts(of_tanh=lambda m, s: 1 - np.tanh(s)),
    "takes the slope of tanh at its output": parts(
        of_tanh=lambda m, s: 1 - np.tanh(np.tanh(s)) ** 2
    ),
    "lets derivatives through dead units": parts(of_relu=lambda m, s: np.ones(len(s))),
    "takes the slope of a leaky unit": parts(of_relu=lambda m, s: np.where(s > 0, 1.0, 0.01)),
    "takes 1 for the derivative of a rectified unit at 0": parts(
        of_relu=lambda m, s: (s >= 0).astype(float)
    ),
    "takes 1/2 for the derivative of a rectified unit at 0": parts(
        of_relu=lambda m, s: np.heaviside(s, 0.5)
    ),
}

LAYOUTS: Mistakes = {
    "transposes square Jacobians": parts(
        laid_out=lambda m, J: J.transpose(0, 2, 1) if J.shape[1] == J.shape[2] else J
    ),
    "reads the columns of a Jacobian in the order of rows": parts(
        laid_out=lambda m, J: J.transpose(0, 2, 1).reshape(J.shape)
    ),
}

VOLUMES: Mistakes = {
    "forgets the modulus in the logarithm of the determinant": parts(
        volume=lambda m, A: _of_sign(A, lambda sign, log: log if sign > 0 else np.nan)
    ),
    "gives a negative determinant the log volume -inf": parts(
        volume=lambda m, A: _of_sign(A, lambda sign, log: log if sign > 0 else -np.inf)
    ),
    "gives the log volume the sign of the determinant": parts(
        volume=lambda m, A: _of_sign(A, lambda sign, log: sign * log)
    ),
    "takes the logarithm of a determinant that under- or overflows": parts(
        volume=lambda m, A: (
            int(np.sign(np.linalg.det(A))),
            float(np.log(abs(np.linalg.det(A)))),
        )
    ),
    "takes decimal logarithms of the volume": parts(
        volume=lambda m, A: _of_sign(A, lambda sign, log: log / np.log(10))
    ),
    "takes the log volume of A'A": parts(
        volume=lambda m, A: _of_sign(A, lambda sign, log: 2 * log)
    ),
    "divides the log volume by n": parts(
        volume=lambda m, A: _of_sign(A, lambda sign, log: log / len(A))
    ),
    "gives every matrix the orientation 1": parts(
        volume=lambda m, A: (1, Spectral.volume(m, A)[1])
    ),
    "takes the sign of the trace for the orientation": parts(
        volume=lambda m, A: (int(np.sign(np.trace(A))), Spectral.volume(m, A)[1])
    ),
    "takes any negative real part for a reversed orientation": parts(
        volume=lambda m, A: (
            -1 if (np.linalg.eigvals(A).real < 0).any() else 1,
            Spectral.volume(m, A)[1],
        )
    ),
    "gives 1 for a reversed orientation, and 0 otherwise": parts(
        volume=lambda m, A: (int(np.linalg.slogdet(A)[0] < 0), Spectral.volume(m, A)[1])
    ),
    "does not know singular matrices: rounding decides on sign and volume": parts(
        is_singular=lambda m, A: not np.linalg.slogdet(A)[0]
    ),
    "takes determinants below 1e-12 for zero": parts(
        is_singular=lambda m, A: abs(np.linalg.det(A)) < 1e-12
    ),
    "takes singular values below 1e-12 for zero, whatever the largest is": parts(
        is_singular=lambda m, A: np.linalg.svd(A, compute_uv=False)[-1] < 1e-12
    ),
    "takes small eigenvalues for zero": parts(
        is_singular=lambda m, A: np.abs(np.linalg.eigvals(A)).min() < 0.01
    ),
    "takes conditions of 1e5 and more for singular": parts(
        is_singular=lambda m, A: np.linalg.cond(A) >= 1e5
    ),
    "gives singular matrices the log volume NaN": parts(
        described=lambda m, A: _replaced(m, A, "log_volumes", np.nan)
    ),
    "gives singular matrices a finite log volume": parts(
        described=lambda m, A: _replaced(m, A, "log_volumes", np.log(5e-324))
    ),
    "gives singular matrices the orientation 1": parts(
        described=lambda m, A: _replaced(m, A, "orientations", 1)
    ),
    "leaves eigenvalues that are 0 out of the log volume": parts(
        described=lambda m, A: _replaced(m, A, "log_volumes", _pseudo(A))
    ),
}

TRACES: Mistakes = {
    "adds up moduli for the trace": parts(trace=lambda m, A, roots: np.abs(roots).sum()),
    "adds up singular values for the trace": parts(
        trace=lambda m, A, roots: np.linalg.svd(A, compute_uv=False).sum()
    ),
    "adds up the whole matrix for the trace": parts(trace=lambda m, A, roots: A.sum()),
}

EIGENVALUES: Mistakes = {
    "gives singular values for eigenvalues": parts(
        roots=lambda m, A: np.linalg.svd(A, compute_uv=False).astype(complex)
    ),
    "takes every matrix for symmetric": parts(
        roots=lambda m, A: np.linalg.eigvalsh(A).astype(complex)
    ),
    "drops imaginary parts of eigenvalues": parts(
        roots=lambda m, A: np.linalg.eigvals(A).real.astype(complex)
    ),
    "gives one eigenvalue of each conjugate pair twice": parts(
        roots=lambda m, A: _upper(np.linalg.eigvals(A))
    ),
    "gives moduli for eigenvalues": parts(
        roots=lambda m, A: np.abs(np.linalg.eigvals(A)).astype(complex)
    ),
    "puts the smallest modulus first": parts(
        ordered=lambda m, roots: roots[np.argsort(np.abs(roots), kind="stable")]
    ),
    "sorts eigenvalues by their real parts": parts(
        ordered=lambda m, roots: roots[np.argsort(-roots.real, kind="stable")]
    ),
    "gives eigenvalues in the order of the algorithm": parts(ordered=lambda m, roots: roots),
    "computes eigenvalues in float32": parts(
        roots=lambda m, A: np.linalg.eigvals(A.astype(np.float32)).astype(complex)
    ),
}

MEANS: Mistakes = {
    "averages moduli for the arithmetic mean": parts(
        arithmetic_mean=lambda m, A, trace: np.abs(np.linalg.eigvals(A)).mean()
    ),
    "takes the root of a negative determinant": parts(
        geometric_mean=lambda m, sign, log, n: (
            np.exp(log / n) * (1 if sign >= 0 else -1 if n % 2 else np.nan)
        )
    ),
    "takes the square root for the geometric mean": parts(
        geometric_mean=lambda m, sign, log, n: np.exp(log / 2)
    ),
    "gives the determinant for the geometric mean": parts(
        geometric_mean=lambda m, sign, log, n: np.exp(log)
    ),
    "counts a modulus of exactly 0.1 as small": parts(
        small=lambda m, roots: (np.abs(roots) <= 0.1).sum()
    ),
    "counts small real parts instead of moduli": parts(
        small=lambda m, roots: (np.abs(roots.real) < 0.1).sum()
    ),
    "counts negative eigenvalues as small": parts(small=lambda m, roots: (roots.real < 0.1).sum()),
    "compares the square of the modulus with 0.1": parts(
        small=lambda m, roots: (np.abs(roots) ** 2 < 0.1).sum()
    ),
    "counts eigenvalues below a tenth of the largest": parts(
        small=lambda m, roots: (np.abs(roots) < 0.1 * np.abs(roots).max()).sum()
    ),
    "counts eigenvalues that are not small": parts(
        small=lambda m, roots: (np.abs(roots) >= 0.1).sum()
    ),
    "gives the share of small eigenvalues": parts(
        small=lambda m, roots: (np.abs(roots) < 0.1).mean()
    ),
    "gives arguments in degrees": parts(
        arguments=lambda m, roots: np.degrees(Spectral.arguments(m, roots))
    ),
    "gives arguments in [0, 2 pi)": parts(
        arguments=lambda m, roots: Spectral.arguments(m, roots) % (2 * np.pi)
    ),
    "gives moduli of arguments": parts(
        arguments=lambda m, roots: np.abs(Spectral.arguments(m, roots))
    ),
    "gives negative numbers the argument -pi": parts(
        arguments=lambda m, roots: np.where(
            (roots.imag == 0) & (roots.real < 0), -np.pi, Spectral.arguments(m, roots)
        )
    ),
    "loses two quadrants of arguments": parts(
        arguments=lambda m, roots: np.arctan(roots.imag / roots.real)
    ),
    "exchanges the parts of eigenvalues in arguments": parts(
        arguments=lambda m, roots: np.where(roots == 0, np.nan, np.arctan2(roots.real, roots.imag))
    ),
    "gives an eigenvalue 0 the argument 0": parts(
        arguments=lambda m, roots: np.nan_to_num(Spectral.arguments(m, roots))
    ),
}

AUTOENCODERS: Mistakes = {
    "differentiates the encoder at the input in the latent Jacobian": parts(
        of_latent=lambda m, at_x, at_again, dD: at_x @ dD
    ),
    "differentiates the encoder at the reconstruction in the input Jacobian": parts(
        of_input=lambda m, at_x, at_again, dD: Spectral.of_input(m, at_again, at_x, dD)
    ),
    "exchanges the two Jacobians": parts(
        of_latent=lambda m, at_x, at_again, dD: at_x @ dD,
        of_input=lambda m, at_x, at_again, dD: Spectral.of_input(m, at_again, at_x, dD),
    ),
    "multiplies encoder and decoder in the other order": parts(
        of_latent=lambda m, at_x, at_again, dD: (
            dD @ at_again if len(dD) == len(at_x) else at_again @ dD
        )
    ),
    "transposes the latent Jacobian": parts(
        of_latent=lambda m, at_x, at_again, dD: (at_again @ dD).T
    ),
    "takes the transposed encoder for the decoder": parts(
        of_latent=lambda m, at_x, at_again, dD: at_again @ at_again.T,
        of_input=lambda m, at_x, at_again, dD: Spectral.of_input(m, at_x, at_again, at_x.T),
    ),
    "takes the metric of the decoder for the latent Jacobian": parts(
        of_latent=lambda m, at_x, at_again, dD: dD.T @ dD
    ),
    "symmetrises the input Jacobian": parts(
        of_input=lambda m, at_x, at_again, dD: _symmetric(Spectral.of_input(m, at_x, at_again, dD))
    ),
    "subtracts the identity from the input Jacobian": parts(
        of_input=lambda m, at_x, at_again, dD: _less_one(Spectral.of_input(m, at_x, at_again, dD))
    ),
    "cuts the n x n product where the latent is larger than the input": parts(
        of_input=lambda m, at_x, at_again, dD: (at_x @ dD)[: len(dD), : len(dD)]
    ),
    "adds up squared errors instead of averaging them": parts(
        error=lambda m, again, x: ((again - x) ** 2).sum()
    ),
    "averages absolute errors": parts(error=lambda m, again, x: np.abs(again - x).mean()),
    "takes the root of the mean squared error": parts(
        error=lambda m, again, x: ((again - x) ** 2).mean() ** 0.5
    ),
    "divides the error by the mean square of the input": parts(
        error=lambda m, again, x: ((again - x) ** 2).mean() / ((x**2).mean() or 1.0)
    ),
    "halves the mean squared error": parts(error=lambda m, again, x: ((again - x) ** 2).mean() / 2),
}

STRETCHES: Mistakes = {
    "does not divide encodings by their norms": parts(of_unit=lambda m, z, J: J),
    "divides by the norm, and does not project": parts(
        of_unit=lambda m, z, J: J / np.linalg.norm(z)
    ),
    "projects, and does not divide by the norm": parts(
        of_unit=lambda m, z, J: Spectral.of_unit(m, z, J) * np.linalg.norm(z)
    ),
    "divides by the squared norm": parts(
        of_unit=lambda m, z, J: Spectral.of_unit(m, z, J) / np.linalg.norm(z)
    ),
    "divides encodings by their largest value": parts(
        of_unit=lambda m, z, J: Spectral.of_unit(m, z, J) * np.linalg.norm(z) / np.abs(z).max()
    ),
    "takes the largest singular value for the norm": parts(norm=lambda m, s: s.max(initial=0.0)),
    "adds up singular values for the norm": parts(norm=lambda m, s: s.sum()),
    "forgets the root of the norm": parts(norm=lambda m, s: (s**2).sum()),
    "divides the squares in the norm by their number": parts(
        norm=lambda m, s: np.sqrt((s**2).mean())
    ),
    "takes the entropy of squared singular values": parts(shares=lambda m, s: s**2 / (s**2).sum()),
    "takes binary logarithms in the entropy": parts(
        rank=lambda m, s, shares: Spectral.rank(m, s, shares) ** (1 / np.log(2))
    ),
    "gives the entropy for the rank": parts(
        rank=lambda m, s, shares: -(shares * np.log(shares)).sum()
    ),
    "counts singular values for the rank": parts(rank=lambda m, s, shares: len(shares)),
    "gives the rank as a share of the dimensions": parts(
        rank=lambda m, s, shares: Spectral.rank(m, s, shares) / len(s)
    ),
    "takes the participation ratio for the rank": parts(
        rank=lambda m, s, shares: s.sum() ** 2 / (s**2).sum()
    ),
    "takes the natural logarithm of the condition": parts(
        condition=lambda m, s: np.log(s[0] / s[-1])
    ),
    "takes no logarithm of the condition": parts(condition=lambda m, s: s[0] / s[-1]),
    "turns the condition upside down": parts(condition=lambda m, s: np.log10(s[-1] / s[0])),
    "adds up logarithms of singular values": parts(log_volume=lambda m, s: np.log(s).sum()),
    "takes decimal logarithms of singular values": parts(
        log_volume=lambda m, s: np.log10(s).mean()
    ),
    "takes the logarithm of the mean singular value": parts(
        log_volume=lambda m, s: np.log(s.mean())
    ),
    "gives the log volume of J'J": parts(log_volume=lambda m, s: 2 * np.log(s).mean()),
}

REGRESSIONS: Mistakes = {
    "standardises errors with the divisor N - 1": parts(
        errors=lambda m, e, kept, reading: (
            Regressing.errors(m, e, kept, reading)
            * _sample(len(e) if reading == "dropped" else kept.sum())
        )
    ),
    "standardises values with the divisor N - 1": parts(
        values=lambda m, v, kept, test, reading: (
            Regressing.values(m, v, kept, test, reading) * _sample(kept.sum())
        )
    ),
    "standardises with the divisor N - 1": parts(deviation=lambda m, v: v.std(ddof=1)),
    "standardises the indicator": parts(indicator=lambda m, t: (t - t.mean()) / t.std()),
    "subtracts its mean from the indicator": parts(indicator=lambda m, t: t - t.mean()),
    "sets the indicator for training points": parts(indicator=lambda m, t: 1.0 - t),
    "codes the indicator as 1 and -1": parts(indicator=lambda m, t: 2.0 * t - 1),
    "does not standardise errors": parts(errors=lambda m, e, kept, reading: e[kept]),
    "does not standardise values": parts(values=lambda m, v, kept, test, reading: v[kept]),
    "subtracts means, and does not divide": parts(deviation=lambda m, v: 1.0),
    "divides by the range": parts(deviation=lambda m, v: np.ptp(v)),
    "standardises values of each set by themselves": parts(
        values=lambda m, v, kept, test, reading: _by_sets(v[kept], test[kept])
    ),
    "standardises values by training points alone": parts(
        values=lambda m, v, kept, test, reading: _by_training(v[kept], test[kept])
    ),
    "takes the logarithm of errors": parts(
        errors=lambda m, e, kept, reading: Regressing.errors(m, np.log(np.abs(e)), kept, reading)
    ),
    "takes the modulus of values": parts(
        values=lambda m, v, kept, test, reading: m.standardised(np.abs(v[kept]))
    ),
    "drops points before it standardises errors": parts(
        errors=lambda m, e, kept, reading: m.standardised(e[kept])
    ),
    "standardises errors over singular points, too": parts(
        errors=lambda m, e, kept, reading: m.standardised(e)[kept]
    ),
    "standardises values over all points under `dropped`": parts(
        values=lambda m, v, kept, test, reading: (
            _over(v[kept], v[np.isfinite(v)]) if reading == "dropped" else m.standardised(v[kept])
        )
    ),
    "keeps points of negative orientation under `dropped`": parts(
        kept=lambda m, signs, values, reading: signs != 0
    ),
    "drops points of negative orientation under `absolute`": parts(
        kept=lambda m, signs, values, reading: signs > 0
    ),
    "gives b3 for the test slope": parts(slope=lambda m, b: b[3]),
    "gives b1 for the test slope": parts(slope=lambda m, b: b[1]),
    "adds b2 to b1 for the test slope": parts(slope=lambda m, b: b[1] + b[2]),
    "takes intervals of errors of equal variance": parts(
        covariance=lambda m, X, inverse, e: inverse * (e**2).sum() / (len(X) - 4)
    ),
    "leaves leverages out of the intervals (HC0)": parts(weighted=lambda m, e, h: e),
    "corrects intervals by degrees of freedom (HC1)": parts(
        weighted=lambda m, e, h: e * np.sqrt(len(e) / (len(e) - 4))
    ),
    "divides squared residuals by 1 - h once (HC2)": parts(
        weighted=lambda m, e, h: e / np.sqrt(1 - h)
    ),
    "takes the quantile of the normal distribution": parts(
        quantile=lambda m, degrees: special.ndtri(0.975)
    ),
    "gives 90 % intervals": parts(quantile=lambda m, degrees: special.stdtrit(degrees, 0.95)),
    "takes N - 2 degrees of freedom": parts(
        quantile=lambda m, degrees: special.stdtrit(degrees + 2, 0.975)
    ),
    "takes training for test": parts(fitted=lambda m, y, x, t: Regressing.fitted(m, y, x, ~t)),
}


def _of_sign(A: Array, log_of: Any) -> tuple[int, float]:
    sign, log = np.linalg.slogdet(A)
    return int(sign), float(log_of(sign, log))


def _replaced(m: Any, A: Array, key: str, value: Any) -> Answer:
    found = Spectral.described(m, A)
    return found if found["orientations"] else found | {key: value}


def _pseudo(A: Array) -> float:
    moduli = np.abs(np.linalg.eigvals(A))
    return float(np.log(moduli[moduli > 1e-8]).sum())


def _upper(roots: Array) -> Array:
    return np.asarray(roots.real + 1j * np.abs(roots.imag))


def _symmetric(A: Array) -> Array:
    return np.asarray((A + A.T) / 2)


def _less_one(A: Array) -> Array:
    return np.asarray(A - np.eye(len(A)))


def _sample(n: int) -> float:
    return float(np.sqrt((n - 1) / n))


def _over(values: Array, every: Array) -> Array:
    return np.asarray((values - every.mean()) / every.std())


def _by_training(x: Array, test: Array) -> Array:
    return _over(x, x[~test])


def _by_sets(x: Array, test: Array) -> Array:
    found = x.copy()
    for part in (test, ~test):
        found[part] = _over(x[part], x[part])
    return found


def _same(answer: Answer, expected: Answer) -> bool:
    """Compare to seven digits; eigenvalues and arguments in any order, their moduli in order."""
    return all(_near(key, answer[key], should) for key, should in expected.items())


def _near(key: str, got: Any, should: Any) -> bool:
    got, should = np.asarray(got, float), np.asarray(should, float)
    if got.shape != should.shape:
        return False
    if key.endswith("eigenvalues"):
        moduli = (np.hypot(one[..., 0], one[..., 1]) for one in (got, should))
        return _close(*moduli) and _close(*(np.sort(one, axis=1) for one in (got, should)))
    if key == "arguments":
        got, should = np.sort(got, axis=1), np.sort(should, axis=1)
    return _close(got, should)


def _close(got: Array, should: Array) -> bool:
    return bool(np.allclose(got, should, rtol=1e-8, atol=1e-9, equal_nan=True))


_OF_MATRICES = EIGENVALUES | VOLUMES
_OF_OPERATIONS: dict[str, tuple[type[Any], Mistakes]] = {
    "jacobian_products": (Spectral, NETWORKS),
    "jacobians": (Spectral, NETWORKS | LAYOUTS),
    "spectrum": (Spectral, _OF_MATRICES | TRACES | MEANS),
    "autoencoder_spectrum": (Spectral, AUTOENCODERS | NETWORKS | _OF_MATRICES | TRACES),
    "encoder_spectrum": (Spectral, STRETCHES | NETWORKS),
    "spectrum_regression": (Regressing, REGRESSIONS),
}

TABLES = tuple(
    Table(
        operation=operation,
        right=changed(base, operation),
        same=_same,
        mistakes={words: changed(base, operation, **made) for words, made in mistakes.items()},
        fits=within(2_000),
    )
    for operation, (base, mistakes) in _OF_OPERATIONS.items()
)
