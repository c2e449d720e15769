"""What the evaluation needs to know about an alteration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rmqm_spec.arrays import FloatArray
from rmqm_spec.inputs.contract import Bounds

__all__ = ["Alteration"]


class Alteration(Protocol):
    """
    A rule that alters inputs in levels 0..J, level 0 being the identity.

    When `independent_levels` is true, any level of any input can be made alone, and the evaluation
    packs (input, level) pairs into full batches.
    """

    @property
    def name(self) -> str:
        """Name of the rule, part of the protocol."""
        ...

    @property
    def independent_levels(self) -> bool:
        """Whether level j can be made without level j - 1."""
        ...

    @property
    def n_levels(self) -> int:
        """Number of altered levels, J."""
        ...

    @property
    def bounds(self) -> Bounds:
        """Range that altered inputs stay in."""
        ...

    def alter(
        self,
        inputs: FloatArray,
        ids: Sequence[str],
        first_level: int,
        n_levels: int,
        *,
        out: FloatArray | None = None,
    ) -> FloatArray:
        """Return inputs (N, *S) at L consecutive levels, (N, L, *S), in `out` where given."""
        ...

    def to_dict(self) -> dict[str, object]:
        """Return every parameter that changes a number, as plain data."""
        ...
