"""Pools: what each window took goes back to where it came from."""

from __future__ import annotations

from math import prod

import numpy as np

from rmqm_onnx.gradients.rules.windows import Windows, scatter, windows
from rmqm_onnx.gradients.shapes import count
from rmqm_onnx.gradients.step import INT64, NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor
from rmqm_spec.arrays import AnyArray

TINY = float(np.finfo(np.float32).tiny)


@rule("MaxPool")
def max_pool(s: Step) -> Gradients:
    """Add each cotangent to the place of its maximum, which the pool itself names."""
    if s.integer("storage_order", 0):
        _count_by_rows(s)
    places = s.extra_output(1, s.y.shape, INT64)
    zeros = s.tape.flat_zeros(s.x, s.g.type)
    n_values = count(s.y.shape)
    return zeros.op(
        "ScatterND",
        places.reshape([n_values, 1]),
        s.g.reshape([n_values]),
        shape=zeros.shape,
        reduction="add",
    ).reshape_like(s.x)


def _count_by_rows(s: Step) -> None:
    """Count the places by rows; nothing else reads them."""
    if len(s.node.output) > 1 and s.node.output[1]:
        raise NoRuleError("it counts its places by columns")
    kept = [entry for entry in s.node.attribute if entry.name != "storage_order"]
    del s.node.attribute[:]
    s.node.attribute.extend(kept)


@rule("MaxUnpool")
def max_unpool(s: Step) -> Gradients:
    """Read from the places to which the values were put."""
    n_values = count(s.y.shape)
    return s.g.reshape([n_values]).op("Gather", s.input(1), shape=s.x.shape, axis=0)


@rule("AveragePool")
def average_pool(s: Step) -> Gradients:
    """Divide by the number of values in each window, then give every value its share."""
    w = windows(s, s.integers("kernel_shape") or [])
    with_pads = bool(s.integer("count_include_pad", 0))
    g = s.g * s.tape.constant(1 / _counts(w, with_pads), s.x.type)
    plain = not any([*w.begin, *w.end]) and set(w.dilations) == {1} and w.strides == w.kernel
    if plain and w.input == [o * k for o, k in zip(w.output, w.strides, strict=True)]:
        scales = s.tape.constant(np.array([1, 1, *w.strides], dtype=np.float32))
        return g.op(
            "Resize",
            None,
            scales,
            shape=s.x.shape,
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
    return _spread(s, g, w)


@rule("LpPool")
def lp_pool(s: Step) -> Gradients:
    """Differentiate y = (sum |x|^p)^(1/p), whose derivative is sign(x) (|x| / y)^(p - 1)."""
    w = windows(s, s.integers("kernel_shape") or [])
    p = s.integer("p", 2)
    return _lp_slope(s.x, p) * _spread(s, s.g * _inverse(s.y, p), w)


@rule("GlobalLpPool")
def global_lp_pool(s: Step) -> Gradients:
    """Take the whole input as a single window."""
    p = s.integer("p", 2)
    return _lp_slope(s.x, p) * (s.g * _inverse(s.y, p))


@rule("GlobalAveragePool")
def global_average_pool(s: Step) -> Gradients:
    """Give every position its share."""
    n_positions = prod(s.fixed(s.x.shape[2:], "height or width"))
    return (s.g * (1 / n_positions)).expand_like(s.x)


@rule("GlobalMaxPool")
def global_max_pool(s: Step) -> Gradients:
    """Share among the places of the maximum."""
    mask = s.x.equals(s.y).cast(s.x.type)
    return mask * (s.g / mask.sum(range(2, len(s.x.shape))))


def _spread(s: Step, g: Tensor, w: Windows) -> Tensor:
    """Give every value of a window the window's cotangent, channel by channel."""
    alone = g.reshape([g.shape[0] * s.fixed(g.shape[1:2], "number of channels")[0], 1, *w.output])
    ones = s.tape.constant(np.ones([1, 1, *w.kernel]), s.x.type)
    return scatter(alone, ones, w, group=1, channels=1).reshape_like(s.x)


def _counts(w: Windows, with_pads: bool) -> AnyArray:
    """Return how many values each window averages."""
    counts = np.ones(())
    for axis in range(w.rank):
        starts = np.arange(w.output[axis])[:, None] * w.strides[axis] - w.begin[axis]
        places = starts + np.arange(w.kernel[axis]) * w.dilations[axis]
        inside = (places >= 0) & (places < w.input[axis])
        if with_pads:
            inside = places < w.input[axis] + w.end[axis]
        counts = np.multiply.outer(counts, inside.sum(axis=1))
    return counts


def _lp_slope(x: Tensor, p: int) -> Tensor:
    sign = x.map("Sign")
    return sign if p == 1 else sign * x.map("Abs").power(p - 1)


def _inverse(y: Tensor, p: int) -> Tensor | float:
    """Return y^(1 - p), finite at zero."""
    return 1.0 if p == 1 else y.at_least(TINY ** (1 / (2 * p))).power(1 - p)
