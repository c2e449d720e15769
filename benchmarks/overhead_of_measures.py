"""
Whether scoring by RMQM alone costs more than in another checkout, side by side in a single run.

One process of each checkout waits for its turn: they score the same inputs with the same network
alternately, A B A B, and print what each turn took by the wall clock and in processor time. The
ratio of each pair is taken; printed is the median of the ratios with its 95 % interval, by order
statistics. A checkout against itself shows the noise. The network "none" takes 64 pixels as they
are, so that everything but the encoder is timed.

    python benchmarks/overhead_of_measures.py --against ../landed
    python benchmarks/overhead_of_measures.py --against .
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.stats import binom

HERE = Path(__file__).resolve().parents[1]
INPUTS = {"none": 400, "lenet": 80, "resnet18_32": 2}
SHAPES = {"none": (1, 28, 28), "lenet": (1, 28, 28), "resnet18_32": (3, 32, 32)}
PAUSE_S = 0.1  # idle threads of the runtime spin for some time


def turns(path: str, network: str, threads: int) -> None:
    """Score once for each line of stdin; run by the interpreter of each checkout."""
    from rmqm_onnx import OpenOptions, open_encoder
    from rmqm_spec import evaluate

    encoder = first_pixels if path == "none" else open_encoder(path, OpenOptions(threads=threads))
    inputs = np.random.default_rng(0).random((INPUTS[network], *SHAPES[network]), dtype=np.float32)
    for _ in sys.stdin:
        time.sleep(PAUSE_S)
        wall, cpu = time.perf_counter(), time.process_time()
        scored = evaluate(encoder, inputs, workers=threads)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps({"wall": wall, "processor": cpu, "rmqm": scored.rmqm}), flush=True)


def first_pixels(inputs: np.ndarray) -> np.ndarray:
    return inputs.reshape(len(inputs), -1)[:, :64] + np.float32(0.1)


class Checkout:
    """A process that runs a checkout and scores on request."""

    def __init__(self, python: Path, *arguments: str) -> None:
        command = [str(python), __file__, "--turns", *arguments]
        self.process = subprocess.Popen(
            command, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def score(self) -> dict[str, float]:
        """Score once; return the times and the score."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args} ended with {self.process.wait()}")
        return json.loads(line)

    def end(self) -> None:
        """Close its input, and wait."""
        self.process.communicate()


def write_networks(folder: str) -> dict[str, str]:
    """Write the networks, and return the path of each."""
    sys.path.insert(0, str(Path(__file__).parent))
    from networks import NETWORKS

    paths = {"none": "none"}
    for name in INPUTS.keys() - paths.keys():
        paths[name] = f"{folder}/{name}.onnx"
        Path(paths[name]).write_bytes(NETWORKS[name]().SerializeToString())
    return paths


def median_with_interval(ratios: list[float]) -> str:
    """Return the median, and the two order statistics that hold it in 95 of 100 cases."""
    rank = int(binom.ppf(0.025, len(ratios), 0.5))
    ordered = sorted(ratios)
    low, high = ordered[max(rank - 1, 0)], ordered[min(len(ratios) - rank, len(ratios) - 1)]
    return f"{statistics.median(ratios):.3f} [{low:.3f}, {high:.3f}]"


def compare(pythons: list[Path], path: str, network: str, threads: int, repeats: int) -> None:
    """Print the ratios for a network and a number of threads."""
    checkouts = [Checkout(python, path, network, str(threads)) for python in pythons]
    times = []
    for turn in range(repeats + 1):  # the first is for warming up
        order = checkouts if turn % 2 else checkouts[::-1]
        scores = {checkout: checkout.score() for checkout in order}
        times.append([scores[checkout] for checkout in checkouts])
    for checkout in checkouts:
        checkout.end()
    if len({score["rmqm"] for pair in times for score in pair}) != 1:
        sys.exit(f"{network}: the two checkouts must give one score; got {times[0]}")
    for clock in ("wall", "processor"):
        before, after = ([pair[side][clock] for pair in times[1:]] for side in (0, 1))
        ratios = [b / a for a, b in zip(before, after, strict=True)]
        print(
            f"{network:<12} {threads} threads  {clock:<9}  before {statistics.median(before):.3f} s"
            f"  after {statistics.median(after):.3f} s"
            f"   after / before {median_with_interval(ratios)}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--against", type=Path, required=True, help="the other checkout")
    parser.add_argument("--python", type=Path, help="its interpreter; .venv/bin/python by default")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--network", choices=INPUTS, help="this network only")
    arguments = parser.parse_args()
    other = arguments.python or arguments.against / ".venv" / "bin" / "python"
    pythons = [other.absolute(), Path(sys.executable)]
    with tempfile.TemporaryDirectory() as folder:
        paths = write_networks(folder)
        for network in [arguments.network] if arguments.network else INPUTS:
            for threads in (1, 2):
                compare(pythons, paths[network], network, threads, arguments.repeats)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--turns"]:
        turns(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
