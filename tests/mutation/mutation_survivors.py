"""The file of survivors: why a mutant that no check sees is no fault of the kit, or is."""

from __future__ import annotations

import tomllib
from pathlib import Path

__all__ = ["CLASSES", "SURVIVORS", "read_outside", "read_survivors"]

SURVIVORS = Path(__file__).with_name("survivors.toml")
CLASSES = ("equivalent", "outside", "gap")
"""It computes the same; no clause speaks of it; a check is missing."""


def read_survivors(path: Path = SURVIVORS) -> dict[str, tuple[str, str]]:
    """
    Return class and reason of each survivor by the id of its mutant.

    Raises
    ------
    ValueError
        If an entry has no class or no reason, or a mutant is named twice.
    """
    known: dict[str, tuple[str, str]] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivors", []):
        if entry.get("class") not in CLASSES or not entry.get("reason", "").strip():
            raise ValueError(f"an entry must have a class of {CLASSES} and a reason; got {entry}")
        for name in entry["mutants"]:
            if name in known:
                raise ValueError(f"a survivor must be named once; got twice {name!r}")
            known[name] = (entry["class"], entry["reason"])
    return known


def read_outside(path: Path = SURVIVORS) -> dict[str, str]:
    """
    Return the reason for each function and module of which no mutants are made.

    Raises
    ------
    ValueError
        If an entry has no reason.
    """
    reasons: dict[str, str] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("outside", []):
        if not entry.get("reason", "").strip():
            raise ValueError(f"an entry must have a reason; got {entry}")
        reasons |= dict.fromkeys(entry["functions"], entry["reason"])
    return reasons
