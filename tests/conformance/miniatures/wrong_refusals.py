"""Mistakes in what is refused: the impossible is repaired, and the unknown taken for a default."""

from __future__ import annotations

import json
import math

import numpy as np

from .plain import Plain


class TakesBoundsInAnyOrder(Plain):
    """Puts bounds in order, and takes endless ones for 0 and 1."""

    breaks = "RMQM-INP-001"

    def check_bounds(self, low, high):
        """Refuse nothing."""


class ClipsGivenInputs(Plain):
    """Takes values outside the bounds as if they were clipped."""

    breaks = "RMQM-INP-008"

    def check_altered_inputs(self, inputs, ids, low, high):
        super().check_altered_inputs(np.clip(np.nan_to_num(inputs), low, high), ids, low, high)


class MendsLevels(Plain):
    """Takes a number of levels below 1 for the default."""

    breaks = "RMQM-ALT-001"

    def white_noise(self, *, n_levels, **rest):
        return super().white_noise(n_levels=n_levels if n_levels > 0 else 99, **rest)

    def n_levels_of_path(self, n_levels, variant):
        return super().n_levels_of_path(n_levels if n_levels and n_levels > 0 else None, variant)


class WholeWayMendsLevels(Plain):
    """Takes a number of levels below 1 for the default, on the whole way alone."""

    breaks = "RMQM-ALT-001"

    def whole_way(self, inputs, ids, low, high, network, n_levels, seed):
        n_levels = n_levels if n_levels > 0 else 99
        return super().whole_way(inputs, ids, low, high, network, n_levels, seed)


class ForgetsTheSign(Plain):
    """Takes seeds and step sizes without their sign."""

    breaks = "RMQM-WN-003"

    def white_noise(self, *, seed, **rest):
        return super().white_noise(seed=abs(seed), **rest)

    def pgd_path(self, *, seed, **rest):
        return super().pgd_path(seed=abs(seed), **rest)

    def check_alpha(self, alpha):
        """Refuse nothing."""

    def alpha(self, alpha):
        return abs(super().alpha(alpha))


class CountsLevelsFromTheEnd(Plain):
    """Takes a level of -1 for the last, and one beyond J for J."""

    breaks = "RMQM-ALT-001"

    def white_noise(self, *, levels, n_levels, **rest):
        levels = [min(level % (n_levels + 1) if level < 0 else level, n_levels) for level in levels]
        return super().white_noise(levels=levels, n_levels=n_levels, **rest)


class TakesAnyResolution(Plain):
    """Takes every resolution and every variant; what is not paper is authors-2022."""

    breaks = "RMQM-RES-005"

    def check_choices(self, variant, resolution):
        """Refuse nothing."""


class TakesUnknownVariantsForPaper(Plain):
    """Takes the variant paper for whatever is not authors-2022."""

    breaks = "RMQM-MET-004"

    def measure(self, displacements, step_lengths, variant, resolution):
        known = variant if variant == "authors-2022" else "paper"
        return super().measure(displacements, step_lengths, known, resolution)

    def pgd_path(self, *, variant, **rest):
        known = variant if variant == "authors-2022" else "paper"
        return super().pgd_path(variant=known, **rest)


class ClipsDistances(Plain):
    """Clips impossible distances to what is possible."""

    breaks = "RMQM-DIST-007"

    def acceptable(self, distances):
        return ~np.isnan(distances)


class GivesOneLevelOfAuthors(Plain):
    """Gives J = 1 a status in authors-2022 as well."""

    breaks = "RMQM-DRC-002"

    def too_few_levels(self, n_levels, variant):
        return False

    def D_RC_divisor(self, n_levels, variant):
        return max(1, super().D_RC_divisor(n_levels, variant))

    def P_RC_divisor(self, n_levels, variant):
        return max(1, super().P_RC_divisor(n_levels, variant))


class TakesUnknownArithmeticForDouble(Plain):
    """Takes an arithmetic that it does not know for float64."""

    breaks = "RMQM-RES-001"

    def resolution_of(self, arithmetic, trajectories):
        known = arithmetic in {"float32", "float16", "bfloat16"}
        return super().resolution_of(arithmetic if known else "float64", trajectories)


