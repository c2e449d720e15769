"""The ranking: paired differences with simultaneous intervals, positions and probabilities."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from rmqm_spec.arrays import BoolArray, Float64Array
from rmqm_spec.characteristics import Characteristics
from rmqm_spec.errors import UsageError
from rmqm_spec.ranking.joint import JointScores
from rmqm_spec.ranking.parts import difference_parts, shares
from rmqm_spec.ranking.records import NEGLIGIBLE, Pair, Ranked, Ranking
from rmqm_spec.ranking.ties import groups, letter, place_range

__all__ = ["POWER", "placed", "rank_encoders"]

POWER = 0.84162123
"""Quantile of the normal at 80 %."""


def rank_encoders(encoders: Mapping[str, Characteristics]) -> Ranking:
    """
    Rank encoders that saw the same inputs in the same order.

    Parameters
    ----------
    encoders : mapping of str to Characteristics
        Characteristics by name of the encoder; row i of all of them belongs to the same input.

    Returns
    -------
    Ranking
        Encoders without a score are never ranked; they are named with the reason.

    Raises
    ------
    UsageError
        CMP002 for fewer than two inputs, or different numbers of inputs.

    Notes
    -----
    Clause RMQM-PRO-005. Differences are taken input by input, by the delta method that also gives
    the interval of a score; the quantile of all pairs together is that of the largest |t| under
    the joint Student t with the paired covariance (docs/ranking.md).

    Examples
    --------
    >>> from rmqm_spec import characterize
    >>> steps = np.random.default_rng(0).uniform(0.01, 0.02, (2, 40, 9))
    >>> smooth, rough = (characterize(np.cumsum(s, 1), s) for s in (steps[0], steps[1] ** 1.5))
    >>> ranking = rank_encoders({"rough": rough, "smooth": smooth, "copy": smooth})
    >>> [(entry.name, entry.position, entry.letters) for entry in ranking.ranked]
    [('copy', 1, ('a',)), ('smooth', 1, ('a',)), ('rough', 3, ('b',))]
    """
    n_inputs = _common_number(encoders)
    scored = {
        name: characteristics
        for name, characteristics in encoders.items()
        if characteristics.status == "ok"
    }
    names = sorted(scored, key=lambda name: (-scored[name].rmqm, name))
    unranked = {
        name: characteristics.status
        for name, characteristics in encoders.items()
        if characteristics.status != "ok"
    }
    if not names:
        return Ranking(
            ranked=(),
            unranked=unranked,
            pairs=(),
            order_probability=math.nan,
            quantile=math.nan,
            n_inputs=n_inputs,
        )
    joint = JointScores.of(
        np.array([scored[name].rmqm for name in names]),
        np.stack([scored[name].per_input.contribution for name in names], axis=1),
    )
    quantile = joint.quantile()
    pairs = _pairs(names, scored, joint, quantile)
    return Ranking(
        ranked=placed(names, scored, pairs, joint.positions()),
        unranked=unranked,
        pairs=pairs,
        order_probability=joint.of_order(list(range(len(names)))),
        quantile=quantile,
        n_inputs=n_inputs,
    )


def _common_number(encoders: Mapping[str, Characteristics]) -> int:
    numbers = sorted({characteristics.n_inputs for characteristics in encoders.values()})
    if len(numbers) == 1 and numbers[0] >= 2:
        return numbers[0]
    raise UsageError(
        "CMP002",
        "encoders must be compared on the same inputs, at least 2; got "
        + (" and ".join(map(str, numbers)) or "no encoder"),
        fix="Score all of them on the same data.",
    )


def _pairs(
    names: list[str], scored: Mapping[str, Characteristics], joint: JointScores, quantile: float
) -> tuple[Pair, ...]:
    from scipy.special import stdtrit

    single = float(stdtrit(joint.freedom, 0.975))
    pairs = []
    for row, first in enumerate(names):
        for column, second in list(enumerate(names))[row + 1 :]:
            difference = float(joint.scores[row] - joint.scores[column])
            error = float(joint.errors[row, column])
            tied = difference <= quantile * error or difference < NEGLIGIBLE
            needed = None
            if tied and difference >= NEGLIGIBLE:
                needed = math.ceil(
                    (joint.freedom + 1) * ((quantile + POWER) * error / difference) ** 2
                )
            pairs.append(
                Pair(
                    first=first,
                    second=second,
                    difference=difference,
                    interval=(difference - quantile * error, difference + quantile * error),
                    alone=(difference - single * error, difference + single * error),
                    probability=joint.above(row, column),
                    tied=tied,
                    parts=difference_parts(scored[first], scored[second]),
                    inputs_needed=needed,
                )
            )
    return tuple(pairs)


def placed(
    names: list[str],
    scored: Mapping[str, Characteristics],
    pairs: tuple[Pair, ...],
    positions: Float64Array,
) -> tuple[Ranked, ...]:
    """
    Return the encoders with their places, which follow from the pairs that are told apart.

    Parameters
    ----------
    names : list of str
        The encoders in their order.
    scored : mapping of str to Characteristics
        Their characteristics.
    pairs : tuple of Pair
        Every pair of them.
    positions : (K, K) ndarray of float64
        Probability of each encoder (row) at each position (column).
    """
    above: BoolArray = np.zeros((len(names), len(names)), dtype=bool)
    for pair in pairs:
        above[names.index(pair.first), names.index(pair.second)] = not pair.tied
    apart = above | above.T
    lettered = list(enumerate(groups(apart)))
    ranked = []
    for row, name in enumerate(names):
        places = place_range(above, row)
        ranked.append(
            Ranked(
                name=name,
                rmqm=scored[name].rmqm,
                interval=scored[name].interval,
                position=places[0],
                positions=places,
                same_as=tuple(
                    other for k, other in enumerate(names) if k != row and not apart[row, k]
                ),
                letters=tuple(letter(number) for number, group in lettered if row in group),
                best=float(positions[row, 0]),
                probabilities=tuple(positions[row].tolist()),
                shares=shares(scored[name]),
            )
        )
    return tuple(ranked)
