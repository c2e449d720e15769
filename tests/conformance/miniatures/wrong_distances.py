"""Mistakes in distances and their resolution: chapters 7 and 8 of the specification."""

from __future__ import annotations

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class ForgetsToNormalise(Plain):
    """Measures distances of the representations themselves."""

    breaks = "RMQM-DIST-001"

    def unit(self, z):
        return z


class NormalisesByLevelZero(Plain):
    """Divides a whole trajectory by the norm of its start."""

    breaks = "RMQM-DIST-001"

    def unit(self, z):
        return z / np.linalg.norm(z[:, :1], axis=-1, keepdims=True)


class CentresBeforeNormalising(Plain):
    """Subtracts the mean representation first, as analyses of similarity do."""

    breaks = "RMQM-DIST-001"

    def unit(self, z):
        centred = z - z.mean((0, 1))
        return super().unit(np.where(centred.any(-1, keepdims=True), centred, 1.0))


class NormalisesInFloat32(Plain):
    """Normalises in the type of the encoder."""

    breaks = "RMQM-DIST-001"

    def unit(self, z):
        return super().unit(z).astype(np.float32).astype(np.float64)


class RoundsToFloat32First(Plain):
    """Stores representations in float32 before it measures them."""

    breaks = "RMQM-DIST-001"

    def floating(self, trajectories):
        with np.errstate(over="ignore", under="ignore"):
            return trajectories.astype(np.float32).astype(np.float64)


class DividesByOverflowingNorm(Plain):
    """Takes the root of the sum of squares, which overflows and underflows."""

    breaks = "RMQM-DIST-002"

    def unit(self, z):
        with np.errstate(all="ignore"):
            return z / self.norm(z)


class FloorsTheNorm(Plain):
    """Divides by at least 1e-12, as the authors' code does."""

    breaks = "RMQM-DIST-002"

    def unit(self, z):
        return super().unit(z) * np.minimum(np.abs(z).max(-1, keepdims=True), 1e-12) / 1e-12


class SquaresDistances(Plain):
    """Forgets the root."""

    breaks = "RMQM-DIST-003"

    def distance(self, a, b):
        return super().distance(a, b) ** 2


class TakesCosineDistances(Plain):
    """Takes one minus the cosine, the usual distance of embeddings."""

    breaks = "RMQM-DIST-003"

    def distance(self, a, b):
        return super().distance(a, b) ** 2 / 2


class TakesAngles(Plain):
    """Measures along the sphere instead of straight through it."""

    breaks = "RMQM-DIST-003"

    def distance(self, a, b):
        return 2 * np.arcsin(np.minimum(super().distance(a, b) / 2, 1.0))


class TakesManhattanDistances(Plain):
    """Adds up absolute differences."""

    breaks = "RMQM-DIST-003"

    def distance(self, a, b):
        return np.abs(b - a).sum(-1)


class MeasuresFromLevelOne(Plain):
    """Takes the first altered level for the origin."""

    breaks = "RMQM-DIST-003"

    def displacements(self, phi):
        return self.distance(phi[:, 1:2], phi[:, 1:])


class MeasuresToLastLevel(Plain):
    """Measures the way that is left instead of the way that is done."""

    breaks = "RMQM-DIST-003"

    def displacements(self, phi):
        return self.distance(phi[:, -1:], phi[:, :-1])


class TakesDisplacementsForSteps(Plain):
    """Measures steps from level 0 as well."""

    breaks = "RMQM-DIST-004"

    def step_lengths(self, phi):
        return self.displacements(phi)


class TakesStepsForDisplacements(Plain):
    """Measures displacements from the level before."""

    breaks = "RMQM-DIST-003"

    def displacements(self, phi):
        return self.step_lengths(phi)


class LeavesOutTheFirstStep(Plain):
    """Sets the first step to zero, because it already is a displacement."""

    breaks = "RMQM-DIST-004"

    def step_lengths(self, phi):
        return super().step_lengths(phi) * (np.arange(phi.shape[1] - 1) > 0)


