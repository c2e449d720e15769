"""Mistakes in neighbourhoods: kernels, candidates, weights, shares and errors."""

from __future__ import annotations

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class TakesTheCosineItself(Plain):
    """Leaves out 1/2 + 1/2 about the cosine."""

    breaks = "RMQM-NNK-001"

    def cosine(self, squares, bandwidth):
        return 1 - squares / 2


class CutsOffNegativeCosines(Plain):
    """Takes the cosine, and 0 where it is negative."""

    breaks = "RMQM-NNK-001"

    def cosine(self, squares, bandwidth):
        return np.maximum(1 - squares / 2, 0.0)


class TakesAnglesForCosines(Plain):
    """Falls from 1 to 0 with the angle instead of its cosine."""

    breaks = "RMQM-NNK-001"

    def cosine(self, squares, bandwidth):
        return 1 - np.arccos(np.clip(1 - squares / 2, -1, 1)) / np.pi


class TakesProductsForCosines(Plain):
    """Does not divide vectors by their norms under the cosine kernel."""

    breaks = "RMQM-NNK-001"

    def ready(self, points, kernel):
        super().ready(points, kernel)
        return points.astype(np.float64)


class NormalisesUnderTheGaussianKernel(Plain):
    """Divides vectors by their norms under either kernel."""

    breaks = "RMQM-NNK-001"

    def ready(self, points, kernel):
        points = super().ready(points, kernel)
        norms = np.linalg.norm(points, axis=1, keepdims=True)
        return points / np.where(norms == 0, 1.0, norms)


class DividesByTheSquareOfTheBandwidth(Plain):
    """Leaves out the 2 below the square of the bandwidth."""

    breaks = "RMQM-NNK-001"

    def gaussian(self, squares, bandwidth):
        return np.exp(-squares / bandwidth**2)


class DividesByTheBandwidth(Plain):
    """Does not square the bandwidth."""

    breaks = "RMQM-NNK-001"

    def gaussian(self, squares, bandwidth):
        return np.exp(-squares / (2 * bandwidth))


class MultipliesByTheBandwidth(Plain):
    """Takes the bandwidth for the factor gamma of other libraries."""

    breaks = "RMQM-NNK-001"

    def gaussian(self, squares, bandwidth):
        return np.exp(-squares * bandwidth)


class TakesDistancesForSquares(Plain):
    """Falls with the distance, as the Laplacian kernel does."""

    breaks = "RMQM-NNK-001"

    def gaussian(self, squares, bandwidth):
        return np.exp(-np.sqrt(squares) / bandwidth)


class ChoosesTheBandwidthItself(Plain):
    """Takes a third of the largest distance of the candidates, whatever bandwidth is given."""

    breaks = "RMQM-NNK-001"

    def neighbourhood(self, query, gallery, own, k, bandwidth):
        if bandwidth is not None:
            distances = np.sqrt(self.squares(query[None], gallery)[0])
            bandwidth = max(distances[self.nearest_points(distances, own, k)].max() / 3, 1e-6)
        return super().neighbourhood(query, gallery, own, k, bandwidth)


class ComputesKernelsInSingle(Plain):
    """Computes in float32."""

    breaks = "RMQM-NNK-001"

    def ready(self, points, kernel):
        return super().ready(points, kernel).astype(np.float32).astype(np.float64)


class RoundsPointsToWholeNumbers(Plain):
    """Keeps the type of points that are integers, and so the directions of integers."""

    breaks = "RMQM-NNK-001"

    def ready(self, points, kernel):
        return super().ready(points, kernel).astype(points.dtype).astype(np.float64)


class TakesUnknownKernelsForCosine(Plain):
    """Has a kernel for every name."""

    breaks = "RMQM-NNK-001"

    def checked_points(self, queries, gallery, own, k, kernel, bandwidth):
        known = kernel if kernel in {"cosine", "gaussian"} else "cosine"
        return super().checked_points(queries, gallery, own, k, known, bandwidth)


class TakesAnyBandwidth(Plain):
    """Takes 1 for a bandwidth that is none."""

    breaks = "RMQM-NNK-001"

    def nnk_neighbourhoods(self, *, kernel, bandwidth, **rest):
        usable = bandwidth is not None and 0 < bandwidth < np.inf
        known = bandwidth if usable or kernel == "cosine" else 1.0
        return super().nnk_neighbourhoods(kernel=kernel, bandwidth=known, **rest)


class TakesTheOrigin(Plain):
    """Gives a vector of norm zero a direction like no other."""

    breaks = "RMQM-NNK-001"

    def ready(self, points, kernel):
        nothing = ~points.any(axis=-1)
        found = super().ready(np.where(nothing[:, None], 1, points), kernel)
        return np.where(nothing[:, None], 0.0, found)


