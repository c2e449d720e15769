"""Laws of what a loss cannot be taken of: RMQM-LOSS-002 to 005."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.properties.refusals.walking import refused, require_no_number
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

LOGITS = {"name": "cross-entropy", "encodings": np.eye(3), "references": None}
TRIPLET = {"name": "triplet", "references": None}
PAIR = np.array([[1.0, 0.5], [0.25, 2.0]])

LABELS_OUTSIDE = refused(
    "RMQM-LOSS-003/labels-outside",
    "A label that names no logit is refused; -1 is not the last one.",
    "loss",
    [
        LOGITS | {"labels": labels}
        for labels in (
            [0, 1, 3],
            [-1, 0, 1],
            [0, -3, 1],
            [2**32, 0, 0],
            [-(2**63), 0, 0],
            [9, 9, 9],
            [-100, 0, 1],
        )
    ],
)


@walk("RMQM-LOSS-003/labels-missing", needs="pgd", also="RMQM-LOSS-004")
def labels_missing(subject: Subject) -> None:
    """Without a label for each input there is no value: neither too few nor too many."""
    for labels in ([], [0], [0, 1], [0, 1, 2, 0], None):
        require_no_number(subject, "loss", **LOGITS | {"labels": labels})
    for wrong in ([0, 1, 1], None):
        require_no_number(subject, "loss", **TRIPLET | {"labels": wrong})


@walk("RMQM-LOSS-002/references-missing", needs="pgd", also="RMQM-LOSS-005")
def references_missing(subject: Subject) -> None:
    """Without a reference for each input there is no value."""
    for name in ("displacement", "nt-xent"):
        for other in (None, np.ones((2, 3))):
            require_no_number(subject, "loss", name=name, encodings=PAIR, references=other)
    few, many = np.ones((0, 2)), np.ones((3, 2))
    for other in (few, many):
        require_no_number(subject, "loss", name="displacement", encodings=PAIR, references=other)


@walk("RMQM-LOSS-001/no-direction", needs="pgd", also="RMQM-ENC-005")
def no_direction(subject: Subject) -> None:
    """A vector of norm zero, or with a value that is not finite, has no direction and no loss."""
    for bad in ([0.0, 0.0], [-0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0], [-math.inf, math.inf]):
        spoilt = np.array([bad, bad])
        for loss in ({"name": "displacement"}, {"name": "nt-xent"}):
            require_no_number(subject, "loss", **loss, encodings=spoilt, references=PAIR)
            require_no_number(subject, "loss", **loss, encodings=PAIR, references=spoilt)
    for value in (math.nan, math.inf):
        logits = {"name": "cross-entropy", "references": None, "labels": [0, 1]}
        require_no_number(subject, "loss", **logits, encodings=np.full((2, 3), value))


CHECKS = (LABELS_OUTSIDE, labels_missing, references_missing, no_direction)
