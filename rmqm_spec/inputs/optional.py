"""Packages that some kinds of data need and that are not installed by default."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rmqm_spec.errors import UnavailableError

__all__ = ["missing_package", "optional_package"]


def optional_package(module: str, use: str) -> Any:
    """
    Import a package of the extra ``[data]``.

    Raises
    ------
    UnavailableError
        DAT024 if it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise missing_package(package, use, 'python -m pip install "rmqm-spec[data]"') from error


def missing_package(package: str, use: str, command: str) -> UnavailableError:
    """Return a DAT024 that a package is missing, with the command that installs it."""
    return UnavailableError(
        "DAT024", f"{package} must be installed to read {use}; got none", fix=f"Run: {command}"
    )
