"""Correct variants of neighbourhoods: other solvers, other optima, other limits."""

from __future__ import annotations

import numpy as np
from scipy import linalg, optimize

from .plain import Plain


class SolvesByLeastSquares(Plain):
    """Solves non-negative least squares on a factor of the kernel, with a library."""

    def optimum(self, K, b):
        whole = np.block([[np.ones((1, 1)), b[None]], [b[:, None], K]])
        roots, vectors = linalg.eigh(whole)
        factor = np.sqrt(np.maximum(roots, 0))[:, None] * vectors.T
        return optimize.nnls(factor[:, 1:], factor[:, 0])[0]


class PrefersTheFarthest(Plain):
    """Solves for the candidates in reversed order, and may find another optimum."""

    may_differ = ("nnk_neighbourhoods", "nnk_graph", "nnk_diameters", "nnk_classify")

    def optimum(self, K, b):
        return super().optimum(K[::-1, ::-1], b[::-1])[::-1]


class StartsWithAllCandidates(Plain):
    """Begins at the solution without the condition where that has no negative weight."""

    may_differ = ("nnk_neighbourhoods", "nnk_graph", "nnk_diameters", "nnk_classify")

    def optimum(self, K, b):
        weights = np.linalg.lstsq(K, b, rcond=1e-13)[0]
        fits = (weights >= 0).all() and np.abs(K @ weights - b).max() < 1e-12
        return weights if fits else super().optimum(K, b)


class MissesTheConditionsABit(Plain):
    """Stops where the conditions are met to 3e-10."""

    def optimum(self, K, b):
        return np.maximum(super().optimum(K, b) - 3e-10 / len(b), 0.0)


class KeepsSmallerWeights(Plain):
    """Sets weights up to 1e-12 to 0, not up to 1e-10."""

    def thresholded(self, weights):
        return np.where(weights > 1e-12, weights, 0.0)


class TakesTheErrorFromTheFit(Plain):
    """Uses that t'Kt = b't at an optimum."""

    def error(self, weights, K, b):
        return max(1 - weights @ b, 0.0)


class ClaimsNeighbourhoodsOnly(Plain):
    """Leaves the metric to others."""

    capabilities = ("nnk",)
    extensions = ()


class ClaimsNoNeighbourhoods(Plain):
    """Leaves neighbourhoods to others."""

    capabilities = tuple(name for name in Plain.capabilities if name != "nnk")
