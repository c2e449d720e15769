"""Mistakes in PGD paths: chapter 4 of the specification."""

from __future__ import annotations

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class FollowsRawGradient(Plain):
    """Takes Eq. 1 as it is printed, without the sign."""

    breaks = "RMQM-PGD-001"

    def sign(self, gradient):
        return gradient


class NormalisesGradient(Plain):
    """Divides by the largest value instead of taking the sign."""

    breaks = "RMQM-PGD-001"

    def sign(self, gradient):
        return gradient / max(np.abs(gradient).max(), np.finfo(gradient.dtype).tiny)


class Descends(Plain):
    """Subtracts the step, as training does."""

    breaks = "RMQM-PGD-001"

    def add_step(self, x, scale, direction):
        return x - scale * direction


class DoesNotScaleStepByWidth(Plain):
    """Steps as if every input were an image in [0, 1]."""

    breaks = "RMQM-PGD-001"

    def step_scale(self, alpha, low, high, dtype):
        return dtype.type(alpha)


class ForgetsClipOfSteps(Plain):
    """Lets the path leave the bounds."""

    breaks = "RMQM-PGD-001"

    def clip_step(self, values, low, high):
        return values


class ClipsStepsToUnitInterval(Plain):
    """Thinks that every attacked input is an image."""

    breaks = "RMQM-PGD-001"

    def clip_step(self, values, low, high):
        return self.clip(values, 0.0, 1.0)


class SharesGradientInBatch(Plain):
    """Takes one gradient for all inputs of a batch."""

    breaks = "RMQM-PGD-001"

    def gradient_at(self, x, reference, network, ids, level):
        gradient = super().gradient_at(x, reference, network, ids, level)
        return np.broadcast_to(gradient.sum(0), gradient.shape)


class StepsByOne255th(Plain):
    """Takes the step of the authors' code for CIFAR-10."""

    breaks = "RMQM-PGD-002"

    default_alpha = 1 / 255


class StepsByOneHundredth(Plain):
    """Takes the usual step of 0.01."""

    breaks = "RMQM-PGD-002"

    default_alpha = 0.01


class IgnoresStepSize(Plain):
    """Takes the default, whatever step is asked for."""

    breaks = "RMQM-PGD-002"

    def alpha(self, alpha):
        return self.default_alpha


class TakesSignOfZeroForOne(Plain):
    """Asks only whether the gradient is negative."""

    breaks = "RMQM-PGD-003"

    def sign(self, gradient):
        return np.where(gradient < 0, -1.0, 1.0)


class ForgetsValueMapInGradient(Plain):
    """Takes the gradient with respect to what enters the first layer."""

    breaks = "RMQM-PGD-003"

    def slope(self, network, dtype):
        return dtype(1.0)


class ProjectsOntoBall(Plain):
    """Clamps to 0.3 around the unaltered input, as the authors' code does."""

    breaks = "RMQM-PGD-004"

    def projected(self, x, unaltered):
        return np.clip(x, unaltered - x.dtype.type(0.3), unaltered + x.dtype.type(0.3))


class ProjectsOntoSmallBall(Plain):
    """Clamps to 8/255 around the unaltered input, the usual budget of an attack."""

    breaks = "RMQM-PGD-004"

    def projected(self, x, unaltered):
        radius = x.dtype.type(8 / 255)
        return np.clip(x, unaltered - radius, unaltered + radius)


class RestartsEveryStep(Plain):
    """Takes every step from the unaltered input."""

    breaks = "RMQM-PGD-005"

    def pgd_path(self, **arguments):
        self.unaltered = arguments["inputs"]
        return super().pgd_path(**arguments)

    def start_of_step(self, level, current, start):
        return self.unaltered


class CarriesOnUnclipped(Plain):
    """Clips what it saves but goes on from the values before the clip."""

    breaks = "RMQM-PGD-005"

    def carried_on(self, moved, clipped):
        return moved


class LeavesOutTheLastLevel(Plain):
    """Saves each iterate before its step."""

    breaks = "RMQM-PGD-005"

    def levels_to_give(self, levels, start):
        return levels[:-1]


class RepeatsLevelZero(Plain):
    """Saves each iterate before its step, after the unaltered input."""

    breaks = "RMQM-PGD-005"

    def levels_to_give(self, levels, start):
        return levels[:1] + levels[:-1]


class SkipsLevelOne(Plain):
    """Takes a step more than it counts."""

    breaks = "RMQM-PGD-005"

    def levels_to_give(self, levels, start):
        return levels[:1] + levels[2:] + levels[-1:]


class TakesThirtyLevelsForAuthors(Plain):
    """Takes the thirty levels of `paper` for `authors-2022`."""

    breaks = "RMQM-PGD-006"

    default_n_levels = {"paper": 30, "authors-2022": 30}  # noqa: RUF012


