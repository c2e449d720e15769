"""``python -m studies.spectra --data FOLDER``: train, measure, judge; go on where it stopped."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from studies.spectra.design import design, quick_design
from studies.spectra.images import read_image_sets
from studies.spectra.page import write_page
from studies.spectra.results import write_results
from studies.spectra.work import Kept, models_of

_HERE: Final = Path(__file__).parent
_PARTS: Final = ("train", "measure", "write")


def main() -> None:
    """Run what is missing of the study."""
    parser = argparse.ArgumentParser(prog="python -m studies.spectra", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--work", type=Path, default=Path("study-spectra"), help="scratch")
    parser.add_argument("--models", type=Path, help="folder of the models; by default in --work")
    parser.add_argument("--results", type=Path, help="folder; by default that of the study")
    parser.add_argument("--quick", action="store_true", help="three small models, in seconds")
    parser.add_argument(
        "--only", choices=_PARTS, help="one part; measuring takes the models that are there"
    )
    asked = parser.parse_args()
    runs = quick_design() if asked.quick else design()
    models = asked.models or asked.work / "models"
    results = asked.results or (asked.work if asked.quick else _HERE) / "results"
    images = read_image_sets(asked.data, quick=asked.quick)
    if asked.only in (None, "train"):
        from studies.spectra.training import make_models

        every = images["all"]
        make_models(runs, np.ascontiguousarray(every.values[: every.n_train]), models)
    kept = Kept(models, asked.work / "spectra", images)
    known = models_of(runs, models)
    if asked.only in (None, "measure"):
        kept.measure(known)
    if asked.only in (None, "write"):
        write_results(known, kept, results)
        write_page(results)


if __name__ == "__main__":
    main()
