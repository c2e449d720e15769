"""``rmqm-spec measures``: what can be measured from encodings."""

from __future__ import annotations

from typing import Any

from rmqm_spec.cli.output import WITHOUT_SCORE
from rmqm_spec.contracts.registry import load_all
from rmqm_spec.screen.writing import note, print_json, print_text

__all__ = ["run_measures"]


def run_measures(*, as_json: bool) -> int:
    """List the installed measures; those that cannot be used are named."""
    working, broken = load_all("measure")
    listed = [_facts(measure) for measure in working.values()]
    if as_json:
        print_json({"schema": "rmqm-measures/1", **WITHOUT_SCORE, "measures": listed})
    else:
        for measure in listed:
            _print(measure)
    for plug in broken:
        note(f"  {plug.name} cannot be used: {plug.error.message}")
    return 0


def _facts(measure: Any) -> dict[str, Any]:
    return {
        "name": measure.name,
        "title": measure.title,
        "summary": measure.summary,
        "source": measure.source,
        "units": measure.units,
        "direction": measure.direction,
        "needs": sorted(measure.needs),
        "columns": [
            {"name": column.name, "units": column.units, "meaning": column.meaning}
            for column in measure.kept
        ],
    }


def _print(measure: dict[str, Any]) -> None:
    better = {"higher": "higher is better", "lower": "lower is better"}
    print_text(f"  {measure['name']:<12} {measure['title']}: {measure['summary']}")
    print_text(
        f"  {'':<12} {better.get(measure['direction'], 'no known direction')}; "
        f"units {measure['units']}; needs encodings of {', '.join(measure['needs'])} inputs"
    )
    print_text(f"  {'':<12} {measure['source']}")
