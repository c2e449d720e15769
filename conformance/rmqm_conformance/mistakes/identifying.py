"""Chapter 1 once more, in parts that a known mistake replaces."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Naming"]

Array = npt.NDArray[Any]


class Naming:
    """Ids, prepared values and sets of inputs."""

    def content_id(self, input: Array) -> dict[str, Any]:  # noqa: A002
        """Return the results of `content_id`."""
        return {"id": self.id(np.asarray(input))}

    def id(self, array: Array) -> str:
        text = self.header(array).encode() + self.content(array)
        return self.written(hashlib.sha256(text).hexdigest())

    def header(self, array: Array) -> str:
        return f"rmqm-input/1 {self.type(array)} {self.shape(array)}\n"

    def type(self, array: Array) -> str:
        return f"{array.dtype.kind}{array.dtype.itemsize}"

    def shape(self, array: Array) -> str:
        return "x".join(map(str, array.shape))

    def content(self, array: Array) -> bytes:
        return array.astype(array.dtype.newbyteorder("<")).tobytes()

    def written(self, digest: str) -> str:
        return digest

    def prepare(self, input: Array, kind: str, low: float, high: float) -> dict[str, Any]:  # noqa: A002
        """Return the results of `prepare`."""
        given = np.asarray(input)
        self.low, self.high = low, high
        values = self.first(self.image(given)) if kind == "image" else self.array(given)
        return {
            "id": self.name(given, values),
            "values": self.finished(np.ascontiguousarray(values)),
        }

    def finished(self, values: Array) -> Array:
        return values

    def name(self, given: Array, values: Array) -> str:
        return self.id(given)

    def image(self, image: Array) -> Array:
        if image.dtype == np.uint8:
            return self.divided(image)
        return image.astype(np.float32)

    def divided(self, image: Array) -> Array:
        return image.astype(np.float32) / np.float32(255)

    def first(self, image: Array) -> Array:
        return image.transpose(2, 0, 1)

    def array(self, array: Array) -> Array:
        keep = array.dtype.kind == "f" and array.dtype.itemsize in {4, 8}
        return array.astype(array.dtype.newbyteorder("=") if keep else np.float64)

    def name_inputs(self, ids: list[str]) -> dict[str, Any]:
        """Return the results of `name_inputs`."""
        return {"ids": self.order(ids), "digest": self.written(self.digest(self.listed(ids)))}

    def order(self, ids: list[str]) -> list[str]:
        return sorted(set(ids))

    def listed(self, ids: list[str]) -> list[str]:
        return self.order(ids)

    def digest(self, names: list[str]) -> str:
        return hashlib.sha256("".join(f"{name}\n" for name in names).encode()).hexdigest()
