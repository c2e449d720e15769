"""Measures with labels, computed from the encodings that a probe learns from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rmqm_spec.contracts.measure import Measure
from rmqm_spec.contracts.registry import load_all
from rmqm_spec.errors import UsageError
from rmqm_spec.evaluation.meters import summarised
from rmqm_spec.evaluation.statistic import Measured
from rmqm_spec.measures.named import ALL, measure_named

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.probes.train_test import TrainTestSplit

__all__ = ["labelled_measures", "measured_with_labels", "needs_labels", "values_and_reasons"]

_GIVEN = frozenset({"unaltered", "labels"})
"""What a probe gives to measures."""


def needs_labels(measure: Measure) -> bool:
    """Whether a measure cannot be computed without labels."""
    return "labels" in measure.needs


def labelled_measures(names: Sequence[str]) -> tuple[Measure, ...]:
    """
    Return the measures that names stand for; ``all`` stands for all that are installed.

    Raises
    ------
    UsageError
        ARG003 if there is no such measure; ARG001 for one that needs no labels, or more than
        encodings and labels, for a size, and for a measure that is named twice.

    Examples
    --------
    >>> [measure.title for measure in labelled_measures(["logme", "h-score"])]
    ['LogME', 'H-score']
    """
    chosen: list[Measure] = []
    for name in names:
        if name == ALL:
            continue
        if "@" in name:
            raise _refused(
                f"be named without a size; got {name!r}", f"Type {name.partition('@')[0]}."
            )
        chosen.append(measure_named(name))
        if not needs_labels(chosen[-1]):
            raise _refused(
                f"need labels; {name} needs none",
                f"Compute it with rmqm-spec score: --measure {name}.",
            )
        if more := sorted(chosen[-1].needs - _GIVEN):
            raise _refused(
                f"need only encodings and labels; {name} needs {', '.join(more)} too",
                "Leave it out: rmqm-spec measures lists what each measure needs.",
            )
        if list(names).count(name) > 1:
            raise _refused(f"be named once each; got {name!r} again", "Leave it out.")
    return tuple(chosen) if ALL not in names else _all_of_probes()


def _all_of_probes() -> tuple[Measure, ...]:
    installed = load_all("measure")[0].values()
    return tuple(plug for plug in installed if needs_labels(plug) and plug.needs <= _GIVEN)


def _refused(rule: str, fix: str) -> UsageError:
    return UsageError("ARG001", f"measures of a probe must {rule}", fix=fix)


def measured_with_labels(split: TrainTestSplit, measures: Sequence[Measure]) -> dict[str, Measured]:
    """
    Measure the training part.

    Parameters
    ----------
    split : TrainTestSplit
        What a probe learns from and is judged on. Measures see the encodings and labels of the
        training part alone, as unit vectors: what a linear probe may see before it is judged. So
        they can be correlated with accuracies on the test part.
    measures : sequence of Measure
        Measures with labels.

    Returns
    -------
    dict of str to Measured
        Values and columns by the name of the measure.

    Raises
    ------
    SubjectError
        MEA002 if a measure fails or breaks its contract.
    """
    numbers = {name: number for number, name in enumerate(split.classes)}
    columns: dict[str, AnyArray] = {
        "encodings": split.train.vectors,
        "classes": np.array([numbers[label] for label in split.train.labels]),
    }
    found = {}
    for measure in measures:
        own = {column.name: columns[column.name] for column in measure.kept}
        summary = summarised(measure, own)
        found[measure.name] = Measured(measure=measure, columns=own, summary=summary)
    return found


def values_and_reasons(
    documents: Mapping[str, Mapping[str, Any]],
) -> Iterator[tuple[str, str, dict[str, tuple[float, str]]]]:
    """
    Yield the name and title of each measure, with value and status by encoder.

    Parameters
    ----------
    documents : mapping
        Documents of probes by encoder. One that lacks a measure has the status ``not-measured``.
    """
    titles = {
        name: section["title"]
        for document in documents.values()
        for name, section in document.get("measures", {}).items()
    }
    absent: dict[str, Any] = {"value": None, "status": "not-measured"}
    for name, title in titles.items():
        sections = {
            encoder: document.get("measures", {}).get(name, absent)
            for encoder, document in documents.items()
        }
        yield (
            name,
            title,
            {
                encoder: (
                    math.nan if section["value"] is None else float(section["value"]),
                    str(section["status"]),
                )
                for encoder, section in sections.items()
            },
        )
