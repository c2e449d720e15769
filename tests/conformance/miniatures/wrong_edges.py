"""Mistakes in numbers and names at the edge of what their types hold."""

from __future__ import annotations

import unicodedata

import numpy as np

from .plain import Plain


class HashesNaNAsOne(Plain):
    """Hashes every value that is no number as the same one."""

    breaks = "RMQM-INP-002"

    def content(self, array):
        if array.dtype.kind == "f":
            array = np.where(np.isnan(array), np.nan, array).astype(array.dtype)
        return super().content(array)


class HashesIntegersThroughDoubles(Plain):
    """Hashes what a double keeps of an integer."""

    breaks = "RMQM-INP-002"

    def content(self, array):
        if array.dtype.kind in "iu":
            top = np.iinfo(array.dtype).max
            array = np.array([min(int(float(int(v))), top) for v in array.flat], array.dtype)
        return super().content(array)


class GivesNumbersAnAxis(Plain):
    """Writes the shape of a single number as 1."""

    breaks = "RMQM-INP-002"

    def shape_text(self, array):
        return super().shape_text(np.atleast_1d(array))


class PreparesZerosWithoutSign(Plain):
    """Adds zero to prepared values, which turns -0.0 into 0.0."""

    breaks = "RMQM-INP-007"

    def array_values(self, array):
        return super().array_values(array) + 0.0


class PreparesWithoutSubnormals(Plain):
    """Sets prepared values below the smallest normal number to zero."""

    breaks = "RMQM-INP-007"

    def array_values(self, array):
        values = super().array_values(array)
        return np.where(np.abs(values) < np.finfo(values.dtype).tiny, 0 * values, values)


class KnowsNoHalfImages(Plain):
    """Takes images of float16 for no images."""

    breaks = "RMQM-INP-007"

    def check_image(self, image, low, high):
        super().check_image(image.astype(np.int16) if image.itemsize == 2 else image, low, high)


class PreparesIntegersThroughSingles(Plain):
    """Rounds integers to float32 on their way to float64."""

    breaks = "RMQM-INP-007"

    def array_values(self, array):
        if array.dtype.kind in "iu":
            array = array.astype(np.float32).astype(np.float64)
        return super().array_values(array)


class AllowsTheNextNumber(Plain):
    """Takes the number next to a bound for the bound."""

    breaks = "RMQM-INP-008"

    def outside(self, values, low, high):
        near = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
        return super().outside(values, *near)


class HoldsSinglesAgainstDoubles(Plain):
    """Compares values of a narrow type with bounds that are not rounded to it."""

    breaks = "RMQM-INP-008"

    def within(self, values, low, high):
        super().within(values.astype(np.float64), low, high)
        return values


class LetsIntegersPass(Plain):
    """Holds floating values against the bounds and lets integers pass."""

    breaks = "RMQM-INP-008"

    def within(self, values, low, high):
        return values if values.dtype.kind != "f" else super().within(values, low, high)


class TrimsNames(Plain):
    """Trims white space around names, everywhere."""

    breaks = "RMQM-INP-011"

    def distinct(self, ids):
        return super().distinct([name.strip() for name in ids])

    def whole_way(self, inputs, ids, *rest):
        return super().whole_way(inputs, [name.strip() for name in ids], *rest)

    def noise_text(self, seed, name):
        return super().noise_text(seed, name.strip())

    def start_text(self, seed, name):
        return super().start_text(seed, name.strip())


class ComposesNames(Plain):
    """Normalises names to composed characters before they become a key."""

    breaks = "RMQM-INP-011"

    def noise_text(self, seed, name):
        return unicodedata.normalize("NFC", super().noise_text(seed, name))


class SortsByUtf16(Plain):
    """Sorts names by units of 16 bits, as some languages do by themselves."""

    breaks = "RMQM-INP-005"

    def distinct(self, ids):
        return sorted(set(ids), key=lambda name: name.encode("utf-16-be"))


class RoundsSeeds(Plain):
    """Keeps what a double keeps of a seed."""

    breaks = "RMQM-WN-003"

    def noise_text(self, seed, name):
        return super().noise_text(int(float(seed)), name)

    def start_text(self, seed, name):
        return super().start_text(int(float(seed)), name)

    def fields(self, fields):
        alteration = fields["protocol"]["alteration"]
        alteration["seed"] = float(alteration["seed"])
        return super().fields(fields)


