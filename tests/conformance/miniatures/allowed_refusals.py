"""Correct variants in what they refuse, or take, where the specification says "may"."""

from __future__ import annotations

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class RefusesHugeLevels(Plain):
    """Has no J above 2^53."""

    def check_noise(self, inputs, ids, levels, setting):
        super().check_noise(inputs, ids, levels, setting)
        if setting.n_levels > 2**53:
            raise Refused(f"J = {setting.n_levels} is too large")


class RefusesStepsOfZero(Plain):
    """Has no step of size zero."""

    def check_alpha(self, alpha):
        super().check_alpha(alpha)
        if alpha == 0:
            raise Refused("a step of size 0 moves nothing")


class RefusesFineResolutions(Plain):
    """Has no resolution below that of float64."""

    def check_choices(self, variant, resolution):
        super().check_choices(variant, resolution)
        if resolution < 1e-12:
            raise Refused(f"resolution {resolution} is finer than float64")


class RefusesInputsWithoutValues(Plain):
    """Gives no id to an input without values."""

    def id_of(self, array):
        if not array.size:
            raise Refused("an input without values has no id")
        return super().id_of(array)


class RefusesConstantsThatAreNotFinite(Plain):
    """Has no value map with infinite constants, nor with more means than channels."""

    def map_values(self, *, inputs, scale, means, stds, dtype):
        counts = {len(means), len(stds)} - {1, inputs.shape[1]}
        if counts or not np.isfinite([scale, *means, *stds]).all():
            raise Refused(f"means {means} and deviations {stds} are no value map")
        return super().map_values(inputs=inputs, scale=scale, means=means, stds=stds, dtype=dtype)


class RefusesWideBounds(Plain):
    """Has no bounds that the type of the inputs cannot hold."""

    def check_altered_inputs(self, inputs, ids, low, high):
        super().check_altered_inputs(inputs, ids, low, high)
        if inputs.dtype == np.float32 and high - low > np.finfo(np.float32).max:
            raise Refused(f"bounds [{low}, {high}] are too wide for float32")


class RefusesResultsWithoutScore(Plain):
    """Compares nothing with a result that has no score."""

    may_differ = ("compare",)

    def difference_of(self, a, b):
        if a is None or b is None:
            raise Refused("a result without a score cannot be compared")
        return super().difference_of(a, b)


class TakesImagesOfAnyChannels(Plain):
    """Takes grey images (H, W), and images of any number of channels."""

    may_differ = ("prepare",)

    def check_image(self, image, low, high):
        known = image if image.shape[-1] in {1, 3} else np.zeros((1, 1, 3), image.dtype)
        super().check_image(known, low, high)

    def channels_first(self, image):
        return super().channels_first(image.reshape(*image.shape[:2], -1))


class ComparesIntegersExactly(Plain):
    """Holds integers against the bounds as they are, also beyond 2^53."""

    may_differ = ("prepare",)

    def within(self, values, low, high):
        if values.dtype.kind in "ui" and values.size:
            for value in (int(values.min()), int(values.max())):
                if not low <= value <= high:
                    raise Refused(self.words_outside(value, low, high))
            return values
        return super().within(values, low, high)
