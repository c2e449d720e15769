"""The meters of all chosen measures, fed with one and the same stream of encodings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder
from rmqm_spec.contracts.measure import (
    BetweenMeasure,
    GradientMeter,
    InputMeter,
    Measure,
    Summary,
    keeper,
)
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.evaluation.group import column_key
from rmqm_spec.evaluation.measure_contract import broken_measure, require_summary

__all__ = ["Meters", "require_walk_suffices", "summarised", "summarised_between"]

Outcome = TypeVar("Outcome")

_GIVEN = frozenset({"unaltered", "altered", "inputs", "gradients"})
"""What a walk gives to measures; gradients only of an encoder that has them."""


class Meters:
    """
    Meters for a group of inputs: one of each measure, or of several that keep the same columns.

    Parameters
    ----------
    measures : sequence of Measure
        The measures.
    n_inputs, n_levels : int
        Number n of inputs in the group, and J.
    names : sequence of str
        What to call the inputs in an error.
    """

    def __init__(
        self, measures: Sequence[Measure], n_inputs: int, n_levels: int, names: Sequence[str]
    ) -> None:
        self._n_inputs = n_inputs
        self._meters = [
            (measure, _guarded(measure, "start", measure.start, n_inputs, n_levels, names))
            for measure in _with_own_meters(measures)
        ]

    def look(self, inputs: AnyArray) -> None:
        """Hand the unaltered inputs (n, *S) to the measures that need them."""
        for measure, meter in self._meters:
            if "inputs" in measure.needs:
                _guarded(measure, "look", cast("InputMeter", meter).look, inputs)

    def differentiate(self, encoder: DifferentiableEncoder, inputs: FloatArray) -> None:
        """Hand encoder and unaltered inputs (n, *S) to the measures that need gradients."""
        for measure, meter in self._meters:
            if "gradients" in measure.needs:
                take = cast("GradientMeter", meter).differentiate
                _guarded(measure, "differentiate", take, encoder, inputs)

    def update(self, encodings: AnyArray) -> None:
        """Hand the encodings (n, L, E) of the next L levels to every measure."""
        for measure, meter in self._meters:
            _guarded(measure, "update", meter.update, encodings)

    def columns(self) -> dict[str, AnyArray]:
        """
        Return what all measures keep of each input.

        Raises
        ------
        SubjectError
            MEA002 if a measure keeps other columns than it declares, or not one row per input.
        """
        kept: dict[str, AnyArray] = {}
        for measure, meter in self._meters:
            columns = _guarded(measure, "columns", meter.columns)
            declared = [column.name for column in measure.kept]
            if sorted(columns) != sorted(declared):
                raise broken_measure(
                    measure, f"columns {sorted(columns)} where it declares {declared}"
                )
            for name in declared:
                rows = np.asarray(columns[name])
                if rows.ndim < 1 or len(rows) != self._n_inputs or rows.dtype.hasobject:
                    raise broken_measure(
                        measure,
                        f"{rows.dtype} of shape {rows.shape} as {name} of {self._n_inputs} inputs",
                    )
                kept[column_key(keeper(measure), name)] = rows
        return kept


def _with_own_meters(measures: Sequence[Measure]) -> list[Measure]:
    """Return the first measure of each `keeper`, whose meter serves the others too."""
    first: dict[str, Measure] = {}
    for measure in measures:
        shared = first.setdefault(keeper(measure), measure)
        if tuple(measure.kept) != tuple(shared.kept):
            raise broken_measure(
                measure,
                f"other columns than those of {shared.name}, with which it shares "
                f"{keeper(measure)!r}",
            )
    return list(first.values())


def require_walk_suffices(measures: Sequence[Measure]) -> None:
    """
    Refuse measures that need more than inputs, altered inputs, their encodings and gradients.

    Of a measure between encoders the walk keeps the columns; its values need other encoders.

    Raises
    ------
    UsageError
        MEA001 for such a measure, ARG001 for a measure that is named twice.
    """
    names = [measure.name for measure in measures]
    for measure in measures:
        given = _GIVEN | ({"encoders"} if isinstance(measure, BetweenMeasure) else set())
        missing = sorted(set(measure.needs) - given)
        if missing:
            raise UsageError(
                "MEA001",
                "a measure of a score must need inputs, encodings and gradients alone; "
                f"{measure.name} needs {', '.join(missing)}",
                fix=f"Probe labelled inputs with it: rmqm-spec probe --measure {measure.name}."
                if missing == ["labels"]
                else "Leave it out here; rmqm-spec measures lists what each measure needs.",
            )
        if names.count(measure.name) > 1:
            raise UsageError(
                "ARG001",
                f"measures must be named once each, rmqm not at all; got {measure.name!r} again",
                fix="Leave it out: rmqm is always computed, and one mention of others is enough.",
            )


def summarised(measure: Measure, columns: Mapping[str, AnyArray]) -> Summary:
    """
    Return what a measure says of all inputs.

    Parameters
    ----------
    measure : Measure
        The measure.
    columns : mapping of str to (N, ...) ndarray
        Its own columns, by their names.

    Raises
    ------
    SubjectError
        MEA002 if it fails, or gives a summary that breaks its contract.
    """
    from threadpoolctl import threadpool_limits

    # Threads of linear algebra slow small problems down, and another number of them may round
    # otherwise: a value must not depend on the machine's processors.
    with threadpool_limits(1, user_api="blas"):
        return require_summary(measure, _guarded(measure, "summarise", measure.summarise, columns))


def summarised_between(
    measure: BetweenMeasure, columns: Mapping[str, Mapping[str, AnyArray]]
) -> dict[str, Summary]:
    """
    Return what a measure between encoders says of each.

    Parameters
    ----------
    measure : BetweenMeasure
        The measure.
    columns : mapping of str to mapping
        By name of the encoder, its columns (N, ...) by their names, of the same inputs.

    Raises
    ------
    SubjectError
        MEA002 if it fails, or does not give each encoder a summary that keeps to the contract.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        found = _guarded(measure, "between", measure.between, columns)
    if not isinstance(found, Mapping) or found.keys() != columns.keys():
        raise broken_measure(measure, "no mapping with one summary for each encoder")
    return {name: require_summary(measure, found[name]) for name in columns}


def _guarded(measure: Measure, step: str, work: Callable[..., Outcome], *arguments: Any) -> Outcome:
    """Call a measure; an error of its own is named as such."""
    try:
        return work(*arguments)
    except RmqmError:
        raise
    except Exception as error:
        raise broken_measure(measure, f"{type(error).__name__} in {step}: {error}") from error
