"""Laws of the two readings of negative orientation: RMQM-JAC-014."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import evolve

from rmqm_conformance.laws import law
from rmqm_conformance.properties.jacobians.asking import NEEDS
from rmqm_conformance.properties.jacobians.regressions import FIT, asked, kept_of
from rmqm_conformance.require import require_close, require_equal
from rmqm_conformance.strategies import Array, Points, points
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


def _require_same(got: dict[str, Any], should: dict[str, Any]) -> None:
    for key in ("coefficients", "lows", "highs"):
        require_close(key, got[key], should[key], atol=10 * FIT)
    for key in ("n_train", "n_test"):
        require_equal(key, got[key], should[key])


def _of(drawn: Points, rows: Array) -> Points:
    """Return some of the points."""
    signs = None if drawn.orientations is None else drawn.orientations[rows]
    n_train = int(rows[: drawn.n_train].sum())
    return evolve(
        drawn,
        errors=drawn.errors[rows],
        values=drawn.values[rows],
        orientations=signs,
        n_train=n_train,
    )


@law("RMQM-JAC-014/signs-under-absolute", needs=NEEDS,
     drawn=points(signed=True, readings=["absolute"]))  # fmt: skip
def signs_under_absolute(subject: Subject, drawn: Points) -> None:
    """Under `absolute` the sign of an orientation changes nothing."""
    unsigned = np.abs(np.asarray(drawn.orientations))
    others = asked(subject, evolve(drawn, orientations=unsigned))
    _require_same(asked(subject, drawn), others)


@law("RMQM-JAC-014/singular-under-absolute", needs=NEEDS,
     drawn=points(signed=True, readings=["absolute"]))  # fmt: skip
def singular_under_absolute(subject: Subject, drawn: Points) -> None:
    """Under `absolute` singular points might as well not have been given."""
    _require_same(asked(subject, drawn), asked(subject, _of(drawn, kept_of(drawn))))


@law("RMQM-JAC-014/dropped-after-the-errors", needs=NEEDS, also="RMQM-JAC-013",
     drawn=points(signed=True, readings=["dropped"]))  # fmt: skip
def dropped(subject: Subject, drawn: Points) -> None:
    """Under `dropped` points leave after errors were standardised, which scales all slopes."""
    kept = kept_of(drawn)
    alone = asked(subject, _of(drawn, kept))["coefficients"]
    errors, every = drawn.errors[kept], drawn.errors
    should = alone * errors.std() / every.std()
    should[0] += (errors.mean() - every.mean()) / every.std()
    require_close("coefficients", asked(subject, drawn)["coefficients"], should, atol=10 * FIT)


@law("RMQM-JAC-014/nothing-negative", needs=NEEDS, drawn=points(signed=False))
def nothing_negative(subject: Subject, drawn: Points) -> None:
    """Where no orientation is negative both readings agree, as they do on traces."""
    ones = np.ones(len(drawn.errors))
    other = "dropped" if drawn.reading == "absolute" else "absolute"
    should = asked(subject, drawn)
    _require_same(asked(subject, evolve(drawn, reading=other)), should)
    _require_same(asked(subject, evolve(drawn, reading=other, orientations=ones)), should)


CHECKS = (signs_under_absolute, singular_under_absolute, dropped, nothing_negative)
