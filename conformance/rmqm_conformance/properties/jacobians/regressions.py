"""Laws of regressions on spectra: RMQM-JAC-013, RMQM-JAC-015 and RMQM-JAC-016."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any, Final

import numpy as np
from attrs import evolve
from hypothesis import strategies as st
from scipy import special

from rmqm_conformance.laws import law
from rmqm_conformance.properties.jacobians.asking import NEEDS
from rmqm_conformance.require import require_close, require_equal, require_near
from rmqm_conformance.strategies import Array, Points, points
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS", "FIT", "asked", "kept_of", "standardised"]

FIT: Final = 1e-9
DRAW = st.integers(0, 2**32 - 1)
FACTORS = st.sampled_from([0.001, 0.5, 40.0])


def asked(subject: Subject, drawn: Points) -> dict[str, Any]:
    """Ask for a regression: results have their shapes."""
    answer = subject.perform("spectrum_regression", **drawn.arguments)
    for key in ("coefficients", "lows", "highs"):
        require_equal(f"{key}.shape", answer[key].shape, (4,))
    return answer


def kept_of(drawn: Points) -> Array:
    """Return which points the reading of a regression keeps."""
    if drawn.orientations is None:
        return np.ones(len(drawn.errors), bool)
    signs = drawn.orientations
    return np.asarray(signs > 0 if drawn.reading == "dropped" else signs != 0)


def standardised(drawn: Points) -> tuple[Array, Array, Array]:
    """Return errors and values in standard deviations, and the indicator, of what is used."""
    kept = kept_of(drawn)
    over = drawn.errors[kept]
    if drawn.reading == "dropped" and drawn.orientations is not None:
        over = drawn.errors
    x = drawn.values[kept]
    y = (drawn.errors[kept] - over.mean()) / over.std()
    return y, (x - x.mean()) / x.std(), drawn.is_test[kept].astype(float)


def _require_same(got: dict[str, Any], should: dict[str, Any], signs: Array) -> None:
    """Demand the same regression, but for the signs of its coefficients."""
    flipped = signs < 0
    require_close("coefficients", got["coefficients"], signs * should["coefficients"], atol=FIT)
    lows = np.where(flipped, -should["highs"], should["lows"])
    highs = np.where(flipped, -should["lows"], should["highs"])
    require_close("lows", got["lows"], lows, atol=10 * FIT)
    require_close("highs", got["highs"], highs, atol=10 * FIT)


@law("RMQM-JAC-013/least-squares", needs=NEEDS, also="RMQM-JAC-014 RMQM-JAC-015", drawn=points())
def least_squares(subject: Subject, drawn: Points) -> None:
    """Coefficients are those of least squares, and what they leave is orthogonal to all columns."""
    answer = asked(subject, drawn)
    y, x, t = standardised(drawn)
    X = np.stack([np.ones(len(x)), x, t, t * x], axis=1)
    rest = X.T @ (y - X @ answer["coefficients"])
    require_close("X'(y - X b)", rest, np.zeros(4), atol=FIT * len(x))
    require_equal("n_train", answer["n_train"], int((t == 0).sum()))
    require_equal("n_test", answer["n_test"], int((t == 1).sum()))


@law("RMQM-JAC-013/two-lines", needs=NEEDS, also="RMQM-JAC-015", drawn=points())
def two_lines(subject: Subject, drawn: Points) -> None:
    """Training and test points have a line each: the slopes are b1 and the test slope."""
    answer = asked(subject, drawn)
    y, x, t = standardised(drawn)
    b0, b1, b2, b3 = answer["coefficients"]
    for of_test, (level, slope) in ((0, (b0, b1)), (1, (b0 + b2, b1 + b3))):
        line = np.polyfit(x[t == of_test], y[t == of_test], 1)
        require_close(f"line of set {of_test}", [slope, level], line, atol=1e-8)
    require_near("test_slope", answer["test_slope"], b1 + b3, atol=FIT)


@law("RMQM-JAC-016/identity", needs=NEEDS, also="RMQM-JAC-013",
     drawn=points(readings=["absolute"]))  # fmt: skip
def identity(subject: Subject, drawn: Points) -> None:
    """The intercept follows from the other coefficients and the numbers of points."""
    answer = asked(subject, drawn)
    b0, _, b2, b3 = answer["coefficients"]
    _, x, t = standardised(drawn)
    share = answer["n_test"] / (answer["n_train"] + answer["n_test"])
    require_near("intercept", b0, -share * (b2 + b3 * x[t == 1].mean()), atol=1e-9)


@law("RMQM-JAC-015/intervals", needs=NEEDS, drawn=points())
def intervals(subject: Subject, drawn: Points) -> None:
    """Intervals are those of HC3 about the coefficients, with the quantile of Student's t."""
    answer = asked(subject, drawn)
    y, x, t = standardised(drawn)
    X = np.stack([np.ones(len(x)), x, t, t * x], axis=1)
    q, r = np.linalg.qr(X)
    pseudo = np.linalg.solve(r, q.T)
    residuals = y - X @ (pseudo @ y)
    scores = pseudo * (residuals / (1 - (q**2).sum(axis=1)))
    covariance = scores @ scores.T
    quantile = float(special.stdtrit(len(x) - 4, 0.975))
    half = quantile * np.sqrt(np.diag(covariance))
    allowed = 1e-8 * (1 + half.max())
    require_close("lows", answer["lows"], answer["coefficients"] - half, atol=allowed)
    require_close("highs", answer["highs"], answer["coefficients"] + half, atol=allowed)
    both = np.array([0.0, 1.0, 0.0, 1.0])
    reach = quantile * float(np.sqrt(both @ covariance @ both))
    slope = answer["test_slope"]
    require_near("test_slope_low", answer["test_slope_low"], slope - reach, atol=allowed)
    require_near("test_slope_high", answer["test_slope_high"], slope + reach, atol=allowed)


