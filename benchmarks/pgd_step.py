"""
One step of PGD (forward, backward, update): this package beside PyTorch, foolbox and ART.

    python benchmarks/pgd_step.py [--rounds 3]

Needs torch, torchvision, timm, onnxscript, foolbox and adversarial-robustness-toolbox. All take
the same number of steps from the same inputs on the same weights, with a single thread each: an
evaluation walks as many paths at a time as there are processors. Contenders take turns within one
run, and the least processor time of the rounds counts, which holds on a machine that others use
too. Name the processor with a ratio: the library that multiplies matrices for PyTorch takes a
slower path on AMD's (docs/gradients.md). foolbox and ART attack the cross-entropy of classifiers,
which costs no more than the displacement that we follow, and spare the two forward passes that give
the encodings at both ends of a path.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from gradient_accuracy import exported
from zoo import network

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_spec.alterations import PGD

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

STEPS = 10
THREADS = 1
CASES = (
    ("resnet18-32", 2),
    ("resnet18-32", 32),
    ("resnet18-224", 2),
    ("mobilenet-v2", 2),
    ("vit-tiny-16", 2),
)


def ours(path: Path, x: np.ndarray) -> Callable[[], object]:
    encoder = open_encoder(path, OpenOptions(threads=THREADS, batch_size=len(x)))
    ids = [str(k) for k in range(len(x))]
    rule = PGD(n_levels=STEPS)
    return lambda: list(rule.path(encoder, x, ids))


def torch_eager(module: torch.nn.Module, x: np.ndarray) -> Callable[[], object]:
    def attack() -> torch.Tensor:
        start = torch.from_numpy(x)
        with torch.no_grad():
            origin = module(start)
        now = start + 2 / 255 * (torch.rand_like(start) - 0.5)
        for _ in range(STEPS):
            leaf = now.detach().requires_grad_()
            loss = ((module(leaf) - origin) ** 2).sum()
            (gradient,) = torch.autograd.grad(loss, leaf)
            now = (leaf + 2 / 255 * gradient.sign()).clamp(0, 1)
        with torch.no_grad():
            return module(now)

    return attack


def by_foolbox(module: torch.nn.Module, x: np.ndarray) -> Callable[[], object]:
    import foolbox

    model = foolbox.PyTorchModel(module, bounds=(0, 1))
    attack = foolbox.attacks.LinfPGD(abs_stepsize=2 / 255, steps=STEPS)
    given, labels = torch.from_numpy(x), torch.zeros(len(x), dtype=torch.long)
    return lambda: attack.run(model, given, labels, epsilon=1.0)


def by_art(module: torch.nn.Module, x: np.ndarray) -> Callable[[], object]:
    from art.attacks.evasion import ProjectedGradientDescentPyTorch
    from art.estimators.classification import PyTorchClassifier

    with torch.no_grad():
        n_classes = module(torch.from_numpy(x)).shape[1]
    classifier = PyTorchClassifier(
        module, torch.nn.CrossEntropyLoss(), x.shape[1:], n_classes, clip_values=(0, 1),
        device_type="cpu",
    )  # fmt: skip
    attack = ProjectedGradientDescentPyTorch(
        classifier, eps=1.0, eps_step=2 / 255, max_iter=STEPS, batch_size=len(x), verbose=False
    )
    labels = np.eye(n_classes, dtype=np.float32)[np.zeros(len(x), dtype=int)]
    return lambda: attack.generate(x, labels)


def least_times(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return milliseconds of processor time per step, the passes at both ends of a path too."""
    for run in contenders.values():
        run()
    least = dict.fromkeys(contenders, np.inf)
    for _ in range(rounds):
        for name, run in contenders.items():
            started = time.process_time()
            run()
            least[name] = min(least[name], time.process_time() - started)
    return {name: 1e3 * value / STEPS for name, value in least.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(THREADS)
    names = ("ours", "torch", "foolbox", "art")
    print(
        f"{'network':<16} {'batch':>5}"
        + "".join(f"{n + ' ms':>12}" for n in names)
        + "  ours/torch"
    )
    for name, batch in CASES:
        module = network(name)
        shape = (3, 32, 32) if name.endswith("-32") else (3, 224, 224)
        x = np.random.default_rng(0).random((batch, *shape), dtype=np.float32)
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            path = exported(module, x, Path(folder) / "network.onnx", "dynamo")
            contenders = {
                "ours": ours(path, x),
                "torch": torch_eager(module, x),
                "foolbox": by_foolbox(module, x),
                "art": by_art(module, x),
            }
            least = least_times(contenders, rounds)
        times = "".join(f"{least[contender]:12.1f}" for contender in names)
        print(f"{name:<16} {batch:>5}{times}  {least['ours'] / least['torch']:.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
