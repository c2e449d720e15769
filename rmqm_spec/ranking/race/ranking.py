"""The ranking after a race: each pair on the inputs that both were given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

import numpy as np
from attrs import evolve

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.findings import Finding
from rmqm_spec.ranking.joint import JointScores
from rmqm_spec.ranking.order import POWER, placed
from rmqm_spec.ranking.parts import difference_parts
from rmqm_spec.ranking.race.boundary import boundary
from rmqm_spec.ranking.race.comparison import Comparison
from rmqm_spec.ranking.race.outcome import RaceOutcome
from rmqm_spec.ranking.records import NEGLIGIBLE, NOTHING_RANKED, Pair, Ranking
from rmqm_spec.ranking.results import comparable, on_inputs
from rmqm_spec.results.stored import StoredResult

__all__ = ["rank_race"]


def rank_race(
    results: Mapping[str, StoredResult], race: RaceOutcome
) -> tuple[Ranking, list[Finding]]:
    """
    Rank the results of a race.

    Parameters
    ----------
    results : mapping of str to StoredResult
        Results by the name of their encoder, each of the inputs that it was given.
    race : RaceOutcome
        What the race decided.

    Returns
    -------
    Ranking
        Which encoders are tied is what the race left open; intervals cover at all looks together.
    list of Finding
        What differs between the encoders (RNK001, RNK002, RNK005), and that the race was not
        settled (RNK009).

    Raises
    ------
    UsageError
        As `rmqm_spec.ranking.rank_results`, but for different numbers of inputs.
    """
    coarsest, notes = comparable(results, on_common_inputs=True)
    own = {name: one.characteristics(coarsest) for name, one in results.items()}
    scored = sorted(name for name in results if own[name].status == "ok")
    unranked = {name: own[name].status for name in results if own[name].status != "ok"}
    if not scored:
        return evolve(NOTHING_RANKED, unranked=unranked), notes
    meetings = {pair: _meeting(pair, results, coarsest) for pair in combinations(scored, 2)}
    joint = _joint(scored, meetings, own, results)
    order = sorted(
        range(len(scored)),
        key=lambda row: (scored[row] != race.best, -joint.scores[row], scored[row]),
    )
    names = [scored[row] for row in order]
    pairs = tuple(_pair(pair, meetings, race, len(results)) for pair in combinations(names, 2))
    positions = joint.positions()[order]
    n_pairs = max(len(results) * (len(results) - 1) // 2, 1)
    ranking = Ranking(
        ranked=placed(names, own, pairs, positions),
        unranked=unranked,
        pairs=pairs,
        order_probability=joint.of_order(order),
        quantile=boundary(race.rules.error / n_pairs, race.rules.looks),
        n_inputs=max(one.n_inputs for one in own.values()),
    )
    return ranking, [*notes, *_unsettled(race, pairs)]


Meeting = tuple[Characteristics, Characteristics, Comparison]
"""Two encoders on the inputs that both were given."""


def _meeting(
    pair: tuple[str, str], results: Mapping[str, StoredResult], resolution: float
) -> Meeting:
    common = set.intersection(*(set(results[name].ids) for name in pair))
    first, second = (on_inputs(results[name], common, resolution) for name in pair)
    contributions = [one.per_input.contribution for one in (first, second)]
    return first, second, Comparison.of(pair, np.stack(contributions, axis=1))


def _joint(
    names: list[str],
    meetings: Mapping[tuple[str, str], Meeting],
    own: Mapping[str, Characteristics],
    results: Mapping[str, StoredResult],
) -> JointScores:
    """
    Return the joint distribution of what each encoder scores above the one with most inputs.

    The mean of the first n inputs and that of the first m share min(n, m) of them, so that the
    covariance of such differences is that of single inputs over max(n, m).
    """
    last = max(names, key=lambda name: own[name].n_inputs)
    above: dict[str, tuple[float, dict[str, float]]] = {last: (0.0, {})}
    for name in names:
        if name != last:
            above[name] = _above(name, last, meetings, results)
    k = len(names)
    covariance, errors = np.zeros((2, k, k))
    for row, first in enumerate(names):
        for column, second in enumerate(names[: row + 1]):
            covariance[row, column] = _covariance(above[first][1], above[second][1])
            covariance[column, row] = covariance[row, column]
            if row != column:
                pair = (second, first) if (second, first) in meetings else (first, second)
                errors[row, column] = errors[column, row] = meetings[pair][2].errors[0, 1]
    scores = np.array([above[name][0] for name in names])
    fewest = min(own[name].n_inputs for name in names)
    return JointScores.of_nested(scores, covariance, errors, fewest)


def _above(
    name: str,
    last: str,
    meetings: Mapping[tuple[str, str], Meeting],
    results: Mapping[str, StoredResult],
) -> tuple[float, dict[str, float]]:
    """Return a difference to the last encoder, and what each input adds to its deviation."""
    pair = (name, last) if (name, last) in meetings else (last, name)
    found = dict(zip(pair, meetings[pair][:2], strict=True))
    apart = found[name].per_input.contribution - found[last].per_input.contribution
    common = sorted(set(results[name].ids) & set(results[last].ids))
    difference = found[name].rmqm - found[last].rmqm
    return difference, dict(zip(common, (apart - difference).tolist(), strict=True))


def _covariance(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    common = sorted(first.keys() & second.keys())
    if len(common) < 2:
        return 0.0
    a, b = (np.array([side[one] for one in common]) for side in (first, second))
    centred = float((a - a.mean()) @ (b - b.mean())) / (len(common) - 1)
    return centred / max(len(first), len(second))


def _pair(
    pair: tuple[str, str],
    meetings: Mapping[tuple[str, str], Meeting],
    race: RaceOutcome,
    n_encoders: int,
) -> Pair:
    """Return a pair with the encoder first that is above on the inputs that both were given."""
    from scipy.special import stdtr

    known = pair if pair in meetings else pair[::-1]
    first, second, seen = meetings[known]
    if first.rmqm < second.rmqm or (first.rmqm == second.rmqm and known != pair):
        first, second, known = second, first, known[::-1]
    difference, error = first.rmqm - second.rmqm, float(seen.errors[0, 1])
    wide = race.rules.of_all_pairs(n_encoders, seen.n) * error
    single = race.rules.of_one_pair(seen.n) * error
    tied = not race.tells_apart(*known, difference, wide)
    needed = None
    if tied and difference >= NEGLIGIBLE:
        needed = math.ceil(seen.n * ((wide + POWER * error) / difference) ** 2)
    surely = 0.5 * (1 + float(np.sign(difference)))
    return Pair(
        first=known[0],
        second=known[1],
        difference=difference,
        interval=(difference - wide, difference + wide),
        alone=(difference - single, difference + single),
        probability=float(stdtr(seen.n - 1, difference / error)) if error else surely,
        tied=tied,
        parts=difference_parts(first, second),
        inputs_needed=needed,
    )


def _unsettled(race: RaceOutcome, pairs: tuple[Pair, ...]) -> list[Finding]:
    if race.stopped == "settled":
        return []
    n_open = sum(pair.tied for pair in pairs)
    spent = "the budget was spent" if race.stopped == "budget" else "all inputs were used"
    more = "a larger --budget" if race.stopped == "budget" else "more inputs"
    return [
        Finding(
            code="RNK009",
            level="warn",
            message=f"the race ended because {spent}, with {n_open} of {len(pairs)} pairs open",
            fix=f"Take {more}, or say which differences are too small to matter: --precision 0.02.",
        )
    ]
