"""Known mistakes of the value map and of pooling: RMQM-ALT-008 and RMQM-ENC-006."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.changes import parts
from rmqm_conformance.mistakes.known import Answering, Table, changed, same_bits, same_numbers, within

__all__ = ["TABLES", "Mapping"]

Array = npt.NDArray[Any]


class Mapping:
    """From altered inputs to what a network takes."""

    def map_values(
        self, inputs: Array, scale: float, means: Array, stds: Array, dtype: str
    ) -> dict[str, Any]:
        """Return the results of `map_values`."""
        self.dtype = dtype
        shape = (-1, *[1] * (inputs.ndim - 2))
        x, mean, std = self.taken(inputs), self.each(means, inputs), self.each(stds, inputs)
        values = self.mapped(x, scale, mean.reshape(shape), std.reshape(shape))
        return {"values": self.cast(values)}

    def taken(self, inputs: Array) -> Array:
        return inputs

    def each(self, statistics: Array, inputs: Array) -> Array:
        return np.broadcast_to(statistics, inputs.shape[1])

    def mapped(self, x: Array, scale: float, mean: Array, std: Array) -> Array:
        a, b = self.rounded(scale / std), self.rounded(-mean / std)
        return x if self.nothing(a, b) else self.sum(x, a, b)

    def nothing(self, a: Array, b: Array) -> bool:
        return bool((a == 1).all() and (b == 0).all())

    def sum(self, x: Array, a: Array, b: Array) -> Array:
        return x * a + b

    def rounded(self, constant: Array) -> Array:
        return constant if self.dtype == "float64" else constant.astype(np.float32)

    def cast(self, values: Array) -> Array:
        if self.dtype == "uint8":
            values = self.clipped(self.nearest(values))
        return values.astype(self.dtype)

    def nearest(self, values: Array) -> Array:
        return np.rint(values)

    def clipped(self, values: Array) -> Array:
        return np.clip(values, 0, 255)


def _in_double(m: Any, x: Array, scale: float, mean: Array, std: Array) -> Array:
    return np.asarray(x.astype(np.float64) * (scale / std) + -mean / std)


def _in_order(m: Any, x: Array, scale: float, mean: Array, std: Array) -> Array:
    scale, mean, std = m.rounded(np.float64(scale)), m.rounded(mean), m.rounded(std)
    return np.asarray((scale * x - mean) / std)


def _constants_first(m: Any, x: Array, scale: float, mean: Array, std: Array) -> Array:
    mean, std = (values.astype(np.float32) for values in (mean, std))
    return np.asarray(x * m.rounded(np.float32(scale) / std) + m.rounded(-mean / std))


def _fused(m: Any, x: Array, a: Array, b: Array) -> Array:
    exact = np.longdouble(x) * np.longdouble(a) + np.longdouble(b)
    return np.asarray(exact.astype(np.result_type(x, a)))


def _toward_zero(m: Any, values: Array) -> Array:
    cast = Mapping.cast(m, values)
    if cast.dtype != np.float16:
        return cast
    away = np.abs(cast.astype(values.dtype)) > np.abs(values)
    return np.where(away, np.nextafter(cast, np.float16(0)), cast)


def _half(m: Any, x: Array, a: Array, b: Array) -> Array:
    if m.dtype != "float16":
        return x * a + b
    return np.asarray(x.astype("<f2") * a.astype("<f2") + b.astype("<f2"))


VALUES: dict[str, dict[str, Any]] = {
    "computes (scale x - mean) / std in the order in which it is written": parts(mapped=_in_order),
    "computes in float64 and rounds once, at the end": parts(
        mapped=lambda m, x, scale, mean, std: _in_double(m, x, scale, mean, std)
    ),
    "rounds mean and std to float32 before the division": parts(mapped=_constants_first),
    "rounds once after product and sum (a fused multiply-add)": parts(sum=_fused),
    "takes the mean in units before the scale": parts(
        mapped=lambda m, x, scale, mean, std: Mapping.mapped(m, x, scale, scale * mean, std)
    ),
    "leaves the scale out": parts(
        mapped=lambda m, x, scale, mean, std: Mapping.mapped(m, x, 1.0, mean, std)
    ),
    "leaves the mean out": parts(
        mapped=lambda m, x, scale, mean, std: Mapping.mapped(m, x, scale, 0 * mean, std)
    ),
    "leaves the standard deviation out": parts(
        mapped=lambda m, x, scale, mean, std: Mapping.mapped(m, x, scale, mean, std / std)
    ),
    "takes the variance for the standard deviation": parts(
        mapped=lambda m, x, scale, mean, std: Mapping.mapped(m, x, scale, mean, std**2)
    ),
    "applies the statistics to the channels in reversed order": parts(
        each=lambda m, statistics, inputs: Mapping.each(m, statistics, inputs)[::-1]
    ),
    "applies the statistics of the first channel to all": parts(
        each=lambda m, statistics, inputs: Mapping.each(m, statistics[:1], inputs)
    ),
    "keeps the statistics of four channels alone": parts(
        each=lambda m, statistics, inputs: Mapping.each(m, statistics, inputs)[
            np.minimum(np.arange(inputs.shape[1]), 3)
        ]
    ),
    "rounds the constants to float32 for a network of float64, too": parts(
        rounded=lambda m, constant: constant.astype(np.float32).astype(constant.dtype)
        if m.dtype == "float64"
        else constant.astype(np.float32)
    ),
    "rounds the constants to float32 for a network of float64, and computes in it": parts(
        rounded=lambda m, constant: constant.astype(np.float32)
    ),
    "rounds inputs of float64 to float32 before the product": parts(
        taken=lambda m, inputs: inputs.astype(np.float32)
    ),
    "cuts values off for bytes instead of rounding them": parts(
        nearest=lambda m, values: np.floor(values)
    ),
    "truncates values for bytes instead of rounding them": parts(
        nearest=lambda m, values: np.trunc(values)
    ),
    "rounds halves up instead of to the even number": parts(
        nearest=lambda m, values: np.floor(values + 0.5)
    ),
    "wraps bytes around instead of clipping them": parts(
        clipped=lambda m, values: np.mod(values, 256)
    ),
    "computes in half precision": parts(sum=_half),
    "rounds to half precision towards zero": parts(cast=_toward_zero),
    "applies the identity, too, which turns -0.0 into 0.0": parts(nothing=lambda m, a, b: False),
    "leaves values as they are where the map of the first channel changes nothing": parts(
        nothing=lambda m, a, b: bool(a.flat[0] == 1 and b.flat[0] == 0)
    ),
    "clips mapped values to the largest number of float16": parts(
        cast=lambda m, values: Mapping.cast(m, np.clip(values, -65504, 65504))
        if m.dtype == "float16"
        else Mapping.cast(m, values)
    ),
}


def _pool(output: Array, how: str) -> dict[str, Any]:
    if how == "flatten":
        return {"encodings": output.reshape(len(output), -1)}
    if how == "mean":
        return {"encodings": output.mean(1 if output.ndim == 3 else (2, 3))}
    if how == "cls" and output.ndim == 3:
        return {"encodings": output[:, 0]}
    raise ValueError("no such pooling")


def _pools(**by_name: Any) -> Answering:
    """Return a pooling some of whose ways are replaced."""

    def pool(output: Array, how: str) -> dict[str, Any]:
        instead = by_name.get(f"{how}_{output.ndim}") or by_name.get(how)
        return {"encodings": instead(output)} if instead else _pool(output, how)

    return pool


POOLING: dict[str, Answering] = {
    "flattens in the order of Fortran": _pools(
        flatten=lambda z: np.stack([row.ravel(order="F") for row in z])
    ),
    "takes the last token instead of the first": _pools(cls=lambda z: z[:, -1]),
    "averages over the last axis": _pools(
        mean=lambda z: z.mean(-1).reshape(len(z), -1)
    ),
    "averages over the last axis alone": _pools(mean_3=lambda z: z.mean(-1)),
    "leaves the first token out of the mean": _pools(mean_3=lambda z: z[:, 1:].mean(1)),
    "averages over the batch instead of the tokens": _pools(
        mean=lambda z: z.mean(0).reshape(z.shape[1], -1)
    ),
    "averages over the batch": _pools(mean=lambda z: z.mean(0)),
    "averages feature maps as if channels came last": _pools(mean_4=lambda z: z.mean((1, 2))),
    "averages feature maps over the rows alone": _pools(
        mean_4=lambda z: z.mean(2).reshape(len(z), -1)
    ),
    "averages feature maps over the columns alone": _pools(
        mean_4=lambda z: z.mean(3).reshape(len(z), -1)
    ),
    "takes the maximum for the mean": _pools(
        mean=lambda z: z.max(1 if z.ndim == 3 else (2, 3))
    ),
    "takes the sum for the mean": _pools(mean=lambda z: z.sum(1 if z.ndim == 3 else (2, 3))),
    "averages the first 128 tokens alone": _pools(mean_3=lambda z: z[:, :128].mean(1)),
    "takes the mean for every pooling": _pools(
        cls=lambda z: z.mean(1), flatten=lambda z: z.mean(1)
    ),
}

TABLES = (
    Table(
        operation="map_values",
        right=changed(Mapping, "map_values"),
        same=same_bits,
        mistakes={words: changed(Mapping, "map_values", **made) for words, made in VALUES.items()},
        fits=within(200_000),
    ),
    Table(
        operation="pool", right=_pool, same=same_numbers, mistakes=POOLING, fits=within(200_000)
    ),
)
