"""Mistakes in what follows from neighbourhoods: graphs, diameters, versions and votes."""

from __future__ import annotations

import numpy as np

from .plain import Plain


class KeepsTheLargerError(Plain):
    """Lets the end with the larger error decide."""

    breaks = "RMQM-NNK-009"

    def decides(self, errors):
        return errors[:, None] >= errors[None]


class KeepsTheLargerWeight(Plain):
    """Joins points by the larger of both weights, whatever their errors."""

    breaks = "RMQM-NNK-009"

    def decides(self, errors):
        return np.ones((len(errors), len(errors)), bool)


class AveragesBothEnds(Plain):
    """Joins points by the mean of both weights."""

    breaks = "RMQM-NNK-009"

    def decides(self, errors):
        return np.ones((len(errors), len(errors)), bool)

    def symmetric(self, kept):
        return (kept + kept.T) / 2


class WantsBothEnds(Plain):
    """Joins points that are neighbours of each other alone."""

    breaks = "RMQM-NNK-009"

    def symmetric(self, kept):
        return np.minimum(kept, kept.T)


class DropsEqualErrors(Plain):
    """Has no edge where both ends have the same error."""

    breaks = "RMQM-NNK-009"

    def decides(self, errors):
        return errors[:, None] < errors[None]


class LeavesAGraphDirected(Plain):
    """Gives each point its own weights."""

    breaks = "RMQM-NNK-009"

    def symmetric(self, kept):
        return kept


class JoinsPointsToThemselves(Plain):
    """Leaves no point out of its own candidates."""

    breaks = "RMQM-NNK-009"

    def own_place(self, own, i):
        alone = own is not None and own == list(range(len(own)))
        return None if alone and len(own) > 1 else super().own_place(own, i)


class KeepsLengthsInDiameters(Plain):
    """Measures vectors as they are."""

    breaks = "RMQM-NNK-010"

    def units(self, points):
        return points


class SquaresDiameters(Plain):
    """Gives the square of the distance."""

    breaks = "RMQM-NNK-010"

    def diameter(self, points):
        return super().diameter(points) ** 2


class HalvesDiameters(Plain):
    """Gives the radius."""

    breaks = "RMQM-NNK-010"

    def diameter(self, points):
        return super().diameter(points) / 2


class MeasuresAngles(Plain):
    """Gives the cosine distance, which has the same range."""

    breaks = "RMQM-NNK-010"

    def diameter(self, points):
        return super().diameter(points) ** 2 / 2


class AveragesDistances(Plain):
    """Gives the mean distance of the neighbours."""

    breaks = "RMQM-NNK-010"

    def diameter(self, points):
        if len(points) < 2:
            return 0.0
        units = self.units(points)
        return np.sqrt(self.squares(units, units))[np.triu_indices(len(points), 1)].mean()


class MeasuresAllCandidates(Plain):
    """Takes candidates without a weight for corners."""

    breaks = "RMQM-NNK-010"

    def polytopes(self, found, points):
        return super().polytopes(found | {"weights": np.ones(found["weights"].shape)}, points)


class HasNoDiameterOfOne(Plain):
    """Gives no number for fewer than two neighbours."""

    breaks = "RMQM-NNK-010"

    def diameter(self, points):
        return super().diameter(points) if len(points) > 1 else float("nan")


class MeasuresFromTheQuery(Plain):
    """Takes the query for a corner of the polytope."""

    breaks = "RMQM-NNK-010"

    def nnk_diameters(self, *, queries, gallery, **rest):
        found = self.nnk_neighbourhoods(queries=queries, gallery=gallery, **rest)
        corners = [
            np.concatenate([query[None], gallery[row[weights > 0]]])
            for query, row, weights in zip(queries, found["indices"], found["weights"], strict=True)
        ]
        return {"diameters": np.array([self.diameter(points) for points in corners])}


