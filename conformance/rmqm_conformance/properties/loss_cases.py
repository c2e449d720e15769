"""What the laws of losses share: encodings, references and labels to try them on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rmqm_conformance.properties.helpers import units
from rmqm_conformance.require import require_equal
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["case_of", "triplets_of", "values_and_gradient"]


def case_of(name: str, n: int, length: int, seed: int) -> dict[str, Any]:
    """Return arguments of a loss; ``views`` is the triplet loss with views instead of labels."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, length)) * 10.0 ** rng.uniform(-1, 1, size=(n, 1))
    other = z + rng.normal(size=(n, length)) * 10.0 ** rng.uniform(-1, 1)
    labelled = name in {"cross-entropy", "triplet"}
    classes = length if name == "cross-entropy" else 2
    return {
        "name": "triplet" if name == "views" else name,
        "encodings": z,
        "references": None if labelled else other,
        "labels": rng.integers(0, classes, size=n).tolist() if labelled else None,
    }


def values_and_gradient(subject: Subject, case: dict[str, Any]) -> tuple[Array, Array]:
    """Ask for the values and the gradient of a loss, and demand their shapes."""
    result = subject.perform("loss", **case)
    n = len(case["encodings"])
    single = case["name"] in {"displacement", "cross-entropy"}
    require_equal("values.shape", result["values"].shape, (n if single else 1,))
    require_equal("gradient.shape", result["gradient"].shape, case["encodings"].shape)
    return result["values"], result["gradient"]


def triplets_of(case: dict[str, Any]) -> tuple[float, bool]:
    """Return the mean over the semi-hard triplets, and whether any of them is in doubt."""
    labels, phi = case["labels"], units(case["encodings"])
    if labels is None:
        labels = [*range(len(phi))] * 2
        phi = np.concatenate([phi, units(case["references"])])
    n, margins, doubt = range(len(phi)), [], False
    for a in n:
        for p in n:
            for other in n:
                if a != p and labels[a] == labels[p] != labels[other]:
                    gap = math.dist(phi[a], phi[other]) - math.dist(phi[a], phi[p])
                    doubt |= min(abs(gap), abs(gap - 0.5)) < 1e-3
                    margins += [0.5 - gap] if 0 < gap < 0.5 else []
    return (math.fsum(margins) / len(margins) if margins else 0.0), doubt
