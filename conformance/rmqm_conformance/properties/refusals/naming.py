"""Laws of errors that name an input and a level: RMQM-ENC-005, RMQM-PGD-009."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any, Final

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.naming import InputNamed, Named
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require_refusal
from rmqm_conformance.strategies import Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NAMES: Final = ["alpha", "beta", "gamma"]
N_LEVELS: Final = 43


def _require_named(
    subject: Subject, operation: str, culprit: tuple[int, int], asked: dict[str, Any]
) -> None:
    row, level = culprit
    why = "what is not finite, or of norm 0"
    naming: list[Named] = [InputNamed(NAMES, row), [str(level)]]
    require_refusal(subject, operation, why=why, naming=naming, **asked)


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
        _require_named(subject, "evaluate", (row, level), asked | batch.arguments)


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
            _require_named(subject, "pgd_step", (row, level), request)


CHECKS = (named_by_evaluations, named_by_steps)
