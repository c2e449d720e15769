"""
What it costs to lose nothing: work done again after kills, overhead of parts, time to go on.

(1)  Real commands are killed (SIGKILL) at random moments until each is done: how much is done again
     at most, how many kills there are and how many hit a write. The bits must be those of an
     undisturbed run.
(2)  The same evaluation with parts and without, in turn in a single process.
(3)  Reading back 10,000 inputs that are done: from few files, and from one file for every group, as
     for an encoder that takes two seconds for each.

    python benchmarks/kill_and_resume.py --rounds 5
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rmqm_onnx import open_encoder
from rmqm_spec import evaluate
from rmqm_spec.evaluation import checkpoints
from rmqm_spec.evaluation.checkpoints import Checkpoints, remove_checkpoints
from rmqm_spec.inputs.prepared import open_inputs

MODEL = str(Path(__file__).parents[1] / "examples/digits_ntxent.onnx")
FILES = ("distances.npz", "per_input.csv")
KEY = 64 * "a"


def write_images(folder: Path, n: int) -> Path:
    images = np.random.default_rng(0).integers(0, 256, (n, 8, 8), dtype=np.uint8)
    np.save(folder / "data.npy", images)
    return folder / "data.npy"


def start(out: Path, data: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "rmqm_spec", "score", MODEL, "--no-null"]
    return subprocess.Popen(
        [*command, "--data", str(data), "--out", str(out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def done_again(out: Path, begun: float, killed: float) -> tuple[float, bool]:
    """Return the seconds since the last file was whole, and whether the kill hit a write."""
    kept = [*out.glob("checkpoints-*/*.npz"), *out.glob("result.json")]
    last = max([begun, *(path.stat().st_mtime for path in kept)])
    return killed - last, any(out.glob("**/.*.part"))


def kill_until_done(folder: Path, number: int, chance: random.Random, longest: float) -> list:
    out, kills = folder / f"round {number}", []
    while True:
        begun, worker = time.time(), start(out, folder / "data.npy")
        try:
            worker.wait(chance.uniform(0.5, longest))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            kills.append(done_again(out, begun, time.time()))
            continue
        for name in FILES:
            assert (out / name).read_bytes() == (folder / "quiet" / name).read_bytes(), out
        return kills


def kill(n_rounds: int, n_inputs: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, chance = Path(name), random.Random(seed)
        begun = time.monotonic()
        assert start(folder / "quiet", write_images(folder, n_inputs)).wait() == 0
        quiet = time.monotonic() - begun
        rounds = [kill_until_done(folder, k, chance, 0.7 * quiet) for k in range(n_rounds)]
    kills = [kill for kills_of_run in rounds for kill in kills_of_run]
    again = [seconds for seconds, _ in kills]
    print(
        f"(1) {n_inputs} inputs, {quiet:.1f} s undisturbed: {len(kills)} kills in {n_rounds} runs, "
        f"all ended with the same bits\n    done again after a kill, start of Python included: "
        f"median {statistics.median(again):.2f} s, at most {max(again):.2f} s; "
        f"{sum(hit for _, hit in kills)} kills in the middle of a write"
    )


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(n_inputs: int, n_repeats: int) -> None:
    encoder = open_encoder(MODEL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = write_images(folder, n_inputs)
        inputs = open_inputs(data, encoder.spec, encoder.arrangement.preprocessing)

        def with_parts() -> None:
            with Checkpoints(folder, KEY, n_inputs=len(inputs)) as parts:
                evaluate(encoder, inputs, keep=parts.keep)
                parts.write()
            n_files.append(len(list(parts.folder.iterdir())))
            remove_checkpoints(folder, KEY)

        n_files: list[int] = []
        evaluate(encoder, inputs)
        times = [
            (seconds(lambda: evaluate(encoder, inputs)), seconds(with_parts))
            for _ in range(n_repeats)
        ]
    without, with_them = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(b / a for a, b in times)
    print(
        f"(2) {n_inputs} inputs: {without:.2f} s without parts, {with_them:.2f} s with them "
        f"({n_files[0]} files), {ratio - 1:+.1%} in the median of {n_repeats} pairs"
    )


def read_back(n_inputs: int) -> None:
    encoder = open_encoder(MODEL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = write_images(folder, n_inputs)
        inputs = open_inputs(data, encoder.spec, encoder.arrangement.preprocessing)
        for pause in (2.0, 0.0):
            checkpoints.SECONDS_PER_CHECKPOINT = pause
            with Checkpoints(folder, KEY, n_inputs=n_inputs) as parts:
                evaluate(encoder, inputs, keep=parts.keep)
                parts.write()
            begun = time.perf_counter()
            known = Checkpoints(folder, KEY, n_inputs=n_inputs).known
            read = time.perf_counter() - begun
            evaluate(encoder, inputs, known=known)
            whole = time.perf_counter() - begun
            files = list(parts.folder.iterdir())
            size = sum(path.stat().st_size for path in files) / 2**20
            print(
                f"(3) {n_inputs} inputs in {len(files)} files, {size:.0f} MiB: read in {read:.2f} "
                f"s, with the characteristics {whole:.2f} s"
            )
            remove_checkpoints(folder, KEY)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    kill(arguments.rounds, arguments.inputs, arguments.seed)
    compare(arguments.inputs, arguments.repeats)
    read_back(arguments.inputs)


if __name__ == "__main__":
    main()
