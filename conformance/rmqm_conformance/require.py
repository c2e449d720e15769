"""Demands of the laws; each raises a `Violation` that shows the value and what it should be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from rmqm_conformance.naming import Named, unnamed
from rmqm_conformance.problems import Refused, Violation
from rmqm_conformance.subject import Subject

__all__ = [
    "require",
    "require_alike",
    "require_close",
    "require_equal",
    "require_near",
    "require_refusal",
    "require_same_bits",
]


def require(
    holds: object, message: str, *, got: Any = None, should: Any = None, mistake: str = ""
) -> None:
    """Demand a condition; `mistake` names what breaks it, if nothing else can."""
    if not holds:
        raise Violation(message, got=got, should=should, mistake=mistake)


def require_equal(what: str, got: Any, should: Any) -> None:
    """
    Demand equality of plain data.

    Examples
    --------
    >>> require_equal("status", "ok", "collapsed")
    Traceback (most recent call last):
        ...
    rmqm_conformance.problems.Violation: status='ok', but should be 'collapsed'
    """
    require(got == should, f"{what}={got!r}, but should be {should!r}", got=got, should=should)


def require_near(
    what: str, got: float | None, should: float, *, atol: float, rtol: float = 0.0
) -> None:
    """
    Demand ``abs(got - should) <= atol + rtol * abs(should)``; NaN for NaN, or nothing at all.

    Examples
    --------
    >>> require_near("D", 1.0, 1.0 + 1e-13, atol=1e-12)
    """
    if got is None:
        near, allowed = math.isnan(should), ""
    elif math.isnan(should):
        near, allowed = math.isnan(got), ""
    elif math.isinf(should):
        near, allowed = got == should, ""
    else:
        tolerance = atol + rtol * abs(should)
        near, allowed = abs(got - should) <= tolerance, f" (within {tolerance:.1e})"
    require(near, f"{what}={got!r}, but should be {should!r}{allowed}", got=got, should=should)


def require_close(
    what: str, got: npt.ArrayLike, should: npt.ArrayLike, *, atol: float, rtol: float = 0.0
) -> None:
    """Demand `require_near` of all values of two arrays; the first that fails is named."""
    values, expected = np.asarray(got), np.asarray(should)
    require_equal(f"{what}.shape", values.shape, expected.shape)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        far = ~(np.abs(values.astype(float) - expected) <= atol + rtol * np.abs(expected))
    far = np.where(np.isinf(expected), values != expected, far)
    far &= ~(np.isnan(values) & np.isnan(expected))
    if far.any():
        place = tuple(int(index) for index in np.argwhere(far)[0])
        require_near(
            f"{what}{list(place)}",
            float(values[place]),
            float(expected[place]),
            atol=atol,
            rtol=rtol,
        )
        raise Violation(f"{what}{list(place)}={values[place]}, but should be {expected[place]}")


def require_alike(what: str, got: npt.ArrayLike, should: npt.ArrayLike, *, atol: float) -> None:
    """Demand the same numbers (N, n), or complex ones (N, n, 2), in any order along the n."""
    values, expected = np.asarray(got, dtype=float), np.asarray(should, dtype=float)
    require_equal(f"{what}.shape", values.shape, expected.shape)
    require(np.isfinite(values).all(), f"{what} must be finite; got {values.tolist()}")
    for i, (row, wanted) in enumerate(zip(values, expected, strict=True)):
        n = len(wanted)
        apart = np.linalg.norm(row.reshape(n, 1, -1) - wanted.reshape(1, n, -1), axis=-1)
        pairs = optimize.linear_sum_assignment(apart)
        require(
            apart[pairs].max(initial=0.0) <= atol,
            f"{what}[{i}]={row.tolist()}, but should be, in any order, {wanted.tolist()} "
            f"(within {atol:.1e})",
            got=row.tolist(),
            should=wanted.tolist(),
        )


def require_same_bits(what: str, got: npt.NDArray[Any], should: npt.NDArray[Any]) -> None:
    """Demand the same type, the same shape and the same bits, the sign of zero included."""
    require_equal(f"{what}.dtype", got.dtype.str.lstrip("<|="), should.dtype.str.lstrip("<|="))
    require_equal(f"{what}.shape", got.shape, should.shape)
    kind = f"u{got.dtype.itemsize}"
    differ = np.argwhere(
        np.ascontiguousarray(got).view(kind) != np.ascontiguousarray(should).view(kind)
    )
    if len(differ):
        place = tuple(int(index) for index in differ[0])
        value, expected = got[place].item(), should[place].item()
        raise Violation(
            f"{what}{list(place)}={_exactly(value)}, but should be {_exactly(expected)} "
            f"bit for bit; {len(differ)} of {got.size} values differ",
            got=value,
            should=expected,
        )


def require_refusal(
    subject: Subject,
    operation: str,
    *,
    why: str,
    naming: Sequence[Named] = (),
    **arguments: Any,
) -> None:
    """
    Demand that the implementation refuses, with a message that names what is wrong.

    Parameters
    ----------
    subject : Subject
        The implementation.
    operation : str
        What it is asked to do.
    why : str
        What must be refused, for the message of the violation.
    naming : sequence of Named
        The things to be named: inputs, or texts any of which will do.
    **arguments : object
        Arguments of the operation.
    """
    try:
        answer = subject.perform(operation, **arguments)
    except Refused as refusal:
        lacking = unnamed(naming, refusal.message)
        require(
            not lacking,
            f"its error must name {lacking}; it says: {refusal.message!r}",
            got=refusal.message,
            should=lacking,
            mistake=f"refuses {why} without naming {_called(lacking, arguments)}",
        )
    else:
        raise Violation(
            f"{operation} must refuse {why}; it answers",
            got=_brief(answer),
            mistake=f"does not refuse {why}",
        )


def _called(lacking: str, arguments: dict[str, Any]) -> str:
    """Return what a message must name: the argument that holds it, if any, and its value."""
    for key, value in arguments.items():
        if isinstance(value, int | float) and value and repr(f"{abs(value):g}") in lacking:
            return f"`{key}` ({value:g})"
        for text in value if isinstance(value, list) else ():
            if repr(text) in lacking:
                return f"the entry of `{key}` ({text})"
    return lacking.split(" or ", maxsplit=1)[0]


def _exactly(value: Any) -> str:
    return f"{value!r} ({value.hex()})" if isinstance(value, float) else repr(value)


def _brief(answer: dict[str, Any]) -> dict[str, str]:
    return {key: repr(value)[:80] for key, value in answer.items()}
