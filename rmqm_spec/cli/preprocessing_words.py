"""The preprocessing of a document in words: what happens to an image, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["preprocessing_words"]


def preprocessing_words(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """
    Describe geometry, channel order and value map, a line each.

    Parameters
    ----------
    found : mapping
        The preprocessing, as in a document.

    Returns
    -------
    list of (str, str)
        What a line is about, and the words.

    Examples
    --------
    >>> found = {"scale": 255, "mean": [0.5], "std": None, "channel_order": "bgr", "resize": 256,
    ...          "crop": [224, 224], "interpolation": "bicubic", "size": [224, 224]}
    >>> for about, words in preprocessing_words(found):
    ...     print(f"{about}: {words}")
    resize: the shorter side to 256, bicubic
    crop: the centre, 224 x 224
    channels: BGR
    values: (255 * x - 0.5) / 1, x in [0, 1]
    """
    return [
        *_first(found),
        ("resize", _resize(found)),
        *_thumbnail(found),
        *_crop(found),
        ("channels", str(found.get("channel_order", "rgb")).upper()),
        ("values", _values(found)),
    ]


_BY = {
    "torch": ", as PyTorch does",
    "float": ", in floats",
    "sampled": ", without antialiasing",
    "blurred": " after a blur, as scikit-image does",
    "torch_blurred": " after a blur, as torchvision does",
}


def _first(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what happens before the resize."""
    if found.get("trim"):
        yield "first", "light margins are cut off"
    if found.get("turn"):
        yield "first", "an image is turned clockwise if it lies across"
    if found.get("zoom"):
        height, width = found["zoom"]
        yield "first", f"the centre is cut out, {height:g} x {width:g} of the shorter side"
    if found.get("square"):
        yield "first", f"an image is padded to a square{_place(found)} with {_fill(found)}"


def _thumbnail(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if found.get("thumbnail"):
        yield "shrink", f"until it fits into {_pair(found['thumbnail'])}, bicubic"


def _resize(found: Mapping[str, Any]) -> str:
    resize, crop = found.get("resize"), found.get("crop")
    by = _BY.get(found.get("resize_by", ""), "")
    how = f"{found.get('interpolation', 'bilinear')}{by}"
    if isinstance(resize, int):
        return f"the shorter side to {resize}, {how}"
    if resize is not None:
        fits = {"cover": "just to cover ", "contain": "just to fit into "}
        fit = fits.get(found.get("fit", ""), "to ")
        return f"{fit}{_pair(resize)}, {how}"
    if crop is not None:
        return f"none before the crop; {how} if the network's size is another"
    size = found.get("size")
    return f"straight to {_pair(size) if size else 'the size of the network'}, {how}"


def _crop(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if found.get("crop"):
        is_padded = found.get("fill") or found.get("place")
        around = f"; smaller images are padded{_place(found)} with {_fill(found)}"
        yield "crop", f"the centre, {_pair(found['crop'])}{around if is_padded else ''}"


def _place(found: Mapping[str, Any]) -> str:
    return " at the bottom and the right" if found.get("place") == "corner" else ""


def _fill(found: Mapping[str, Any]) -> str:
    return _numbers(found["fill"]) if found.get("fill") else "black"


def _values(found: Mapping[str, Any]) -> str:
    mean, std = found.get("mean"), found.get("std")
    scaled = "x" if found["scale"] == 1 else f"{found['scale']:g} * x"
    if not mean and not std:
        return f"{scaled}, x in [0, 1]"
    return f"({scaled} - {_numbers(mean or [0])}) / {_numbers(std or [1])}, x in [0, 1]"


def _numbers(values: Any) -> str:
    listed = ", ".join(f"{value:.6g}" for value in values)
    return listed if len(values) == 1 else f"[{listed}]"


def _pair(lengths: Any) -> str:
    height, width = lengths
    return f"{height} x {width}"
