"""
Whether measures of nearest neighbours cost more than in another checkout, and give other numbers.

One process of each checkout waits for its turn: they compute the same case alternately, A B A B,
and print what each turn took in processor time. Printed is the smallest time of each, their ratio,
and by how much the two values differ, as a share of the value.

    python benchmarks/nearest_neighbours.py --against ../landed
    python benchmarks/nearest_neighbours.py --against ../landed --encodings encodings.npz
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parents[1]
SIZES = [(500, 16), (500, 512), (2000, 128), (5000, 16), (5000, 512), (5000, 784)]


def agreement(rows: np.ndarray) -> float:
    from rmqm_spec.measures.input_agreement import _agreement
    from rmqm_spec.measures.prepared import unit_rows

    return _agreement(rows, unit_rows(rows[:, ::2]))


def mutual(rows: np.ndarray) -> float:
    from rmqm_spec.measures.between.neighbours import mutual_neighbours

    return mutual_neighbours(rows, rows[:, ::2])


def probe(rows: np.ndarray) -> float:
    from rmqm_spec.measures.prepared import unit_rows
    from rmqm_spec.probes.neighbours import nearest

    rows = unit_rows(rows)
    ids = [f"{number:06}" for number in range(len(rows))]
    found = nearest(rows, rows, ids, 5, own=np.arange(len(rows)))
    return float(sum(block.distances.sum() for block in found))


def of_encodings(name: str, module: str):
    def compute(rows: np.ndarray) -> float:
        from importlib import import_module

        return getattr(import_module(f"rmqm_spec.measures.neighbourhoods.{module}"), name)(rows)

    return compute


def of_views(name: str, module: str):
    def compute(rows: np.ndarray) -> float:
        from importlib import import_module

        from rmqm_spec.characteristics.distances import unit_vectors

        noise = np.random.default_rng(1).standard_normal(rows.shape)
        moved = rows + 0.3 * rows.std() * noise
        views = unit_vectors(np.stack([rows, *[moved] * 5], axis=1))
        return getattr(import_module(f"rmqm_spec.measures.paths.{module}"), name)(views, 1e-6)

    return compute


CASES = {
    "two-nn": of_encodings("two_nn", "dimensions"),
    "mle-dimension": of_encodings("mle_dimension", "dimensions"),
    "neighbour-ratio": of_encodings("neighbour_ratio", "ratio"),
    "neighbour-agreement": agreement,
    "instance-retrieval": of_views("instance_retrieval", "neighbours"),
    "neighbourhood-preservation": of_views("neighbourhood_preservation", "neighbours"),
    "relative-displacement": of_views("relative_displacement", "displacement"),
    "mutual neighbours": mutual,
    "probe": probe,
}


def turns(path: str) -> None:
    """Compute a case of an .npz for each line of stdin; run by the interpreter of a checkout."""
    from threadpoolctl import threadpool_limits

    with np.load(path) as arrays, threadpool_limits(1):
        for line in sys.stdin:
            case, key = json.loads(line)
            rows = np.asarray(arrays[key], dtype=np.float64)
            started = time.process_time()
            value = CASES[case](rows)
            print(json.dumps([value, time.process_time() - started]), flush=True)


class Checkout:
    """A process that runs a checkout and computes on request."""

    def __init__(self, folder: Path, path: str) -> None:
        command = [sys.executable, __file__, "--turns", path]
        self.process = subprocess.Popen(
            command,
            cwd="/",
            env={"PYTHONPATH": str(folder), "PATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def compute(self, case: str, key: str) -> tuple[float, float]:
        """Return the value and the seconds of processor time."""
        self.process.stdin.write(json.dumps([case, key]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args} ended with {self.process.wait()}")
        return tuple(json.loads(line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--against", type=Path, required=True, help="the other checkout")
    parser.add_argument("--encodings", type=Path, help="an .npz of (N, E) arrays; drawn by default")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--case", choices=CASES, help="this one only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.encodings or drawn(Path(folder))
        compare(arguments.against.absolute(), path.absolute(), arguments)


def drawn(folder: Path) -> Path:
    """Write Gaussian encodings of all sizes."""
    rng = np.random.default_rng(0)
    path = folder / "encodings.npz"
    np.savez(path, **{f"{n} x {e}": rng.standard_normal((n, e)) for n, e in SIZES})
    return path


def compare(other: Path, path: Path, arguments: argparse.Namespace) -> None:
    """Print times and values of both checkouts, for every array and every case."""
    checkouts = [Checkout(folder, str(path)) for folder in (other, HERE)]
    with np.load(path) as arrays:
        keys = list(arrays)
    for key in keys:
        for case in [arguments.case] if arguments.case else CASES:
            runs = [[one.compute(case, key) for one in checkouts] for _ in range(arguments.repeats)]
            before, after = (value for value, _ in runs[0])
            seconds = [min(run[side][1] for run in runs) for side in (0, 1)]
            apart = abs(after - before) / (abs(before) or 1)
            print(
                f"{key:<32} {case:<27} before {seconds[0]:8.3f} s  after {seconds[1]:8.3f} s  "
                f"ratio {seconds[1] / seconds[0]:.2f}  value {after:.6f}  apart {apart:.1e}",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--turns"]:
        turns(sys.argv[2])
    else:
        main()
