"""Cases of the family RMQM-INP: bounds, types and layouts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.case import Case, bits, case, plain, refuse, same_values
from rmqm_conformance.golden.oracle_inputs import content_id, of_bytes

__all__ = ["cases"]

_PHOTO = np.arange(0, 180, 10, dtype="|u1").reshape(3, 2, 3)
_CHANNELS_FIRST = (2, 0, 1)


def cases() -> list[Case]:
    """Return the cases."""
    return [*_bounds(), *_images(), *_arrays(), *_outside()]


def _args(
    input_: npt.NDArray[Any], kind: str = "array", low: float = 0.0, high: float = 1.0
) -> dict[str, Any]:
    return {"input": input_, "kind": kind, "low": low, "high": high}


def _bounds() -> list[Case]:
    zero = np.zeros(2)
    bad = {
        "equal-bounds": (_args(zero, "array", 0.0, 0.0), "low = high"),
        "reversed-bounds": (_args(zero, "array", 1.0, -1.0), "low > high"),
        "infinite-bounds": (_args(zero, "array", 0.0, np.inf), "an infinite bound"),
        "bounds-that-are-no-numbers": (_args(zero, "array", np.nan, 1.0), "a bound that is NaN"),
        "bounds-of-images": (_args(_PHOTO, "image", 0.0, 255.0), "an image in [0, 255]"),
    }
    return [
        case(f"RMQM-INP-001/{slug}", f"Bounds are refused: {why}", "prepare", args, refuse(why))
        for slug, (args, why) in bad.items()
    ]


def _images() -> list[Case]:
    all_bytes = np.arange(256, dtype="|u1").reshape(16, 16, 1)
    product = all_bytes.astype("<f4") * (np.float32(1) / np.float32(255))
    differing = int((product != of_bytes(all_bytes)).sum())
    grey = np.array([[[0], [51]], [[102], [255]], [[1], [254]]], "|u1")
    wide = np.linspace(0, 1, 6).reshape(2, 3, 1)
    return [
        case(
            "RMQM-INP-003/eight-bit-image",
            "The id is that of the bytes (H, W, C), the values are float32 (C, H, W)",
            "prepare",
            _args(_PHOTO, "image"),
            {
                "id": plain(content_id(_PHOTO)),
                "values": bits(of_bytes(_PHOTO).transpose(_CHANNELS_FIRST), "RMQM-INP-006"),
            },
            also="RMQM-INP-006 RMQM-INP-009",
        ),
        case(
            "RMQM-INP-003/grey-image",
            "A grey image has one channel, in its id and in its values",
            "prepare",
            _args(grey, "image"),
            {
                "id": plain(content_id(grey)),
                "values": bits(of_bytes(grey).transpose(_CHANNELS_FIRST), "RMQM-INP-006"),
            },
            also="RMQM-INP-009",
        ),
        case(
            "RMQM-INP-006/division",
            "Bytes are divided by 255, not multiplied by a rounded 1/255",
            "prepare",
            _args(all_bytes, "image"),
            {
                "values": bits(
                    of_bytes(all_bytes).transpose(_CHANNELS_FIRST),
                    f"the product with a rounded 1/255 differs for {differing} of 256 values",
                )
            },
        ),
        case(
            "RMQM-INP-007/float64-image",
            "An image of type float64 is altered as float32, its id is that of float64",
            "prepare",
            _args(wide, "image"),
            {
                "id": plain(content_id(wide)),
                "values": bits(wide.astype("<f4").transpose(_CHANNELS_FIRST), "RMQM-INP-007"),
            },
            also="RMQM-INP-003",
        ),
        case(
            "RMQM-INP-009/three-rows",
            "An image of three rows is (H, W, C) like every other",
            "prepare",
            _args(square := (np.arange(27, dtype="|u1") * 9).reshape(3, 3, 3), "image"),
            {"values": bits(of_bytes(square).transpose(_CHANNELS_FIRST), "RMQM-INP-006")},
        ),
    ]


def _arrays() -> list[Case]:
    double = np.array([[[0.1, 1 / 3], [2 / 3, 1e-9]]])
    single = np.array([[0.1, -0.25, 0.7]], "<f4")
    whole = np.array([[-3, 0], [70, 100]], "<i4")
    return [
        case(
            "RMQM-INP-007/float64-array",
            "An array of type float64 keeps its type, its shape and its id",
            "prepare",
            _args(double),
            {"id": plain(content_id(double)), "values": bits(double, "RMQM-INP-007")},
            also="RMQM-INP-003",
        ),
        case(
            "RMQM-INP-007/float32-array",
            "An array of type float32 keeps its type",
            "prepare",
            _args(single, "array", -1.0, 1.0),
            {"id": plain(content_id(single)), "values": bits(single, "RMQM-INP-007")},
        ),
        case(
            "RMQM-INP-007/integers",
            "Integers keep their values, undivided, and the id of integers",
            "prepare",
            _args(whole, "array", -3.0, 100.0),
            {
                "id": plain(content_id(whole)),
                "values": same_values(whole, "float32 and float64 hold these integers"),
            },
            also="RMQM-INP-003",
        ),
        case(
            "RMQM-INP-008/values-at-the-bounds",
            "The bounds themselves are within the bounds",
            "prepare",
            _args(at := np.array([-2.5, 3.5]), "array", -2.5, 3.5),
            {"values": bits(at, "RMQM-INP-007")},
        ),
    ]


def _outside() -> list[Case]:
    values = {
        "above": (17.25, ["17.25"]),
        "below": (-9.75, ["9.75"]),
        "nan": (np.nan, ["nan", "not a number"]),
        "infinity": (np.inf, ["inf", "∞"]),
    }
    arrays = [
        case(
            f"RMQM-INP-008/{slug}",
            f"The value {value} outside [-2.5, 3.5] is refused, value and bounds are named",
            "prepare",
            _args(np.array([0.0, value, 1.0]), "array", -2.5, 3.5),
            refuse("a value outside the bounds", names, "2.5", "3.5"),
        )
        for slug, (value, names) in values.items()
    ]
    undivided = np.full((2, 2, 3), 0.5, "<f4")
    undivided[1, 0, 2] = 173.0
    image = case(
        "RMQM-INP-008/undivided-image",
        "An image whose values run to 255 in a floating type is refused",
        "prepare",
        _args(undivided, "image"),
        refuse("a value outside the bounds", "173", "0", "1"),
    )
    return [*arrays, image]
