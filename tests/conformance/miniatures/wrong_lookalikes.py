"""Mistakes that show where a value looks like another: equal channels, one level, N equal to E."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain


class NamesGreyImagesAlike(Plain):
    """Gives an image whose channels are equal the id of its first channel."""

    breaks = "RMQM-INP-003"

    def prepare(self, *, input, kind, low, high):  # noqa: A002 - the name in the protocol
        answer = super().prepare(input=input, kind=kind, low=low, high=high)
        if kind == "image" and input.shape[-1] == 3 and (input == input[..., :1]).all():
            answer["id"] = self.content_id(input=input[..., :1])["id"]
        return answer


class PreparesImagesWithoutSign(Plain):
    """Takes the absolute values of an image."""

    breaks = "RMQM-INP-007"

    def prepare(self, *, input, kind, low, high):  # noqa: A002 - the name in the protocol
        answer = super().prepare(input=input, kind=kind, low=low, high=high)
        return answer | {"values": np.abs(answer["values"])} if kind == "image" else answer


class HalvesNoiseOfOneLevel(Plain):
    """Divides by J + 1 where J is 1."""

    breaks = "RMQM-WN-002"

    def epsilon(self, level, n_levels):
        return level / (n_levels + (n_levels == 1))


class TransposesSquareBatches(Plain):
    """Returns a batch of as many inputs as encodings are long with rows and columns exchanged."""

    breaks = "RMQM-ENC-001"

    def encode(self, *, inputs):
        answer = super().encode(inputs=inputs)
        z = answer["encodings"]
        return answer | {"encodings": z.T.copy() if z.shape[0] == z.shape[1] else z}


class ScalesOnlyWhatVanishes(Plain):
    """Scales a vector only where the sum of its squares is zero or infinite."""

    breaks = "RMQM-DIST-002"

    def unit(self, z):
        with np.errstate(all="ignore"):
            plain = np.sqrt((z**2).sum(-1, keepdims=True))
            return np.where((plain > 0) & np.isfinite(plain), z / plain, super().unit(z))


class TakesNoResolutionForDefault(Plain):
    """Takes a resolution of 0 for none that was given."""

    breaks = "RMQM-RES-002"

    def characterize(self, *, resolution, **rest):
        return super().characterize(resolution=resolution or 1e-12, **rest)


class IgnoresLabelsBelow(Plain):
    """Leaves inputs with the label -100 out of the loss, as PyTorch does."""

    breaks = "RMQM-LOSS-003"

    def loss(self, *, name, encodings, references, labels):
        if name != "cross-entropy" or not labels or -100 not in labels:
            return super().loss(
                name=name, encodings=encodings, references=references, labels=labels
            )
        kept = [max(label, 0) for label in labels]
        answer = super().loss(name=name, encodings=encodings, references=references, labels=kept)
        ignored = np.array(labels) == -100
        return {
            "values": np.where(ignored, 0, answer["values"]),
            "gradient": np.where(ignored[:, None], 0, answer["gradient"]),
        }


class WritesZeroAsNothing(Plain):
    """Writes a component that is exactly zero as null."""

    breaks = "RMQM-DEG-009"

    def number(self, value):
        return float(value) if value and math.isfinite(value) else None


class TakesFewerLevelsForAuthors(Plain):
    """Takes 29 levels of white noise by default in the variant authors-2022."""

    breaks = "RMQM-WN-002"

    def document(self, *, n_levels, variant, **rest):
        if n_levels is None and variant == "authors-2022":
            n_levels = 29
        return super().document(n_levels=n_levels, variant=variant, **rest)


class ScalesShortVectorsAlone(Plain):
    """Takes the norm of vectors of 32 values and more without scaling them."""

    breaks = "RMQM-DIST-002"

    def unit(self, z):
        if z.shape[-1] < 32:
            return super().unit(z)
        with np.errstate(all="ignore"):
            return z / np.sqrt((z**2).sum(-1, keepdims=True))


class ChecksTheEndsOfLevels(Plain):
    """Checks the first and the last level that are asked for, and no other."""

    breaks = "RMQM-ALT-001"

    def white_noise(self, *, levels, n_levels, **rest):
        between = [min(max(level, 0), n_levels) for level in levels[1:-1]]
        checked = [*levels[:1], *between, *levels[1:][-1:]]
        return super().white_noise(levels=checked, n_levels=n_levels, **rest)


class SortsLevelsInPlace(Plain):
    """Sorts the list of levels that it is given."""

    breaks = "RMQM-ENC-004"

    def white_noise(self, *, levels, **rest):
        answer = super().white_noise(levels=list(levels), **rest)
        levels.sort()
        return answer


class MisreadsBigEndian(Plain):
    """Reads the bytes of an array as little-endian, whatever it declares."""

    breaks = "RMQM-INP-007"

    def prepare(self, *, input, **rest):  # noqa: A002 - the name in the protocol
        if input.dtype.str[0] == ">":
            input = input.view(input.dtype.newbyteorder("<"))  # noqa: A001
        return super().prepare(input=input, **rest)


class MapsToTheLargestNumber(Plain):
    """Cuts values to the range of float32, where they are infinite."""

    breaks = "RMQM-ALT-008"

    def to_type(self, values, dtype):
        values = super().to_type(values, dtype)
        limit = np.finfo(np.float32).max
        return np.clip(values, -limit, limit) if dtype == "float32" else values


class NamesTheNewestVersion(Plain):
    """Names the newest version of the specification, which changed no number."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        fields["protocol"]["specification"] = "1.1"
        return fields


class TakesTheFirstLevelAskedAsCommon(Plain):
    """Takes the draw of the first level that is asked for, with the coupling `common`."""

    breaks = "RMQM-WN-009"

    def level_of_draw(self, level, levels, setting):
        return next(n for n in levels if n) if setting.coupling == "common" else level
