"""What the evaluation needs to know about an alteration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder
from rmqm_spec.contracts.inputs import Bounds

__all__ = ["Alteration", "AnyAlteration", "DependentAlteration"]


class _Levels(Protocol):
    """What all alterations have: levels 0..J, level 0 being the identity."""

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

    def to_dict(self) -> dict[str, object]:
        """Return every parameter that changes a number, as plain data."""
        ...


class Alteration(_Levels, Protocol):
    """
    A rule that alters inputs in levels that do not depend on each other.

    Any level of any input can be made alone, and the evaluation packs (input, level) pairs into
    full batches.
    """

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


@runtime_checkable
class DependentAlteration(_Levels, Protocol):
    """
    A rule whose level j follows from level j - 1 and from the encoder.

    The evaluation packs inputs of one level into a batch, and takes the encodings that the rule
    needed anyway: no level is encoded twice.
    """

    def path(
        self, encoder: DifferentiableEncoder, inputs: FloatArray, ids: Sequence[str]
    ) -> Iterator[tuple[FloatArray, AnyArray]]:
        """Yield inputs (N, *S) and their encodings (N, E) at levels 0, 1, ..., J."""
        ...


AnyAlteration: TypeAlias = Alteration | DependentAlteration