class SubtractsDisplacementsForSteps(Plain):
    """Takes the difference of two displacements for the step between them."""

    breaks = "RMQM-DIST-004"

    def step_lengths(self, phi):
        return np.abs(np.diff(self.displacements(phi), axis=1, prepend=0.0))


class MeasuresByInnerProducts(Plain):
    """Takes the root of 2 - 2 cos, which loses half of the digits of a small distance."""

    breaks = "RMQM-DIST-005"

    def distance(self, a, b):
        return np.sqrt(np.maximum(2 - 2 * (a * b).sum(-1), 0.0))


class AcceptsUnlikeShapes(Plain):
    """Does not look whether displacements and steps belong together."""

    breaks = "RMQM-DIST-007"

    def check_distances(self, d, s, variant):
        super().check_distances(d, d, variant)
        super().check_distances(s, s, variant)


class AcceptsNoDistances(Plain):
    """Calls an empty table a collapsed encoder."""

    breaks = "RMQM-DIST-007"

    def check_distances(self, d, s, variant):
        if d.size:
            super().check_distances(d, s, variant)

    def mean(self, values):
        return super().mean(values) if len(values) else 0.0


class RefusesRoundingExcess(Plain):
    """Refuses every distance above 2, were it by a rounding error."""

    breaks = "RMQM-DIST-007"

    largest_distance = 2.0


class AcceptsDistancesAbove2(Plain):
    """Leaves room above 2, where only representations that were not normalised can be."""

    breaks = "RMQM-DIST-007"

    largest_distance = 2.1


class AcceptsAnyPositiveDistance(Plain):
    """Refuses negative distances only."""

    breaks = "RMQM-DIST-007"

    largest_distance = np.inf


class AcceptsNegativeDistances(Plain):
    """Looks at the upper end only."""

    breaks = "RMQM-DIST-007"

    def acceptable(self, distances):
        return distances <= self.largest_distance


class AcceptsNaNDistances(Plain):
    """Looks for values below 0 or above 2, which a NaN is not."""

    breaks = "RMQM-DIST-007"

    def acceptable(self, distances):
        return ~((distances < 0) | (distances > self.largest_distance))


class SkipsNaNDistances(Plain):
    """Leaves NaN out of the means, as nanmean does."""

    breaks = "RMQM-DIST-007"

    def acceptable(self, distances):
        return np.isnan(distances) | super().acceptable(distances)

    def mean(self, values):
        kept = values[~np.isnan(values)]
        return super().mean(kept) if len(kept) else np.nan


class ResolvesByTypeOfArray(Plain):
    """Looks at the type of the array, where float16 values may lie in float32."""

    breaks = "RMQM-RES-001"

    def resolution_of(self, arithmetic, trajectories):
        kind = trajectories.dtype.name if trajectories.dtype.kind == "f" else "integer"
        return super().resolution_of(kind, trajectories)


class ResolvesAlwaysAsFloat64(Plain):
    """Takes the resolution of the arithmetic of the distances for that of the encoder."""

    breaks = "RMQM-RES-001"

    def resolution_of(self, arithmetic, trajectories):
        return super().resolution_of("float64", trajectories)


class ResolvesByMachineEpsilon(Plain):
    """Takes the spacing of the numbers next to 1 for the resolution."""

    breaks = "RMQM-RES-001"

    def resolution_of(self, arithmetic, trajectories):
        spacing = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
        return spacing.get(arithmetic, 2.0**-52)


class ResolvesBfloat16AsFloat32(Plain):
    """Judges bfloat16 by its range, which is that of float32."""

    breaks = "RMQM-RES-001"

    def resolution_of(self, arithmetic, trajectories):
        same = "float32" if arithmetic == "bfloat16" else arithmetic
        return super().resolution_of(same, trajectories)


