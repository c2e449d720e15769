"""Known mistakes of PGD paths: chapter 4 of the specification."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.mistakes.drawing import Drawing
from rmqm_conformance.mistakes.generator import COUNTERS
from rmqm_conformance.mistakes.keys import KEYS
from rmqm_conformance.mistakes.known import Table, changed, parts, same_bits, within
from rmqm_conformance.mistakes.stepping import Stepping

__all__ = ["TABLES"]


def _ball(radius: float) -> dict[str, Any]:
    def projected(p: Any, x: Any) -> Any:
        return np.clip(x, p.x - x.dtype.type(radius), p.x + x.dtype.type(radius))

    return parts(projected=projected)


def _in_double(p: Any, x: Any, signs: Any) -> Any:
    scale = np.float64(p.alpha * p.width())
    return (x.astype(np.float64) + scale * p.directed(signs)).astype(x.dtype)


STEPS: dict[str, dict[str, Any]] = {
    "follows the gradient itself instead of its sign": parts(signs=lambda p, gradient: gradient),
    "divides the gradient by its largest value instead of taking the sign": parts(
        signs=lambda p, gradient: (
            gradient / max(np.abs(gradient).max(), np.finfo(gradient.dtype).tiny)
        )
    ),
    "steps with the wrong sign: descends": parts(directed=lambda p, signs: -signs),
    "does not scale the step by the width of the bounds": parts(width=lambda p: 1.0),
    "does not clip steps to the bounds": parts(
        clipped=lambda p, values: values,
        clipped_start=lambda p, values: Stepping.clipped(p, values),
    ),
    "clips steps to [0, 1], whatever the bounds are": parts(
        clipped=lambda p, values: np.clip(values, 0, 1).astype(values.dtype),
        clipped_start=lambda p, values: Stepping.clipped(p, values),
    ),
    "takes a default step of 1/255 instead of 2/255": parts(default=1 / 255),
    "takes a default step of 0.01 instead of 2/255": parts(default=0.01),
    "takes a default step of 8/255 instead of 2/255": parts(default=8 / 255),
    "takes the default step, whatever step is asked for": parts(size=lambda p, alpha: p.default),
    "takes the default for a step of zero": parts(size=lambda p, alpha: alpha or p.default),
    "takes the sign of zero for 1": parts(
        signs=lambda p, gradient: np.where(gradient < 0, -1.0, 1.0)
    ),
    "takes small gradients for zero": parts(
        signs=lambda p, gradient: np.where(np.abs(gradient) < 1e-12, 0.0, np.sign(gradient))
    ),
    "adds the step in float64 and rounds the sum": parts(moved=_in_double),
    "rounds alpha to the type before it is multiplied by the width": parts(
        scale=lambda p, dtype: dtype.type(p.alpha) * dtype.type(p.width())
    ),
    "returns float64, whatever the type of the inputs is": parts(
        given=lambda p, stepped: stepped.astype(np.float64)
    ),
    "takes NaN in a gradient for zero instead of refusing it": parts(
        signs=lambda p, gradient: np.nan_to_num(np.sign(gradient))
    ),
    "takes the sign of an infinite gradient instead of refusing it": parts(
        signs=lambda p, gradient: np.sign(gradient)
    ),
    "takes step sizes without their sign": parts(
        size=lambda p, alpha: p.default if alpha is None else abs(alpha)
    ),
    "adds a noise of zero to level 0, which loses the sign of zero": parts(
        given=lambda p, altered: altered + altered.dtype.type(0)
    ),
    "clips float32 to the last numbers inside the bounds": parts(
        clipped=lambda p, values: _inside(p, values)
    ),
}


def _inside(p: Any, values: Any) -> Any:
    type_ = values.dtype.type
    low, high = type_(p.low), type_(p.high)
    low = np.nextafter(low, type_(np.inf)) if float(low) < p.low else low
    high = np.nextafter(high, type_(-np.inf)) if float(high) > p.high else high
    return np.clip(values, low, high)


def _shared(p: Any, at: Any) -> Any:
    gradient = Stepping.gradient(p, at)
    return np.broadcast_to(gradient.sum(0), gradient.shape)


def _stopped(p: Any, levels: Any, start: Any) -> Any:
    return [*levels[:101], *[levels[100]] * (len(levels) - 101)] if len(levels) > 101 else levels


PATHS: dict[str, dict[str, Any]] = {
    "takes 30 levels by default in `authors-2022` instead of 29": parts(
        defaults=lambda p: {"paper": 30, "authors-2022": 30}
    ),
    "takes 29 levels by default in `paper` instead of 30": parts(
        defaults=lambda p: {"paper": 29, "authors-2022": 29}
    ),
    "takes the 99 levels of white noise by default": parts(
        defaults=lambda p: {"paper": 99, "authors-2022": 99}
    ),
    "takes one gradient for all inputs of a batch": parts(gradient=_shared),
    "forgets the value map in the gradient": parts(slope=lambda p: 1.0),
    "forgets the derivative of the activation in the gradient": parts(
        gradient=lambda p, at: Stepping.gradient(
            _with_network(p, p.network | {"activation": "identity"}), at
        )
    ),
    "projects onto a ball of 0.3 around the unaltered input": _ball(0.3),
    "projects onto a ball of 8/255 around the unaltered input": _ball(8 / 255),
    "projects onto a ball of 0.1 around the unaltered input": _ball(0.1),
    "takes every step from the unaltered input": parts(begin=lambda p, level, at, start: p.x),
    "goes on from the values before the clip": parts(carried=lambda p, moved, clipped: moved),
    "leaves out the last level": parts(listed=lambda p, levels, start: levels[:-1]),
    "repeats level 0 at level 1": parts(listed=lambda p, levels, start: levels[:1] + levels[:-1]),
    "leaves out level 1": parts(
        listed=lambda p, levels, start: levels[:1] + levels[2:] + levels[-1:]
    ),
    "takes the gradient of every level at the start": parts(
        point=lambda p, level, levels, start: start
    ),
    "takes the first gradient at the input itself": parts(
        point=lambda p, level, levels, start: levels[-1]
    ),
    "takes the first step from the random start": parts(
        begin=lambda p, level, at, start: start if level == 1 else at
    ),
    "gives the random start as level 0": parts(
        listed=lambda p, levels, start: [start, *levels[1:]]
    ),
    "ignores the seed of the start: takes seed 0": parts(
        text=lambda p, i: f"rmqm-pgd-start/1\n0\n{p.ids[i]}"
    ),
    "starts without the id: every input in the same direction": parts(
        text=lambda p, i: f"rmqm-pgd-start/1\n{p.seed}\n"
    ),
    "draws the start by the position of an input instead of its id": parts(
        text=lambda p, i: f"rmqm-pgd-start/1\n{p.seed}\n{i}"
    ),
    "draws the start with the key of the white noise": parts(
        text=lambda p, i: f"rmqm-white-noise/1\n{p.seed}\n{p.ids[i]}"
    ),
    "rounds seeds to float64 (beyond 2^53)": parts(
        text=lambda p, i: f"rmqm-pgd-start/1\n{int(float(p.seed))}\n{p.ids[i]}"
    ),
    "cuts seeds to 32 bits": parts(
        text=lambda p, i: f"rmqm-pgd-start/1\n{p.seed % 2**32}\n{p.ids[i]}"
    ),
    "trims white space around ids": parts(
        text=lambda p, i: f"rmqm-pgd-start/1\n{p.seed}\n{p.ids[i].strip()}"
    ),
    "draws the start at counter 0 instead of level 1": parts(drawn=lambda p, i: p.drawn_at(0, i)),
    "draws the start from 0 to 1 instead of -1 to 1": parts(away=lambda p, drawn: drawn / 65536),
    "does not clip the start to the bounds": parts(clipped_start=lambda p, values: values),
    "stops moving after a hundred levels": parts(listed=_stopped),
}


_OF_THE_DRAW = {"key", "words", "counter", "split", "blocks"}
DRAWS = {
    words: parts(drawing=type("Drawing", (Drawing,), made))
    for words, made in (KEYS | COUNTERS).items()
    if set(made) <= _OF_THE_DRAW
}
"""Mistakes of the generator, by which the start is drawn as well."""


def _with_network(p: Any, network: dict[str, Any]) -> Any:
    other = Stepping()
    other.network, other.x = network, p.x
    return other


def _table(operation: str, mistakes: dict[str, dict[str, Any]]) -> Table:
    return Table(
        operation=operation,
        fits=within(20_000),
        right=changed(Stepping, operation),
        same=same_bits,
        mistakes={words: changed(Stepping, operation, **made) for words, made in mistakes.items()},
    )


TABLES = (_table("pgd_step", STEPS), _table("pgd_path", STEPS | PATHS | DRAWS))
