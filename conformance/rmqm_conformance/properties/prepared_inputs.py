"""Laws of the bounds, the shapes and the types of prepared inputs: RMQM-INP-001, 006 to 009."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.require import require, require_equal, require_refusal, require_same_bits
from rmqm_conformance.strategies import Array, Batch, any_arrays, images, inputs
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "inputs"


@law(
    "RMQM-INP-009/channels-first",
    needs=NEEDS,
    also="RMQM-INP-006 RMQM-INP-007",
    image=images(),
)
def channels_first(subject: Subject, image: Array) -> None:
    """An image becomes float32 (C, H, W); eight bits are divided by 255, rounded correctly."""
    result = subject.perform("prepare", input=image, kind="image", low=0.0, high=1.0)
    values = image / 255 if image.dtype == np.uint8 else image
    should = np.stack([values[:, :, c] for c in range(image.shape[2])]).astype("<f4")
    require_same_bits("values", result["values"], should)


@law("RMQM-INP-006/every-value", needs=NEEDS, shift=st.integers(0, 255))
def every_value(subject: Subject, shift: int) -> None:
    """Each of the 256 values of eight bits becomes the float32 nearest to its 255th part."""
    image = (np.arange(256) + shift).astype(np.uint8).reshape(16, 16, 1)
    got = subject.perform("prepare", input=image, kind="image", low=0.0, high=1.0)["values"]
    require_equal("values.dtype", got.dtype.str[1:], "f4")
    require_equal("values.shape", got.shape, (1, 16, 16))
    for value, quotient in zip(image.ravel().tolist(), got.ravel(), strict=True):
        error = abs(Fraction(float(quotient)) - Fraction(value, 255))
        spacing = Fraction(float(np.spacing(np.float32(quotient))))
        require(
            error <= spacing / 2, f"{value}/255 must be rounded correctly; got {float(quotient)!r}"
        )


@law("RMQM-INP-007/kept-type", needs=NEEDS, batch=inputs())
def kept_type(subject: Subject, batch: Batch) -> None:
    """Inputs of float32 and float64 keep their type and every bit."""
    given = batch.values[0]
    result = subject.perform("prepare", input=given, kind="array", low=batch.low, high=batch.high)
    require_same_bits("values", result["values"], given)


@law("RMQM-INP-007/other-types", needs=NEEDS, array=any_arrays(("|u1", "<i4", "<u2", "|i1", "<f2")))
def other_types(subject: Subject, array: Array) -> None:
    """Inputs of another real type become float32 or float64, with the values that they have."""
    got = subject.perform("prepare", input=array, kind="array", low=-1.0, high=128.0)["values"]
    kind = got.dtype.str[1:]
    require(kind in {"f4", "f8"}, f"values must be of float32 or float64; got {got.dtype}")
    require_same_bits("values", got, array.astype(got.dtype))


@law(
    "RMQM-INP-008/outside",
    needs=NEEDS,
    batch=inputs(max_inputs=1, within=st.sampled_from([(-2.0, 3.0), (0.0, 1.0), (-3.0, 6.0)])),
    bad=st.sampled_from([7.5, 250.0, -4.25, float("inf"), float("-inf"), float("nan")]),
    place=st.integers(0, 1000),
)
def outside(subject: Subject, batch: Batch, bad: float, place: int) -> None:
    """A value outside the bounds, or not a number, is refused with the bounds and the value."""
    given = batch.values[0].copy()
    given.flat[place % given.size] = bad
    require_refusal(
        subject,
        "prepare",
        why=f"the value {bad} in [{batch.low}, {batch.high}]",
        naming=[[repr(number)] for number in (bad, batch.low, batch.high)],
        input=given,
        kind="array",
        low=batch.low,
        high=batch.high,
    )


@law(
    "RMQM-INP-008/bright-image",
    needs=NEEDS,
    also="RMQM-INP-001",
    image=images(("<f4", "<f8")),
    bad=st.sampled_from([1.25, 250.0, -0.25, float("nan")]),
    place=st.integers(0, 1000),
)
def bright_image(subject: Subject, image: Array, bad: float, place: int) -> None:
    """An image of floats with a value outside [0, 1] is refused."""
    spoilt = image.copy()
    spoilt.flat[place % image.size] = bad
    why = f"an image with the value {bad}"
    require_refusal(subject, "prepare", why=why, input=spoilt, kind="image", low=0.0, high=1.0)


@law(
    "RMQM-INP-001/impossible-bounds",
    needs=NEEDS,
    array=any_arrays(("<f4", "<f8")),
)
def impossible_bounds(subject: Subject, array: Array) -> None:
    """Bounds that are not finite, or not in order, are refused."""
    ones, inf, nan = np.ones_like(array), float("inf"), float("nan")
    for low, high in ((1.0, 1.0), (2.0, 1.0), (-inf, 2.0), (0.0, inf), (nan, 2.0), (0.0, nan)):
        why = f"the bounds [{low}, {high}]"
        require_refusal(subject, "prepare", why=why, input=ones, kind="array", low=low, high=high)


@law(
    "RMQM-INP-001/unit-bounds-alone",
    needs=NEEDS,
    image=images(),
    pair=st.sampled_from([(0.0, 255.0), (-1.0, 1.0), (0.0, 2.0)]),
)
def bounds_of_images(subject: Subject, image: Array, pair: tuple[float, float]) -> None:
    """Bounds other than [0, 1] are refused for images."""
    why = f"an image with the bounds {list(pair)}"
    usual = {"kind": "image", "low": pair[0], "high": pair[1]}
    require_refusal(subject, "prepare", why=why, naming=(), input=image, **usual)


CHECKS = (
    impossible_bounds,
    bounds_of_images,
    every_value,
    kept_type,
    other_types,
    outside,
    bright_image,
    channels_first,
)
