"""Races on inputs drawn from a pool: what they cost, how often they settle, how often they err."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from rmqm_spec.ranking.race import Comparison, Rules, Standings
from studies.race.designs import Design
from studies.race.drawing import drawn, seen_of

__all__ = ["MOST", "Raced", "race_once", "races"]

MOST = 10_000
"""Inputs that there are: as many as the paper used."""


@frozen(kw_only=True)
class Raced:
    """
    What came of a race.

    Parameters
    ----------
    inputs : int
        Inputs that encoders took, summed over the encoders.
    settled : bool
        Whether it was settled before the inputs ran out.
    wrong : bool
        Whether it is wrong: of the order, an encoder put above another that is level with it or
        above; of the best, that an encoder is above the named one.
    put_out : bool
        Whether an encoder that no other is above was put below another.
    missed : bool
        Whether the interval of some pair, for all pairs together, misses its true difference.
    """

    inputs: int
    settled: bool
    wrong: bool
    put_out: bool
    missed: bool


def races(design: Design, rules: Rules, n_runs: int, seed: int = 0) -> dict[str, Any]:
    """Run races of a design, and sum them up."""
    random = np.random.default_rng([seed, len(design.name)])
    runs = [race_once(design, rules, random) for _ in range(n_runs)]
    return {
        "encoders": design.pool.shape[1],
        "runs": n_runs,
        "inputs": float(np.median([run.inputs for run in runs])),
        "mean_inputs": float(np.mean([run.inputs for run in runs])),
        "settled": float(np.mean([run.settled for run in runs])),
        "wrong": float(np.mean([run.wrong for run in runs])),
        "put_out": float(np.mean([run.put_out for run in runs])),
        "missed": float(np.mean([run.missed for run in runs])),
    }


def race_once(design: Design, rules: Rules, random: np.random.Generator) -> Raced:
    """Race the encoders of a design once."""
    names = [str(number) for number in range(design.pool.shape[1])]
    standings = Standings.start(names)
    inputs = dict.fromkeys(names, 0)
    missed = False
    for one in drawn(design.pool, rules.looks, random):
        inputs.update(dict.fromkeys(standings.active, one.n))
        seen = seen_of(design.pool, one, names, [int(name) for name in standings.active])
        standings = standings.after(seen, rules)
        missed = missed or _misses(seen, design, rules)
        if standings.is_settled:
            break
    return Raced(
        inputs=sum(inputs.values()),
        settled=standings.is_settled,
        wrong=_is_wrong(standings, design, rules),
        put_out=_is_best_out(standings, design),
        missed=missed,
    )


def _is_wrong(standings: Standings, design: Design, rules: Rules) -> bool:
    truth = design.truth
    if rules.until == "best":
        return standings.best is not None and bool((truth[int(standings.best)] < 0).any())
    return any(truth[int(one.first), int(one.second)] <= 0 for one in standings.decisions)


def _is_best_out(standings: Standings, design: Design) -> bool:
    best = np.flatnonzero((design.truth >= 0).all(axis=1))
    return any(int(one.second) in best for one in standings.decisions)


def _misses(seen: Comparison, design: Design, rules: Rules) -> bool:
    """Whether an interval of a look misses, among the pairs whose skewness allows intervals."""
    chosen = [int(name) for name in seen.names]
    true = design.differences[np.ix_(chosen, chosen)]
    reach = rules.of_all_pairs(design.pool.shape[1], seen.n) * seen.errors
    judged = seen.n >= seen.least
    return bool((judged & (np.abs(seen.differences - true) > reach + 1e-12)).any())
