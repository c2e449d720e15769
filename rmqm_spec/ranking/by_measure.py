"""Rank stored results by another measure than RMQM: paired differences, where they are known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.contracts.measure import BetweenMeasure, Measure, Summary
from rmqm_spec.evaluation.meters import summarised, summarised_between
from rmqm_spec.measures.jackknife import without_each_group
from rmqm_spec.measures.movement import Movement
from rmqm_spec.ranking.by_records import MeasurePair, MeasurePlace, MeasureRanking
from rmqm_spec.ranking.columns import common_columns, common_ids, measure_of_results
from rmqm_spec.ranking.ends import Asked, first_end
from rmqm_spec.ranking.joint import JointScores
from rmqm_spec.ranking.records import NEGLIGIBLE
from rmqm_spec.ranking.ties import groups, letter, place_range
from rmqm_spec.results.stored import StoredResult

__all__ = ["rank_by_measure"]

_POWER = 0.84162123  # quantile of the normal at 80 %

Columns = Mapping[str, AnyArray]


def rank_by_measure(asked: Asked, results: Mapping[str, StoredResult]) -> MeasureRanking:
    """
    Rank stored results by a measure, on the inputs common to all.

    Parameters
    ----------
    asked : Asked
        The measure, and which end is first.
    results : mapping of str to StoredResult
        Comparable results, by name of the encoder; see `rmqm_spec.ranking.rank_results`.

    Returns
    -------
    MeasureRanking
        Encoders without a value are not ranked; they are named with the reason.

    Raises
    ------
    UsageError
        RNK006 if no end is known, RNK007 for results without the measure.

    Notes
    -----
    Where every encoder's value has an interval, the measure holds the delete-group jackknife
    (`rmqm_spec.measures.jackknife`). Groups of inputs are then left out of all encoders alike, and
    the pseudo-values, minus (G - 1) times the values without each of G groups, take the place of
    the contributions of inputs to RMQM in `JointScores`: the variance of a difference is that of
    the jackknife of the difference, paired by input, with G - 1 degrees of freedom. RMQM has the
    contributions of its inputs, as in `rmqm_spec.ranking.order.rank_encoders`, so that either end
    has the same pairs. Of measures without an interval, and of those between encoders, no
    certainty is known.
    """
    measure = measure_of_results(asked.measure, results)
    first = first_end(asked, measure.direction)
    common = common_ids(results)
    columns = common_columns(measure, results, common)
    summaries = _summaries(measure, columns)
    sign = 1.0 if first.end == "high" else -1.0
    defined = [name for name, summary in summaries.items() if summary.is_defined]
    names = sorted(defined, key=lambda name: (-sign * summaries[name].value, name))
    joint = _joint(measure, names, columns, summaries, sign)
    pairs, quantile = _pairs(names, summaries, joint, len(common))
    return MeasureRanking(
        measure=measure,
        asked=asked,
        first=first,
        is_certain=joint is not None,
        ranked=_places(names, summaries, pairs, joint),
        # By name, not as the results were given: a check of the document has them in another order.
        unranked={
            name: one.status for name, one in sorted(summaries.items()) if not one.is_defined
        },
        pairs=pairs,
        order_probability=joint.of_order(list(range(len(names)))) if joint else None,
        quantile=quantile,
        n_inputs=len(common),
        n_groups=joint.freedom + 1 if joint else 0,
    )


def _summaries(measure: Measure, columns: Mapping[str, Columns]) -> Mapping[str, Summary]:
    if isinstance(measure, BetweenMeasure):
        return summarised_between(measure, columns)
    return {name: summarised(measure, kept) for name, kept in columns.items()}


def _joint(
    measure: Measure,
    names: Sequence[str],
    columns: Mapping[str, Columns],
    summaries: Mapping[str, Summary],
    sign: float,
) -> JointScores | None:
    """Return the joint distribution of the values; None where it is not known."""
    if isinstance(measure, BetweenMeasure) or len(names) < 2:
        return None
    if not all(_has_interval(summaries[name]) for name in names):
        return None
    values = sign * np.array([summaries[name].value for name in names])
    if isinstance(measure, Movement):
        inputs = [measure.characteristics(columns[name]).per_input for name in names]
        return JointScores.of(values, sign * np.stack([one.contribution for one in inputs], axis=1))
    without = np.stack([_without(measure, columns[name]) for name in names], axis=1)
    if len(without) < 3 or not np.isfinite(without).all():
        return None
    return JointScores.of(values, -(len(without) - 1) * sign * without)


def _has_interval(summary: Summary) -> bool:
    return summary.interval is not None and all(map(math.isfinite, summary.interval))


def _without(measure: Measure, columns: Columns) -> Float64Array:
    """Return the values without each group of inputs, (G,)."""

    def value(*rows: AnyArray) -> float:
        return summarised(measure, dict(zip(columns, rows, strict=True))).value

    return without_each_group(value, *columns.values())


def _pairs(
    names: Sequence[str],
    summaries: Mapping[str, Summary],
    joint: JointScores | None,
    n_inputs: int,
) -> tuple[tuple[MeasurePair, ...], float | None]:
    numbers = [(row, column) for row in range(len(names)) for column in range(row + 1, len(names))]
    if joint is None:
        return tuple(
            MeasurePair(
                first=names[row],
                second=names[column],
                difference=abs(summaries[names[row]].value - summaries[names[column]].value),
            )
            for row, column in numbers
        ), None
    quantile = joint.quantile()
    return tuple(
        _pair(names, joint, quantile, (row, column), n_inputs) for row, column in numbers
    ), quantile


def _pair(
    names: Sequence[str],
    joint: JointScores,
    quantile: float,
    numbers: tuple[int, int],
    n_inputs: int,
) -> MeasurePair:
    from scipy.special import stdtrit

    row, column = numbers
    difference = float(joint.scores[row] - joint.scores[column])
    error = float(joint.errors[row, column])
    single = float(stdtrit(joint.freedom, 0.975))
    # A table shows four digits: a difference below half of the last is one of rounding.
    shown = difference >= NEGLIGIBLE * float(np.abs(joint.scores[[row, column]]).max())
    tied = difference <= quantile * error or not shown
    needed = None
    if tied and shown and difference > 0:
        needed = math.ceil(n_inputs * ((quantile + _POWER) * error / difference) ** 2)
    return MeasurePair(
        first=names[row],
        second=names[column],
        difference=difference,
        interval=(difference - quantile * error, difference + quantile * error),
        alone=(difference - single * error, difference + single * error),
        probability=joint.above(row, column),
        tied=tied,
        inputs_needed=needed,
    )


def _places(
    names: Sequence[str],
    summaries: Mapping[str, Summary],
    pairs: Sequence[MeasurePair],
    joint: JointScores | None,
) -> tuple[MeasurePlace, ...]:
    if joint is None:
        return tuple(_bare_place(row, names, summaries) for row in range(len(names)))
    above: BoolArray = np.zeros((len(names), len(names)), dtype=bool)
    for pair in pairs:
        above[names.index(pair.first), names.index(pair.second)] = not pair.tied
    apart = above | above.T
    lettered = list(enumerate(groups(apart)))
    probabilities = joint.positions()
    places = []
    for row, name in enumerate(names):
        reach = place_range(above, row)
        others = [other for k, other in enumerate(names) if k != row and not apart[row, k]]
        places.append(
            MeasurePlace(
                name=name,
                value=summaries[name].value,
                interval=summaries[name].interval,
                position=reach[0],
                positions=reach,
                same_as=tuple(others),
                letters=tuple(letter(number) for number, group in lettered if row in group),
                best=float(probabilities[row, 0]),
                probabilities=tuple(probabilities[row].tolist()),
            )
        )
    return tuple(places)


def _bare_place(row: int, names: Sequence[str], summaries: Mapping[str, Summary]) -> MeasurePlace:
    """Return a place by the value alone; equal values share it."""
    value = summaries[names[row]].value
    equal = [name for name in names if summaries[name].value == value]
    interval = summaries[names[row]].interval
    return MeasurePlace(
        name=names[row],
        value=value,
        interval=interval if _has_interval(summaries[names[row]]) else None,
        position=1 + names.index(equal[0]),
        same_as=tuple(name for name in equal if name != names[row]),
    )
