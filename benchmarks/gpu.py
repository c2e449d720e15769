"""
Every provider that opens on this machine: speed, distance from the CPU, and nodes.

For each network and each provider, in turn and several times over:

bare      a loop of ``session.run`` over the same N x (J + 1) inputs, altered beforehand, in batches
          of the size that scoring uses, from as many threads;
score     the whole scoring: noise, clipping, encoding, distances, characteristics, interval.

Beside it: the largest distance of unit encodings from the CPU's, the difference of RMQM, nodes per
provider, and options as the runtime has them. A provider that does not open is listed with the
reason.

    python benchmarks/gpu.py                             # writes benchmarks/results/MACHINE.json
    python benchmarks/gpu.py --provider cuda --network resnet18_32 --repeats 9
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from networks import NETWORKS

from rmqm_onnx import OnnxEncoder, OpenOptions, open_encoder
from rmqm_onnx.backend import ONNX
from rmqm_spec import evaluate, white_noise
from rmqm_spec.errors import RmqmError

N_INPUTS = {"lenet": 100, "resnet18_32": 20, "mobilenet_224": 4}
SHAPES = {"lenet": (1, 28, 28), "resnet18_32": (3, 32, 32), "mobilenet_224": (3, 224, 224)}


def machine() -> dict[str, str]:
    """Name the machine: its processor, and its graphics card where there is one."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "gpu": _first_line(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    named = re.search(r"model name\s*:\s*(.+)", text)
    return named.group(1) if named else platform.machine()


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.partition("\n")[0].strip()


def in_turn(contestants: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median seconds of each; they take turns, so that a busy moment hits all."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for run in contestants.values():
        run()  # engines, searches and caches
    for _ in range(repeats):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def compared(
    path: Path, provider: str, reference: OnnxEncoder, inputs: np.ndarray, repeats: int
) -> dict[str, Any]:
    """Measure a provider on a network."""
    encoder = open_encoder(path, OpenOptions(provider=provider))
    altered = white_noise(inputs).reshape(-1, *inputs.shape[1:])
    size = encoder.traits.batch_size
    batches = [altered[k : k + size] for k in range(0, len(altered) // size * size, size)]
    feed = encoder.session.get_inputs()[0].name

    with ThreadPoolExecutor(encoder.traits.concurrency) as pool:

        def bare() -> None:
            list(pool.map(lambda batch: encoder.session.run(None, {feed: batch}), batches))

        seconds = in_turn({"bare": bare, "score": lambda: evaluate(encoder, inputs)}, repeats)
    scores = [evaluate(one, inputs).characteristics for one in (reference, encoder)]
    distance = np.linalg.norm(_units(encoder, altered) - _units(reference, altered), axis=1)
    runtime = encoder.description["runtime"]
    per_bare = seconds["bare"] / (len(batches) * size)
    per_scored = seconds["score"] / len(altered)
    return {
        "batch": size,
        "callers": encoder.traits.concurrency,
        "encodings_per_second": round(1 / per_scored, 1),
        "bare_per_second": round(1 / per_bare, 1),
        "score_over_bare": round(per_scored / per_bare, 3),
        "largest_distance_from_cpu": float(distance.max()),
        "rmqm": scores[1].rmqm,
        "rmqm_minus_cpu": scores[1].rmqm - scores[0].rmqm,
        **{key: runtime[key] for key in ("providers", "provider_options", "nodes")},
        "findings": [one.message for one in encoder.findings if one.code.startswith("PRV")],
    }


def _units(encoder: OnnxEncoder, inputs: np.ndarray) -> np.ndarray:
    encodings = encoder.encode(inputs).astype(np.float64)
    return encodings / np.linalg.norm(encodings, axis=1, keepdims=True)


def measure(
    networks: Sequence[str], providers: Sequence[str] | None, repeats: int, n_inputs: int | None
) -> dict[str, Any]:
    """Measure all networks on all providers that are asked for, by default on all that open."""
    diagnosis = ONNX.diagnose()
    tried = {name: found["message"] for name, found in diagnosis["providers"].items()}
    usable = [name for name, found in diagnosis["providers"].items() if found["ok"]]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for network in networks:
            path = Path(folder) / f"{network}.onnx"
            path.write_bytes(NETWORKS[network](0).SerializeToString())
            reference = open_encoder(path)
            shape = (n_inputs or N_INPUTS[network], *SHAPES[network])
            inputs = np.random.default_rng(0).random(shape, dtype=np.float32)
            for provider in providers or usable:
                row: dict[str, Any] = {"network": network, "provider": provider}
                try:
                    row |= compared(path, provider, reference, inputs, repeats)
                except RmqmError as error:
                    row |= {"error": f"{error.code} {error.message}"}
                rows.append(row)
                print(_line(row), flush=True)
    return {"machine": machine(), "runtime": diagnosis["runtime"], "tried": tried, "rows": rows}


def _line(row: dict[str, Any]) -> str:
    head = f"{row['network']:<14} {row['provider']:<12}"
    if "error" in row:
        return f"{head} {row['error']}"
    return (
        f"{head} {row['encodings_per_second']:>10,.0f} enc/s   score / bare "
        f"{row['score_over_bare']:.2f}   from the CPU {row['largest_distance_from_cpu']:.1e}   "
        f"RMQM {row['rmqm_minus_cpu']:+.1e}   nodes {row['nodes']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--network", choices=list(SHAPES), action="append")
    parser.add_argument("--provider", action="append", help="NAME or NAME:key=value,...")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--n", type=int, help="inputs; by default fewer for slower networks")
    parser.add_argument("--json", type=Path, help="default: benchmarks/results/MACHINE.json")
    given = parser.parse_args()
    measured = measure(given.network or list(SHAPES), given.provider, given.repeats, given.n)
    name = measured["machine"]["gpu"] or measured["machine"]["processor"]
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    path = given.json or Path(__file__).parent / "results" / f"{label}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(measured, indent=1) + "\n")
    print(f"-> {path}")


if __name__ == "__main__":
    main()
