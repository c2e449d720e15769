"""Operators that move values without changing them: the gradient moves back."""

from __future__ import annotations

import numpy as np

from rmqm_onnx.gradients.shapes import Length, fixed, is_fixed
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule, zero
from rmqm_onnx.gradients.tensor import Tensor

zero(["Shape", "Size", "Constant", "ConstantOfShape", "EyeLike", "NonZero"])
zero(["RandomNormalLike", "RandomUniformLike", "RandomNormal", "RandomUniform", "Bernoulli"])


@rule("Reshape", "Flatten", "Squeeze", "Unsqueeze")
def reshape(s: Step) -> Gradients:
    """Give back the old shape."""
    return s.g.reshape_like(s.x)


@rule("Transpose")
def transpose(s: Step) -> Gradients:
    """Order the axes back."""
    perm = s.integers("perm") or list(range(len(s.x.shape)))[::-1]
    return s.g.transpose([int(k) for k in np.argsort(perm)])


@rule("Concat")
def concat(s: Step) -> Gradients:
    """Cut apart."""
    axis = s.axis(0, of=s.y)
    tensors = [s.input(k) for k in range(s.n_inputs)]
    lengths = [tensor.shape[axis] for tensor in tensors]
    if s.n_inputs == 1:
        return s.g
    if all(s.wants(k) for k in range(s.n_inputs)) or not is_fixed(lengths):
        outputs = [(tensor.shape, tensor.type) for tensor in tensors]
        parts = s.tape.emit("Split", s.g, _sizes(s, tensors, axis), outputs=outputs, axis=axis)
        return dict(enumerate(parts))
    ends = np.cumsum([0, *fixed(lengths)]).tolist()
    wanted = [k for k in range(s.n_inputs) if s.wants(k)]
    return {k: s.g.slice(axis, ends[k], ends[k + 1]) for k in wanted}


def _sizes(s: Step, tensors: list[Tensor], axis: int) -> Tensor:
    """Return the lengths of an axis, as a constant if none depends on the batch."""
    lengths = [tensor.shape[axis] for tensor in tensors]
    if is_fixed(lengths):
        return s.tape.numbers(fixed(lengths))
    first, *rest = (s.tape.shape_of(tensor).slice(0, axis, axis + 1) for tensor in tensors)
    return first.op("Concat", *rest, shape=(len(tensors),), axis=0)


@rule("Split")
def split(s: Step) -> Gradients:
    """Put together; a part that nothing depends on is zero."""
    parts: list[Tensor] = []
    for name, g in zip(s.node.output, s.cotangents, strict=True):
        if not name:
            raise NoRuleError("an output of it has no name")
        parts.append(g or s.tape.zeros(s.tape.tensors[name]))
    return parts[0].op("Concat", *parts[1:], shape=s.x.shape, axis=s.axis(0))


@rule("Tile")
def tile(s: Step) -> Gradients:
    """Add up the copies; exporters compute the number of copies from shapes."""
    if all(old in (1, new) for old, new in zip(s.x.shape, s.y.shape, strict=True)):
        return s.g.sum_to(s.x)
    if s.value(1) is None:
        repeats = [_times(s, *lengths) for lengths in zip(s.x.shape, s.y.shape, strict=True)]
    else:
        repeats = s.known(1, "repeats")
    pairs = zip(repeats, s.x.shape, strict=True)
    halves = [length for times, old in pairs for length in (times, old)]
    return s.g.reshape(halves).sum(range(0, len(halves), 2), keepdims=False)


def _times(s: Step, old: Length, new: Length) -> int:
    if old == new:
        return 1
    before, after = s.fixed([old, new], "number of copies")
    return after // before


@rule("Trilu")
def trilu(s: Step) -> Gradients:
    """Take the same triangle."""
    diagonal = s.input(1) if s.has(1) else None
    return s.g.op("Trilu", diagonal, shape=s.x.shape, upper=s.integer("upper", 1))


@rule("OneHot")
def one_hot(s: Step) -> Gradients:
    """Give nothing to the places, which are whole; the values must not move."""
    return {0: s.tape.zeros(s.x)}


@rule("Range")
def range_(s: Step) -> Gradients:
    """Refuse bounds that move: how many values there are would move with them."""
    for k, what in enumerate(("start", "limit", "step")):
        s.fixed_input(k, what)
    return {}


@rule("SpaceToDepth")
def space_to_depth(s: Step) -> Gradients:
    """Move depth back to space."""
    size, mode = s.integer("blocksize", 1), s.text("mode", "DCR")
    return s.g.op("DepthToSpace", shape=s.x.shape, blocksize=size, mode=mode)


@rule("DepthToSpace")
def depth_to_space(s: Step) -> Gradients:
    """Move space back to depth; the order CRD has no operator of its own."""
    size = s.integer("blocksize", 1)
    if s.text("mode", "DCR") == "DCR":
        return s.g.op("SpaceToDepth", shape=s.x.shape, blocksize=size)
    batch, channels, height, width = s.x.shape
    depth = s.fixed([channels], "number of channels")[0] // size**2
    blocks = s.g.reshape([batch, depth, height, size, width, size])
    return blocks.transpose([0, 1, 3, 5, 2, 4]).reshape_like(s.x)


@rule("ReverseSequence")
def reverse_sequence(s: Step) -> Gradients:
    """Reverse again."""
    axes = {"batch_axis": s.integer("batch_axis", 1), "time_axis": s.integer("time_axis", 0)}
    return s.g.op("ReverseSequence", s.input(1), shape=s.x.shape, **axes)