class TakesWhatIsNoNumber(Plain):
    """Takes 0 for values that are not finite."""

    breaks = "RMQM-NNK-001"

    def ready(self, points, kernel):
        return super().ready(np.nan_to_num(points, posinf=0.0, neginf=0.0), kernel)


class CutsLongerVectors(Plain):
    """Compares the values that vectors of different lengths share."""

    breaks = "RMQM-NNK-001"

    def checked_points(self, queries, gallery, *rest):
        size = min(queries.shape[-1], gallery.shape[-1])
        return super().checked_points(queries[..., :size], gallery[..., :size], *rest)


class ListsTheFarthestFirst(Plain):
    """Lists the candidates in falling order of distance."""

    breaks = "RMQM-NNK-002"

    def nearest_points(self, distances, own, k):
        return super().nearest_points(distances, own, k)[::-1]


class ListsInTheOrderOfTheGallery(Plain):
    """Sorts candidates by position, as a partition leaves them."""

    breaks = "RMQM-NNK-002"

    def nearest_points(self, distances, own, k):
        return np.sort(super().nearest_points(distances, own, k))


class TakesTheFirstPoints(Plain):
    """Does not look for the nearest."""

    breaks = "RMQM-NNK-002"

    def nearest_points(self, distances, own, k):
        return super().nearest_points(np.zeros(len(distances)), own, k)


class PrefersLaterPoints(Plain):
    """Lets the later of equally near points come first."""

    breaks = "RMQM-NNK-002"

    def in_order(self, distances):
        return np.lexsort((-np.arange(len(distances)), distances))


class CutsTooLargeK(Plain):
    """Takes all points where more are asked for."""

    breaks = "RMQM-NNK-002"

    def checked_points(self, queries, gallery, own, k, kernel, bandwidth):
        k = min(k, len(gallery) - (own is not None))
        return super().checked_points(queries, gallery, own, k, kernel, bandwidth)


class TakesOneForNone(Plain):
    """Takes a single candidate where none is asked for."""

    breaks = "RMQM-NNK-002"

    def nnk_neighbourhoods(self, *, k, **rest):
        return super().nnk_neighbourhoods(k=max(k, 1), **rest)


class IsItsOwnNeighbour(Plain):
    """Does not leave the query out of its candidates."""

    breaks = "RMQM-NNK-003"

    def own_place(self, own, i):
        return None


class DropsTheFirstCandidate(Plain):
    """Drops the nearest point, which need not be the query itself."""

    breaks = "RMQM-NNK-003"

    def nearest_points(self, distances, own, k):
        order = self.in_order(distances.round(12))
        return order[own is not None :][:k]


class DropsCopies(Plain):
    """Leaves out every point that equals the query."""

    breaks = "RMQM-NNK-003"

    def nearest_points(self, distances, own, k):
        moved = distances if own is None else np.where(distances < 1e-12, np.inf, distances)
        return super().nearest_points(moved, own, k)


class TakesAnyPlaces(Plain):
    """Counts negative places from the end, and leaves out nothing at places beyond it."""

    breaks = "RMQM-NNK-003"

    def check_members(self, own, n_queries, n_gallery):
        pass

    def own_place(self, own, i):
        return own[i] if own is not None and i < len(own) else None


class PrunesOnly(Plain):
    """Takes away what becomes negative, and never takes it back."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        left, weights = np.arange(len(b)), np.zeros(len(b))
        while len(left):
            solved = np.linalg.lstsq(K[np.ix_(left, left)], b[left], rcond=None)[0]
            if (solved > 1e-10).all():
                weights[left] = solved
                break
            left = left[solved > 1e-10]
        return weights


class GivesEachCopyEverything(Plain):
    """Gives each candidate that equals the query the weight 1, however many there are."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        equal = b > 1 - 1e-10
        return np.where(equal, b, 0.0) if equal.any() else super().optimum(K, b)


class ClipsNegativeWeights(Plain):
    """Solves without the condition, and sets what is negative to 0."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        return np.maximum(np.linalg.lstsq(K, b, rcond=None)[0], 0.0)


class AllowsNegativeWeights(Plain):
    """Solves without the condition."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        return np.linalg.lstsq(K, b, rcond=None)[0]

    def thresholded(self, weights):
        return weights


class TakesAHundredSteps(Plain):
    """Walks down the slope in a hundred steps of 0.05."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        weights = b.copy()
        for _ in range(100):
            weights = np.clip(weights + 0.05 * (b - K @ weights), 0.0, 1.0)
        return weights


class AddsARidge(Plain):
    """Adds a millionth to the diagonal, against singular kernels."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        return super().optimum(K + 1e-6 * np.eye(len(b)), b)


