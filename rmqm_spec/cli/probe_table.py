"""Accuracies of several models as a table, as wide as the terminal allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from rmqm_spec.cli.table_files import Columns, rows_as_columns
from rmqm_spec.probes.comparing import Compared, tied_with_best
from rmqm_spec.probes.measuring import values_and_reasons
from rmqm_spec.runs.probed import ProbedModel, ProbedModels
from rmqm_spec.screen.table import TableColumn, fits, table_lines

__all__ = ["accuracy_columns", "accuracy_lines", "value_or_reason"]


def accuracy_lines(probed: Mapping[str, ProbedModel], pairs: Sequence[Compared]) -> Iterator[str]:
    """Return the table, sorted by the first probe, best first, and what its signs mean."""
    if not probed:
        return
    some = next(iter(probed.values())).document
    probes = list(some["probes"])
    judgements = {name: model.judgement for name, model in probed.items()}
    best = {probe: tied_with_best(probe, judgements, list(pairs)) for probe in probes}
    cells = {
        name: [_cell(model, probe, name in best[probe] and len(probed) > 1) for probe in probes]
        for name, model in probed.items()
    }
    measured = [
        (title, {name: value_or_reason(*cell) for name, cell in found.items()})
        for _, title, found in values_and_reasons(
            {name: model.document for name, model in probed.items()}
        )
    ]
    order = sorted(probed, key=lambda name: -_accuracy(probed[name], probes[0]))
    yield _task(some)
    lines = table_lines(
        [
            TableColumn("model", order, left=True),
            *(
                TableColumn(probe, [cells[name][column] for name in order], left=True)
                for column, probe in enumerate(probes)
            ),
            *(TableColumn(title, [found[name] for name in order]) for title, found in measured),
        ]
    )
    if fits(lines):
        yield from lines
    else:
        for name in order:
            yield f"  {name}"
            yield from (
                f"    {probe:<8}{cell}" for probe, cell in zip(probes, cells[name], strict=True)
            )
            yield from (f"    {title:<9}{found[name]}" for title, found in measured)
    yield f"  chance {some['chance']:.3f} (always the most frequent class)"
    if len(probed) > 1:
        yield "  = best of its column, or tied with it (95 % interval of the paired difference)"
    if measured:
        titles = ", ".join(title for title, _ in measured)
        n_inputs = some["split"]["train"]
        yield f"  {titles}: of the {n_inputs} inputs to learn from and their labels"


def value_or_reason(value: float, status: str) -> str:
    """Return a value as tables show it, or why there is none."""
    return status if math.isnan(value) else f"{value:.4g}"


def accuracy_columns(probed: ProbedModels) -> Columns:
    """Return the probes as a table for programs: a row per model and probe, failed models below."""
    judgements = {name: model.judgement for name, model in probed.models.items()}
    rows: list[tuple[object, ...]] = []
    for name, model in probed.models.items():
        for probe, accuracy in model.document["probes"].items():
            tied = tied_with_best(probe, judgements, list(probed.differences))
            converged = accuracy.get("converged")
            row = (
                name,
                probe,
                accuracy["accuracy"],
                *accuracy["interval"],
                name in tied,
                converged,
            )
            rows.append((*row, model.document["chance"], "ok"))
    rows += [(name, *[None] * 7, error.code) for name, error in probed.failed.items()]
    names = ("name", "probe", "accuracy", "low", "high", "best", "converged", "chance", "status")
    columns = rows_as_columns(names, rows)
    return {**columns, **probed.measured([str(row[0]) for row in rows])}


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
    accuracy = model.document["probes"][probe]
    low, high = accuracy["interval"]
    sign = "=" if is_best else " "
    doubt = "" if accuracy.get("converged", True) else " not converged"
    return f"{sign}{accuracy['accuracy']:.3f} [{low:.3f}, {high:.3f}]{doubt}"
