"""Chapter 1 of the specification: inputs and their names."""

from __future__ import annotations

import hashlib
import math

import numpy as np


class Refused(ValueError):  # noqa: N818
    """What the specification tells an implementation to refuse."""


class Inputs:
    """Capability `inputs`."""

    def content_id(self, *, input):  # noqa: A002
        return {"id": self.id_of(np.asarray(input))}

    def id_of(self, array):
        if array.dtype.kind not in "uifb":
            raise Refused(f"type {array.dtype} is not real")
        return hashlib.sha256(self.header(array).encode("ascii") + self.content(array)).hexdigest()

    def header(self, array):
        return f"rmqm-input/1 {self.type_text(array)} {self.shape_text(array)}\n"

    def type_text(self, array):
        return f"{array.dtype.kind}{array.dtype.itemsize}"

    def shape_text(self, array):
        return "x".join(map(str, array.shape))

    def content(self, array):
        return array.astype(array.dtype.newbyteorder("<")).tobytes(order="C")

    def prepare(self, *, input, kind, low, high):  # noqa: A002
        given = np.asarray(input)
        self.check_bounds(low, high)
        if kind == "image":
            self.check_image(given, low, high)
            values = self.channels_first(self.image_values(given, low, high))
        elif kind == "array":
            values = self.array_values(self.within(given, low, high))
        else:
            raise Refused(f"kind {kind!r} is neither image nor array")
        return {"id": self.id_to_give(given, values), "values": values}

    def id_to_give(self, given, values):
        return self.id_of(given)

    def check_bounds(self, low, high):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise Refused(f"bounds [{low}, {high}] are not finite with low < high")

    def check_image(self, image, low, high):
        if (low, high) != (0.0, 1.0):
            raise Refused(f"bounds [{low}, {high}] of an image are not [0, 1]")
        if image.ndim != 3 or image.shape[-1] not in {1, 3}:
            raise Refused(f"shape {image.shape} is not (H, W, 1) or (H, W, 3)")
        if image.dtype.kind != "f" and image.dtype != np.uint8:
            raise Refused(f"type {image.dtype} is not that of an image")

    def image_values(self, image, low, high):
        if image.dtype == np.uint8:
            return self.divided(image)
        return self.within(image, low, high).astype(np.float32)

    def divided(self, image):
        return image.astype(np.float32) / np.float32(255)

    def channels_first(self, image):
        return np.ascontiguousarray(image.transpose(2, 0, 1))

    def array_values(self, array):
        keep = array.dtype.kind == "f" and array.dtype.itemsize in {4, 8}
        return array.astype(array.dtype.newbyteorder("=") if keep else np.float64)

    def within(self, values, low, high):
        own = values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)
        bad = self.outside(values.astype(own), own.type(low), own.type(high))
        if bad.any():
            raise Refused(self.words_outside(values[bad].flat[0], low, high))
        return values

    def words_outside(self, value, low, high):
        return f"value {value} is not within the bounds [{low}, {high}]"

    def outside(self, values, low, high):
        return ~((values >= low) & (values <= high))

    def name_inputs(self, *, ids):
        names = self.distinct(ids)
        return {"ids": names, "digest": self.digest(names)}

    def distinct(self, ids):
        return sorted(set(ids))

    def digest(self, names):
        return hashlib.sha256("".join(f"{name}\n" for name in names).encode()).hexdigest()
