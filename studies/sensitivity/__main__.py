"""``python -m studies.sensitivity --data FOLDER``: train, measure, analyse; a page of results."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from studies.measuring.table import ResultTable
from studies.sensitivity.encoders import sampled, trainings
from studies.sensitivity.measuring import write_images
from studies.sensitivity.settings import settings
from studies.sensitivity.work import done, pieces
from studies.sensitivity.writing import write_results
from studies.training.zoo import make_encoders

_HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is missing of the study, and write its results."""
    parser = argparse.ArgumentParser(prog="python -m studies.sensitivity", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--work", type=Path, default=Path("study-sensitivity"), help="scratch")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--quick", action="store_true", help="three small encoders, in a minute")
    asked = parser.parse_args(arguments)
    results = asked.work / "results" if asked.quick else _HERE / "results"
    table = results / "values.csv"
    _measure(asked, ResultTable(table))
    write_results(results, settings(quick=asked.quick))
    print(f"{results / 'sensitivity.md'}: the results")


def _measure(asked: argparse.Namespace, table: ResultTable) -> None:
    recipes = [*sampled(quick=asked.quick), *(r for t in trainings(quick=asked.quick) for r in t)]
    unique = list({recipe.name: recipe for recipe in recipes}.values())
    files = make_encoders(
        unique, asked.data / "mnist.npz", asked.work / "encoders", workers=asked.workers
    )
    images = write_images(asked.data, asked.work / "images")
    missing = [piece for piece in pieces(files, quick=asked.quick) if piece.name not in table.rows]
    begun = time.monotonic()
    with ProcessPoolExecutor(asked.workers) as pool:
        row = partial(done, files=files, images=images, work=asked.work)
        for number, (name, values) in enumerate(pool.map(row, missing), 1):
            table.add(name, values)
            left = (time.monotonic() - begun) / number * (len(missing) - number) / 60
            print(
                f"  measured {number} of {len(missing)}: {name} ({left:.0f} min left)",
                file=sys.stderr,
                flush=True,
            )


if __name__ == "__main__":
    main()
