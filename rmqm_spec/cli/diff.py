"""``rmqm-spec diff``: what differs between two results, by how much, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.cli.diff_tables import moved_table, term_and_level_tables
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.table_files import Columns, TableFiles, rows_as_columns
from rmqm_spec.differences.fields import SECTIONS
from rmqm_spec.screen.writing import note, print_json

__all__ = ["run_diff"]


def run_diff(
    first: Path,
    second: Path,
    options: dict[str, Any],
    *,
    recompute: bool,
    top: int,
    as_json: bool,
) -> int:
    """Compare two results; returns 0 where they give the same numbers, 1 where they differ."""
    from rmqm_spec.differences import difference_document
    from rmqm_spec.results.stored import read_result

    tables = TableFiles(**taken(TableFiles, options))
    tables.check(as_json=as_json, inputs=(first, second))
    results = [read_result(path) for path in (first, second)]
    document = difference_document(*results, recompute=recompute, top=top)
    if as_json:
        schema = document.pop("schema")
        head = {"schema": schema, "ok": document["same"], "rmqm": None, "interval": None}
        print_json({**head, **document})
    else:
        for line in _lines(document):
            tables.say(line)
        for finding in document["findings"]:
            note(f"  {finding['code']} {finding['message']}")
    tables.write(_columns(document))
    if recompute and not document["comparable"]:
        note("  --recompute cannot help: the results differ in what comes before the distances")
    return 0 if document["same"] else 1


def _columns(document: Mapping[str, Any]) -> Columns:
    """Return all differences as a table for programs: first and second value, and the change."""
    names = ("section", "name", "first", "second", "change", "low", "high")
    return rows_as_columns(names, _rows(document))


def _rows(document: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    none = (None, None)
    for section in SECTIONS:
        for field in document[section]:
            values = (_as_text(field[side]) for side in ("first", "second"))
            yield (section, field["name"], *values, None, *none)
    difference = document["difference"]
    scores = [side["rmqm"] for side in document["scores"] or document["results"]]
    if difference is None:
        yield ("score", "rmqm", *scores, None, *none)
        return
    interval = difference["interval"] or none
    yield ("score", "rmqm", *scores, difference["rmqm"], *interval)
    for term in difference["terms"]:
        yield ("term", term["name"], term["first"], term["second"], term["part"], *none)
    for level, part in enumerate(difference["levels"], 1):
        yield ("level", str(level), *none, part, *none)
    for moved in difference["inputs"]:
        yield ("input", moved["name"], moved["first"], moved["second"], moved["change"], *none)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _lines(document: dict[str, Any]) -> Iterator[str]:
    for mark, side in zip("AB", document["results"], strict=True):
        yield f"  {mark}  {_score(side)}   {side['result']}"
    yield from _of_inputs(document["inputs"])
    for section in SECTIONS:
        yield from _of_fields(section, document[section])
    alike = [section for section in SECTIONS if not document[section]]
    if alike:
        yield _row("the same", ", ".join(alike))
    if not document["comparable"]:
        yield f"  the scores cannot be compared: {_why_not(document)}"
        return
    yield from _of_recomputed(document)
    if document["same"]:
        yield "  the same numbers, bit for bit"
        return
    yield from _of_distances(document)
    yield from _of_difference(document["difference"])


def _row(name: str, text: str) -> str:
    return f"  {name:<14} {text}"


def _score(side: dict[str, Any]) -> str:
    if side["rmqm"] is None:
        return f"RMQM undefined ({side['status']})"
    return f"RMQM {side['rmqm']:.3f}{_interval(side['interval'], '.3f')}"


def _interval(interval: list[float] | None, form: str) -> str:
    return "" if interval is None else f"  [{interval[0]:{form}}, {interval[1]:{form}}]"


def _of_inputs(inputs: dict[str, Any]) -> Iterator[str]:
    in_a, in_b = (len(inputs[key]) for key in ("only_first", "only_second"))
    if not in_a + in_b:
        yield _row("inputs", f"the same {inputs['shared']}")
        return
    yield _row("inputs", f"{inputs['shared']} in both, {in_a} in A alone, {in_b} in B alone")


def _of_fields(section: str, unlike: list[dict[str, Any]]) -> Iterator[str]:
    for field in unlike:
        values = f"{_short(field['first'])} -> {_short(field['second'])}"
        yield _row(section, f"{field['name']}: {values}")


def _short(value: Any) -> str:
    """Return a value as JSON, with digests and long values cut."""
    if isinstance(value, str) and len(value) == 64:
        return f"{value[:12]}..."
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _why_not(document: dict[str, Any]) -> str:
    what = "the protocol differs" if document["protocol"] else "the inputs differ"
    if document["recomputable"]:
        return f"{what}\n  --recompute computes both again from their distances"
    return f"{what}\n  rmqm-spec explain CMP001"


def _of_recomputed(document: dict[str, Any]) -> Iterator[str]:
    how = document["recomputed"]
    if how is None:
        return
    yield _row(
        "recomputed",
        f"{how['inputs']} shared inputs, variant {how['variant']}, "
        f"resolution {how['resolution']:g}",
    )
    for mark, side in zip("AB", document["scores"], strict=True):
        yield f"  {mark}  {_score(side)}"


def _of_distances(document: dict[str, Any]) -> Iterator[str]:
    distances = document["distances"]
    if not distances["inputs_changed"]:
        yield _row("distances", "the same, but the documents differ: see rmqm-spec validate")
        return
    inputs = f"{distances['inputs_changed']} of {document['inputs']['shared']} inputs"
    yield _row("distances", f"{inputs} differ, by at most {distances['largest_change']:.2g}")


def _of_difference(change: dict[str, Any] | None) -> Iterator[str]:
    if change is None:
        yield "  no difference of scores: one of them is undefined"
        return
    interval = change["interval"]
    sure = "  (no interval)" if interval is None else f"{_interval(interval, '+.4f')} 95 % CI"
    tie = ": a tie" if interval and interval[0] <= 0 <= interval[1] else ""
    yield f"  B - A: RMQM {change['rmqm']:+.4f}{sure}, paired by input{tie}"
    yield from term_and_level_tables(change)
    yield from moved_table(change["inputs"])
