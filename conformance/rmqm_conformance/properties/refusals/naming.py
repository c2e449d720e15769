"""Laws of errors that name an input and a level: RMQM-ENC-005, RMQM-PGD-009."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Refused, Violation
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NAMES: Final = ["alpha", "beta", "gamma"]
N_LEVELS: Final = 43
_NUMBER: Final = re.compile(r"(?<!\w)-\d+|(?<![\d.])\d+")
"""Whole numbers of a message: -17 is not 17, and neither is 117."""


def _require_named(
    subject: Subject, operation: str, culprit: tuple[str, int], asked: dict[str, Any]
) -> None:
    name, level = culprit
    try:
        subject.perform(operation, **asked)
    except Refused as refusal:
        told = refusal.message
        require(name in told, f"its error must name the input {name!r}; it says: {told!r}")
        named = str(level) in _NUMBER.findall(told)
        require(named, f"its error must name the level {level}; it says: {told!r}")
        return
    raise Violation(f"{operation} must refuse what is not finite, or of norm 0; it answers")


@walk("RMQM-ENC-005/named", needs="encoder noise")
def named_by_evaluations(subject: Subject) -> None:
    """The error names the input and the level of the representation of norm zero, exactly."""
    batch = Batch(np.array([[0.25], [0.5], [0.75]]), NAMES, 0.0, 1.0)
    values = altered(subject, batch, Levels(N_LEVELS, list(range(N_LEVELS + 1))), 5)[:, :, 0]
    for row, level in ((0, 1), (1, 17), (2, 29), (0, 0), (2, N_LEVELS)):
        value = values[row, level]
        if (values == value).sum() > 1:  # at a bound
            continue
        network = {"weight": np.array([[1.0], [2.0]]), "bias": np.array([-1.0, -2.0]) * value}
        network |= {"scale": 1.0, "mean": 0.0, "std": 1.0, "activation": "identity"}
        asked = {"network": network, "n_levels": N_LEVELS, "seed": 5, "variant": "paper"}
        _require_named(subject, "evaluate", (NAMES[row], level), asked | batch.arguments)


@walk("RMQM-PGD-009/named", needs="pgd")
def named_by_steps(subject: Subject) -> None:
    """The error names the input and the level of the broken gradient, exactly."""
    inputs = np.full((3, 4), 0.5)
    for row, level in ((0, 1), (1, 17), (2, 29), (1, 3)):
        for bad in (np.nan, np.inf, -np.inf):
            gradient = np.ones((3, 4))
            gradient[row, 2] = bad
            asked = {"inputs": inputs, "ids": NAMES, "gradient": gradient, "level": level}
            request = sound("pgd_step") | asked
            _require_named(subject, "pgd_step", (NAMES[row], level), request)


CHECKS = (named_by_evaluations, named_by_steps)
