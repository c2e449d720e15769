"""Judge correct variants with many seeds; a check that fails is an unjust alarm."""

from __future__ import annotations

import argparse
import math
import sys
import time
import warnings
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen
from miniatures import ALLOWED, Plain
from touching import touching

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import PROFILES, Check, Effort
from rmqm_conformance.running import judge
from rmqm_conformance.subject import PythonSubject

BRIEF = Effort(profile="brief", examples=1, samples=500, shrinks=False)


@frozen
class Alarm:
    """A correct variant that a check does not pass."""

    seed: int
    check: str
    message: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table of runs and alarms; return 1 if there is any alarm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="seeds for each variant")
    parser.add_argument("--fast", type=int, default=2, help="seeds with the fast profile")
    parser.add_argument("--full", type=int, default=0, help="seeds with the full profile")
    parser.add_argument("--seconds", type=float, default=math.inf, help="time for each variant")
    parser.add_argument("--variant", action="append", help="names; by default all, and the base")
    chosen = parser.parse_args(arguments)
    efforts = [*_efforts(PROFILES["full"], chosen.full), *_efforts(PROFILES["fast"], chosen.fast)]
    efforts += _efforts(BRIEF, chosen.runs)
    names = chosen.variant or [one.__name__ for one in (Plain, *ALLOWED)]
    variants = [one for one in (Plain, *ALLOWED) if one.__name__ in names]
    alarms, runs = 0, 0
    sys.stdout.write(f"{'variant':44} checks  runs  alarms  seconds\n")
    for variant in variants:
        touched = _touched(variant)
        started = time.perf_counter()
        done, found = 0, []
        for effort in efforts:
            if time.perf_counter() - started > chosen.seconds:
                break
            found += _alarms(variant, touched if done == 0 else _drawing(touched), effort)
            done += 1
        seconds = time.perf_counter() - started
        counts = f"{len(touched):6} {done:5} {len(found):7} {seconds:8.1f}"
        sys.stdout.write(f"{variant.__name__:44} {counts}\n")
        for alarm in found[:5]:
            sys.stdout.write(f"    {alarm.check} (seed {alarm.seed}): {alarm.message[:300]}\n")
        sys.stdout.flush()
        alarms, runs = alarms + len(found), runs + done
    sys.stdout.write(f"{len(variants)} variants, {runs} runs: {alarms} alarms\n")
    return int(alarms > 0)


def _efforts(effort: Effort, runs: int) -> list[Effort]:
    return [evolve(effort, seed=seed) for seed in range(1, runs + 1)]


def _touched(variant: type[Plain]) -> list[Check]:
    """Return the checks that touch what a variant does otherwise; of the base, all."""
    fast = evolve(PROFILES["fast"], seed=1)
    return list(checks()) if variant is Plain else touching(checks(), variant, fast)


def _alarms(variant: type[Plain], chosen: Sequence[Check], effort: Effort) -> Iterator[Alarm]:
    subject = PythonSubject(variant())
    for check in chosen:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcome = judge(check, subject, effort)
        if outcome.status not in {"passed", "not-claimed"}:
            yield Alarm(effort.seed, check.id, outcome.message)


def _drawing(chosen: Sequence[Check]) -> list[Check]:
    """Return the checks that depend on the seed: vectors and walks ask the same every time."""
    laws = (check for check in chosen if check.kind == "property")
    return [check for check in laws if not check.judge.__qualname__.startswith("walk.")]


if __name__ == "__main__":
    raise SystemExit(main())
