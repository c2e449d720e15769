"""Losses of large batches and many classes, and long PGD paths: RMQM-LOSS and RMQM-PGD."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.helpers import units
from rmqm_conformance.properties.large.ladder import rungs
from rmqm_conformance.properties.loss_cases import values_and_gradient
from rmqm_conformance.require import require_close, require_same_bits
from rmqm_conformance.strategies import Array, Batch
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "pgd"


@statistic("RMQM-LOSS-003/many-classes", needs=NEEDS)
def many_classes(subject: Subject, effort: Effort) -> None:
    """Cross-entropy of many classes and inputs follows its definition."""
    rng = np.random.default_rng([effort.seed, 10])
    shapes = [(2, size) for size in rungs(effort, 65, 1100, skip=2)]
    shapes += [(size, 3) for size in rungs(effort, 17, 300, skip=2)]
    for n, classes in shapes:
        logits = 3 * rng.normal(size=(n, classes))
        labels = rng.integers(0, classes, n)
        labels[-1] = classes - 1
        case = {"name": "cross-entropy", "encodings": logits, "references": None}
        values, gradient = values_and_gradient(subject, case | {"labels": labels.tolist()})
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        true = shares[np.arange(n), labels]
        require_close(f"values of {(n, classes)}", values, -np.log(true), atol=1e-11)
        shares[np.arange(n), labels] -= 1
        require_close(f"gradient of {(n, classes)}", gradient, shares, atol=1e-12)


@statistic("RMQM-LOSS-002/large-batch", needs=NEEDS)
def displacements(subject: Subject, effort: Effort) -> None:
    """The loss `displacement` is that of each input alone, in batches and vectors of any size."""
    rng = np.random.default_rng([effort.seed, 11])
    shapes = [(2, size) for size in rungs(effort, 65, 2100, skip=2)]
    shapes += [(size, 3) for size in rungs(effort, 17, 300, skip=2)]
    for shape in shapes:
        z = rng.normal(size=shape)
        references = z + rng.normal(size=shape) / 4
        case = {"name": "displacement", "encodings": z, "references": references, "labels": None}
        values, gradient = values_and_gradient(subject, case)
        phi, origin = units(z), units(references)
        require_close(f"values of {shape}", values, ((phi - origin) ** 2).sum(axis=1), atol=1e-12)
        cosine = (phi * origin).sum(axis=1, keepdims=True)
        norms = np.linalg.norm(z, axis=1, keepdims=True)
        should = 2 / norms * (cosine * phi - origin)
        require_close(f"gradient of {shape}", gradient, should, atol=1e-12)


@statistic("RMQM-LOSS-005/large-batch", needs=NEEDS)
def views(subject: Subject, effort: Effort) -> None:
    """`nt-xent` holds every other vector of a large batch against each."""
    rng = np.random.default_rng([effort.seed, 12])
    for n in rungs(effort, 9, 130, skip=2):
        z = rng.normal(size=(n, 4))
        other = z + rng.normal(size=z.shape)
        case = {"name": "nt-xent", "encodings": z, "references": other, "labels": None}
        values, _ = values_and_gradient(subject, case)
        phi = np.concatenate([units(z), units(other)])
        require_close(f"value of {n} pairs", values, [_nt_xent(phi)], atol=1e-10)


def _nt_xent(phi: Array) -> float:
    """Return the loss of unit vectors whose second half are the partners of the first."""
    near = phi @ phi.T / 0.07
    np.fill_diagonal(near, -np.inf)
    partners = np.roll(np.arange(len(phi)), len(phi) // 2)
    largest = near.max(axis=1)
    sums = largest + np.log(np.exp(near - largest[:, None]).sum(axis=1))
    return float((sums - near[np.arange(len(phi)), partners]).mean())


@statistic("RMQM-LOSS-004/large-batch", needs=NEEDS)
def triplets(subject: Subject, effort: Effort) -> None:
    """`triplet` takes the mean over all semi-hard triplets, however many there are."""
    rng = np.random.default_rng([effort.seed, 13])
    for n in (10, 24, 40):
        z, labels = rng.normal(size=(n, 3)), np.arange(n) % 2
        case: dict[str, Any] = {"name": "triplet", "encodings": z, "references": None}
        values, _ = values_and_gradient(subject, case | {"labels": labels.tolist()})
        require_close(f"value of {n} vectors", values, [_mean_margin(units(z), labels)], atol=1e-10)


def _mean_margin(phi: Array, labels: Array) -> float:
    """Return the mean of 0.5 - gap over the triplets with a gap between 0 and 0.5."""
    apart = np.sqrt(((phi[:, None] - phi[None]) ** 2).sum(axis=-1))
    same = labels[:, None] == labels[None]
    positive = same & ~np.eye(len(phi), dtype=bool)
    gaps = apart[:, None, :] - apart[:, :, None]  # anchor, positive, negative
    semi_hard = positive[:, :, None] & ~same[:, None, :] & (gaps > 0) & (gaps < 0.5)
    return float((0.5 - gaps[semi_hard]).mean())


@statistic("RMQM-PGD-005/large", needs=NEEDS, also="RMQM-PGD-004 RMQM-PGD-006")
def long_paths(subject: Subject, effort: Effort) -> None:
    """Paths of many levels and of many inputs take every step."""
    rng = np.random.default_rng([effort.seed, 14])
    network = {
        "weight": rng.normal(size=(3, 6)),
        "bias": np.array([0.5, -0.25, 1.0]),
        "scale": 1.0,
        "mean": 0.5,
        "std": 0.5,
        "activation": "tanh",
    }
    for n, n_levels in ((2, 130), (33, 3), (65, 2)):
        names = [f"path/{effort.seed}/{k}" for k in range(n)]
        batch = Batch(rng.uniform(0.3, 0.7, (n, 6)), names, 0.0, 1.0)
        rest: dict[str, Any] = {"alpha": 0.003, "seed": 0, "n_levels": n_levels}
        path, doubt = oracle.path(batch.values, batch.ids, network, low=0.0, high=1.0, **rest)
        if doubt:
            continue
        asked = {"network": network, "variant": "paper", **rest, **batch.arguments}
        got = subject.perform("pgd_path", **asked)["altered"]
        require_same_bits(f"path of {n} inputs and {n_levels} levels", got, path)


CHECKS = (displacements, many_classes, triplets, views, long_paths)