class IgnoresResolutionOfDistances(Plain):
    """Applies the resolution to the characteristics only, after the formulas."""

    breaks = "RMQM-RES-002"

    def at_resolution(self, distances, resolution):
        return distances


class CountsTheResolutionItselfAsZero(Plain):
    """Sets distances up to the resolution to zero, the resolution among them."""

    breaks = "RMQM-RES-002"

    def at_resolution(self, distances, resolution):
        return np.where(distances <= resolution, 0.0, distances)


class RaisesToResolution(Plain):
    """Lifts small distances to the resolution, so that nothing is divided by zero."""

    breaks = "RMQM-RES-002"

    def at_resolution(self, distances, resolution):
        return np.maximum(distances, resolution)


class RoundsToResolution(Plain):
    """Rounds distances to multiples of the resolution."""

    breaks = "RMQM-RES-002"

    def at_resolution(self, distances, resolution):
        return np.round(distances / resolution) * resolution if resolution else distances


class IgnoresResolutionOfCharacteristics(Plain):
    """Applies the resolution to the distances only."""

    breaks = "RMQM-RES-003"

    def at_resolution_of_encoder(self, value, resolution):
        return value


class CountsSmallCharacteristicsUpToResolution(Plain):
    """Sets a characteristic equal to the resolution to zero."""

    breaks = "RMQM-RES-003"

    def at_resolution_of_encoder(self, value, resolution):
        return 0.0 if value <= resolution else value


class ResolvesSingleInputs(Plain):
    """Sets the small characteristics of single inputs to zero before their mean."""

    breaks = "RMQM-RES-003"

    def at_resolution_of_inputs(self, values, resolution):
        return np.where(values < resolution, 0.0, values)


class HidesWhichRepresentation(Plain):
    """Refuses a representation without saying which."""

    breaks = "RMQM-ENC-005"

    def check_representations(self, z, names, first_level=0):
        if self.not_finite(z).any() or self.without_norm(z).any():
            raise Refused("bad representation")


class HidesTheLevel(Plain):
    """Names the input but not the level of a representation without a direction."""

    breaks = "RMQM-ENC-005"

    def check_representations(self, z, names, first_level=0):
        bad = self.not_finite(z) | self.without_norm(z)
        for i in np.flatnonzero(bad.any(1)):
            raise Refused(f"the representation of input {names[i]} has no direction")


class HidesTheInput(Plain):
    """Names the level but not the input of a representation without a direction."""

    breaks = "RMQM-ENC-005"

    def check_representations(self, z, names, first_level=0):
        bad = self.not_finite(z) | self.without_norm(z)
        for level in np.flatnonzero(bad.any(0)):
            raise Refused(f"a representation at level {first_level + level} has no direction")


class OverlooksNaN(Plain):
    """Looks for infinities alone."""

    breaks = "RMQM-ENC-005"

    def not_finite(self, z):
        return np.isinf(z).any(-1)


class TreatsNaNAsZero(Plain):
    """Replaces NaN and infinities by finite numbers."""

    breaks = "RMQM-ENC-005"

    def floating(self, trajectories):
        return np.nan_to_num(super().floating(trajectories))

    def encode_levels(self, network, altered):
        return np.nan_to_num(super().encode_levels(network, altered))


class AcceptsRepresentationsWithoutNorm(Plain):
    """Leaves a zero vector as it is, since nothing can be divided by its norm."""

    breaks = "RMQM-ENC-005"

    def without_norm(self, z):
        return np.zeros(z.shape[:-1], bool)

    def unit(self, z):
        return super().unit(np.where(z.any(-1, keepdims=True), z, 1.0)) * z.any(-1, keepdims=True)


class DropsBrokenInputs(Plain):
    """Leaves out inputs with a representation that is not finite, and says nothing."""

    breaks = "RMQM-ENC-005"

    def encode_levels(self, network, altered):
        z = super().encode_levels(network, altered)
        return z[~(self.not_finite(z) | self.without_norm(z)).any(1)]
