"""A check: something that is asked of an implementation, for the sake of one or more clauses."""

from __future__ import annotations

from typing import Literal, Protocol

from attrs import frozen

from rmqm_conformance.subject import Subject

__all__ = ["PROFILES", "Check", "Effort", "Judge"]


@frozen(kw_only=True)
class Effort:
    """
    How hard a run tries.

    Parameters
    ----------
    profile : str
        The name of the effort.
    examples : int
        Examples that are drawn for each property.
    samples : int
        Values that are drawn for each statistical test.
    seed : int
        Seed of everything that is drawn.
    shrinks : bool
        Whether counterexamples are made as small as possible, which takes most of the time of a
        failing check and changes no verdict.
    """

    profile: str
    examples: int
    samples: int
    seed: int = 0
    shrinks: bool = True


PROFILES = {
    "fast": Effort(profile="fast", examples=10, samples=4_000),
    "full": Effort(profile="full", examples=100, samples=40_000),
}
"""The two profiles of a run."""


class Judge(Protocol):
    """What a check does; it raises `Violation`, `Refused` or `Errored` for a failure."""

    def __call__(self, subject: Subject, effort: Effort, /) -> None:
        """Judge the implementation."""
        ...


@frozen(kw_only=True)
class Check:
    """
    One check of the catalogue.

    Parameters
    ----------
    id : str
        A permanent name: its first clause and a slug, ``RMQM-DRC-001/current-denominator``.
    title : str
        What is true of an implementation that passes.
    clauses : tuple of str
        Ids of the clauses that it checks.
    needs : frozenset of str
        Capabilities and extensions without which it does not apply.
    kind : {"vector", "property"}
        A fixed case with known values, or a law that holds for whatever is drawn.
    judge : Judge
        Judges an implementation.
    """

    id: str
    title: str
    clauses: tuple[str, ...]
    needs: frozenset[str]
    kind: Literal["vector", "property"]
    judge: Judge
