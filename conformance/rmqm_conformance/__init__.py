"""
The kit that judges implementations of the specification, and encoders.

Two layers of checks, golden vectors and properties, behind three doors: `run` for Python objects,
`ProgramSubject` for a program in any language, and `check_encoder` for encoders.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rmqm_conformance.parametrize import parametrize_with_clauses
    from rmqm_conformance.program import ProgramSubject
    from rmqm_conformance.report import Outcome, Report
    from rmqm_conformance.running import run
    from rmqm_conformance.serving import serve
    from rmqm_conformance.subject import PythonSubject
    from rmqm_spec.encoders.checks import check_encoder

_HOMES = {
    "Outcome": "rmqm_conformance.report",
    "ProgramSubject": "rmqm_conformance.program",
    "PythonSubject": "rmqm_conformance.subject",
    "Report": "rmqm_conformance.report",
    "check_encoder": "rmqm_spec.encoders.checks",
    "parametrize_with_clauses": "rmqm_conformance.parametrize",
    "run": "rmqm_conformance.running",
    "serve": "rmqm_conformance.serving",
}

__all__ = [
    "Outcome",
    "ProgramSubject",
    "PythonSubject",
    "Report",
    "check_encoder",
    "parametrize_with_clauses",
    "run",
    "serve",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
