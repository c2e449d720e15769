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
    documents = [_validated(path, is_printed=not as_json) for path in paths]
    if as_json:
        ok = all(document["ok"] for document in documents)
        head = {"schema": "rmqm-validate/1", "ok": ok, "rmqm": None, "interval": None}
        print_json({**head, "documents": documents})
    if any(document["schema"] is None for document in documents):
        return UnreadableError.exit_code
    return 0 if all(document["ok"] for document in documents) else 1


def _validated(path: Path, *, is_printed: bool) -> dict[str, Any]:
    from rmqm_spec.validation import validate_document

    try:
        validated: Validated | None = validate_document(path, packages=_PACKAGES)
        findings = validated.findings if validated else ()
    except UnreadableError as error:
        validated, findings = None, (Finding.from_error(error),)
    ok = validated is not None and validated.ok
    if is_printed:
        _print(path, validated, findings, ok=ok)
    return {
        "path": str(path),
        "schema": validated.schema if validated else None,
        "ok": ok,
        "findings": [finding.to_dict() for finding in findings],
    }


def _print(
    path: Path, validated: Validated | None, findings: tuple[Finding, ...], *, ok: bool
) -> None:
    print_text(f"{path}  {validated.schema if validated else 'unreadable'}")
    for finding in findings:
        print_text(finding_line(finding, sys.stdout))
    print_text(f"  {'valid' if ok else 'NOT VALID'}")
