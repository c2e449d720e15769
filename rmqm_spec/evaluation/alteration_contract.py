"""Whether an alteration keeps to its contract: held against the first inputs of a run."""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import FloatArray
from rmqm_spec.contracts.alteration import Alteration
from rmqm_spec.errors import SubjectError

__all__ = ["require_contract"]


def require_contract(
    alteration: Alteration, given: FloatArray, after: FloatArray, altered: FloatArray
) -> None:
    """
    Refuse an alteration that does not keep to its contract.

    Parameters
    ----------
    alteration : Alteration
        What made the levels.
    given, after : (N, *S) ndarray
        The inputs before and after the alteration: it must not write to them.
    altered : (N, L, *S) ndarray
        The first levels, level 0 among them.

    Raises
    ------
    SubjectError
        ALT001 if level 0 is not the input itself, values lie outside the bounds, shape or type are
        others, or the inputs were written to.
    """
    low, high = alteration.bounds
    shape = (len(given), altered.shape[1], *given.shape[1:]) if altered.ndim > 1 else given.shape
    if altered.shape != shape or altered.dtype != given.dtype:
        problem = f"{altered.dtype} of shape {altered.shape} for {given.dtype} of {given.shape}"
    elif not np.array_equal(given, after):
        problem = "inputs that it has written to"
    elif not np.array_equal(altered[:, 0], given):
        problem = "a level 0 that is not the input itself"
    elif altered.size and not low <= altered.min() <= altered.max() <= high:
        reached = f"{altered.min():g} to {altered.max():g}"
        problem = f"values from {reached} for the bounds {low:g} to {high:g}"
    else:
        return
    raise SubjectError(
        "ALT001",
        f"the alteration {alteration.name} must keep to its contract; got {problem}",
        fix="Choose another alteration, or correct it: docs/extending.md.",
    )
