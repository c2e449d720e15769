"""Correct variants of Jacobians and spectra: other ways to them, other orders, other limits."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from .plain import Plain


class MakesJacobiansByColumns(Plain):
    """Pushes the columns of the identity forward."""

    def with_jacobian(self, layers, x):
        z, chain = self.through(layers, x)
        return z, np.array([self.push(chain, column) for column in np.eye(len(x))]).T


class TakesTheSlopeOfTanhFromTheOutput(Plain):
    """Takes 1 - tanh^2 for the slope of tanh."""

    def derivative(self, activation, sums):
        if activation == "tanh":
            return 1 - np.tanh(sums) ** 2
        return super().derivative(activation, sums)


class OrdersPairsTheOtherWay(Plain):
    """Puts the later of eigenvalues with the same modulus first."""

    may_differ = ("spectrum", "autoencoder_spectrum")

    def by_modulus(self, roots):
        return super().by_modulus(roots[::-1])


class FindsEigenvaluesOfTheTranspose(Plain):
    """Gives the algorithm the transpose, and takes the trace from the diagonal."""

    may_differ = ("spectrum", "autoencoder_spectrum")

    def roots(self, A):
        return np.linalg.eigvals(A.T).astype(complex)

    def trace_of(self, A, roots):
        return np.trace(A)


class FindsEigenvaluesBySchur(Plain):
    """Takes the diagonal of the complex Schur form."""

    may_differ = ("spectrum", "autoencoder_spectrum")

    def roots(self, A):
        return np.diag(linalg.schur(A.astype(complex), output="complex")[0])

    def trace_of(self, A, roots):
        return np.trace(A)

    def arguments(self, roots):
        real = np.abs(roots.imag) <= 1e-14 * np.abs(roots).max()
        return super().arguments(np.where(real, roots.real, roots))


class MultipliesEigenvalues(Plain):
    """Takes log volume and sign from the eigenvalues."""

    def volume(self, A):
        roots = self.roots(A)
        real = roots[roots.imag == 0].real
        return int(np.sign(np.prod(np.sign(real)))), np.log(np.abs(roots)).sum()


class TakesTheEquivalentByFactors(Plain):
    """Gives the input Jacobian in another basis of the latent, which has the same spectrum."""

    def input_jacobian(self, at_x, at_again, dD):
        A = super().input_jacobian(at_x, at_again, dD)
        turn = np.linalg.qr(np.cos(np.arange(float(A.size)) ** 2).reshape(A.shape))[0]
        return turn @ A @ turn.T


class DrawsTheLimitElsewhere(Plain):
    """Takes singular values up to 2e-13 of the norm for rounding."""

    def limit(self, z, J):
        return 2e-13 * np.linalg.norm(J) / np.linalg.norm(z)


class TakesSingularValuesFromTheMetric(Plain):
    """Takes a QR factorisation before the singular values."""

    def unit_jacobian(self, z, J):
        return np.linalg.qr(super().unit_jacobian(z, J), mode="r")


class SolvesByNormalEquations(Plain):
    """Solves regressions by their normal equations."""

    def fitted(self, y, x, test):
        found = super().fitted(y, x, test)
        X = np.stack([np.ones(len(x)), x, test, test * x], axis=1)
        b = np.linalg.solve(X.T @ X, X.T @ y)
        return found | {"coefficients": b, "test_slope": self.test_slope(b)}


class ClaimsSpectraOnly(Plain):
    """Leaves everything else to others."""

    capabilities = ("spectrum",)
    extensions = ()


class ClaimsNoSpectra(Plain):
    """Leaves spectra to others."""

    capabilities = tuple(name for name in Plain.capabilities if name != "spectrum")
