"""Reductions: the cotangent of a result is shared out among the values that made it."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from rmqm_onnx.gradients.shapes import count
from rmqm_onnx.gradients.step import INT64, NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor

TINY = float(np.finfo(np.float32).tiny)


@frozen
class Reduced:
    """The axes, and result and cotangent with the reduced axes kept at length 1."""

    axes: list[int]
    y: Tensor
    g: Tensor


def reduced(s: Step) -> Reduced:
    """Read a reduction off its attributes and inputs, old and new."""
    rank = len(s.x.shape)
    axes = s.integers("axes") or (s.known(1, "axes") if s.has(1) else [])
    axes = sorted(axis % rank for axis in axes)
    if not axes and s.integer("noop_with_empty_axes", 0):
        return Reduced([], s.y, s.g)
    axes = axes or list(range(rank))
    if s.integer("keepdims", 1):
        return Reduced(axes, s.y, s.g)
    return Reduced(axes, s.y.unsqueeze(axes), s.g.unsqueeze(axes))


@rule("ReduceSum")
def reduce_sum(s: Step) -> Gradients:
    """Differentiate y = sum x."""
    return reduced(s).g.expand_like(s.x)


@rule("ReduceMean")
def reduce_mean(s: Step) -> Gradients:
    """Differentiate y = sum x / n."""
    r = reduced(s)
    return (r.g / _count(s, r.axes)).expand_like(s.x)


@rule("ReduceSumSquare")
def reduce_sum_square(s: Step) -> Gradients:
    """Differentiate y = sum x^2."""
    return s.x * (reduced(s).g * 2)


@rule("ReduceL1")
def reduce_l1(s: Step) -> Gradients:
    """Differentiate y = sum |x|."""
    return s.x.map("Sign") * reduced(s).g


@rule("ReduceL2")
def reduce_l2(s: Step) -> Gradients:
    """Differentiate y = sqrt(sum x^2), whose derivative is x / y; zero at the origin."""
    r = reduced(s)
    return s.x / r.y.at_least(TINY) * r.g


@rule("ReduceLogSum")
def reduce_log_sum(s: Step) -> Gradients:
    """Differentiate y = log(sum x)."""
    r = reduced(s)
    return (r.g * (-r.y).map("Exp")).expand_like(s.x)


@rule("ReduceLogSumExp")
def reduce_log_sum_exp(s: Step) -> Gradients:
    """Differentiate y = log(sum exp(x)), whose derivative is exp(x - y)."""
    r = reduced(s)
    return (s.x - r.y).map("Exp") * r.g


@rule("ReduceMax", "ReduceMin")
def reduce_extreme(s: Step) -> Gradients:
    """Share among the places of the extreme."""
    r = reduced(s)
    mask = s.x.equals(r.y).cast(s.x.type)
    return mask * (r.g / mask.sum(r.axes))


@rule("ReduceProd")
def reduce_prod(s: Step) -> Gradients:
    """Multiply the others; with one zero only that place moves, with two zeros none."""
    r = reduced(s)
    if not r.axes:
        return r.g
    zero = s.x.equals(0).cast(s.x.type)
    filled = s.x + zero
    product = filled.op("ReduceProd", s.tape.numbers(r.axes), shape=r.y.shape, keepdims=1)
    moves = zero.equals(zero.sum(r.axes))
    return r.g * product / filled * moves


@rule("CumSum")
def cum_sum(s: Step) -> Gradients:
    """Add up from the other end."""
    return s.g.op(
        "CumSum",
        s.input(1),
        shape=s.x.shape,
        exclusive=s.integer("exclusive", 0),
        reverse=1 - s.integer("reverse", 0),
    )


@rule("CumProd")
def cum_prod(s: Step) -> Gradients:
    """
    Multiply the others: y_k / x_i, summed over the places k that i reaches.

    With one zero before k only that place moves, with two none; so zeros count as 1 in the
    products, and places are told apart by how many zeros they have before them.
    """
    order = {name: s.integer(name, 0) for name in ("exclusive", "reverse")}
    zero = s.x.equals(0).cast(s.x.type)
    filled = s.x + zero
    product = filled.op("CumProd", s.input(1), shape=s.x.shape, **order)
    n_zeros = zero.op("CumSum", s.input(1), shape=s.x.shape, **order)
    order["reverse"] = 1 - order["reverse"]
    weighted = s.g * product
    without, with_one = (
        (weighted * n_zeros.equals(n)).op("CumSum", s.input(1), shape=s.x.shape, **order)
        for n in (0, 1)
    )
    return (without * (1 - zero) + with_one * zero) / filled


def _count(s: Step, axes: list[int]) -> Tensor | float:
    """Return how many values make one result, also where that is the batch."""
    lengths = [s.x.shape[axis] for axis in axes]
    try:
        n_values = count(lengths)
    except ValueError:
        raise NoRuleError("it reduces several axes that depend on the batch") from None
    if isinstance(n_values, int):
        return float(n_values)
    chosen = s.tape.shape_of(s.x).op("Gather", s.tape.numbers(axes), shape=(len(axes),), of=INT64)
    return chosen.op("ReduceProd", shape=(), of=INT64, keepdims=0).cast(s.x.type)
