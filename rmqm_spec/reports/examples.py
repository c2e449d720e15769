"""Pictures of a few inputs at a few levels, as the network saw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import FloatArray
from rmqm_spec.characteristics import Characteristics
from rmqm_spec.contracts.alteration import AnyAlteration, DependentAlteration
from rmqm_spec.contracts.inputs import Bounds, Input, Inputs
from rmqm_spec.errors import RmqmError
from rmqm_spec.results.stored import StoredResult

__all__ = ["Examples", "choose", "examples_of", "is_picture", "picture_of"]

EACH: Final = 3
"""Inputs of each kind that are kept."""

MAX_SIDE: Final = 64
"""Longer pictures are made smaller: noise cannot be compressed, and pages should stay small."""

_NO_IMAGES = "The inputs are not images, so there are no pictures of them."
_DEPENDENT = "Altered pictures follow the encoder's gradient and are not kept; these are unaltered."


@frozen(kw_only=True, eq=False)
class Examples:
    """
    A few inputs as the network saw them: after the geometry, before the value map.

    Parameters
    ----------
    ids : tuple of str
        Which inputs, K of them.
    levels : tuple of int
        Which levels, L of them.
    pictures : (K, L, H, W, C) ndarray of uint8
        C is 1 or 3; K is 0 where there are none.
    side : int
        Longest side that the network saw, in pixels; pictures may be smaller.
    note : str
        What is missing, and why; else empty.
    """

    ids: tuple[str, ...]
    levels: tuple[int, ...]
    pictures: npt.NDArray[np.uint8]
    side: int
    note: str = ""

    def of(self, identity: str) -> npt.NDArray[np.uint8] | None:
        """Return the pictures of an input, (L, H, W, C), or None."""
        return self.pictures[self.ids.index(identity)] if identity in self.ids else None


def choose(stored: StoredResult, characteristics: Characteristics) -> dict[str, list[int]]:
    """
    Choose the inputs that pull the score down most, up most, and those in the middle.

    They are ordered by contribution to the score; by mean displacement where there is no score.

    Parameters
    ----------
    stored : StoredResult
        The result.
    characteristics : Characteristics
        What follows from its distances.

    Returns
    -------
    dict
        Rows of the result under ``worst``, ``best`` and ``typical``, at most `EACH` of them; no
        input is of two kinds.
    """
    per_input = characteristics.per_input
    values = per_input.D if np.isnan(per_input.contribution).any() else per_input.contribution
    order = np.lexsort((np.array(stored.ids), values)).tolist()
    each = min(EACH, len(order) // 3) or (1 if order else 0)
    worst, best = order[:each], order[len(order) - each :][::-1]
    rest = [row for row in order if row not in worst and row not in best]
    start = max(0, (len(rest) - each) // 2)
    best = [row for row in best if row not in worst]
    return {"worst": worst, "best": best, "typical": rest[start : start + each]}


def examples_of(stored: StoredResult, inputs: Inputs, alteration: AnyAlteration) -> Examples:
    """
    Load a few inputs of a result again and alter them as they were.

    Parameters
    ----------
    stored : StoredResult
        The result.
    inputs : Inputs
        What it was made from.
    alteration : Alteration or DependentAlteration
        How they were altered: by seed, id and level, so that the pictures are the same as then.

    Returns
    -------
    examples : Examples
        Without pictures where the inputs are not images. Inputs that cannot be loaded any more, or
        have changed, are left out.
    """
    rows = [row for kind in choose(stored, stored.characteristics()).values() for row in kind]
    places = {inputs.name(index): index for index in range(len(inputs))}
    loaded = []
    for row in rows:
        try:
            example = inputs.load(places[stored.names[row]])
        except (KeyError, RmqmError):
            continue
        if example.id == stored.ids[row]:
            loaded.append(example)
    if not loaded or not is_picture(loaded[0].values) or _kind(inputs) == "array":
        return _without_pictures()
    n_levels = alteration.n_levels
    levels = tuple(dict.fromkeys((0, n_levels // 4, n_levels // 2, n_levels)))
    if not alteration.independent_levels:
        levels = (0,)
    pictures = [
        [picture_of(values, inputs.bounds) for values in _altered(example, alteration, levels)]
        for example in loaded
    ]
    return Examples(
        ids=tuple(example.id for example in loaded),
        levels=levels,
        pictures=np.array(pictures, dtype=np.uint8),
        side=max(loaded[0].values.shape[1:]),
        note="" if alteration.independent_levels else _DEPENDENT,
    )


def _without_pictures() -> Examples:
    return Examples(
        ids=(), levels=(), pictures=np.zeros((0, 0, 1, 1, 1), np.uint8), side=0, note=_NO_IMAGES
    )


def _kind(inputs: Inputs) -> str | None:
    spec: Any = getattr(inputs, "spec", None)
    return getattr(spec, "kind", None)


def is_picture(values: FloatArray) -> bool:
    """Whether values (*S) can be shown: one or three channels."""
    return values.ndim == 3 and values.shape[0] in {1, 3}


def _altered(example: Input, alteration: AnyAlteration, levels: Sequence[int]) -> list[FloatArray]:
    if isinstance(alteration, DependentAlteration):
        return [example.values for _ in levels]
    return [
        alteration.alter(example.values[None], [example.id], level, 1)[0, 0] for level in levels
    ]


def picture_of(values: FloatArray, bounds: Bounds) -> npt.NDArray[np.uint8]:
    """Return (C, H, W) values within bounds as (H, W, C) bytes, not longer than `MAX_SIDE`."""
    from PIL import Image

    low, high = bounds
    unit = np.clip((values - low) / (high - low), 0, 1)
    pixels: npt.NDArray[np.uint8] = np.rint(unit * 255).astype(np.uint8).transpose(1, 2, 0)
    if max(pixels.shape[:2]) <= MAX_SIDE:
        return pixels
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.uint8).reshape(*reversed(image.size), pixels.shape[2])
