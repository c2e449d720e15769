"""Operators that take some values: the gradient puts them back, with zeros for the others."""

from __future__ import annotations

import numpy as np

from rmqm_onnx.gradients.step import INT64, Step
from rmqm_onnx.gradients.table import Gradients, rule, zero
from rmqm_onnx.gradients.tensor import Tensor

zero(["ArgMax", "ArgMin"])


@rule("Slice")
def slice_(s: Step) -> Gradients:
    """
    Put zeros around the values, and between them if the step is longer than 1.

    Where an axis begins, its step and how many values are left say what was taken: ends, which
    exporters compute from shapes, are not needed. What is left is read off from positions.
    """
    if 0 in s.y.shape:
        return s.tape.zeros(s.x)
    rank = len(s.x.shape)
    n_axes = s.fixed(s.input(1).shape, "number of axes")[0]
    axes = [axis % rank for axis in (s.known(3, "axes") if s.has(3) else range(n_axes))]
    steps = s.known(4, "steps") if s.has(4) else [1] * n_axes
    starts = s.value(1)
    g, moving = s.g, []
    for k, (axis, step) in enumerate(zip(axes, steps, strict=True)):
        old, new = s.x.shape[axis], s.y.shape[axis]
        if step == 1 and old == new:
            continue
        if starts is not None and isinstance(old, int) and isinstance(new, int):
            first = range(old)[int(starts[k]) :: step].start
            g = _put_back(g, axis, old, range(first, first + new * step, step))
        else:
            moving.append((k, axis))
    return _at_positions(s, g, moving)


def _put_back(g: Tensor, axis: int, length: int, places: range) -> Tensor:
    step = places.step
    if step < 0:
        g, places, step = g.flip(axis), places[::-1], -step
    if step > 1 and len(places) > 1:
        apart = g.unsqueeze([axis + 1]).pad({axis + 1: (0, step - 1)})
        shape = list(g.shape)
        shape[axis] = len(places) * step
        g = apart.reshape(shape)
    width = len(places) * step if step > 1 and len(places) > 1 else len(places)
    return g.pad({axis: (places[0], length - places[0] - width)})


def _at_positions(s: Step, g: Tensor, moving: list[tuple[int, int]]) -> Tensor:
    """Undo a cut whose bounds or lengths change: the same cut of 0, 1, 2, .. gives the places."""
    whole, uncut = s.x, []
    for k, axis in moving:
        uncut.append(whole)
        shape = (*whole.shape[:axis], s.y.shape[axis], *whole.shape[axis + 1 :])
        whole = whole.op("Slice", *_bounds(s, k, axis), shape=shape)
    for (k, axis), like in zip(reversed(moving), reversed(uncut), strict=True):
        limit = s.tape.shape_of(like).op("Gather", s.tape.constant(axis, INT64), shape=())
        zero, one = s.tape.constant(0, INT64), s.tape.constant(1, INT64)
        every = zero.op("Range", limit, one, shape=(like.shape[axis],))
        places = every.op("Slice", *_bounds(s, k, 0), shape=(g.shape[axis],))
        g = _placed(like, axis, places, g)
    return g


def _bounds(s: Step, k: int, axis: int) -> list[Tensor]:
    """Return start, end, axis and step of the k-th axis that is cut."""
    start, end = (s.input(i).slice(0, k, k + 1) for i in (1, 2))
    step = s.input(4).slice(0, k, k + 1) if s.has(4) else s.tape.numbers([1])
    return [start, end, s.tape.numbers([axis]).cast(start.type), step]


@rule("Gather")
def gather(s: Step) -> Gradients:
    """Avoid a scatter if the indices are known: it is slow in ONNX Runtime."""
    axis = s.axis(0)
    length = s.x.shape[axis]
    indices = s.value(1)
    if indices is None or not isinstance(length, int):
        return _scatter(s, axis)
    places = [int(index) % length for index in indices.reshape(-1)]
    if not places:
        return s.tape.zeros(s.x)
    g = s.g.reshape([*s.x.shape[:axis], len(places), *s.x.shape[axis + 1 :]])
    if places == list(range(places[0], places[0] + len(places))):
        return g.pad({axis: (places[0], length - places[0] - len(places))})
    if len(set(places)) == len(places):
        back = np.full(length, len(places), dtype=np.int64)
        back[places] = np.arange(len(places))
        padded = g.pad({axis: (0, int(len(places) < length))})
        return padded.op("Gather", s.tape.constant(back), shape=s.x.shape, axis=axis)
    return g.along(axis, np.array(places)[None] == np.arange(length)[:, None])


def _scatter(s: Step, axis: int) -> Tensor:
    """Add to the places that are computed while it runs."""
    return _placed(s.x, axis, s.input(1), s.g)


def _placed(like: Tensor, axis: int, places: Tensor, g: Tensor) -> Tensor:
    """Add to zeros, at places along an axis; for that the axis is brought to the front."""
    n = len(places.shape)
    front = [axis, *(k for k in range(len(like.shape)) if k != axis)]
    zeros = like.tape.zeros(like).transpose(front)
    moved = [*range(axis, axis + n), *range(axis), *range(axis + n, len(g.shape))]
    at = places.cast(INT64).unsqueeze([n])
    added = zeros.op("ScatterND", at, g.transpose(moved), shape=zeros.shape, reduction="add")
    return added.transpose([int(k) for k in np.argsort(front)])


@rule("GatherElements")
def gather_elements(s: Step) -> Gradients:
    """Add to the places that were taken."""
    axis = s.axis(0)
    return s.tape.zeros(s.x).op(
        "ScatterElements", s.input(1), s.g, shape=s.x.shape, axis=axis, reduction="add"
    )


@rule("GatherND")
def gather_nd(s: Step) -> Gradients:
    """Add to the places that were taken; with batch axes their own index goes in front."""
    indices = _with_batch_index(s, s.integer("batch_dims", 0))
    return s.tape.zeros(s.x).op("ScatterND", indices, s.g, shape=s.x.shape, reduction="add")


def _with_batch_index(s: Step, n_axes: int) -> Tensor:
    indices = s.input(1)
    last = len(indices.shape) - 1
    column = (*indices.shape[:last], 1)
    parts = [indices]
    for axis in reversed(range(n_axes)):
        ones = s.tape.zeros(indices.slice(last, 0, 1)) + s.tape.constant(1, INT64)
        places = s.tape.constant(np.int64(axis))
        parts.insert(0, ones.op("CumSum", places, shape=column, exclusive=1))
    if n_axes == 0:
        return indices
    shape = (*indices.shape[:last], n_axes + s.fixed(indices.shape[last:], "rank")[0])
    return parts[0].op("Concat", *parts[1:], shape=shape, axis=last)


@rule("TopK")
def top_k(s: Step) -> Gradients:
    """Put the values back to the places that the second output names."""
    places = s.extra_output(1, s.y.shape, INT64)
    axis = s.axis(-1)
    return s.tape.zeros(s.x).op("ScatterElements", places, s.g, shape=s.x.shape, axis=axis)
