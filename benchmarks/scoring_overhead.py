"""
What scoring costs beyond the encoder's own forward passes, side by side in a single run.

For each network, in turn and several times over:

(a)  a bare loop of ``session.run`` over the same N x (J + 1) inputs, altered beforehand, with the
     runtime's default threads;
(a') the same with the threads that scoring uses: one per call, as many callers as processors;
(b)  the whole scoring: noise, clipping, encoding, distances, characteristics, interval.

    python benchmarks/scoring_overhead.py
    python benchmarks/scoring_overhead.py --memory
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from rmqm_onnx import open_encoder
from rmqm_spec import evaluate, white_noise
from rmqm_spec.processors import usable_cpus

INPUTS = {"lenet": 1000, "resnet18_32": 12, "mobilenet_224": 6}
SHAPES = {"lenet": (1, 28, 28), "resnet18_32": (3, 32, 32), "mobilenet_224": (3, 224, 224)}
PAUSE_S = 0.1  # idle threads of the session before spin for some time


def networks() -> dict[str, Callable]:
    path = Path(__file__).with_name("networks.py")
    spec = importlib.util.spec_from_file_location("networks", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.NETWORKS


def seconds(work: Callable[[], object]) -> float:
    time.sleep(PAUSE_S)
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bare_loop(session: onnxruntime.InferenceSession, batches: list[np.ndarray]) -> None:
    for batch in batches:
        session.run(["embedding"], {"input": batch})


def bare_callers(session: onnxruntime.InferenceSession, batches: list[np.ndarray]) -> None:
    callers = usable_cpus()
    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(lambda k: bare_loop(session, batches[k::callers]), range(callers)))


def compare(name: str, path: str, repeats: int) -> None:
    encoder = open_encoder(path)
    inputs = np.random.default_rng(0).random((INPUTS[name], *SHAPES[name]), dtype=np.float32)
    altered = white_noise(inputs).reshape(-1, *SHAPES[name])
    size = encoder.traits.batch_size
    batches = [altered[k : k + size] for k in range(0, len(altered), size)]
    default = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    works = {
        "a": lambda: bare_loop(default, batches),
        "a'": lambda: bare_callers(encoder.session, batches),
        "b": lambda: evaluate(encoder, inputs),
    }
    for work in works.values():
        work()
    times = {key: [] for key in works}
    for _ in range(repeats):
        for key, work in works.items():
            times[key].append(seconds(work))
    report(name, len(inputs), size, times)


def report(name: str, n_inputs: int, size: int, times: dict[str, list[float]]) -> None:
    n_encodings = n_inputs * 100
    per_image = {key: 1e3 * statistics.median(t) / n_encodings for key, t in times.items()}
    ratios = {
        key: statistics.median(b / a for a, b in zip(times[key], times["b"], strict=True))
        for key in ("a", "a'")
    }
    print(
        f"{name:<14} {n_inputs:>4} x 100  batch {size:>3}   "
        f"a {per_image['a']:.4f}   a' {per_image[chr(97) + chr(39)]:.4f}   b {per_image['b']:.4f} "
        f"ms per encoding   b/a {ratios['a']:.2f}   b/a' {ratios[chr(97) + chr(39)]:.2f}",
        flush=True,
    )


def peak_memory(path: str, data: str, n_inputs: int) -> float:
    """Return the peak memory in MiB of scoring `n_inputs` rows of a file in a fresh process."""
    code = (
        "import sys, resource; from rmqm_onnx import open_encoder\n"
        "from rmqm_spec import evaluate; from rmqm_spec.inputs.prepared import open_inputs\n"
        "encoder = open_encoder(sys.argv[1])\n"
        "inputs = open_inputs(sys.argv[2], encoder.spec, encoder.arrangement.preprocessing,"
        " n=int(sys.argv[3]))\n"
        "evaluate(encoder, inputs)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    command = [sys.executable, "-c", code, path, data, str(n_inputs)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare_memory(path: str, folder: str) -> None:
    data = f"{folder}/inputs.npy"
    images = np.random.default_rng(0).integers(0, 256, (3000, 28, 28), dtype=np.uint8)
    np.save(data, images)
    few, many = (peak_memory(path, data, n) for n in (300, 3000))
    statistic = 2 * 99 * 8 * (3000 - 300) / 2**20
    print(
        f"peak memory, lenet: {few:.0f} MiB for 300 inputs, {many:.0f} MiB for 3000; "
        f"the statistic itself grows by {statistic:.1f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--memory", action="store_true", help="compare peak memory only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, build in networks().items():
            path = f"{folder}/{name}.onnx"
            Path(path).write_bytes(build().SerializeToString())
            if arguments.memory and name == "lenet":
                compare_memory(path, folder)
            elif not arguments.memory:
                compare(name, path, arguments.repeats)


if __name__ == "__main__":
    main()