class PoolsUnknownAsMean(Plain):
    """Takes the mean wherever the pooling is unknown or does not fit."""

    breaks = "RMQM-ENC-006"

    def pool(self, *, output, how):
        fits = how == "flatten" or (how == "cls" and output.ndim == 3)
        return super().pool(output=output, how=how if fits else "mean")


class TakesUnknownCouplingForIndependent(Plain):
    """Draws anew for every level unless the coupling is common."""

    breaks = "RMQM-WN-008"

    def white_noise(self, *, coupling, **rest):
        return super().white_noise(
            coupling=coupling if coupling == "common" else "independent", **rest
        )


class TakesUnknownKindForArray(Plain):
    """Takes whatever is no image for an array."""

    breaks = "RMQM-INP-003"

    def prepare(self, *, kind, **rest):
        return super().prepare(kind=kind if kind == "image" else "array", **rest)


class TakesUnknownLossForDefault(Plain):
    """Takes a loss that it does not know for `displacement`."""

    breaks = "RMQM-LOSS-007"

    def loss(self, *, name, **rest):
        known = name in {"cross-entropy", "triplet", "nt-xent"}
        return super().loss(name=name if known else "displacement", **rest)


class WrapsLabels(Plain):
    """Wraps labels around, and repeats those that are missing."""

    breaks = "RMQM-LOSS-003"

    def check_labels(self, labels, logits):
        """Refuse nothing."""

    def cross_entropy(self, logits, labels):
        given = labels.reshape(-1) if labels.size and labels.ndim else np.zeros(1, int)
        return super().cross_entropy(logits, np.resize(given, len(logits)) % logits.shape[1])


class RepeatsReferences(Plain):
    """Takes ones for references that are missing, and repeats or cuts others."""

    breaks = "RMQM-LOSS-002"

    def displacement(self, z, references):
        given = np.ones(1) if references is None or not references.size else references
        return super().displacement(z, np.resize(given, z.shape))


class FillsLosses(Plain):
    """Takes a loss of zero where there is none."""

    breaks = "RMQM-LOSS-001"

    def loss(self, **arguments):
        return {key: np.nan_to_num(value) for key, value in super().loss(**arguments).items()}


class CutsIds(Plain):
    """Cuts surplus ids, and fills missing ones with their number."""

    breaks = "RMQM-INP-011"

    def check_altered_inputs(self, inputs, ids, low, high):
        super().check_altered_inputs(inputs, self.cut(ids, inputs), low, high)

    def cut(self, ids, inputs):
        return [*ids, *map(str, range(len(ids), len(inputs)))][: len(inputs)]

    def white_noise(self, *, ids, inputs, **rest):
        return super().white_noise(ids=self.cut(ids, inputs), inputs=inputs, **rest)

    def pgd_path(self, *, ids, inputs, **rest):
        return super().pgd_path(ids=self.cut(ids, inputs), inputs=inputs, **rest)

    def whole_way(self, inputs, ids, *rest):
        return super().whole_way(inputs, self.cut(ids, inputs), *rest)


class StretchesDistances(Plain):
    """Repeats distances until both have a shape (N, J) that holds something."""

    breaks = "RMQM-DIST-007"

    def measure(self, displacements, step_lengths, variant, resolution):
        d, s = (
            np.resize(x if x.size else np.ones(1), (2, 3)) for x in (displacements, step_lengths)
        )
        fits = displacements.shape == step_lengths.shape and displacements.ndim == 2
        if fits and displacements.size:
            d, s = displacements, step_lengths
        return super().measure(d, s, variant, resolution)


class StretchesTrajectories(Plain):
    """Repeats representations until they have the shape (N, J + 1, E)."""

    breaks = "RMQM-DIST-003"

    def representations(self, trajectories):
        fits = trajectories.ndim == 3 and trajectories.shape[1] > 1 and trajectories.size
        return super().representations(trajectories if fits else np.ones((2, 2, 3)))


