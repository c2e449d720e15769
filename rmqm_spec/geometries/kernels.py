"""Kernels as they are typed: ``cosine``, ``gaussian:0.5``, ``gaussian:RULE``."""

from __future__ import annotations

import math

from rmqm_spec.errors import UsageError
from rmqm_spec.nnk import Cosine, Gaussian, Kernel

__all__ = ["kernel_named"]


def kernel_named(text: str) -> Kernel:
    """
    Return the kernel that a text names.

    Parameters
    ----------
    text : str
        ``cosine``; or ``gaussian:`` and a bandwidth, a number above 0.

    Raises
    ------
    UsageError
        ARG001 for any other text.

    Examples
    --------
    >>> kernel_named("cosine")
    Cosine()
    >>> kernel_named("gaussian:0.5").bandwidth
    0.5
    """
    name, separator, bandwidth = text.partition(":")
    if name == "cosine" and not separator:
        return Cosine()
    if name == "gaussian" and _is_above_zero(bandwidth):
        return Gaussian(float(bandwidth))
    raise UsageError(
        "ARG001",
        f"--kernel must be cosine, or gaussian: and a bandwidth above 0; got {text!r}",
        fix="For example --kernel cosine or --kernel gaussian:0.5.",
    )


def _is_above_zero(text: str) -> bool:
    try:
        return 0 < float(text) < math.inf
    except ValueError:
        return False