class TakesTwentyNineLevelsForPaper(Plain):
    """Counts the unaltered input among the thirty iterates of `paper`."""

    breaks = "RMQM-PGD-005"

    default_n_levels = {"paper": 29, "authors-2022": 29}  # noqa: RUF012


class TakesLevelsOfNoise(Plain):
    """Takes J = 99 for every alteration."""

    breaks = "RMQM-PGD-005"

    default_n_levels = {"paper": 99, "authors-2022": 99}  # noqa: RUF012


class StartsAnewWithFreshStart(Plain):
    """Takes the gradient of every level at a random start."""

    breaks = "RMQM-PGD-006"

    def point_of_gradient(self, level, levels, start):
        return start


class TakesFirstGradientAtInput(Plain):
    """Takes the first gradient at the input itself, where it is zero."""

    breaks = "RMQM-PGD-007"

    def point_of_gradient(self, level, levels, start):
        return levels[-1]


class StepsFromRandomStart(Plain):
    """Takes the first step from the random start, as PGD usually does."""

    breaks = "RMQM-PGD-007"

    def start_of_step(self, level, current, start):
        return start if level == 1 else current


class GivesRandomStartAsLevelZero(Plain):
    """Saves the random start in place of the unaltered input."""

    breaks = "RMQM-ALT-001"

    def levels_to_give(self, levels, start):
        return [start, *levels[1:]]


class StartsWithoutSeed(Plain):
    """Ignores the seed of the start."""

    breaks = "RMQM-PGD-007"

    def start_text(self, seed, name):
        return super().start_text(0, name)


class StartsWithoutId(Plain):
    """Starts every input in the same direction."""

    breaks = "RMQM-PGD-007"

    def start_text(self, seed, name):
        return super().start_text(seed, "")


class StartsWithKeyOfNoise(Plain):
    """Takes the key of the white noise for the start."""

    breaks = "RMQM-PGD-007"

    def start_text(self, seed, name):
        return self.noise_text(seed, name)


class StartsAtCounterZero(Plain):
    """Takes the blocks of level 0 for the start."""

    breaks = "RMQM-PGD-007"

    def start_lanes(self, seed, name, size):
        return self.lanes_at(self.start_text(seed, name), 0, size)


class StartsUpwardsOnly(Plain):
    """Spreads the lanes from 0 to 1 instead of -1 to 1."""

    breaks = "RMQM-PGD-007"

    def offsets(self, lanes):
        return lanes / 65536.0


class LeavesStartUnclipped(Plain):
    """Takes the first gradient outside the bounds."""

    breaks = "RMQM-PGD-007"

    def clip_start(self, values, low, high):
        return values


class StepsInFloat64(Plain):
    """Adds the step in float64 and rounds the sum."""

    breaks = "RMQM-PGD-008"

    def step_scale(self, alpha, low, high, dtype):
        return np.float64(alpha * (high - low))

    def add_step(self, x, scale, direction):
        return super().add_step(x.astype(np.float64), scale, direction).astype(x.dtype)


class RoundsStepBeforeWidth(Plain):
    """Rounds alpha to the type before it is multiplied by the width."""

    breaks = "RMQM-PGD-008"

    def step_scale(self, alpha, low, high, dtype):
        return dtype.type(alpha) * dtype.type(high - low)


class ReturnsStepsInFloat64(Plain):
    """Returns steps in the type of the gradient."""

    breaks = "RMQM-PGD-008"

    def clip_step(self, values, low, high):
        return super().clip_step(values, low, high).astype(np.float64)

    def check_altered_inputs(self, inputs, ids, low, high):
        self.within(inputs, low, high)


class TreatsNaNGradientAsZero(Plain):
    """Stands still where the gradient is not a number."""

    breaks = "RMQM-PGD-009"

    def check_gradient(self, gradient, ids, level):
        pass

    def sign(self, gradient):
        return np.nan_to_num(np.sign(gradient))


class AcceptsInfiniteGradient(Plain):
    """Takes the sign of infinity for a direction."""

    breaks = "RMQM-PGD-009"

    def check_gradient(self, gradient, ids, level):
        super().check_gradient(np.where(np.isinf(gradient), 1.0, gradient), ids, level)


class HidesInputOfGradient(Plain):
    """Refuses a gradient without saying of which input."""

    breaks = "RMQM-PGD-009"

    def check_gradient(self, gradient, ids, level):
        if not np.isfinite(gradient).all():
            raise Refused(f"a gradient at level {level} is not finite")


class HidesLevelOfGradient(Plain):
    """Refuses a gradient without saying at which level."""

    breaks = "RMQM-PGD-009"

    def check_gradient(self, gradient, ids, level):
        for name, rows in zip(ids, gradient, strict=True):
            if not np.isfinite(rows).all():
                raise Refused(f"a gradient of input {name} is not finite")
