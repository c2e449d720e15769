"""Accuracies of several models as one table, as wide as the terminal allows."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

from rmqm_spec.probes.comparing import Compared, tied_with_best
from rmqm_spec.runs.probing import ProbedModel
from rmqm_spec.screen.tables import Column, columns_of_terminal, table_lines

__all__ = ["probe_lines"]

_ENDLESS = 10_000


def probe_lines(probed: Mapping[str, ProbedModel], pairs: Sequence[Compared]) -> Iterator[str]:
    """Return the table, best first by the first probe, and what its signs mean."""
    if not probed:
        return
    some = next(iter(probed.values())).document
    probes = list(some["probes"])
    judgements = {name: model.judgement for name, model in probed.items()}
    best = {probe: tied_with_best(probe, judgements, list(pairs)) for probe in probes}
    order = sorted(probed, key=lambda name: -_accuracy(probed[name], probes[0]))
    columns = [Column("model", order, left=True)]
    for probe in probes:
        cells = [
            _cell(probed[name], probe, name in best[probe] and len(probed) > 1) for name in order
        ]
        columns.append(Column(probe, cells, left=True))
    yield _task(some)
    yield from _lines(columns)
    yield f"  chance {some['chance']:.3f} (always the most frequent class)"
    if len(probed) > 1:
        yield "  = best of its column, or level with it (95 % interval of the paired difference)"


def _lines(columns: Sequence[Column]) -> Iterator[str]:
    """Return a table, or a block for each model where the terminal is narrow."""
    width = columns_of_terminal(sys.stdout)
    lines = table_lines(columns, _ENDLESS)
    if width is None or max(map(len, lines)) <= width:
        yield from lines
        return
    names, *probes = columns
    for row, name in enumerate(names.cells):
        yield f"  {name}"
        yield from (f"    {probe.head:<8}{probe.cells[row]}" for probe in probes)


def _task(document: Mapping[str, object]) -> str:
    split = document["split"]
    classes = document["classes"]
    if not isinstance(split, Mapping) or not isinstance(classes, Sequence):
        raise TypeError("a probe document has a split and classes")
    kind = {"leave-one-out": "; neighbours: leave one out"}.get(split["neighbours"], "")
    return (
        f"  {document['task']}: {len(classes)} classes, {split['train']} inputs to learn from, "
        f"{split['test']} to judge on{kind}"
    )


def _accuracy(model: ProbedModel, probe: str) -> float:
    return float(model.document["probes"][probe]["accuracy"])


def _cell(model: ProbedModel, probe: str, is_best: bool) -> str:
    found = model.document["probes"][probe]
    low, high = found["interval"]
    sign = "=" if is_best else " "
    doubt = "" if found.get("converged", True) else " not converged"
    return f"{sign}{found['accuracy']:.3f} [{low:.3f}, {high:.3f}]{doubt}"
