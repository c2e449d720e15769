"""Mistakes in inputs and their names: chapter 1 of the specification."""

from __future__ import annotations

import hashlib
import math

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class HashesWithoutHeader(Plain):
    """Hashes the values alone, as a file hash would."""

    breaks = "RMQM-INP-002"

    def header(self, array):
        return ""


class IgnoresTypeInId(Plain):
    """Leaves the type out of the header, because equal numbers look like equal inputs."""

    breaks = "RMQM-INP-002"

    def type_text(self, array):
        return ""


class IgnoresShapeInId(Plain):
    """Leaves the shape out of the header, because the values seem enough."""

    breaks = "RMQM-INP-002"

    def shape_text(self, array):
        return ""


class WritesLongTypeNames(Plain):
    """Writes float32 for f4, the name that NumPy prints."""

    breaks = "RMQM-INP-002"

    def type_text(self, array):
        return array.dtype.name


class WritesShapeAsTuple(Plain):
    """Joins the lengths of the axes by commas instead of the letter x."""

    breaks = "RMQM-INP-002"

    def shape_text(self, array):
        return ",".join(map(str, array.shape))


class ForgetsLineFeedOfHeader(Plain):
    """Lets the values follow the header at once, as after a print without its end."""

    breaks = "RMQM-INP-002"

    def header(self, array):
        return super().header(array).rstrip("\n")


class HashesBigEndian(Plain):
    """Hashes the values in network byte order."""

    breaks = "RMQM-INP-002"

    def content(self, array):
        return array.astype(array.dtype.newbyteorder(">")).tobytes()


class HashesColumnsFirst(Plain):
    """Hashes the first axis fastest, the order of Fortran, Julia and MATLAB."""

    breaks = "RMQM-INP-002"

    def content(self, array):
        return array.tobytes(order="F")


class WritesUpperCaseId(Plain):
    """Writes the digest in capitals, as some libraries do."""

    breaks = "RMQM-INP-002"

    def id_of(self, array):
        return super().id_of(array).upper()


class CutsIdToSixteenDigits(Plain):
    """Shortens the id to something readable."""

    breaks = "RMQM-INP-002"

    def id_of(self, array):
        return super().id_of(array)[:16]


class NamesPreparedValues(Plain):
    """Takes the id over the values that the noise sees instead of those that were given."""

    breaks = "RMQM-INP-003"

    def id_to_give(self, given, values):
        return self.id_of(values)


class KeepsDuplicates(Plain):
    """Sorts the ids but counts copies as inputs of their own."""

    breaks = "RMQM-INP-004"

    def distinct(self, ids):
        return sorted(ids)


class EvaluatesDuplicates(Plain):
    """Names the set correctly but lets copies vote twice in the means."""

    breaks = "RMQM-INP-004"

    def names_to_use(self, ids):
        return sorted(ids)


class KeepsOrderOfArrival(Plain):
    """Leaves inputs in the order of the files."""

    breaks = "RMQM-INP-005"

    def distinct(self, ids):
        return list(dict.fromkeys(ids))


class SortsIgnoringCase(Plain):
    """Sorts ids as a file manager does."""

    breaks = "RMQM-INP-005"

    def distinct(self, ids):
        return sorted(set(ids), key=lambda name: (name.lower(), name))


class SortsDescending(Plain):
    """Puts the highest id first."""

    breaks = "RMQM-INP-005"

    def distinct(self, ids):
        return sorted(set(ids), reverse=True)


class MultipliesByRoundedReciprocal(Plain):
    """Multiplies bytes by the rounded 1/255, because a product is faster than a division."""

    breaks = "RMQM-INP-006"

    def divided(self, image):
        return image.astype(np.float32) * np.float32(1 / 255)


class DividesBy256(Plain):
    """Divides bytes by 256, the number of their values."""

    breaks = "RMQM-INP-006"

    def divided(self, image):
        return image.astype(np.float32) / np.float32(256)


class KeepsFloat64Images(Plain):
    """Leaves an image of type float64 as it is."""

    breaks = "RMQM-INP-007"

    def image_values(self, image, low, high):
        return super().image_values(image, low, high).astype(np.result_type(image, np.float32))


class MakesEverythingFloat32(Plain):
    """Turns every input into float32, the type of its encoder."""

    breaks = "RMQM-INP-007"

    def array_values(self, array):
        return array.astype(np.float32)


class KeepsIntegers(Plain):
    """Leaves integers as they are, so that the noise has no type to be added in."""

    breaks = "RMQM-INP-007"

    def array_values(self, array):
        return array


