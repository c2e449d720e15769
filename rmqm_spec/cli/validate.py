"""``rmqm-spec validate``: do documents say what their own numbers say?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.screen.writing import finding_line, print_json, print_text

if TYPE_CHECKING:
    from rmqm_spec.validation import Validated

__all__ = ["run_validate"]

_PACKAGES = ("rmqm_conformance",)


def run_validate(paths: list[Path], *, as_json: bool) -> int:
    """Validate documents; returns 1 where one fails, 3 where one cannot be read."""
    seen = [_seen(path, is_told=not as_json) for path in paths]
    if as_json:
        ok = all(one["ok"] for one in seen)
        head = {"schema": "rmqm-validate/1", "ok": ok, "rmqm": None, "interval": None}
        print_json({**head, "documents": seen})
    if any(one["schema"] is None for one in seen):
        return UnreadableError.exit_code
    return 0 if all(one["ok"] for one in seen) else 1


def _seen(path: Path, *, is_told: bool) -> dict[str, Any]:
    from rmqm_spec.validation import validate_document

    try:
        found: Validated | None = validate_document(path, packages=_PACKAGES)
        findings = found.findings if found else ()
    except UnreadableError as error:
        found, findings = None, (Finding.from_error(error),)
    ok = found is not None and found.ok
    if is_told:
        _print(path, found, findings, ok=ok)
    return {
        "path": str(path),
        "schema": found.schema if found else None,
        "ok": ok,
        "findings": [one.to_dict() for one in findings],
    }


def _print(path: Path, found: Validated | None, findings: tuple[Finding, ...], *, ok: bool) -> None:
    print_text(f"{path}  {found.schema if found else 'unreadable'}")
    for one in findings:
        print_text(finding_line(one, sys.stdout))
    print_text(f"  {'valid' if ok else 'NOT VALID'}")
