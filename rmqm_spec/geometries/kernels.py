"""Kernels as they are typed: ``cosine``, ``gaussian:0.5``, ``gaussian:RULE``."""

from __future__ import annotations

from rmqm_spec.errors import UsageError
from rmqm_spec.nnk import Cosine, Gaussian, Kernel

__all__ = ["kernel_named"]


def kernel_named(text: str) -> Kernel:
    """
    Return the kernel that a text names.

    Parameters
    ----------
    text : str
        ``cosine``; or ``gaussian:`` and a bandwidth: a number above 0, or the name of a rule of
        `rmqm_spec.nnk.bandwidths`.

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
    if name == "gaussian" and bandwidth:
        try:
            return Gaussian(_number(bandwidth))
        except UsageError as error:
            raise UsageError(
                "ARG001",
                f"--kernel gaussian: must go on with a bandwidth; {error.message}",
                fix="For example --kernel gaussian:0.5 or --kernel gaussian:mean-kth-distance.",
            ) from error
    raise UsageError(
        "ARG001",
        f"--kernel must be cosine, or gaussian: and a bandwidth; got {text!r}",
        fix="For example --kernel cosine or --kernel gaussian:0.5.",
    )


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
