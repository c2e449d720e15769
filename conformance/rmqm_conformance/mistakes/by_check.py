"""Checks that a single mistake breaks: their failure names it without any values."""

from __future__ import annotations

from typing import Final

__all__ = ["mistake_of_check"]

_BY_CHECK: Final[dict[str, str]] = {
    "RMQM-ENC-002/deterministic": "encodes the same batch differently: draws at random",
    "RMQM-ENC-003/alone": "lets the representation of an input depend on its batch",
    "RMQM-ENC-004/inputs-intact": "writes to the inputs that it encodes",
}


def mistake_of_check(check_id: str) -> str:
    """Return the mistake that breaks a check, or nothing."""
    return _BY_CHECK.get(check_id, "")
