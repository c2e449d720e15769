"""
How long the linear probe takes, against scikit-learn's solver of the same loss, in a single run.

Four encodings of the bundled digits, 256 values each, 1,000 to learn from: directions of about
equal variance; an untrained ResNet; the same with a third of the labels drawn anew, so that no
hyperplane separates them; and one that has all but collapsed to a point. Both sides choose C from
the usual six on the same quarter and fit again. Scikit-learn stops at a gradient of 1e-5, where the
probe stopped until it went on to 1e-7. They take turns, A B A B; printed are the medians.

    python benchmarks/linear_probe.py
    python benchmarks/linear_probe.py --repeats 5
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from rmqm_spec.probes.linear import DEFAULT_C, fit_linear_probe
from rmqm_spec.probes.split import stratified_split

N_TRAIN, SIZE = 1000, 256


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def untrained(images: np.ndarray) -> np.ndarray:
    """Encode digits, enlarged to 32 pixels, by a ResNet with random weights."""
    import onnxruntime

    sys.path.insert(0, str(Path(__file__).parent))
    from networks import NETWORKS

    inputs = np.kron(images / 16, np.ones((1, 4, 4)))[:, None].repeat(3, axis=1)
    session = onnxruntime.InferenceSession(NETWORKS["resnet18_32"]().SerializeToString())
    blocks = np.array_split(inputs.astype(np.float32), 20)
    encoded = [session.run(None, {"input": block})[0] for block in blocks]
    return np.concatenate(encoded).astype(np.float64)[:, :SIZE]


def encodings() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return encodings and classes by name."""
    digits, random = load_digits(), np.random.default_rng(0)
    order = random.permutation(len(digits.target))
    classes = digits.target[order]
    centres = 0.25 * random.standard_normal((10, SIZE))
    even = centres[classes] + random.standard_normal((len(classes), SIZE))
    network = unit(untrained(digits.images[order]))
    drawn = np.where(random.random(len(classes)) < 1 / 3, random.permutation(classes), classes)
    return {
        "even variance": (unit(even), classes),
        "untrained": (network, classes),
        "untrained, labels mixed": (network, drawn),
        "nearly collapsed": (unit(1000 / SIZE**0.5 + 10 * network), classes),
    }


def by_scikit_learn(train, classes, ids, test) -> tuple[np.ndarray, float, bool]:
    inside = stratified_split(ids, [str(label) for label in classes], 0.75)
    mean, right = train[inside].mean(axis=0), {}
    estimator = LogisticRegression(tol=1e-5, max_iter=2000, warm_start=True)
    for C in DEFAULT_C:
        estimator.set_params(C=C).fit(train[inside] - mean, classes[inside])
        right[C] = estimator.score(train[~inside] - mean, classes[~inside])
    C = max(DEFAULT_C, key=right.__getitem__)
    mean = train.mean(axis=0)
    last = LogisticRegression(C=C, tol=1e-5, max_iter=2000).fit(train - mean, classes)
    return last.predict(test - mean), C, bool(last.n_iter_.max() < 2000)


def by_probe(train, classes, ids, test) -> tuple[np.ndarray, float, bool]:
    probe = fit_linear_probe(train, classes, ids, test)
    return probe.predictions, probe.C, probe.converged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    warnings.simplefilter("ignore")
    sides = {"scikit-learn": by_scikit_learn, "the probe": by_probe}
    for name, (vectors, classes) in encodings().items():
        ids = [str(number) for number in range(N_TRAIN)]
        asked = (vectors[:N_TRAIN], classes[:N_TRAIN], ids, vectors[N_TRAIN:])
        times: dict[str, list[float]] = {side: [] for side in sides}
        answers: dict[str, tuple[np.ndarray, float, bool]] = {}
        for _ in range(repeats):
            for side, fit in sides.items():
                started = time.perf_counter()
                found = fit(*asked)
                times[side].append(time.perf_counter() - started)
                answers[side] = found
        for side in sides:
            predictions, C, converged = answers[side]
            right = float((predictions == classes[N_TRAIN:]).mean())
            print(
                f"{name:<24} {side:<13} {statistics.median(times[side]):7.2f} s   C {C:<7g} "
                f"accuracy {right:.4f}   {'converged' if converged else 'not converged'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