@law("RMQM-JAC-013/units-of-errors", needs=NEEDS, also="RMQM-JAC-015", drawn=points(),
     factor=FACTORS, offset=st.sampled_from([0.0, 2.0]))  # fmt: skip
def units_of_errors(subject: Subject, drawn: Points, factor: float, offset: float) -> None:
    """Errors in another unit, a sum for a mean, or with another zero, change nothing."""
    other = evolve(drawn, errors=factor * (drawn.errors + offset))
    answers = asked(subject, other), asked(subject, drawn)
    _require_same(*answers, np.ones(4))


@law("RMQM-JAC-013/units-of-values", needs=NEEDS, also="RMQM-JAC-015", drawn=points(),
     factor=FACTORS, offset=st.sampled_from([0.0, -3.0]))  # fmt: skip
def units_of_values(subject: Subject, drawn: Points, factor: float, offset: float) -> None:
    """Log volumes to another base, or traces divided by n, change nothing."""
    other = evolve(drawn, values=factor * (drawn.values + offset))
    answers = asked(subject, other), asked(subject, drawn)
    _require_same(*answers, np.ones(4))


@law("RMQM-JAC-013/reversed-values", needs=NEEDS, drawn=points(signed=False))
def reversed_values(subject: Subject, drawn: Points) -> None:
    """Values with the other sign turn the slopes, and leave the levels."""
    answers = asked(subject, evolve(drawn, values=-drawn.values)), asked(subject, drawn)
    _require_same(*answers, np.array([1.0, -1.0, 1.0, -1.0]))


@law("RMQM-JAC-013/order-of-points", needs=NEEDS, drawn=points(), draw=DRAW)
def order_of_points(subject: Subject, drawn: Points, draw: int) -> None:
    """The order of the points of a set changes nothing."""
    rng = np.random.default_rng(draw)
    n, total = drawn.n_train, len(drawn.errors)
    order = np.concatenate([rng.permutation(n), n + rng.permutation(total - n)])
    signs = None if drawn.orientations is None else drawn.orientations[order]
    other = evolve(
        drawn, errors=drawn.errors[order], values=drawn.values[order], orientations=signs
    )
    answers = asked(subject, other), asked(subject, drawn)
    _require_same(*answers, np.ones(4))


@law("RMQM-JAC-013/sets-exchanged", needs=NEEDS, also="RMQM-JAC-015", drawn=points())
def sets_exchanged(subject: Subject, drawn: Points) -> None:
    """Training and test that change places exchange their lines, and turn the differences."""
    n = drawn.n_train
    order = np.r_[n : len(drawn.errors), 0:n]
    signs = None if drawn.orientations is None else drawn.orientations[order]
    other = evolve(
        drawn,
        errors=drawn.errors[order],
        values=drawn.values[order],
        orientations=signs,
        n_train=len(order) - n,
    )
    one, exchanged = asked(subject, drawn), asked(subject, other)
    b0, b1, b2, b3 = one["coefficients"]
    should = np.array([b0 + b2, b1 + b3, -b2, -b3])
    require_close("coefficients", exchanged["coefficients"], should, atol=10 * FIT)
    require_near("test_slope", exchanged["test_slope"], b1, atol=10 * FIT)


@law("RMQM-JAC-013/points-twice", needs=NEEDS, drawn=points())
def points_twice(subject: Subject, drawn: Points) -> None:
    """Every point given twice leaves the coefficients: deviations have the divisor N."""
    n = drawn.n_train
    total = len(drawn.errors)
    order = np.r_[0:n, 0:n, n:total, n:total]
    signs = None if drawn.orientations is None else drawn.orientations[order]
    other = evolve(
        drawn,
        errors=drawn.errors[order],
        values=drawn.values[order],
        orientations=signs,
        n_train=2 * n,
    )
    answers = (asked(subject, one)["coefficients"] for one in (other, drawn))
    require_close("coefficients", *answers, atol=FIT)


CHECKS = (
    least_squares,
    two_lines,
    identity,
    intervals,
    units_of_errors,
    units_of_values,
    reversed_values,
    order_of_points,
    sets_exchanged,
    points_twice,
)
