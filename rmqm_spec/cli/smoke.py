"""The bundled images are real, but they are not the user's."""

from __future__ import annotations

from rmqm_spec.cli.options import DataRequest
from rmqm_spec.findings import Finding

__all__ = ["smoke_test_warning"]


def smoke_test_warning(inputs: DataRequest) -> list[Finding]:
    """Warn where the bundled images stood in for the user's."""
    if inputs.data is not None:
        return []
    return [
        Finding(
            code="SCO007",
            level="warn",
            message="the bundled images are used: the score is a smoke test, not a ranking of "
            "encoders",
            fix="Pass --data with images like those the encoder will see.",
        )
    ]