class ReplacesVanishedVectors(Plain):
    """Takes the vector of ones where a representation has no direction."""

    breaks = "RMQM-ENC-005"

    def representations(self, trajectories):
        z = self.floating(trajectories)
        if z.ndim == 3 and z.size:
            trajectories = np.where((self.not_finite(z) | self.without_norm(z))[..., None], 1.0, z)
        return super().representations(trajectories)


class StretchesGradients(Plain):
    """Repeats or cuts a gradient until it has the shape of the inputs."""

    breaks = "RMQM-PGD-009"

    def pgd_step(self, *, inputs, gradient, **rest):
        gradient = np.resize(gradient if gradient.size else np.zeros(1), inputs.shape)
        return super().pgd_step(inputs=inputs, gradient=gradient, **rest)


class ComparesAnything(Plain):
    """Takes a difference of zero where it cannot read a document."""

    breaks = "RMQM-PRO-003"

    def compare(self, *, first, second):
        try:
            readable = {"protocol", "inputs"} <= set(json.loads(first)) & set(json.loads(second))
        except (ValueError, TypeError):
            readable = False
        return super().compare(first=first, second=second) if readable else {"difference": 0.0}


class TakesAnyDeviation(Plain):
    """Takes the size of a standard deviation, and one where it is zero."""

    breaks = "RMQM-ALT-008"

    def map_values(self, *, stds, **rest):
        sizes = np.abs(np.nan_to_num(stds, nan=1.0))
        return super().map_values(stds=np.where(sizes > 0, sizes, 1.0), **rest)


class GivesUndefinedIntervals(Plain):
    """Gives an interval of no width at zero wherever there is none."""

    breaks = "RMQM-DEG-009"

    def interval(self, **distances):
        found = super().interval(**distances)
        return {key: 0.0 if math.isnan(value) else value for key, value in found.items()}


def _spoil(value):
    if isinstance(value, np.ndarray) and value.size:
        value.flat[0] = 0 if value.flat[0] else 1
    elif isinstance(value, dict):
        _spoil(value["weight"])
    elif isinstance(value, list):
        value.reverse()


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return value.copy() if isinstance(value, np.ndarray | list) else value


def _spoiling(name):
    """Return an operation that answers as the base does, and then writes to its arguments."""

    def operation(self, **arguments):
        copies = {key: _copy(value) for key, value in arguments.items()}
        answer = getattr(Plain, name)(self, **copies)
        for value in arguments.values():
            _spoil(value)
        return answer

    return operation


class WritesToItsArguments(Plain):
    """Answers correctly, and leaves its scratch work in what it was given."""

    breaks = "RMQM-ENC-004"

    content_id, prepare, name_inputs = map(_spoiling, ("content_id", "prepare", "name_inputs"))
    white_noise, distances = map(_spoiling, ("white_noise", "distances"))
    characterize, interval = map(_spoiling, ("characterize", "interval"))
    evaluate, pool, vjp = map(_spoiling, ("evaluate", "pool", "vjp"))
    loss, pgd_step, pgd_path = map(_spoiling, ("loss", "pgd_step", "pgd_path"))
    document, map_values = map(_spoiling, ("document", "map_values"))
    nnk_neighbourhoods, nnk_graph = map(_spoiling, ("nnk_neighbourhoods", "nnk_graph"))
    nnk_diameters, nnk_classify = map(_spoiling, ("nnk_diameters", "nnk_classify"))
    spectrum, encoder_spectrum = map(_spoiling, ("spectrum", "encoder_spectrum"))


class ComparesOtherSchedules(Plain):
    """Leaves the schedule out of the comparison, because there is only one."""

    breaks = "RMQM-PRO-003"

    def unlike(self, one, other):
        yield from (found for found in super().unlike(one, other) if "schedule" not in found[0])


class ComparesOtherInterpolations(Plain):
    """Compares sizes, but not how images were resized to them."""

    breaks = "RMQM-PRO-003"

    def unlike(self, one, other):
        for key, a, b in super().unlike(one, other):
            if "interpolation" not in key:
                yield key, a, b