class TakesTheKernelForWeights(Plain):
    """Weighs candidates by their kernel, as k nearest neighbours do."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        return b


class StopsAfterThree(Plain):
    """Gives no more than three neighbours."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        weights = super().optimum(K, b)
        return np.where(weights >= np.sort(weights)[-3:].min(), weights, 0.0)


class StopsEarly(Plain):
    """Takes a slope of a thousandth for none."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        weights = super().optimum(K, b)
        for left in np.argsort(weights):
            fewer = np.where(np.arange(len(b)) == left, 0.0, weights)
            if (K @ fewer - b).min() > -1e-3:
                weights = fewer
        return weights


class SharesCandidatesAmongQueries(Plain):
    """Looks for the candidates of the first query alone."""

    breaks = "RMQM-NNK-004"

    def nnk_neighbourhoods(self, *, queries, own, **rest):
        found = super().nnk_neighbourhoods(queries=queries, own=own, **rest)
        return {key: np.broadcast_to(part[:1], part.shape) for key, part in found.items()}


class LeavesDust(Plain):
    """Leaves weights that are not quite 0."""

    breaks = "RMQM-NNK-006"

    def thresholded(self, weights):
        return np.maximum(weights, 1e-13)


class DropsSmallWeights(Plain):
    """Takes weights up to a tenth for none."""

    breaks = "RMQM-NNK-006"

    def thresholded(self, weights):
        return np.where(weights > 0.1, weights, 0.0)


class CountsCandidates(Plain):
    """Counts candidates without a weight, too."""

    breaks = "RMQM-NNK-006"

    def numbers(self, weights):
        return np.full(len(weights), weights.shape[1])


class NormalisesWeights(Plain):
    """Gives shares for weights."""

    breaks = "RMQM-NNK-007"

    def given_weights(self, weights):
        return np.array([self.shares(row) for row in weights])


class GivesWeightsForShares(Plain):
    """Does not divide shares by the sum of the weights."""

    breaks = "RMQM-NNK-007"

    def shares(self, weights):
        return weights


class DividesByTheLargestWeight(Plain):
    """Divides by the largest weight instead of the sum."""

    breaks = "RMQM-NNK-007"

    def shares(self, weights):
        return weights / weights.max() if weights.any() else weights


class DividesNothingByNothing(Plain):
    """Gives shares that are no numbers where all weights are 0."""

    breaks = "RMQM-NNK-007"

    @np.errstate(all="ignore")
    def shares(self, weights):
        return weights / weights.sum()


class SharesNothingEvenly(Plain):
    """Gives equal shares where all weights are 0."""

    breaks = "RMQM-NNK-007"

    def shares(self, weights):
        return super().shares(weights if weights.any() else np.ones(len(weights)))


class TakesTheRootOfTheError(Plain):
    """Gives the distance instead of its square."""

    breaks = "RMQM-NNK-008"

    def error(self, weights, K, b):
        return np.sqrt(super().error(weights, K, b))


class GivesTheObjective(Plain):
    """Gives the value that is minimised, which lacks the query."""

    breaks = "RMQM-NNK-008"

    def error(self, weights, K, b):
        return weights @ K @ weights / 2 - weights @ b


class ForgetsTheTwoOfTheError(Plain):
    """Subtracts the product of weights and kernel once."""

    breaks = "RMQM-NNK-008"

    def error(self, weights, K, b):
        return 1 - weights @ b + weights @ K @ weights


class TakesTheErrorOfShares(Plain):
    """Measures the error of the normalised weights."""

    breaks = "RMQM-NNK-008"

    def error(self, weights, K, b):
        return super().error(self.shares(weights), K, b)


class LetsErrorsFallBelowZero(Plain):
    """Subtracts what rounding may have added."""

    breaks = "RMQM-NNK-008"

    def error(self, weights, K, b):
        return super().error(weights, K, b) - 1e-12


class RefusesOpposites(Plain):
    """Has no neighbourhood where nothing is like the query."""

    breaks = "RMQM-NNK-007"

    def optimum(self, K, b):
        if not (b > 1e-12).any():
            raise Refused("nothing is like the query")
        return super().optimum(K, b)


class RefusesSingularKernels(Plain):
    """Has no weights where the kernel has no inverse."""

    breaks = "RMQM-NNK-004"

    def optimum(self, K, b):
        if np.linalg.eigvalsh(K)[0] < 1e-10:
            raise Refused("the kernel is singular")
        return super().optimum(K, b)
