"""``python -m studies.failures --data FOLDER``: build encoders that fool, measure them, tell."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from studies.failures.encoders import FAILURES, HONEST, build
from studies.failures.fooled import write_findings
from studies.failures.models import trained_models
from studies.failures.parts import Material
from studies.measuring.judging import accuracies
from studies.measuring.measuring import label_free
from studies.measuring.table import ResultTable
from studies.measuring.tasks import Task, mnist_source, mnist_tasks

_HERE = Path(__file__).parent
_N_PATH = 50
_TASKS = ("kmnist", "fashion", "mnist")
_QUICK = ("pixels", "components-32", "random-features", "hash", "cone", "jump-then-still")


def main() -> None:
    """Run what is missing of the study, and write what it found."""
    parser = argparse.ArgumentParser(prog="python -m studies.failures", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--models", type=Path, help="folder with trained models and models.json")
    parser.add_argument("--work", type=Path, default=Path("study-failures"), help="scratch")
    parser.add_argument("--results", type=Path, help="folder; by default that of the study")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--quick", action="store_true", help="six encoders, in a minute")
    asked = parser.parse_args()
    folder = asked.results or (asked.work if asked.quick else _HERE / "results")
    table = ResultTable(folder / "encoders.csv")
    source = mnist_source(asked.data, asked.work / "data", 100 if asked.quick else 300)
    tasks = mnist_tasks(asked.data, asked.work / "data", 400 if asked.quick else 1_000)
    tasks = [task for task in tasks if task.name in _TASKS]
    material = _material(asked.data, source)
    chosen = [name for name in {**HONEST, **FAILURES} if not asked.quick or name in _QUICK]
    encoders = {
        name: (build(name, {**HONEST, **FAILURES}[name], material, asked.work / "encoders"), {})
        for name in chosen
    }
    if asked.models and not asked.quick:
        encoders |= trained_models(asked.models)
    missing = [name for name in encoders if name not in table.rows]
    row = partial(_row, encoders=encoders, source=source, tasks=tasks, work=asked.work)
    with ProcessPoolExecutor(asked.workers) as pool:
        for name, values in zip(missing, pool.map(row, missing), strict=True):
            table.add(name, values)
            print(f"  measured {name}", file=sys.stderr, flush=True)
    write_findings(ResultTable(folder / "encoders.csv").rows, folder)


def _material(data: Path, source: Path) -> Material:
    with np.load(data / "mnist.npz", allow_pickle=False) as arrays:
        training = arrays["train_images"][:5_000]
    with np.load(source, allow_pickle=False) as arrays:
        scored = arrays["images"]
    rows = [images.reshape(len(images), -1) / 255 for images in (training, scored)]
    return Material(training=rows[0], scored=rows[1])


def _row(
    name: str,
    *,
    encoders: Mapping[str, tuple[Path, dict[str, Any]]],
    source: Path,
    tasks: list[Task],
    work: Path,
) -> dict[str, Any]:
    encoder, options = encoders[name]
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    values = {"kind": "failure" if name in FAILURES else "honest"}
    values |= label_free(encoder, source, folder, n_path=_N_PATH, null=False, **options)
    document = json.loads((folder / "full" / "result.json").read_text(encoding="utf-8"))
    noticed = [one["code"] for one in document["findings"] if one["level"] != "ok"]
    values["codes"] = " ".join(noticed)
    for task in tasks:
        values |= accuracies(encoder, task, folder, **options)
    return values


if __name__ == "__main__":
    main()
