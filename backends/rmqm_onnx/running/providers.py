"""Execution providers by short name."""

from __future__ import annotations

from typing import Literal, get_args

from rmqm_spec.errors import UsageError

__all__ = ["PROVIDERS", "Provider", "require_known"]

Provider = Literal["cpu", "cuda", "tensorrt"]

PROVIDERS: dict[Provider, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}


def require_known(name: str) -> Provider:
    """
    Return the name of a provider.

    Raises
    ------
    UsageError
        ARG001 if there is no such provider.

    Examples
    --------
    >>> require_known("cuda")
    'cuda'
    """
    for provider in get_args(Provider):
        if name == provider:
            known: Provider = provider
            return known
    raise UsageError(
        "ARG001",
        f"--provider must be one of {', '.join(get_args(Provider))}; got {name!r}",
        fix="Choose one of them.",
    )
