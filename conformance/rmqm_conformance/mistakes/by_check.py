"""Checks that a single mistake breaks: their failure names it without any values."""

from __future__ import annotations

from typing import Final

__all__ = ["mistake_of_check"]

_BY_CHECK: Final[dict[str, str]] = {
    "RMQM-ALT-003/repeatable": "answers the same request differently: draws anew every time",
    "RMQM-ENC-008/derivative": (
        "gives products that are not the derivative of the encoder: wrong sign, activation or "
        "value map"
    ),
    "RMQM-ENC-008/linear": "gives products that do not depend on the cotangent as they should",
    "RMQM-ENC-008/row-by-row": "lets the product of an input depend on its batch",
    "RMQM-DOC-003/undefined-told": "writes a wrong number of undefined terms or left out inputs",
    "RMQM-DOC-003/undefined-by-component": "writes a wrong number of undefined terms",
    "RMQM-DOC-003/other-encoder": "gives different encoders the same identity",
    "RMQM-PRO-004/value-map-recorded": "writes the same preprocessing for every encoder",
    "RMQM-INT-001/in-documents": "writes another interval into documents than `interval` gives",
    "RMQM-ENC-002/deterministic": "encodes the same batch differently: draws at random",
    "RMQM-ENC-003/alone": "lets the representation of an input depend on its batch",
    "RMQM-ENC-004/inputs-intact": "writes to the inputs that it encodes",
}


def mistake_of_check(check_id: str) -> str:
    """Return the mistake that breaks a check, or nothing."""
    return _BY_CHECK.get(check_id, "")
