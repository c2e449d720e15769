"""What a report is about: results that compare, their ranking, and what came with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.contracts.alteration import AlterationKind
from rmqm_spec.contracts.registry import facts_of
from rmqm_spec.findings import Finding
from rmqm_spec.ranking import Ranking
from rmqm_spec.reports.examples import Examples
from rmqm_spec.results.stored import StoredResult

__all__ = ["Subject", "Subjects"]


@frozen(kw_only=True, eq=False)
class Subject:
    """
    An encoder, as a report shows it.

    Parameters
    ----------
    key : str
        A letter or two that stands for it in pictures.
    name : str
        Its name.
    stored : StoredResult
        Its result; beside others, of the inputs that all of them took.
    found : Characteristics
        What follows from its distances; beside others, at the resolution of the coarsest.
    examples : Examples or None
        Pictures of a few inputs, where they were kept.
    """

    key: str
    name: str
    stored: StoredResult
    found: Characteristics
    examples: Examples | None

    @property
    def has_score(self) -> bool:
        """Whether RMQM is defined."""
        return self.found.status == "ok"

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the score, where there is one."""
        return None if math.isnan(self.found.interval[0]) else self.found.interval

    @property
    def document(self) -> dict[str, Any]:
        """The result document."""
        return self.stored.document


@frozen(kw_only=True, eq=False)
class Subjects:
    """
    Everything that a report is made from.

    Parameters
    ----------
    encoders : tuple of Subject
        By falling score, those without a score last.
    ranking : Ranking or None
        How they compare; None for one encoder, and for PGD.
    notes : tuple of Finding
        What ranking and reading allowed.
    failed : tuple of mapping
        Models that could not be scored: ``name``, ``code``, ``message``.
    """

    encoders: tuple[Subject, ...]
    ranking: Ranking | None
    notes: tuple[Finding, ...] = ()
    failed: tuple[Mapping[str, str], ...] = ()

    @property
    def alteration(self) -> AlterationKind:
        """What the alteration of the scores states about itself."""
        return facts_of(self.encoders[0].document["protocol"]["alteration"])
