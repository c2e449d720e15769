"""``python -m studies.race``: simulate races and scores with a precision on real encoders."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from rmqm_spec.contracts.race import Until
from rmqm_spec.ranking.race import Rules, looks
from studies.race.alternatives import alternatives
from studies.race.designs import Design, designs
from studies.race.fixed import fixed_number
from studies.race.page import page
from studies.race.pools import read_pools
from studies.race.races import MOST, races
from studies.race.widths import coverage_at, coverage_until

_RESULTS: Final = Path(__file__).parent / "results"
_PRECISIONS: Final = (0.05, 0.02)
_UNTIL: Final[tuple[Until, ...]] = ("order", "best")
_QUICK_ENCODERS: Final = 3
_QUICK_DESIGNS: Final = ("5 networks, layer before the last", "4 LeNets", "2 level, paired")


def main() -> None:
    """Run the simulations, and write what came of them."""
    parser = argparse.ArgumentParser(prog="python -m studies.race", description=__doc__)
    parser.add_argument("--results", type=Path, default=_RESULTS, help="folder of the results")
    parser.add_argument("--runs", type=int, default=2_000, help="of each simulation")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--quick", action="store_true", help="a few of them, in seconds")
    asked = parser.parse_args()
    asked.results.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(asked.workers) as pool:
        document = simulated(pool.map, asked.runs, quick=asked.quick)
    (asked.results / "race.json").write_text(json.dumps(document, indent=1) + "\n")
    (asked.results / "race.md").write_text(page(document))


def simulated(
    each: Callable[..., Any] = map, n_runs: int = 2_000, *, quick: bool = False
) -> dict[str, Any]:
    """Return what the simulations gave."""
    groups = read_pools()
    chosen = [one for one in designs(groups) if not quick or one.name in _QUICK_DESIGNS]
    encoders = {name: pool for group in groups.values() for name, pool in group.items()}
    names = list(encoders)[: _QUICK_ENCODERS if quick else None]
    document: dict[str, Any] = {"runs": n_runs, "most": MOST, "scores": [], "races": []}
    score = partial(_score, n_runs=n_runs)
    pools = [encoders[name] for name in names]
    document["scores"] = list(each(score, names, pools, range(len(names))))
    _say(f"scores: {len(names)} encoders")
    for until in _UNTIL:
        raced = each(partial(_race, until=until, n_runs=n_runs), chosen)
        for entry in raced:
            document["races"].append(entry)
            _say(f"{entry['name']}, until {until}: wrong {entry['wrong']:.4f}")
    real = [one for one in chosen if one.kind == "real"]
    document["rules"] = [
        {"name": name, "inputs": [float(one) for one in each(_cost(rules, n_runs), real)]}
        for name, rules in alternatives().items()
    ]
    return document


def _score(name: str, pool: np.ndarray, seed: int, *, n_runs: int) -> dict[str, Any]:
    ends = [coverage_until(pool, precision, n_runs, seed) for precision in _PRECISIONS]
    return {"name": name, "until": ends, "fixed_100": coverage_at(pool, 100, n_runs, seed)}


def _race(design: Design, *, until: Until, n_runs: int) -> dict[str, Any]:
    rules = Rules(until=until, looks=looks(MOST))
    entry = {
        "name": design.name,
        "kind": design.kind,
        "until": until,
        "saturated": design.saturated,
        **races(design, rules, n_runs),
    }
    if design.kind == "real":
        entry["fixed"] = fixed_number(design, until, min(n_runs, 400))
    return entry


def _cost(rules: Rules, n_runs: int) -> Callable[[Design], float]:
    return partial(_median_inputs, rules=rules, n_runs=min(n_runs, 100))


def _median_inputs(design: Design, *, rules: Rules, n_runs: int) -> float:
    return float(races(design, rules, n_runs)["inputs"])


def _say(words: str) -> None:
    print(f"  {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
