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

__all__ = ["rank_encoders"]

_POWER = 0.84162123  # quantile of the normal at 80 %


def rank_encoders(encoders: Mapping[str, Characteristics]) -> Ranking:
    """
    Rank encoders that saw the same inputs in the same order.

    Parameters
    ----------
    encoders : mapping of str to Characteristics
        What was measured, by name; row i of all of them belongs to the same input.

    Returns
    -------
    Ranking
        Encoders without a score are never ranked; they are named with the reason.

    Raises
    ------
    UsageError
        CMP002 for fewer than two inputs, or unlike numbers of them.

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
    >>> found = rank_encoders({"rough": rough, "smooth": smooth, "copy": smooth})
    >>> [(one.name, one.position, one.letters) for one in found.ranked]
    [('copy', 1, ('a',)), ('smooth', 1, ('a',)), ('rough', 3, ('b',))]
    """
    n_inputs = _common_number(encoders)
    scored = {name: one for name, one in encoders.items() if one.status == "ok"}
    names = sorted(scored, key=lambda name: (-scored[name].rmqm, name))
    unranked = {name: one.status for name, one in encoders.items() if one.status != "ok"}
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
        ranked=_ranked(names, scored, pairs, joint.positions()),
        unranked=unranked,
        pairs=pairs,
        order_probability=joint.of_order(list(range(len(names)))),
        quantile=quantile,
        n_inputs=n_inputs,
    )


def _common_number(encoders: Mapping[str, Characteristics]) -> int:
    numbers = sorted({one.n_inputs for one in encoders.values()})
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
    found = []
    for one, first in enumerate(names):
        for other, second in list(enumerate(names))[one + 1 :]:
            apart = float(joint.scores[one] - joint.scores[other])
            error = float(joint.errors[one, other])
            tied = apart <= quantile * error or apart < NEGLIGIBLE
            needed = None
            if tied and apart >= NEGLIGIBLE:
                needed = math.ceil((joint.freedom + 1) * ((quantile + _POWER) * error / apart) ** 2)
            found.append(
                Pair(
                    first=first,
                    second=second,
                    difference=apart,
                    interval=(apart - quantile * error, apart + quantile * error),
                    alone=(apart - single * error, apart + single * error),
                    probability=joint.above(one, other),
                    tied=tied,
                    parts=difference_parts(scored[first], scored[second]),
                    inputs_needed=needed,
                )
            )
    return tuple(found)


def _ranked(
    names: list[str],
    scored: Mapping[str, Characteristics],
    pairs: tuple[Pair, ...],
    positions: Float64Array,
) -> tuple[Ranked, ...]:
    above: BoolArray = np.zeros((len(names), len(names)), dtype=bool)
    for pair in pairs:
        above[names.index(pair.first), names.index(pair.second)] = not pair.tied
    apart = above | above.T
    lettered = list(enumerate(groups(apart)))
    found = []
    for one, name in enumerate(names):
        places = place_range(above, one)
        found.append(
            Ranked(
                name=name,
                rmqm=scored[name].rmqm,
                interval=scored[name].interval,
                position=places[0],
                positions=places,
                same_as=tuple(
                    other for k, other in enumerate(names) if k != one and not apart[one, k]
                ),
                letters=tuple(letter(number) for number, group in lettered if one in group),
                best=float(positions[one, 0]),
                probabilities=tuple(positions[one].tolist()),
                shares=shares(scored[name]),
            )
        )
    return tuple(found)
