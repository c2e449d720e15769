"""Versions of the kit; the version of the specification is `rmqm_spec.clauses.SPEC_VERSION`."""

from __future__ import annotations

from typing import Final

__all__ = ["PROTOCOL", "SUITE_VERSION"]

SUITE_VERSION: Final = "2026.11.1"
"""Version of the checks: year, month, number. Another version may hold other checks."""

PROTOCOL: Final = 1
"""Version of the JSON-lines protocol."""
