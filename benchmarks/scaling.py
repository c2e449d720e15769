"""
How the cost of scoring grows: with inputs N, levels J, length of encodings E and image size.

All but one are held, the one is doubled three times, and the slope of the logarithms is printed:
1 means in proportion, 0 that it does not matter. The encoder copies numbers that are there already,
so what is timed is everything but the encoder. Then the example network, by one thread and by two.

    python benchmarks/scaling.py --json benchmarks/results/scaling.json
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from contest import Contest, write
from networks import NETWORKS

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.alterations.noise import start

USUAL = {"N": 64, "J": 99, "E": 64, "pixels": 28 * 28}
STEPS = (1, 2, 4, 8)


class Copying:
    """An encoder of no cost: the same E numbers for every input, each times its first pixel."""

    def __init__(self, size: int) -> None:
        self.row = np.random.default_rng(0).random(size, dtype=np.float32) + np.float32(0.1)

    def encode(self, inputs: np.ndarray) -> np.ndarray:
        """Return (N, E)."""
        first = inputs.reshape(len(inputs), -1)[:, :1]
        return self.row + first * self.row[::-1]


def scoring(N: int, J: int, E: int, pixels: int) -> Callable[[], object]:
    """Return the work of a score with these numbers."""
    side = round(pixels**0.5)
    inputs = np.random.default_rng(0).random((N, 1, side, side), dtype=np.float32)
    encoder = Copying(E)
    return lambda: evaluate(encoder, inputs, alteration=WhiteNoise(n_levels=J), batch_size=100)


def slope(name: str, repeats: int) -> dict[str, object]:
    """Double one number three times, and return how the time grows."""
    works = {}
    for step in STEPS:
        numbers = {**USUAL, name: USUAL[name] * step}
        if name == "pixels":
            numbers = {**numbers, "pixels": (28 * step) ** 2}
        works[str(step)] = scoring(**numbers)
    contest = Contest(works, repeats)
    sizes = np.log([step**2 if name == "pixels" else step for step in STEPS])
    seconds = [contest.seconds(key) for key in works]
    fitted = float(np.polyfit(sizes, np.log(seconds), 1)[0])
    last = float(np.log(seconds[-1] / seconds[-2]) / (sizes[-1] - sizes[-2]))
    shown = " ".join(f"{1e3 * one:.0f}" for one in seconds)
    print(f"{name:<7} {shown} ms   slope {fitted:.2f}, of the last doubling {last:.2f}", flush=True)
    return {
        "number": name,
        "seconds": [round(one, 4) for one in seconds],
        "slope": round(fitted, 2),
        "last": round(last, 2),
    }


def threads(repeats: int) -> dict[str, object]:
    """Score with one thread and with two."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lenet.onnx"
        path.write_bytes(NETWORKS["lenet"]().SerializeToString())
        one, two = (open_encoder(path, OpenOptions(threads=n)) for n in (1, 2))
        inputs = np.random.default_rng(0).random((320, 1, 28, 28), dtype=np.float32)
        works = {"one": lambda: evaluate(one, inputs), "two": lambda: evaluate(two, inputs)}
        contest = Contest(works, repeats)
    gain = contest.ratio("one", "two")
    print(f"lenet   two threads are {gain['wall']:.2f} times as fast as one", flush=True)
    return {"number": "threads", **gain}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    arguments = parser.parse_args()
    start.compiled_fill(np.empty(start.WORTH, np.float32))  # else it would begin in the middle
    rows = [slope(name, arguments.repeats) for name in USUAL]
    write(arguments.json, [*rows, threads(arguments.repeats)])


if __name__ == "__main__":
    main()
