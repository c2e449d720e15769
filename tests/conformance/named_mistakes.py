"""
Measure how often the first line of a report names the mistake of a wrong miniature.

    python tests/conformance/named_mistakes.py                     # all, by the checks of the table
    python tests/conformance/named_mistakes.py --whole --every 10  # by all checks, each tenth
    python tests/conformance/named_mistakes.py --show              # what is not named rightly

By default the report holds the checks that `table.json` lists for a miniature; with ``--whole`` it
holds all checks that touch what the miniature overrides: the others pass, as for the correct base.

A first line counts as right where `named_mistakes.json` holds its mistake for the miniature: there,
mistakes stand that were read beside the docstring and found to say what is wrong. A mistake whose
words change has to be read again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from attrs import evolve
from miniatures import WRONG
from table import read_table
from touching import touching

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import PROFILES
from rmqm_conformance.formats.wording import first_line
from rmqm_conformance.judging import judge
from rmqm_conformance.subject import PythonSubject

READ = Path(__file__).with_name("named_mistakes.json")
EFFORT = evolve(PROFILES["fast"])
MINIATURES = {miniature.__name__: miniature for miniature in WRONG}


def line_of(name: str, whole: bool) -> tuple[str, str, float]:
    """Return the first line of the report about a miniature."""
    miniature = MINIATURES[name]
    started = time.perf_counter()
    listed = [check for check in checks() if check.id in read_table()[name]]
    chosen = touching(checks(), miniature, EFFORT) if whole else listed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong formulas divide by zero
        outcomes = [judge(check, PythonSubject(miniature()), EFFORT) for check in chosen]
    return name, first_line(tuple(outcomes)), time.perf_counter() - started


def mistake_in(line: str) -> str:
    """Return the mistake that a first line names, or nothing."""
    named = line.removeprefix("likely mistake: ") if line.startswith("likely mistake: ") else ""
    return named.rpartition(" (explains ")[0]


def read_lines() -> dict[str, list[str]]:
    """Return the mistakes that were read and found right, by miniature."""
    found: dict[str, list[str]] = (
        json.loads(READ.read_text(encoding="utf-8")) if READ.exists() else {}
    )
    return found


def lines(names: list[str], whole: bool) -> Iterator[tuple[str, str, float]]:
    """Judge miniatures, two at a time."""
    with Pool(2) as pool:
        yield from pool.imap(partial(line_of, whole=whole), names, chunksize=2)


def main() -> int:
    """Print how many are named; return 1 below the share of 60 %."""
    parser = argparse.ArgumentParser(description="measure how often a mistake is named")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument(
        "--module", default="", help="miniatures of modules with this in their name"
    )
    parser.add_argument("--whole", action="store_true", help="run all checks that touch it")
    parser.add_argument("--show", action="store_true", help="print what was not named rightly")
    options = parser.parse_args()
    names = [n for n in read_table() if options.module in MINIATURES[n].__module__]
    names = names[:: options.every]
    known, right, other, slowest = read_lines(), 0, 0, 0.0
    for name, line, seconds in lines(names, options.whole):
        mistake = mistake_in(line)
        good = mistake in known.get(name, [])
        right, other = right + good, other + (bool(mistake) and not good)
        slowest = max(slowest, seconds)
        if options.show and not good:
            said = (MINIATURES[name].__doc__ or "").strip().splitlines()[0]
            sys.stdout.write(f"{name} | {said} | {line}\n")
    share = 100 * right / len(names)
    sys.stdout.write(
        f"{right} of {len(names)} ({share:.1f} %) named rightly, {other} named otherwise, "
        f"{len(names) - right - other} not named; slowest {slowest:.1f} s\n"
    )
    return 0 if share >= 60 else 1


if __name__ == "__main__":
    sys.exit(main())
