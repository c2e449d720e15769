"""What a report is about: comparable results, their ranking, and findings about both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.contracts.alteration import AlterationKind
from rmqm_spec.contracts.registry import facts_of
from rmqm_spec.findings import Finding
from rmqm_spec.ranking import Ranking
from rmqm_spec.reports.examples import Examples
from rmqm_spec.results.stored import StoredResult

__all__ = ["ReportContent", "ReportedEncoder"]


@frozen(kw_only=True, eq=False)
class ReportedEncoder:
    """
    An encoder, as a report shows it.

    Parameters
    ----------
    key : str
        A letter or two that stands for it in pictures.
    name : str
        Its name.
    stored : StoredResult
        Its result; among several encoders, for the inputs that all of them took.
    characteristics : Characteristics
        What follows from its distances; among several encoders, at the coarsest resolution.
    examples : Examples or None
        Pictures of a few inputs, where they were kept.
    """

    key: str
    name: str
    stored: StoredResult
    characteristics: Characteristics
    examples: Examples | None

    @property
    def has_score(self) -> bool:
        """Whether RMQM is defined."""
        return self.characteristics.status == "ok"

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the score, where there is one."""
        return (
            None if math.isnan(self.characteristics.interval[0]) else self.characteristics.interval
        )

    @property
    def document(self) -> dict[str, Any]:
        """The result document."""
        return self.stored.document


@frozen(kw_only=True, eq=False)
class ReportContent:
    """
    Everything that a report is made from.

    Parameters
    ----------
    encoders : tuple of ReportedEncoder
        By falling score, those without a score last.
    ranking : Ranking or None
        How they compare; None for one encoder, and for PGD.
    notes : tuple of Finding
        Findings of reading and ranking.
    failed : tuple of mapping
        Models that could not be scored: ``name``, ``code``, ``message``.
    between : mapping of str to mapping
        By name of the encoder, values of measures between encoders.
    ranked_by : mapping or None
        The document of a ranking that another measure than RMQM orders.
    """

    encoders: tuple[ReportedEncoder, ...]
    ranking: Ranking | None
    notes: tuple[Finding, ...] = ()
    failed: tuple[Mapping[str, str], ...] = ()
    between: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    ranked_by: Mapping[str, Any] | None = None

    def measures_of(self, encoder: ReportedEncoder) -> dict[str, Any]:
        """Return the further measures of an encoder, those between encoders too, by name."""
        own = encoder.document.get("measures") or {}
        return {**own, **self.between.get(encoder.name, {})}

    @property
    def alteration(self) -> AlterationKind:
        """What the alteration of the scores states about itself."""
        return facts_of(self.encoders[0].document["protocol"]["alteration"])
