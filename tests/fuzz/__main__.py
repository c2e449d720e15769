"""
Break models, data files and documents, and see how rmqm-spec ends.

``python -m tests.fuzz --models 10000 --data 2000 --documents 2000 --seed 1`` reports every exit
70, traceback, hang and process that survives. Most cases run many to a process; those that crash or
hang it run again by the command line, as does every `--each`-th model; every `--kill`-th is killed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_cases import data_cases, document_cases, model_cases
from fuzz_running import Case, Tally, kill_command, run_all, run_command


def main() -> int:
    """Run what the arguments ask for; returns 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    for name, usual in (("models", 300), ("data", 60), ("documents", 60), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--first", type=int, default=0, help="number of the first model")
    parser.add_argument("--each", type=int, default=25, help="models to one real command")
    parser.add_argument("--kill", type=int, default=100, help="models to one kill -9")
    asked = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="rmqm-fuzz-"))
    started, ok = time.monotonic(), True
    try:
        models, data, documents = Tally(), Tally(), Tally()
        cases = model_cases(asked.models, asked.seed, work, asked.first)
        run_all(_watched(cases, models, asked), models)
        run_all(_kept_small(data_cases(asked.data, asked.seed, work)), data)
        if asked.documents:
            run_all(_kept_small(document_cases(asked.documents, asked.seed, work)), documents)
        for name, tally in (("models", models), ("data", data), ("documents", documents)):
            ok &= report(name, tally)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.stdout.write(f"seed {asked.seed}, {time.monotonic() - started:.0f} s\n")
    return 0 if ok else 1


def _watched(cases: Iterable[Case], tally: Tally, asked: argparse.Namespace) -> Iterator[Case]:
    """Run some cases by the command line as well, and kill some."""
    for number, case in enumerate(_kept_small(cases)):
        if asked.each and number % asked.each == 0:
            tally.add(case, *run_command(case.words, case.folder))
        if asked.kill and number % asked.kill == 0:
            after = Random(case.name).uniform(0.05, 1.5)
            if left := kill_command(case.words, case.folder, after):
                tally.faults.append((case.name, f"survived a kill: {left}"))
        yield case


def _kept_small(cases: Iterable[Case]) -> Iterator[Case]:
    """Remove the folders of cases that are long over."""
    folders: list[Path] = []
    for case in cases:
        folders.append(case.folder)
        if len(folders) > 60:
            shutil.rmtree(folders.pop(0), ignore_errors=True)
        yield case


def report(name: str, tally: Tally) -> bool:
    """Write what became of the cases of a kind; returns whether all is well."""
    codes = ", ".join(f"{code}: {count}" for code, count in sorted(tally.codes.items()))
    refusals = ", ".join(f"{code} {count}" for code, count in tally.refusals.most_common(24))
    sys.stdout.write(f"{name}: {tally.cases} cases, exit codes {codes or 'none'}; {refusals}\n")
    sys.stdout.write(f"  {len(tally.faults)} exit 70, tracebacks, hangs or survivors\n")
    for case, what in tally.faults:
        sys.stdout.write(f"  {case}: {what}\n")
    return not tally.faults


if __name__ == "__main__":
    sys.exit(main())
