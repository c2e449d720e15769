"""Laws of comparison that depend on the scores: nearly equal, and undefined. RMQM-PRO-003."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math
from typing import Any

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.properties.reading import parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_near, require_refusal
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "comparison documents"


def _document(subject: Subject, **asked: Any) -> str:
    return str(subject.perform("document", **sound("document") | asked)["document"])


@walk("RMQM-PRO-003/small-differences", needs=NEEDS, also="RMQM-DOC-005")
def small_differences(subject: Subject) -> None:
    """A difference of scores is given to its last digit, however small it is."""
    network = sound("document")["network"]
    usual = _document(subject)
    for power in (3, 5, 7, 9, 11):
        weight = network["weight"].copy()
        weight[0, 0] += 10.0**-power
        other = _document(subject, network=network | {"weight": weight})
        scores = [parsed({"document": text})["rmqm"] for text in (usual, other)]
        should = scores[0] - scores[1]
        got = subject.perform("compare", first=usual, second=other)["difference"]
        require_near("difference", got, should, atol=1e-14)
        require(got or not should, f"difference={got!r}, but should be {should!r}", got=got)


@walk("RMQM-PRO-003/without-scores", needs=NEEDS, also="RMQM-PRO-002 RMQM-DEG-009")
def without_scores(subject: Subject) -> None:
    """Results of unlike protocols are not compared, whether they have scores or not."""
    network = sound("document")["network"]
    dead = network | {"weight": np.zeros_like(network["weight"])}
    for asked in ({"variant": "authors-2022"}, {"seed": 1}, {"n_levels": 4}, {"high": 1.5}):
        for encoders in ((dead, dead), (network, dead), (dead, network)):
            first = _document(subject, network=encoders[0])
            second = _document(subject, network=encoders[1], **asked)
            for pair in ((first, second), (second, first)):
                if all(math.isfinite(_score(text)) for text in pair):
                    continue
                why = f"to compare results of which one has no score and the other {asked}"
                require_refusal(subject, "compare", why=why, first=pair[0], second=pair[1])


def _score(text: str) -> float:
    score = parsed({"document": text})["rmqm"]
    return math.nan if score is None else float(score)


CHECKS = (small_differences, without_scores)
