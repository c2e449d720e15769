"""
What scoring and ranking cost beyond the encoders' own forward passes, side by side.

For each network, in turn and several times over:

bare      a loop of ``session.run`` over the same N x (J + 1) inputs, altered beforehand, with the
          runtime's default threads;
callers   the same with the threads that scoring uses: a call by each processor;
score     the whole scoring: noise, clipping, encoding, distances, characteristics, interval;
alone     four encoders and the four nulls of their weights, scored after each other;
together  the same in a walk: each altered block is made once for all eight;
loops     eight times what is faster of bare and callers.

    python benchmarks/scoring_overhead.py --json benchmarks/results/scoring_overhead.json
    python benchmarks/scoring_overhead.py --network lenet --repeats 15
    python benchmarks/scoring_overhead.py --memory
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).parent))

from contest import Contest, bare_loop, in_callers, write
from networks import NETWORKS

from rmqm_onnx import open_encoder
from rmqm_onnx.null_model import write_null
from rmqm_spec import evaluate, white_noise
from rmqm_spec.alterations import WhiteNoise
from rmqm_spec.evaluation.several import Contender, evaluate_several
from rmqm_spec.inputs.in_memory import ArrayInputs

N_INPUTS = {"lenet": 640, "resnet18_32": 2, "mobilenet_224": 2, "vit_tiny_224": 2}
SHAPES = {
    "lenet": (1, 28, 28),
    "resnet18_32": (3, 32, 32),
    "mobilenet_224": (3, 224, 224),
    "vit_tiny_224": (3, 224, 224),
}
SEEDS = range(4)


def encoders_of(name: str, folder: Path) -> list:
    """Write four networks and their nulls, and open all of them."""
    opened = []
    for seed in SEEDS:
        path = folder / f"{name}_{seed}.onnx"
        path.write_bytes(NETWORKS[name](seed).SerializeToString())
        below = folder / f"{name}_{seed}_null"
        below.mkdir()
        opened += [open_encoder(path), open_encoder(write_null(path, below).path)]
    return opened


def compare(name: str, folder: Path, repeats: int) -> dict[str, object]:
    """Time a network, and return a row of the table."""
    encoders = encoders_of(name, folder)
    first, traits = encoders[0], encoders[0].traits
    default = onnxruntime.InferenceSession(
        str(folder / f"{name}_0.onnx"), providers=["CPUExecutionProvider"]
    )
    shape, noise = SHAPES[name], WhiteNoise()
    inputs = np.random.default_rng(0).random((N_INPUTS[name], *shape), dtype=np.float32)
    altered = white_noise(inputs).reshape(-1, *shape)
    batches = [
        altered[k : k + traits.batch_size] for k in range(0, len(altered), traits.batch_size)
    ]

    def together() -> None:
        evaluate_several(
            {str(place): Contender(encoder=one) for place, one in enumerate(encoders)},
            ArrayInputs(inputs, (0.0, 1.0)),
            noise,
            batch_size=traits.block_size,
            workers=traits.concurrency,
        )

    contest = Contest(
        {
            "bare": lambda: bare_loop(default, batches),
            "callers": lambda: in_callers(first.session, batches),
            "score": lambda: evaluate(first, inputs),
        },
        repeats,
    )
    faster = min(("bare", "callers"), key=contest.seconds)
    loop = {"bare": bare_loop, "callers": in_callers}[faster]
    sessions = [default] * 8 if faster == "bare" else [one.session for one in encoders]
    eight = Contest(
        {
            "loops": lambda: [loop(session, batches) for session in sessions],
            "alone": lambda: [evaluate(one, inputs) for one in encoders],
            "together": together,
        },
        max(3, repeats // 2),
    )
    n_encodings = len(altered)
    row = {
        "network": name,
        "encodings": n_encodings,
        "batch": traits.batch_size,
        "callers": traits.concurrency,
        "ms_per_encoding": round(1e3 * contest.seconds(faster) / n_encodings, 5),
        "bare_is": faster,
        "score_over_bare": contest.ratio("score", faster),
        "rank_over_bare": eight.ratio("together", "loops"),
        "alone_over_together": eight.ratio("alone", "together"),
    }
    print(
        f"{name:<14} {row['ms_per_encoding']:.4f} ms an encoding   "
        f"score / bare {row['score_over_bare']['wall']:.2f}   "
        f"rank / bare {row['rank_over_bare']['wall']:.2f}   "
        f"alone / together {row['alone_over_together']['wall']:.2f}   "
        f"(processor time {row['score_over_bare']['processor']:.2f} "
        f"{row['rank_over_bare']['processor']:.2f} {row['alone_over_together']['processor']:.2f})",
        flush=True,
    )
    return row


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


def compare_memory(folder: Path) -> dict[str, object]:
    """Score ten times as many inputs, and see what that takes."""
    path, data = folder / "lenet.onnx", folder / "inputs.npy"
    path.write_bytes(NETWORKS["lenet"]().SerializeToString())
    np.save(data, np.random.default_rng(0).integers(0, 256, (10_000, 28, 28), dtype=np.uint8))
    few, many = (peak_memory(str(path), str(data), n) for n in (1000, 10_000))
    statistic = 2 * 99 * 8 * 9000 / 2**20
    print(
        f"peak memory, lenet: {few:.0f} MiB for 1,000 inputs, {many:.0f} MiB for 10,000; "
        f"the statistic itself grows by {statistic:.0f} MiB"
    )
    return {"few_mib": round(few), "many_mib": round(many), "statistic_mib": round(statistic, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--network", choices=NETWORKS, help="this network only")
    parser.add_argument("--memory", action="store_true", help="compare peak memory only")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    arguments = parser.parse_args()
    names = [arguments.network] if arguments.network else list(NETWORKS)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        if arguments.memory:
            rows = [compare_memory(folder)]
        else:
            rows = [compare(name, folder, arguments.repeats) for name in names]
    write(arguments.json, rows)


if __name__ == "__main__":
    main()
