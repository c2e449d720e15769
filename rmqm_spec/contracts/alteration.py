"""Alterations: what a rule does to inputs, and what it says about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

from rmqm_spec.contracts.guarding import by_alteration, failed_alteration
from rmqm_spec.contracts.option import Option

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray, FloatArray
    from rmqm_spec.contracts.encoder import DifferentiableEncoder
    from rmqm_spec.contracts.inputs import Bounds, InputSpec

__all__ = [
    "Alteration",
    "AlterationKind",
    "AlterationSettings",
    "AnyAlteration",
    "DependentAlteration",
]


_NEEDED = ("name", "independent_levels", "n_levels", "bounds", "to_dict")
"""What every alteration has."""


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


@frozen(kw_only=True)
class AlterationSettings:
    """
    What a run asks of an alteration.

    Parameters
    ----------
    bounds : tuple of two floats
        Declared range of the inputs.
    seed : int
        Seed of whatever is drawn.
    n_levels : int
        Number of altered levels, J.
    variant : str
        Which formulas will be used.
    options : mapping
        Values of the alteration's own options, read already; absent ones were not given.
    spec : InputSpec, optional
        Kind and shape of the inputs, for alterations that are made for images alone.
    """

    bounds: Bounds
    seed: int
    n_levels: int
    variant: str
    options: Mapping[str, Any] = field(factory=dict)
    spec: InputSpec | None = None


@frozen(kw_only=True)
class AlterationKind:
    """
    An alteration as a plug: every fact that commands, figures and documents state about it.

    An entry point of the group ``rmqm_spec.alterations`` names one. The module that holds it should
    import little: `make` imports what the work needs.

    Parameters
    ----------
    name : str
        As it is typed and as protocols hold it, for example ``"white-noise"``.
    title : str
        As sentences and pages call it, for example ``"white noise"``.
    summary : str
        One short sentence for help.
    axis : str
        Label of the axis of levels in figures; parameters stand in braces, such as ``{J}``.
    usual_levels : int or mapping of str to int
        J where none is given, for all variants or by variant.
    make : callable
        From `AlterationSettings` to the alteration.
    words : callable
        From the parameters in a protocol to a few words, such as ``"white noise of 99 levels"``.
    options : tuple of Option
        What else it takes.
    ranks : bool
        Whether scores under it may rank encoders.
    why_not : str
        Where they may not: the reason, as the rest of a sentence.
    ranks_measures : bool
        Where they may not: whether another measure under it may, if a ranking names one.
    needs_gradients : bool
        Whether it asks the encoder for vector-Jacobian products.
    parameters : type, optional
        Record class of its parameters in a protocol (an attrs class); without it any plain values
        beside ``name``, ``J``, ``bounds`` and ``seed`` are taken.
    about_levels : str
        A sentence about its levels, for pages.
    is_default : bool
        Whether commands take it where none is named, and name it only where another is meant.
    """

    name: str
    title: str
    summary: str
    axis: str
    usual_levels: int | Mapping[str, int]
    make: Callable[[AlterationSettings], AnyAlteration]
    words: Callable[[Mapping[str, Any]], str]
    options: tuple[Option, ...] = ()
    ranks: bool = True
    why_not: str = ""
    ranks_measures: bool = False
    needs_gradients: bool = False
    parameters: type | None = None
    about_levels: str = ""
    is_default: bool = False

    def ranks_by(self, measure: str) -> bool:
        """
        Return whether values of a measure under it may rank encoders.

        Parameters
        ----------
        measure : str
            ``NAME`` or ``NAME@SIZE``; RMQM is ``"rmqm"``.
        """
        is_rmqm = measure.partition("@")[0] == "rmqm"
        return self.ranks or (self.ranks_measures and not is_rmqm)

    def levels_of(self, variant: str) -> int:
        """Return J where none is given."""
        if isinstance(self.usual_levels, int):
            return self.usual_levels
        return by_alteration(self.name, "usual_levels", self.usual_levels.__getitem__, variant)

    def axis_label(self, parameters: Mapping[str, Any]) -> str:
        """Return the label of the axis of levels, from the parameters in a protocol."""
        return by_alteration(self.name, "axis", self.axis.format_map, parameters)

    def made(self, settings: AlterationSettings) -> AnyAlteration:
        """
        Return the alteration for a run.

        Raises
        ------
        SubjectError
            ALT002 if `make` fails, or gives something that is no alteration.
        """
        alteration = by_alteration(self.name, "make", self.make, settings)
        missing = [name for name in _NEEDED if not hasattr(alteration, name)]
        if missing:
            got = f"{type(alteration).__name__} without {', '.join(missing)}"
            raise failed_alteration(self.name, "make", got)
        parameters = by_alteration(self.name, "to_dict", alteration.to_dict)
        absent = [name for name in ("name", "J", "bounds") if name not in parameters]
        if absent:
            got = f"parameters without {', '.join(absent)}"
            raise failed_alteration(self.name, "to_dict", got)
        return alteration

    def in_words(self, parameters: Mapping[str, Any]) -> str:
        """Return a few words about the parameters in a protocol; ALT002 if `words` fails."""
        said = by_alteration(self.name, "words", self.words, parameters)
        if not isinstance(said, str):
            raise failed_alteration(self.name, "words", f"{type(said).__name__} instead of a text")
        return said
