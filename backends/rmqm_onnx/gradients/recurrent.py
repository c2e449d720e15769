"""Recurrent layers, written out step by step in the notation of the ONNX specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from attrs import frozen

from rmqm_onnx.gradients.activation_names import named_activations
from rmqm_onnx.gradients.cutting import of_direction, parts, stacked
from rmqm_onnx.gradients.step import INT64, NoRuleError, Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["MAX_STEPS", "gru", "lstm", "rnn"]

MAX_STEPS = 1024
"""Longer sequences are refused: every step becomes a dozen nodes."""


@frozen
class Direction:
    """
    One direction of a layer.

    Parameters
    ----------
    projected : list of (N, gates * H) Tensor
        x W^T and the bias of the input, by time.
    recurrent : (H, gates * H) Tensor
        R^T.
    bias : (gates * H,) Tensor or None
        The bias of the recurrence.
    functions : list of callable
        The activations.
    """

    projected: list[Tensor]
    recurrent: Tensor
    bias: Tensor | None
    functions: list[Callable[[Tensor], Tensor]]


Cell = Callable[[Direction, Tensor, list[Tensor], int], list[Tensor]]
"""From x W^T of a step and the states before it to those after; last the number of direction."""


def rnn(s: Step) -> Mapping[int, Tensor]:
    """Step by h' = f(x W + h R + b)."""

    def cell(way: Direction, x: Tensor, states: list[Tensor], _: int) -> list[Tensor]:
        (f,) = way.functions
        return [f(x + _moved(way, states[0]))]

    return _layer(s, cell, ["Tanh"], states=[5])


def gru(s: Step) -> Mapping[int, Tensor]:
    """Step by h' = (1 - z) n + z h; r gates h before or after the product with R."""

    def cell(way: Direction, x: Tensor, states: list[Tensor], _: int) -> list[Tensor]:
        f, g = way.functions
        (h,) = states
        xz, xr, xn = parts(x, 3)
        rz, rr, rn = parts(way.recurrent, 3)
        bz, br, bn = parts(way.bias, 3) if way.bias else (0.0, 0.0, 0.0)
        z, r = f(xz + (h.matmul(rz) + bz)), f(xr + (h.matmul(rr) + br))
        after = s.integer("linear_before_reset", 0)
        n = g(xn + (r * (h.matmul(rn) + bn) if after else (r * h).matmul(rn) + bn))
        return [(1 - z) * n + z * h]

    return _layer(s, cell, ["Sigmoid", "Tanh"], states=[5])


def lstm(s: Step) -> Mapping[int, Tensor]:
    """Step by c' = f c + i n, h' = o h(c'), the gates with peepholes at c and c'."""
    coupled = s.integer("input_forget", 0)

    def cell(way: Direction, x: Tensor, states: list[Tensor], k: int) -> list[Tensor]:
        f, g, h_of = way.functions
        h, c = states
        peephole = parts(of_direction(s.input(7), k), 3) if s.has(7) else None
        i, o, forget, n = parts(x + _moved(way, h), 4)
        if peephole:
            i, forget = i + c * peephole[0], forget + c * peephole[2]
        i = f(i)
        after = (1 - i if coupled else f(forget)) * c + i * g(n)
        return [f(o + after * peephole[1] if peephole else o) * h_of(after), after]

    return _layer(s, cell, ["Sigmoid", "Tanh", "Tanh"], states=[5, 6])


