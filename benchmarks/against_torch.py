"""
Scoring, beside what a user writes today: PyTorch in eager mode, its own noise, normalise and cdist.

Both measure the same networks on the same number of inputs and levels; each runs in a process of
its own, in turns, and prints seconds and peak memory. The loop in PyTorch encodes all levels of an
input as a batch, with the threads that PyTorch takes by itself.

    pip install torch==2.13.0
    python benchmarks/against_torch.py --json benchmarks/results/against_torch.json
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

N_INPUTS = {"lenet": 10_000, "resnet18_32": 10}
SHAPES = {"lenet": (1, 28, 28), "resnet18_32": (3, 32, 32)}
LEVELS = 99


def by_torch(name: str, inputs: np.ndarray) -> float:
    """Score as one would by hand: RMQM of the variant paper, and nothing else."""
    import torch
    from torch.nn import functional

    def score(images: torch.Tensor) -> float:
        scales = torch.arange(LEVELS + 1).reshape(-1, 1, 1, 1) / LEVELS
        means = []
        for image in images:
            noise = torch.randn(LEVELS + 1, *image.shape)
            encodings = functional.normalize(network((image + scales * noise).clamp(0, 1)))
            distances = torch.cdist(encodings, encodings)
            d, s = distances[0, 1:], distances.diagonal(1)
            d_rc = ((d - torch.cat([torch.zeros(1), d[:-1]])).abs() / d).mean()
            p_rc = ((s[1:] - s[:-1]).abs() / s[1:]).sum() / LEVELS
            means.append(torch.stack([d.mean(), d_rc, p_rc]))
        d, d_rc, p_rc = torch.stack(means).mean(0)
        return float(torch.log1p(d + 1 / d_rc + 1 / p_rc))

    network = torch_network(name)
    with torch.inference_mode():
        score(torch.from_numpy(inputs[:4]))
        started = time.perf_counter()
        score(torch.from_numpy(inputs))
        return time.perf_counter() - started


def torch_network(name: str):
    """Build the network of the benchmarks in PyTorch, with weights of its own."""
    from torch import nn

    if name == "lenet":
        layers = [
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(),
            nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 64),
        ]  # fmt: skip
        return nn.Sequential(*layers).eval()

    class Block(nn.Module):
        def __init__(self, width_in: int, width: int, stride: int) -> None:
            super().__init__()
            self.first = nn.Conv2d(width_in, width, 3, stride, 1)
            self.second = nn.Conv2d(width, width, 3, 1, 1)
            short = stride != 1 or width_in != width
            self.short = nn.Conv2d(width_in, width, 1, stride) if short else nn.Identity()

        def forward(self, x):
            return (self.short(x) + self.second(self.first(x).relu())).relu()

    blocks, width_in = [], 64
    for width, first_stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        for stride in (first_stride, 1):
            blocks.append(Block(width_in, width, stride))
            width_in = width
    pool = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(nn.Conv2d(3, 64, 3, 1, 1), nn.ReLU(), *blocks, *pool).eval()


def by_us(path: str, inputs: np.ndarray) -> float:
    """Score the same network as ONNX; intervals, curves and contributions are made too."""
    from rmqm_onnx import open_encoder
    from rmqm_spec import evaluate

    encoder = open_encoder(path)
    evaluate(encoder, inputs[:4])
    started = time.perf_counter()
    evaluate(encoder, inputs)
    return time.perf_counter() - started


def turn(contender: str, name: str, path: str) -> None:
    """Take a turn in this process, and print seconds and MiB."""
    inputs = np.random.default_rng(0).random((N_INPUTS[name], *SHAPES[name]), dtype=np.float32)
    seconds = by_torch(name, inputs) if contender == "torch" else by_us(path, inputs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mib": peak}))


def compare(name: str, folder: Path, repeats: int) -> dict[str, object]:
    """Let both take turns, and return a row of the table."""
    from networks import NETWORKS

    path = folder / f"{name}.onnx"
    path.write_bytes(NETWORKS[name]().SerializeToString())
    turns: dict[str, list[dict[str, float]]] = {"torch": [], "ours": []}
    for _ in range(repeats):
        for contender, taken in turns.items():
            command = [sys.executable, __file__, "--turn", contender, name, str(path)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            taken.append(json.loads(said))
    seconds = {contender: [one["seconds"] for one in taken] for contender, taken in turns.items()}
    ratios = [a / b for a, b in zip(seconds["torch"], seconds["ours"], strict=True)]
    mib = {key: statistics.median(one["mib"] for one in taken) for key, taken in turns.items()}
    row: dict[str, object] = {
        "network": name,
        "encodings": N_INPUTS[name] * (LEVELS + 1),
        "torch_s": round(statistics.median(seconds["torch"]), 3),
        "ours_s": round(statistics.median(seconds["ours"]), 3),
        "times_faster": round(statistics.median(ratios), 2),
        "torch_mib": round(mib["torch"]),
        "ours_mib": round(mib["ours"]),
    }
    print(
        f"{name:<12} PyTorch {row['torch_s']} s, {row['torch_mib']} MiB   "
        f"rmqm-spec {row['ours_s']} s, {row['ours_mib']} MiB   {row['times_faster']} times faster",
        flush=True,
    )
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    arguments = parser.parse_args()
    from contest import write

    with tempfile.TemporaryDirectory() as folder:
        rows = [compare(name, Path(folder), arguments.repeats) for name in N_INPUTS]
    write(arguments.json, rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--turn"]:
        turn(*sys.argv[2:5])
    else:
        main()