class CountsTheInputAsAVersion(Plain):
    """Takes the unaltered input for one of its own altered versions."""

    breaks = "RMQM-NNK-011"

    def request_of_versions(self, versions):
        request = super().request_of_versions(versions)
        return request | {"gallery": versions, "k": len(versions)}


class MeasuresAllVersions(Plain):
    """Gives the diameter of all versions, neighbours or not."""

    breaks = "RMQM-NNK-011"

    def of_versions(self, versions, resolution):
        width, count = super().of_versions(versions, resolution)
        return max(self.diameter(versions[1:]), width), count


class LooksFromTheLastVersion(Plain):
    """Takes the last version for the query."""

    breaks = "RMQM-NNK-011"

    def of_versions(self, versions, resolution):
        return super().of_versions(versions[::-1], resolution)


class ForgetsTheResolution(Plain):
    """Takes every version for what it is, however little it is displaced."""

    breaks = "RMQM-NNK-011"

    def of_versions(self, versions, resolution):
        return super().of_versions(versions, 0.0)


class ForgetsWhatIsUnmoved(Plain):
    """Sets small diameters to 0, and keeps small displacements."""

    breaks = "RMQM-NNK-011"

    def of_versions(self, versions, resolution):
        width, count = super().of_versions(versions, 0.0)
        return 0.0 if width < resolution else width, count


class MeasuresAnInputAlone(Plain):
    """Gives an input without any altered version the diameter 0."""

    breaks = "RMQM-NNK-011"

    def nnk_invariance(self, *, representations, resolution):
        if representations.ndim == 3 and representations.shape[1] == 1:
            nothing = np.zeros(len(representations))
            return {"diameters": nothing, "counts": nothing}
        return super().nnk_invariance(representations=representations, resolution=resolution)


class TakesAnyResolutionOfVersions(Plain):
    """Takes resolutions that are no share of a distance."""

    breaks = "RMQM-NNK-011"

    def nnk_invariance(self, *, representations, resolution):
        known = resolution if 0 <= resolution < 1 else 0.0
        return super().nnk_invariance(representations=representations, resolution=known)


class LetsEachNeighbourVote(Plain):
    """Gives every neighbour the same share."""

    breaks = "RMQM-NNK-012"

    def voices(self, found):
        return np.array([self.shares(row) for row in (found["weights"] > 0).astype(float)])


class LetsWeightsVote(Plain):
    """Adds up weights instead of shares."""

    breaks = "RMQM-NNK-012"

    def voices(self, found):
        return found["weights"]


class LetsCandidatesVote(Plain):
    """Lets every candidate vote, as k nearest neighbours do."""

    breaks = "RMQM-NNK-012"

    def voices(self, found):
        return np.full(found["shares"].shape, 1 / found["shares"].shape[1])


class LetsTheNearestDecide(Plain):
    """Lets the first candidate alone vote."""

    breaks = "RMQM-NNK-012"

    def voices(self, found):
        return np.eye(found["shares"].shape[1])[[0] * len(found["shares"])]


class PrefersTheLargestClass(Plain):
    """Lets the largest of equal classes win."""

    breaks = "RMQM-NNK-012"

    def winner(self, votes):
        rounded = votes.round(12)
        return int(np.flatnonzero(rounded == rounded.max())[-1]) if votes.any() else -1


class FallsBackOnTheFirstClass(Plain):
    """Gives a query without neighbours the class 0."""

    breaks = "RMQM-NNK-012"

    def winner(self, votes):
        return max(super().winner(votes), 0)


class TakesAnyLabels(Plain):
    """Counts negative labels from the end, and repeats labels that are too few."""

    breaks = "RMQM-NNK-012"

    def nnk_classify(self, *, labels, **rest):
        known = np.resize(np.abs(labels), len(rest["gallery"])) if labels else [0] * 5
        return super().nnk_classify(labels=[int(one) for one in known], **rest)
