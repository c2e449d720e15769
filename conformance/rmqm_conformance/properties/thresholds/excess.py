"""Laws of distances just above 2: RMQM-DIST-007."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.laws import walk
from rmqm_conformance.operations import operation
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require_refusal
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

PLACE: Final = float(np.spacing(2.0))
INSIDE: Final = tuple(2.0 + count * PLACE for count in (0, 1, 2, 1_000_000, 2_251_798))
OUTSIDE: Final = tuple(2.0 + count * PLACE for count in (2_251_802, 2_300_000, 2_500_000))
"""An excess of 1e-9 is 2251799.8 places; where it is rounded to, either answer is right."""


def _excess(name: str) -> Check:
    @walk(f"RMQM-DIST-007/excess-of-{name}", needs=operation(name).needs)
    def excess(subject: Subject) -> None:
        """An excess of 1e-9 above 2 is accepted, and nothing beyond it."""
        for side in ("displacements", "step_lengths"):
            for row, column in ((0, 0), (1, 2)):
                for distance in (*INSIDE, *OUTSIDE):
                    request = sound(name)
                    request[side][row, column] = distance
                    if distance in INSIDE:
                        subject.perform(name, **request)
                    else:
                        why = f"a distance of 2 + {distance - 2:.7g}"
                        require_refusal(subject, name, why=why, **request)

    return excess


CHECKS = tuple(map(_excess, ("characterize", "interval")))
