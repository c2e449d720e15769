"""Backends and adapters, found by entry points; asking for the list imports none of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from rmqm_spec.errors import UnavailableError, UsageError

__all__ = ["GROUP", "available_backends", "load_backend"]

GROUP = "rmqm_spec.backends"
"""Entry point group; each entry names a function that opens something as an encoder."""


def available_backends() -> dict[str, str]:
    """
    Return the name of each installed backend and the function it stands for.

    Examples
    --------
    >>> available_backends()["onnx"]
    'rmqm_onnx:open_encoder'
    """
    return {entry.name: entry.value for entry in sorted(entry_points(group=GROUP))}


def load_backend(name: str) -> Callable[..., Any]:
    """
    Import one backend, and only that one.

    Returns
    -------
    callable
        The function that opens a model as an encoder.

    Raises
    ------
    UsageError
        If there is no such backend, or two of one name.
    UnavailableError
        If it cannot be imported.
    """
    found: list[EntryPoint] = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if len({entry.value for entry in found}) != 1:
        known = ", ".join(available_backends()) or "none"
        listed = " and ".join(entry.value for entry in found) or "none of that name"
        raise UsageError(
            "ARG003",
            f"backend must name exactly one of those installed ({known}); got {name!r}: {listed}",
            fix="Correct the name, or uninstall one of the two.",
        )
    try:
        opener: Callable[..., Any] = found[0].load()
    except Exception as error:
        raise UnavailableError(
            "ENV004",
            f"backend {name!r} must be importable; got {type(error).__name__}: {error}",
            fix="Install what it needs; rmqm-spec doctor lists it.",
        ) from error
    return opener
