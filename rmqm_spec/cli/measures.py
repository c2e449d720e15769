"""``rmqm-spec measures``: what can be measured from encodings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rmqm_spec.cli.output import WITHOUT_SCORE
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.table_files import Columns, TableFiles
from rmqm_spec.contracts.measure import cost_words
from rmqm_spec.contracts.registry import load_all
from rmqm_spec.probes.listed import PROBES
from rmqm_spec.screen.writing import note, print_json

__all__ = ["run_measures"]


def run_measures(options: dict[str, Any], *, as_json: bool) -> int:
    """List the installed measures; those that cannot be used are named."""
    tables = TableFiles(**taken(TableFiles, options))
    tables.check(as_json=as_json)
    working, broken = load_all("measure")
    everything: list[Any] = [*working.values(), *PROBES]
    everything.sort(key=lambda measure: (measure.name != "rmqm", measure.name))
    listed = [_facts(measure) for measure in everything]
    if as_json:
        print_json({"schema": "rmqm-measures/1", **WITHOUT_SCORE, "measures": listed})
    else:
        for measure in listed:
            _print(measure, tables.say)
    tables.write(_columns(listed))
    for plug in broken:
        note(f"  {plug.name} cannot be used: {plug.error.message}\n  fix: {plug.error.fix}")
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
        "encodings_per_input": cost_words(measure),
        "columns": [
            {"name": column.name, "units": column.units, "meaning": column.meaning}
            for column in measure.kept
        ],
    }


def _columns(listed: Sequence[dict[str, Any]]) -> Columns:
    names = (
        "name",
        "title",
        "summary",
        "direction",
        "units",
        "needs",
        "encodings_per_input",
        "source",
    )
    rows = [{**measure, "needs": ", ".join(measure["needs"])} for measure in listed]
    return {name: [row[name] for row in rows] for name in names}


def _print(measure: dict[str, Any], say: Callable[[str], None]) -> None:
    better = {"higher": "higher is better", "lower": "lower is better"}
    say(f"  {measure['name']:<12} {measure['title']}: {measure['summary']}")
    say(
        f"  {'':<12} {better.get(measure['direction'], 'no known direction')}; "
        f"units {measure['units']}; needs {_needs(measure['needs'])}; encodings per input: "
        f"{measure['encodings_per_input']}"
    )
    say(f"  {'':<12} {measure['source']}")


def _needs(needs: Sequence[str]) -> str:
    """Say what is needed: encodings of some inputs, by one encoder or several, and what else."""
    inputs = [need for need in needs if need in {"altered", "unaltered", "inputs"}]
    others = [need for need in needs if need not in {*inputs, "encoders"}]
    several = " by several encoders" if "encoders" in needs else ""
    words = f"encodings of {', '.join(inputs)} inputs{several}" if inputs else ""
    return " and ".join(filter(None, [words, *others]))
