"""
Change the package in a thousand small ways, and see whether the conformance kit alone notices.

``python -m tests.mutation`` makes mutants of the modules that the checks reach: other numbers,
comparisons, axes, types, missing refusals. Each is judged in a process of its own by the checks
that execute the changed line, until a check fails; the source tree is never written to. What the
fast profile does not catch is judged again by the full one, unless ``survivors.toml`` says why it
is right. Exit code 1: a survivor is not classified, or a known one is no survivor any more.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

os.environ.setdefault("OMP_NUM_THREADS", "1")  # processor time is measured,
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # and processes are many
sys.path.insert(0, str(Path(__file__).parent))

from attrs import evolve
from hypothesis.configuration import set_hypothesis_home_dir
from mutation_judging import Fate, fates, own
from mutation_keeping import Kept
from mutation_lines import Reach, measure
from mutation_modules import Modules
from mutation_mutants import Mutant
from mutation_report import Run, report_of
from mutation_survivors import read_outside, read_survivors

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import PROFILES, Effort

_PLACES = {"--keep", "--report"}


def main() -> int:
    """Run what the arguments ask for."""
    asked = _arguments()
    started = time.monotonic()
    efforts = [evolve(PROFILES[name], seed=asked.seed, shrinks=False) for name in ("fast", "full")]
    modules, known, kept = Modules(), read_survivors(), Kept(asked.keep, asked.seed)
    reach = kept.reach(partial(_measured, modules, efforts[0]))
    chosen, silent = _chosen(modules, reach, known, asked)
    _say(f"{len(chosen)} mutants, {silent} more in lines that no check executes")

    def judged(mutants: Iterable[Mutant], effort: Effort) -> list[Fate]:
        todo = partial(fates, modules=modules, reach=reach, effort=effort, workers=asked.workers)
        return list(_told(kept.fates(effort.profile, mutants, todo)))

    ended, late = judged(chosen, efforts[0]), {}
    if asked.profile == "full":
        open_ = [fate.mutant for fate in ended if fate.how == "survived"]
        open_ = [one for one in open_ if known.get(one.id, ("gap",))[0] == "gap"]
        _say(f"{len(open_)} survivors once more, by the full profile")
        again = judged(open_, efforts[1])
        late = {fate.mutant.id: fate for fate in again if fate.how != "survived"}
    ended = [late.get(fate.mutant.id, fate) for fate in ended]
    run = Run(
        command=_command(sys.argv[1:]),
        effort=_words(efforts if asked.profile == "full" else efforts[:1]),
        fates=ended,
        late=frozenset(late),
        silent=silent,
        known=known,
        stale=_stale(known, ended, modules.mutants),
        seconds=None if asked.keep else time.monotonic() - started,
    )
    text = report_of(run)
    if asked.report:
        asked.report.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 1 if run.ids("unclassified") or run.stale else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--module", action="append", help="only modules whose name begins so")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="one mutant of N")
    parser.add_argument("--most", type=int, metavar="N", help="at most N mutants, drawn by lot")
    parser.add_argument("--gaps", action="store_true", help="only what survivors.toml calls a gap")
    parser.add_argument("--seed", type=int, default=0, help="of the checks, and of the sample")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--profile", choices=("fast", "full"), default="full")
    parser.add_argument("--report", type=Path, help="write the report to this file")
    parser.add_argument("--keep", type=Path, help="folder for the work of a run that is stopped")
    return parser.parse_args()


def _measured(modules: Modules, effort: Effort) -> Reach:
    _say("measuring which lines each check executes")
    return measure(modules, list(checks()), effort, own())


def _chosen(
    modules: Modules,
    reach: Reach,
    known: dict[str, tuple[str, str]],
    asked: argparse.Namespace,
) -> tuple[list[Mutant], int]:
    """Return the mutants to judge, and the number of those that no check reaches."""
    outside = set(read_outside())
    named = [
        mutant
        for mutant in modules.mutants
        if not asked.module or mutant.module.startswith(tuple(asked.module))
        if not asked.gaps or known.get(mutant.id, ("",))[0] == "gap"
        if not outside & {mutant.module, f"{mutant.module}:{mutant.function or '<module>'}"}
    ]
    reached = [one for one in named if reach.checks_for(modules.full_name(one), one)]
    mixed = sorted(reached, key=lambda one: Random(f"{asked.seed} {one.id}").random())
    mixed = mixed[: -(-len(mixed) // asked.sample)]
    return mixed[: asked.most], len(named) - len(reached)


def _told(ended: Iterable[Fate]) -> Iterator[Fate]:
    survived = 0
    for number, fate in enumerate(ended, 1):
        if fate.how == "survived":
            survived += 1
            _say(f"survived {fate.asked:4} checks: {fate.mutant.id}")
        if number % 50 == 0:
            _say(f"{number} judged, {survived} survived")
        yield fate


def _stale(
    known: Iterable[str], ended: Iterable[Fate], mutants: Iterable[Mutant]
) -> tuple[str, ...]:
    caught = {fate.mutant.id for fate in ended if fate.how != "survived"}
    ids = {mutant.id for mutant in mutants}
    return tuple(name for name in known if name in caught or name not in ids)


def _command(words: list[str]) -> str:
    """Return the command without the places of files, which mean nothing elsewhere."""
    places = {at + shift for at, word in enumerate(words) for shift in (0, 1) if word in _PLACES}
    rest = [word for at, word in enumerate(words) if at not in places]
    return " ".join(["python -m tests.mutation", *rest])


def _words(efforts: Iterable[Effort]) -> str:
    return ", then ".join(
        f"{one.profile} ({one.examples} examples, {one.samples} samples, seed {one.seed})"
        for one in efforts
    )


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


if __name__ == "__main__":
    with TemporaryDirectory(prefix="rmqm-mutation-") as folder:
        set_hypothesis_home_dir(folder)
        code = main()
    sys.exit(code)
