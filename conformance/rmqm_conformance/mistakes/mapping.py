"""Known mistakes of the value map: RMQM-ALT-008."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.known import (
    Table,
    changed,
    parts,
    same_bits,
    within,
)
from rmqm_conformance.mistakes.valuing import Valuing

__all__ = ["TABLES"]

Array = npt.NDArray[Any]


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
    cast = Valuing.cast(m, values)
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
        mapped=lambda m, x, scale, mean, std: Valuing.mapped(m, x, scale, scale * mean, std)
    ),
    "leaves the scale out": parts(
        mapped=lambda m, x, scale, mean, std: Valuing.mapped(m, x, 1.0, mean, std)
    ),
    "leaves the mean out": parts(
        mapped=lambda m, x, scale, mean, std: Valuing.mapped(m, x, scale, 0 * mean, std)
    ),
    "leaves the standard deviation out": parts(
        mapped=lambda m, x, scale, mean, std: Valuing.mapped(m, x, scale, mean, std / std)
    ),
    "takes the variance for the standard deviation": parts(
        mapped=lambda m, x, scale, mean, std: Valuing.mapped(m, x, scale, mean, std**2)
    ),
    "applies the statistics to the channels in reversed order": parts(
        each=lambda m, statistics, inputs: Valuing.each(m, statistics, inputs)[::-1]
    ),
    "applies the statistics of the first channel to all": parts(
        each=lambda m, statistics, inputs: Valuing.each(m, statistics[:1], inputs)
    ),
    "keeps the statistics of four channels alone": parts(
        each=lambda m, statistics, inputs: Valuing.each(m, statistics, inputs)[
            np.minimum(np.arange(inputs.shape[1]), 3)
        ]
    ),
    "rounds the constants to float32 for a network of float64, too": parts(
        rounded=lambda m, constant: (
            constant.astype(np.float32).astype(constant.dtype)
            if m.dtype == "float64"
            else constant.astype(np.float32)
        )
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
        cast=lambda m, values: (
            Valuing.cast(m, np.clip(values, -65504, 65504))
            if m.dtype == "float16"
            else Valuing.cast(m, values)
        )
    ),
}


TABLES = (
    Table(
        operation="map_values",
        right=changed(Valuing, "map_values"),
        same=same_bits,
        mistakes={words: changed(Valuing, "map_values", **made) for words, made in VALUES.items()},
        fits=within(200_000),
    ),
)
