"""Laws of a single bad row among others, and of rows that have no partner: RMQM-LOSS-001 to 005."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Errored, Refused
from rmqm_conformance.properties.refusals.walking import require_no_number
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

Z: Final = np.array([[3.0, 4.0, 1.0], [1.0, -2.0, 0.5], [0.25, 1.0, -1.0], [2.0, 0.5, 1.5]])
VIEWS: Final = Z[:, ::-1] + np.array([0.5, -0.25, 1.0])
BAD: Final = ([0.0] * 3, [-0.0, 0.0, 0.0], [math.nan, 1.0, 1.0], [1.0, math.inf, 1.0],
              [1.0, 1.0, -math.inf])  # fmt: skip


def _spoilt(rows: Array) -> Iterator[tuple[int, Array]]:
    """Yield a place and the rows with a bad row there."""
    for place in range(len(rows)):
        for bad in BAD:
            copied = rows.copy()
            copied[place] = bad
            yield place, copied


def _values(subject: Subject, **case: Any) -> tuple[Array, Array] | None:
    try:
        answer = subject.perform("loss", **case)
    except (Refused, Errored):
        return None
    return answer["values"], answer["gradient"]


@walk("RMQM-LOSS-001/one-row", needs="pgd", also="RMQM-LOSS-002 RMQM-LOSS-003 RMQM-ENC-005")
def one_row(subject: Subject) -> None:
    """A row without a direction, or a logit that is no number, has no loss beside sound rows."""
    for place, spoilt in _spoilt(Z):
        cases: list[dict[str, Any]] = [
            {"name": "displacement", "encodings": spoilt, "references": VIEWS, "labels": None},
            {"name": "displacement", "encodings": VIEWS, "references": spoilt, "labels": None},
        ]
        if np.isnan(spoilt).any() or spoilt.max() == math.inf:  # -inf is a chance of zero
            labels = {"references": None, "labels": [0, 0, 0, 0]}
            cases += [{"name": "cross-entropy", "encodings": spoilt, **labels}]
        for case in cases:
            found = _values(subject, **case)
            if found is not None:
                row = spoilt[place].tolist()
                lost = not any(np.isfinite(part[place]).all() for part in found)
                require(lost, f"{case['name']} must refuse the row {row}", got=str(found)[:160])


@walk("RMQM-LOSS-005/one-row", needs="pgd", also="RMQM-LOSS-001 RMQM-ENC-005")
def one_row_of_a_batch(subject: Subject) -> None:
    """A batch of NT-Xent in which a row has no direction has no loss: each row is in every term."""
    for place, spoilt in _spoilt(Z):
        for pair in ((spoilt, VIEWS), (Z, spoilt)):
            case = {"name": "nt-xent", "encodings": pair[0], "references": pair[1]}
            found = _values(subject, **case, labels=None)
            if found is not None:
                row = spoilt[place].tolist()
                lost = not np.isfinite(found[0]).any()
                require(lost, f"nt-xent must refuse the row {row}", got=str(found)[:160])


@walk("RMQM-LOSS-002/row-for-row", needs="pgd", also="RMQM-LOSS-004 RMQM-LOSS-005")
def row_for_row(subject: Subject) -> None:
    """Each encoding has a reference of its own, of its own length; none is shared or repeated."""
    fewer = (VIEWS[:1], VIEWS[:, :1], VIEWS[:1, :1], VIEWS[:3], VIEWS[:2])
    more = (np.concatenate([VIEWS, VIEWS[:1]]), np.concatenate([VIEWS, VIEWS]))
    for name in ("displacement", "nt-xent", "triplet"):
        for references in (*fewer, *more):
            case = {"name": name, "encodings": Z, "references": references, "labels": None}
            require_no_number(subject, "loss", **case)


CHECKS = (one_row, one_row_of_a_batch, row_for_row)
