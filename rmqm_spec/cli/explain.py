"""``rmqm-spec explain``: what a code means."""

from __future__ import annotations

from rmqm_spec.cli.output import print_json, print_text
from rmqm_spec.findings import CodeEntry, catalogue, explain

__all__ = ["run_explain"]


def run_explain(code: str | None, *, as_json: bool) -> int:
    """Print one code, or the list of all."""
    entries = [explain(code)] if code else list(catalogue().values())
    if as_json:
        print_json({"codes": [_plain(entry) for entry in entries]})
    elif code:
        (entry,) = entries
        print_text(f"{entry.code}: {entry.title}\n\n  why  {entry.why}\n  fix  {entry.fix}")
    else:
        for entry in entries:
            print_text(f"  {entry.code}  {entry.title}")
    return 0


def _plain(entry: CodeEntry) -> dict[str, str]:
    return {"code": entry.code, "title": entry.title, "why": entry.why, "fix": entry.fix}