def _layer(s: Step, cell: Cell, usual: list[str], states: list[int]) -> Mapping[int, Tensor]:
    n_steps = s.fixed(s.x.shape[:1], "length of sequence")[0]
    if n_steps > MAX_STEPS:
        raise NoRuleError(f"its sequence of {n_steps} is longer than {MAX_STEPS} steps")
    direction = s.text("direction", "forward")
    n_directions = 2 if direction == "bidirectional" else 1
    functions = named_activations(s, usual * n_directions)
    rows: list[Tensor] = []
    last: list[list[Tensor]] = []
    for k in range(n_directions):
        backward = direction == "reverse" or k == 1
        own = functions[k * len(usual) : (k + 1) * len(usual)]
        # The runtime clips what goes into the gates, but not the state that an LSTM gives out.
        own[:2] = [_clipped(s, function) for function in own[:2]]
        way = _direction(s, k, own, n_steps, backward)
        begin = [_initial(s, place, k) for place in states]
        steps, end = _run(s, cell, way, begin, k)
        by_time = stacked([row.unsqueeze([0, 1]) for row in steps], 0)
        rows.append(_turned(s, by_time, batch_axis=2) if backward else by_time)
        last.append([state.unsqueeze([0]) for state in end])
    ends = [stacked(list(each), 0) for each in zip(*last, strict=True)]
    return dict(enumerate([stacked(rows, 1), *ends]))


def _clipped(s: Step, function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Clip what goes into an activation, if the layer has ``clip``."""
    bound = s.number("clip", 0.0)
    if not bound:
        return function
    return lambda x: function(x.clip(-bound, bound))


def _direction(
    s: Step,
    k: int,
    functions: list[Callable[[Tensor], Tensor]],
    n_steps: int,
    backward: bool,
) -> Direction:
    x = _turned(s, s.x, batch_axis=1) if backward else s.x
    weight, recurrent = (of_direction(s.input(place), k).swap_last() for place in (1, 2))
    projected, bias = x.matmul(weight), None
    if s.has(3):
        of_input, bias = parts(of_direction(s.input(3), k), 2)
        projected = projected + of_input
    shape = projected.shape
    pieces = s.tape.emit(
        "Split",
        projected,
        s.tape.numbers([1] * n_steps),
        outputs=[((1, *shape[1:]), projected.type)] * n_steps,
        axis=0,
    )
    return Direction([part.reshape(shape[1:]) for part in pieces], recurrent, bias, functions)


def _run(
    s: Step, cell: Cell, way: Direction, states: list[Tensor], k: int
) -> tuple[list[Tensor], list[Tensor]]:
    """Return h by time and the last states; past its own length a sequence stands still."""
    rows = []
    for t, x in enumerate(way.projected):
        moved = cell(way, x, states, k)
        row = moved[0]
        if s.has(4):
            runs = _runs(s, t, x)
            row = row * runs
            moved = [new * runs + old * (1 - runs) for new, old in zip(moved, states, strict=True)]
        rows.append(row)
        states = moved
    return rows, states


def _runs(s: Step, t: int, like: Tensor) -> Tensor:
    """Return 1 for sequences longer than t, else 0, as a column."""
    lengths = s.input(4).cast(INT64)
    return (lengths > t).cast(like.type).reshape([*lengths.shape, 1])


def _turned(s: Step, x: Tensor, batch_axis: int) -> Tensor:
    """Reverse time, for each sequence within its own length."""
    if not s.has(4):
        return x.flip(0)
    # The operator wants time and batch as the first two axes.
    lengths = s.input(4).cast(INT64)
    perm = [0, batch_axis, *(k for k in range(1, len(x.shape)) if k != batch_axis)]
    front = x.transpose(perm)
    turned = front.op("ReverseSequence", lengths, shape=front.shape, time_axis=0, batch_axis=1)
    return turned.transpose([int(k) for k in np.argsort(perm)])


def _initial(s: Step, place: int, k: int) -> Tensor:
    """Return the state before the first step, (N, H): zeros if none is given."""
    if s.has(place):
        return of_direction(s.input(place), k)
    width = s.fixed(s.input(2).shape[2:], "width")[0]
    column = s.x.slice(0, 0, 1).slice(2, 0, 1).reshape([s.x.shape[1], 1])
    return s.tape.zeros(column) + s.tape.constant(np.zeros((1, width)), s.x.type)


def _moved(way: Direction, h: Tensor) -> Tensor:
    product = h.matmul(way.recurrent)
    return product + way.bias if way.bias else product
