"""What the evaluation needs to know about inputs, wherever they come from."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from attrs import frozen

from rmqm_spec.arrays import FloatArray

__all__ = ["Bounds", "Input", "InputSpec", "Inputs"]

Bounds = tuple[float, float]


@frozen(kw_only=True, eq=False)
class Input:
    """
    One input, ready to be altered.

    Parameters
    ----------
    id : str
        Content hash of the input as it was given, before any resizing.
    name : str
        Where it came from, for people: a path, or ``images.npz[12]``.
    values : (*S) ndarray of float
        Values in the declared bounds; images as (C, H, W) in [0, 1].
    """

    id: str
    name: str
    values: FloatArray


@runtime_checkable
class Inputs(Protocol):
    """A finite collection of inputs that are loaded one at a time, from any thread."""

    @property
    def bounds(self) -> Bounds:
        """Declared range of the values, (low, high)."""
        ...

    def __len__(self) -> int:
        """Return the number of inputs offered, readable or not."""
        ...

    def name(self, index: int) -> str:
        """Tell people where input `index` comes from, without loading it."""
        ...

    def load(self, index: int) -> Input:
        """Load input `index`; raises `UnreadableError` if that one cannot be read."""
        ...


@frozen(kw_only=True)
class InputSpec:
    """
    What an encoder takes, without the batch axis and before its layout.

    Parameters
    ----------
    kind : {"image", "array"}
        Whether inputs are images, which can be decoded and resized, or plain arrays.
    shape : tuple of int
        (C, H, W) for images, any shape for arrays.
    """

    kind: Literal["image", "array"]
    shape: tuple[int, ...]