class KnowsWidthsUpToAMillion(Plain):
    """Cuts the width of the bounds at a million."""

    breaks = "RMQM-WN-001"

    def width(self, low, high):
        return min(super().width(low, high), 1e6)


class LosesTheSignAtLevel0(Plain):
    """Adds a noise of zero to level 0, in white noise and in paths."""

    breaks = "RMQM-ALT-001"

    def at_level(self, x, name, level, levels, setting):
        values = super().at_level(x, name, level, levels, setting)
        return values + 0.0 if level == 0 else values

    def levels_to_give(self, levels, start):
        return [levels[0] + 0.0, *levels[1:]]


class IgnoresFaintGradients(Plain):
    """Takes gradients of less than 1e-12 for zero."""

    breaks = "RMQM-PGD-003"

    def sign(self, gradient):
        return np.where(np.abs(gradient) < 1e-12, 0.0, np.sign(gradient))


class TakesZeroForTheDefault(Plain):
    """Takes a step size of zero for one that was left out."""

    breaks = "RMQM-PGD-002"

    def alpha(self, alpha):
        return alpha or self.default_alpha


class FloorsNorms(Plain):
    """Divides by a norm of at least 1e-12."""

    breaks = "RMQM-DIST-002"

    def unit(self, z):
        return z / np.maximum(self.length(z), 1e-12)


class ReadsIntegersAsSingles(Plain):
    """Reads integer representations as float32."""

    breaks = "RMQM-DIST-001"

    def floating(self, trajectories):
        narrow = trajectories.dtype.kind in "iu"
        return super().floating(trajectories.astype(np.float32) if narrow else trajectories)


class TakesShortForZero(Plain):
    """Takes representations shorter than 1e-9 for zero, on the whole way alone."""

    breaks = "RMQM-ENC-005"

    def encode_levels(self, network, altered):
        z = super().encode_levels(network, altered)
        return np.where(np.abs(z).max(axis=-1, keepdims=True) < 1e-9, 0.0, z)


class SquaresPlainlyInLosses(Plain):
    """Takes the length in the gradient of a loss as the root of plain squares."""

    breaks = "RMQM-LOSS-001"

    def length(self, z):
        return np.sqrt((z**2).sum(axis=-1, keepdims=True))


class ClampsLogits(Plain):
    """Clamps logits to a thousand either way."""

    breaks = "RMQM-LOSS-003"

    def cross_entropy(self, logits, labels):
        return super().cross_entropy(np.clip(logits, -1000, 1000), labels)


class ClipsHalves(Plain):
    """Clips mapped values to the largest number of float16."""

    breaks = "RMQM-ALT-008"

    def to_type(self, values, dtype):
        values = np.clip(values, -65504, 65504) if dtype == "float16" else values
        return super().to_type(values, dtype)


class LooksAtTheFirstChannel(Plain):
    """Leaves values as they are where the map of the first channel changes nothing."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        idle = scale == 1 and mean.flat[0] == 0 and std.flat[0] == 1
        return x if idle else super().mapped(x, scale, mean, std, dtype)


class ClipsInsideTheBounds(Plain):
    """Clips float32 to the last numbers inside bounds that float32 does not hold."""

    breaks = "RMQM-PGD-008"

    def clip(self, values, low, high):
        kind = values.dtype.type
        first, last = kind(low), kind(high)
        first = np.nextafter(first, last) if float(first) < low else first
        last = np.nextafter(last, first) if float(last) > high else last
        return np.clip(values, first, last)


class ReadsLabelsAsDoubles(Plain):
    """Keeps what a double keeps of a label."""

    breaks = "RMQM-LOSS-004"

    def triplet(self, z, references, labels):
        rounded = None if labels is None else [float(label) for label in labels]
        return super().triplet(z, references, rounded)


class RecordsRoundedBounds(Plain):
    """Records the bounds as the inputs hold them."""

    breaks = "RMQM-PRO-002"

    def document(self, *, inputs, low, high, **rest):
        kind = inputs.dtype.type
        rounded = {"low": float(kind(low)), "high": float(kind(high))}
        return super().document(inputs=inputs, **rounded, **rest)


class ClipsHalfPrecision(Plain):
    """Brings values of float16 into bounds that are not rounded to float16."""

    breaks = "RMQM-INP-007"

    def prepare(self, *, input, low, high, **rest):  # noqa: A002
        found = super().prepare(input=input, low=low, high=high, **rest)
        if input.dtype == np.float16:
            found["values"] = np.clip(found["values"], low, high)
        return found
