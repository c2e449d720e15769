"""Requests that must be refused, and what is wrong with them: a mistake if they are answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from rmqm_conformance.oracle import RESOLUTION

__all__ = ["wrong_with"]

Arguments = dict[str, Any]
_VARIANTS: Final = (None, "paper", "authors-2022")
_LOSSES: Final = ("displacement", "cross-entropy", "triplet", "nt-xent")


def wrong_with(operation: str, arguments: Arguments) -> list[str]:
    """
    Return what is wrong with a request, in words that follow "does not refuse".

    Examples
    --------
    >>> wrong_with("white_noise", {"low": 1.0, "high": 0.0, "seed": -1})
    ['bounds in reversed order (low > high)', 'a seed below 0']
    """
    return [words for rule in _RULES for words in rule(operation, arguments)]


def _bounds(operation: str, asked: Arguments) -> Iterator[str]:
    if "low" not in asked or "high" not in asked:
        return
    low, high = asked["low"], asked["high"]
    if math.isnan(low) or math.isnan(high):
        yield "bounds that are not numbers"
    elif math.isinf(low) or math.isinf(high):
        yield "infinite bounds"
    elif low == high:
        yield "equal bounds (low = high)"
    elif low > high:
        yield "bounds in reversed order (low > high)"
    elif asked.get("kind") == "image" and (low, high) != (0.0, 1.0):
        yield "images with other bounds than [0, 1]"
    else:
        yield from _values(operation, asked)


def _values(operation: str, asked: Arguments) -> Iterator[str]:
    values = asked.get("input", asked.get("inputs"))
    if values is None or (asked.get("kind") == "image" and values.dtype == np.uint8):
        return
    own = values.dtype.type if values.dtype.kind == "f" else np.float64
    values = values.astype(own)
    if np.isnan(values).any():
        yield "input values that are not numbers"
    if (values > own(asked["high"])).any():
        yield "input values above the bounds"
    if (values < own(asked["low"])).any():
        yield "input values below the bounds"


def _levels(operation: str, asked: Arguments) -> Iterator[str]:
    n_levels = asked.get("n_levels")
    if n_levels is not None and n_levels < 1:
        yield "a number of levels below 1"
    elif "levels" in asked:
        if any(level > n_levels for level in asked["levels"]):
            yield "levels beyond J"
        if any(level < 0 for level in asked["levels"]):
            yield "levels below 0"


def _numbers(operation: str, asked: Arguments) -> Iterator[str]:
    if asked.get("seed") is not None and asked["seed"] < 0:
        yield "a seed below 0"
    if asked.get("alpha") is not None and not 0 <= asked["alpha"] < math.inf:
        yield "a step size that is below 0 or not finite"
    if "resolution" in asked and not 0 <= asked["resolution"] < 1:
        yield "a resolution below 0, of 1 and more, or not a number"
    if "stds" in asked and not (np.asarray(asked["stds"]) > 0).all():
        yield "standard deviations that are not above zero"


def _choices(operation: str, asked: Arguments) -> Iterator[str]:
    known = {
        "variant": _VARIANTS,
        "coupling": ("independent", "common"),
        "arithmetic": tuple(RESOLUTION),
        "kind": ("image", "array"),
        "how": ("flatten", "cls", "mean"),
    }
    for key, choices in known.items():
        if key in asked and asked[key] not in choices:
            yield f"an unknown {_CALLED.get(key, key)}"
    if operation == "loss" and asked["name"] not in _LOSSES:
        yield "an unknown loss"
    if operation == "pool" and asked["how"] == "cls" and np.ndim(asked["output"]) != 3:
        yield "a pooling that does not fit the output"


_CALLED: Final = {"how": "pooling", "kind": "kind of input"}


def _distances(operation: str, asked: Arguments) -> Iterator[str]:
    if "displacements" not in asked:
        return
    d, s = asked["displacements"], asked["step_lengths"]
    if d.shape != s.shape or d.ndim != 2:
        yield "displacements and step lengths that have no common shape (N, J)"
    elif not d.size:
        yield "empty distances"
    elif d.shape[1] == 1 and asked["variant"] == "authors-2022":
        yield "a single level (J = 1) in `authors-2022`"
    if any(np.isnan(values).any() for values in (d, s)):
        yield "distances that are not numbers"
    if any((values < 0).any() for values in (d, s)):
        yield "distances below 0"
    if any((values > 2 + 1e-9).any() for values in (d, s)):
        yield "distances above 2"


def _representations(operation: str, asked: Arguments) -> Iterator[str]:
    if operation != "distances":
        return
    z = np.asarray(asked["trajectories"])
    if z.ndim != 3 or z.shape[1] < 2 or not z.size:
        yield "representations that are not (N, J + 1, E)"
    elif not np.isfinite(z).all():
        yield "representations that are not finite"
    elif (z == 0).all(-1).any():
        yield "representations of norm zero"


def _losses(operation: str, asked: Arguments) -> Iterator[str]:
    if operation != "loss" or asked["name"] not in _LOSSES:
        return
    name, z = asked["name"], np.asarray(asked["encodings"])
    labels, references = asked.get("labels"), asked.get("references")
    if name == "cross-entropy" and (labels is None or len(labels) != len(z)):
        yield "labels that are missing or too many"
    elif name == "cross-entropy" and not all(0 <= label < z.shape[1] for label in labels or ()):
        yield "labels that name no logit"
    elif name == "triplet" and references is None and (labels is None or len(labels) != len(z)):
        yield "labels that are missing or too many"
    if name in {"displacement", "nt-xent"} and (
        references is None or np.shape(references) != np.shape(z)
    ):
        yield "references that are missing or too many"
    elif name != "cross-entropy":
        given = [z] if references is None else [z, np.asarray(references)]
        if not all(np.isfinite(rows).all() and (rows != 0).any(-1).all() for rows in given):
            yield "the loss of a vector without a direction"
    elif not np.isfinite(z).all():
        yield "logits that are not finite"


def _ids(operation: str, asked: Arguments) -> Iterator[str]:
    if "ids" in asked and "inputs" in asked and len(asked["ids"]) != len(asked["inputs"]):
        yield "ids that are not as many as the inputs"


def _gradients(operation: str, asked: Arguments) -> Iterator[str]:
    if operation != "pgd_step":
        return
    if np.shape(asked["gradient"]) != np.shape(asked["inputs"]):
        yield "a gradient that has not the shape of the inputs"
    elif np.isnan(asked["gradient"]).any():
        yield "a gradient with NaN"
    elif np.isinf(asked["gradient"]).any():
        yield "an infinite gradient"


_RULES: Final[tuple[Callable[[str, Arguments], Iterator[str]], ...]] = (
    _bounds,
    _levels,
    _numbers,
    _choices,
    _distances,
    _representations,
    _losses,
    _ids,
    _gradients,
)
