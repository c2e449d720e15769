"""Which end of a measure is first: what a study supports, what is declared, or what a user says."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import frozen

from rmqm_spec.contracts.measure import Direction
from rmqm_spec.errors import UsageError
from rmqm_spec.ranking.support import support_of

__all__ = ["RMQM_FIRST", "Asked", "Basis", "End", "FirstEnd", "asked_order", "first_end"]

End: TypeAlias = Literal["high", "low"]
Basis: TypeAlias = Literal["study", "declared", "given"]

_ENDS: Final = ("high", "low")
_DECLARED: Final[dict[str, End]] = {"higher": "high", "lower": "low"}


@frozen
class Asked:
    """
    What a ranking is to be ordered by.

    Parameters
    ----------
    measure : str
        The measure as it is typed, ``NAME`` or ``NAME@SIZE``.
    end : {"high", "low"}, optional
        Which values are first, where that was said.
    """

    measure: str
    end: End | None = None

    @property
    def is_usual(self) -> bool:
        """Whether it is the order of RMQM, the highest first."""
        return self.measure == "rmqm" and self.end != "low"

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"{self.measure}:{self.end}" if self.end else self.measure


RMQM_FIRST: Final = Asked("rmqm")


@frozen
class FirstEnd:
    """Which values are first, and why: `basis` is the study, the measure itself, or the user."""

    end: End
    basis: Basis
    is_contrary: bool = False


def asked_order(text: str) -> Asked:
    """
    Read ``NAME[@SIZE][:high|:low]``.

    Raises
    ------
    UsageError
        ARG001 if what is behind the colon is no end.

    Examples
    --------
    >>> asked_order("rankme@32:low")
    Asked(measure='rankme@32', end='low')
    >>> asked_order("rmqm").is_usual
    True
    """
    measure, colon, end = text.strip().partition(":")
    if not measure or (colon and end not in _ENDS):
        raise UsageError(
            "ARG001",
            f"--by must be NAME, NAME@SIZE, or one of them with :high or :low; got {text!r}",
            fix="For example --by rankme, or --by path-curvature:low.",
        )
    return Asked(measure, "high" if end == "high" else "low" if end else None)


def first_end(asked: Asked, direction: Direction) -> FirstEnd:
    """
    Return which values of a measure are first.

    Parameters
    ----------
    asked : Asked
        The measure, and the end that was said.
    direction : {"higher", "lower"}, optional
        What the measure itself declares.

    Raises
    ------
    UsageError
        RNK006 if nobody says it.

    Examples
    --------
    >>> first_end(Asked("uniformity"), None).end
    'low'
    >>> first_end(Asked("uniformity", "high"), None).is_contrary
    True
    """
    support = support_of(asked.measure)
    known = support.end if support else _DECLARED.get(direction or "")
    if asked.end is not None:
        return FirstEnd(asked.end, "given", is_contrary=known not in {None, asked.end})
    if known is None:
        raise UsageError(
            "RNK006",
            f"a ranking must know whether high or low values of {asked.measure} come first; got "
            "neither, and neither the measure nor the study of encoders (docs/evidence.md) says it",
            fix=f"Say it: --by {asked.measure}:high or --by {asked.measure}:low.",
        )
    return FirstEnd(known, "study" if support else "declared")
