"""What every source of inputs offers, before geometry and value range are applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds

__all__ = ["Source"]


class Source(Protocol):
    """A finite collection of raw inputs: images as (H, W, C), plain arrays as they were given."""

    @property
    def label(self) -> str:
        """What the source is, for people: a path, a pattern, the name of a data set."""
        ...

    @property
    def value_range(self) -> Bounds | None:
        """Range of the raw values, (low, high); None where their type says it."""
        ...

    @property
    def ignored(self) -> int:
        """Number of files that were left out because they are not images."""
        ...

    @property
    def digests(self) -> Sequence[str]:
        """A digest per input by which `PreparedInputs.select` orders them."""
        ...

    @property
    def labels(self) -> Sequence[str | None] | None:
        """A label per input, None for inputs without; None if the source has no labels at all."""
        ...

    def __len__(self) -> int:
        """Return the number of inputs offered, readable or not."""
        ...

    def name(self, index: int) -> str:
        """Return where input `index` came from."""
        ...

    def read(self, index: int) -> AnyArray:
        """Return raw input `index`; raises `UnreadableError` if it cannot be read."""
        ...