class ClipsIntoBounds(Plain):
    """Clips values that are out of bounds instead of refusing them."""

    breaks = "RMQM-INP-008"

    def within(self, values, low, high):
        return np.clip(values, low, high)


class AcceptsNaN(Plain):
    """Looks for values below low or above high, which a NaN is not."""

    breaks = "RMQM-INP-008"

    def outside(self, values, low, high):
        return (values < low) | (values > high)


class LooksAtUpperBoundOnly(Plain):
    """Thinks of images, where nothing is below zero."""

    breaks = "RMQM-INP-008"

    def outside(self, values, low, high):
        return ~(values <= high)


class ExcludesUpperBound(Plain):
    """Takes the bounds for a half-open interval."""

    breaks = "RMQM-INP-008"

    def outside(self, values, low, high):
        return ~((values >= low) & (values < high))


class HidesTheBounds(Plain):
    """Refuses a value but does not say within which bounds it should be."""

    breaks = "RMQM-INP-008"

    def within(self, values, low, high):
        bad = self.outside(values, low, high)
        if bad.any():
            raise Refused(f"the value {values[bad].flat[0]} is wrong")
        return values


class HidesTheValue(Plain):
    """Refuses an input but does not say which value was out of bounds."""

    breaks = "RMQM-INP-008"

    def within(self, values, low, high):
        if self.outside(values, low, high).any():
            raise Refused(f"an input leaves [{low}, {high}]")
        return values


class KeepsChannelsLast(Plain):
    """Alters images in the layout of their files."""

    breaks = "RMQM-INP-009"

    def channels_first(self, image):
        return image


class ReversesChannels(Plain):
    """Puts blue first, as OpenCV does."""

    breaks = "RMQM-INP-009"

    def channels_first(self, image):
        return super().channels_first(image)[::-1]


class SwapsRowsAndColumns(Plain):
    """Transposes all axes, so that columns come before rows."""

    breaks = "RMQM-INP-009"

    def channels_first(self, image):
        return image.transpose()


class ForgetsLastLineFeedOfSet(Plain):
    """Joins the ids by line feeds, which leaves none at the end."""

    breaks = "RMQM-INP-010"

    def digest(self, names):
        return hashlib.sha256("\n".join(names).encode()).hexdigest()


class DigestsOrderOfArrival(Plain):
    """Orders the results but names the set by its ids as they came."""

    breaks = "RMQM-INP-010"

    def name_inputs(self, *, ids):
        return {"ids": self.distinct(ids), "digest": self.digest(list(dict.fromkeys(ids)))}


class DigestsDuplicates(Plain):
    """Names the set by all ids, the copies among them."""

    breaks = "RMQM-INP-010"

    def name_inputs(self, *, ids):
        return {"ids": self.distinct(ids), "digest": self.digest(sorted(ids))}


class WritesUpperCaseDigest(Plain):
    """Writes the name of the set in capitals."""

    breaks = "RMQM-INP-010"

    def digest(self, names):
        return super().digest(names).upper()


class AcceptsInvertedBounds(Plain):
    """Checks that bounds are finite but not which is lower."""

    breaks = "RMQM-INP-001"

    def check_bounds(self, low, high):
        if not (math.isfinite(low) and math.isfinite(high)):
            raise Refused("bounds must be finite")

    def within(self, values, low, high):
        return super().within(values, min(low, high), max(low, high))


class AcceptsEqualBounds(Plain):
    """Compares the bounds by <= instead of <."""

    breaks = "RMQM-INP-001"

    def check_bounds(self, low, high):
        if low != high:
            super().check_bounds(low, high)


class AcceptsInfiniteBounds(Plain):
    """Takes infinity for the bound of values that have none."""

    breaks = "RMQM-INP-001"

    def check_bounds(self, low, high):
        if not low < high:
            raise Refused(f"bounds [{low}, {high}] are inverted")


class AcceptsBoundsThatAreNoNumbers(Plain):
    """Refuses what compares wrongly; a NaN compares neither rightly nor wrongly."""

    breaks = "RMQM-INP-001"

    def check_bounds(self, low, high):
        if low >= high or math.inf in {-low, high}:
            raise Refused(f"bounds [{low}, {high}] are not finite with low < high")

    def outside(self, values, low, high):
        return (values < low) | (values > high) | np.isnan(values)


class AcceptsOtherBoundsOfImages(Plain):
    """Lets an image declare bounds of its own."""

    breaks = "RMQM-INP-001"

    def check_image(self, image, low, high):
        super().check_image(image, 0.0, 1.0)
