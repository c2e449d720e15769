"""What to do about an array whose axes cannot be read: advice that fits its shape."""

from __future__ import annotations

import math

from rmqm_spec.contracts.inputs import InputSpec

__all__ = ["WITH_ALPHA", "advice_on_layout", "advice_on_one_axis", "without_alpha"]

WITH_ALPHA = (2, 4)
"""Numbers of channels of grey and of RGB, with alpha."""


def advice_on_layout(shape: tuple[int, ...], spec: InputSpec) -> str:
    """Return what gives an array of this shape one reading."""
    if len(shape) < 2:
        return advice_on_one_axis(shape, spec)
    if len(shape) == 2:
        return (
            f"Flat images must have {math.prod(spec.shape)} values, else reshape them to"
            " (N, H, W, C). A single grey image needs a first axis of length 1: x[None]."
        )
    if len(shape) == 3:
        return _advice_on_one_image(shape, spec)
    if len(shape) == 4:
        return _advice_on_channels(shape, spec)
    return "Join the axes before those of an image: x.reshape(-1, *x.shape[-3:])."


def advice_on_one_axis(shape: tuple[int, ...], spec: InputSpec) -> str:
    """Return what to do about an array that holds a single value for each input, or one input."""
    if shape == (math.prod(spec.shape),):
        return "A single input needs a first axis of length 1: x[None]."
    return "One value a row looks like labels: give the array of the inputs themselves."


def _advice_on_one_image(shape: tuple[int, ...], spec: InputSpec) -> str:
    """Offer the reading as grey images only where these have the encoder's size."""
    grey = " Grey images: --data-layout nhw." if shape[1:] == spec.shape[1:] else ""
    if shape[2] in WITH_ALPHA:
        plain = f"x[None, ..., :{shape[2] - 1}]"
        return (
            f"A single image with an alpha channel: {plain} drops it and adds a first axis.{grey}"
        )
    return f"A single image needs a first axis of length 1: x[None].{grey}"


def _advice_on_channels(shape: tuple[int, ...], spec: InputSpec) -> str:
    usual, (first, _, last) = {1, 3, spec.shape[0]}, shape[1:]
    if first in usual and last in usual:
        return "Say where the channels are: --data-layout nhwc or nchw."
    if last in WITH_ALPHA and first not in WITH_ALPHA:
        return without_alpha("nhwc", last)
    if first in WITH_ALPHA and last not in WITH_ALPHA:
        return without_alpha("nchw", first)
    wanted = " or ".join(map(str, sorted(usual)))
    return f"Keep as many channels as the encoder takes, {wanted}, for example x[..., :3]."


def without_alpha(layout: str, channels: int) -> str:
    """Return how to drop the alpha channel of RGBA, or of grey with alpha."""
    kind = "grey" if channels == 2 else "RGB"
    kept = f"x[..., :{channels - 1}]" if layout == "nhwc" else f"x[:, :{channels - 1}]"
    return f"{channels} channels look like {kind} with alpha: drop the alpha channel, {kept}."
