"""Harnesses to start from, as text."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from rmqm_conformance.problems import UnknownNameError

__all__ = ["STARTERS", "starter"]

STARTERS: Final = {"python": "my_implementation.py", "javascript": "my_implementation.mjs"}
"""File names by language."""


def starter(language: str) -> tuple[str, str]:
    """
    Return the name and the content of a starter.

    Raises
    ------
    UnknownNameError
        If there is none for that language.

    Examples
    --------
    >>> starter("python")[0]
    'my_implementation.py'
    """
    if language not in STARTERS:
        raise UnknownNameError(f"--lang must be one of {', '.join(STARTERS)}; got {language!r}")
    name = STARTERS[language]
    return name, files("rmqm_conformance").joinpath("starters", name).read_text(encoding="utf-8")
