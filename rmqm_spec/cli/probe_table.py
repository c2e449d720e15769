"""Accuracies of several models as one table, as wide as the terminal allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rmqm_spec.probes.comparing import Compared, tied_with_best
from rmqm_spec.runs.probed import ProbedModel
from rmqm_spec.screen.table import Column, fits, table_lines

__all__ = ["accuracy_lines"]


def accuracy_lines(probed: Mapping[str, ProbedModel], pairs: Sequence[Compared]) -> Iterator[str]:
    """Return the table, best first by the first probe, and what its signs mean."""
    if not probed:
        return
    some = next(iter(probed.values())).document
    probes = list(some["probes"])
    judged = {name: one.judgement for name, one in probed.items()}
    best = {probe: tied_with_best(probe, judged, list(pairs)) for probe in probes}
    cells = {
        name: [_cell(one, probe, name in best[probe] and len(probed) > 1) for probe in probes]
        for name, one in probed.items()
    }
    order = sorted(probed, key=lambda name: -_accuracy(probed[name], probes[0]))
    yield _task(some)
    lines = table_lines(
        [
            Column("model", order, left=True),
            *(
                Column(probe, [cells[name][at] for name in order], left=True)
                for at, probe in enumerate(probes)
            ),
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
    yield f"  chance {some['chance']:.3f} (always the most frequent class)"
    if len(probed) > 1:
        yield "  = best of its column, or tied with it (95 % interval of the paired difference)"


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


def _accuracy(one: ProbedModel, probe: str) -> float:
    return float(one.document["probes"][probe]["accuracy"])


def _cell(one: ProbedModel, probe: str, is_best: bool) -> str:
    found = one.document["probes"][probe]
    low, high = found["interval"]
    sign = "=" if is_best else " "
    doubt = "" if found.get("converged", True) else " not converged"
    return f"{sign}{found['accuracy']:.3f} [{low:.3f}, {high:.3f}]{doubt}"
