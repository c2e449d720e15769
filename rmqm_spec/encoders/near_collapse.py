"""Encodings that differ, but hardly: most often the network expects another range of values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.findings import Finding

__all__ = ["NEARLY_EQUAL", "near_collapse"]

NEARLY_EQUAL = 0.01
"""Unit encodings of different pictures are 0.03 apart and more where the range of values fits."""

_BETTER = 5.0
"""How many times as far apart another range must bring encodings to be advised."""

_SMALL_SHARE = 0.05
"""Share of the range [0, 1] below which pictures are doubted by themselves."""

_UNIT = 2.0
"""Values of a network for [0, 1] hardly exceed that, before statistics are subtracted."""


def near_collapse(
    encoder: object,
    spread_of: Callable[[FloatArray], float],
    inputs: FloatArray,
    spread: float,
    *,
    own_inputs: bool,
) -> Finding:
    """
    Doubt encodings that hardly differ, and say what another range of values gives.

    Parameters
    ----------
    encoder : object
        The encoder; its preprocessing and kind of input, if it has them, give words to the remedy.
    spread_of : callable
        From inputs to the largest distance of their unit encodings.
    inputs : (N, *S) ndarray
        The inputs.
    spread : float
        Their largest distance.
    own_inputs : bool
        Whether they are of the kind that the encoder was made for.
    """
    message = f"{len(inputs)} different inputs have nearly one encoding: unit encodings are"
    message += f" {spread:.1e} apart at most"
    if getattr(getattr(encoder, "spec", None), "kind", None) == "image" and _hardly_fill(inputs):
        return _doubt(
            message,
            "The inputs fill hardly any of the range [0, 1], and so they hardly differ: follow "
            "DAT033 first.",
        )
    factor = _other_factor(encoder, inputs)
    if factor is not None:
        other = _tried(spread_of, inputs, factor)
        if other >= max(NEARLY_EQUAL, _BETTER * spread):
            changed = "times 255" if factor > 1 else "divided by 255"
            return _doubt(
                f"{message}; with all values {changed} they are {other:.3f} apart",
                _other_range(encoder, factor),
            )
    if not own_inputs:
        return _doubt(
            message,
            "These inputs may mean nothing to the encoder: pass --data with inputs of its own "
            "kind.",
        )
    return _doubt(
        message,
        "Check that the inputs differ as they should, the range of values and the output; "
        "rmqm-spec preprocess show shows what the network receives.",
    )


def _other_factor(encoder: object, inputs: FloatArray) -> float | None:
    """Return what turns values for [0, 1] into those for 0 to 255, or back; None for others."""
    scale = getattr(getattr(encoder, "preprocessing", None), "scale", None) or 1.0
    largest = float(np.abs(inputs).max()) * scale
    if largest <= _UNIT:
        return 255.0
    return 1 / 255 if largest <= 255 else None


def _hardly_fill(inputs: FloatArray) -> bool:
    return float(inputs.max() - inputs.min()) < _SMALL_SHARE


def _doubt(message: str, fix: str) -> Finding:
    return Finding(code="ENC010", level="warn", message=message, fix=fix)


def _tried(spread_of: Callable[[FloatArray], float], inputs: FloatArray, factor: float) -> float:
    """Return how far apart encodings of scaled inputs are; 0 where they cannot be encoded."""
    try:
        with np.errstate(all="ignore"):
            scaled: AnyArray = (inputs * factor).astype(inputs.dtype)
            spread = spread_of(scaled)
    except Exception:  # an encoder may refuse values out of its range in any way
        return 0.0
    return spread if np.isfinite(spread) else 0.0


def _other_range(encoder: object, factor: float) -> str:
    preprocessing = getattr(encoder, "preprocessing", None)
    kind = getattr(getattr(encoder, "spec", None), "kind", None)
    expects = "The network seems to expect values from 0 to " + ("255" if factor > 1 else "1")
    scale = getattr(preprocessing, "scale", None)
    if kind == "image" and scale is not None:
        if any(getattr(preprocessing, "mean", None) or ()):
            return (
                f"{expects}: correct the value map. With the same --mean and --std it is "
                f"--scale {scale * factor:g}."
            )
        return f"{expects}: pass --scale {scale * factor:g}."
    changed = "multiply the inputs by 255" if factor > 1 else "divide the inputs by 255"
    return f"{expects}: {changed}."
