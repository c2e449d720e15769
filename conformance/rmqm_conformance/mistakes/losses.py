"""Known mistakes of losses: chapter 5 of the specification."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.mistakes.known import Table, changed, coarse, parts, same_numbers, within
from rmqm_conformance.mistakes.losing import Losing

__all__ = ["TABLES"]


def _plain_distance(m: Any) -> Any:
    values, gradient = Losing.displacement(m)
    root = np.sqrt(values)
    return root, gradient / np.maximum(2 * root, 1e-300)[:, None]


def _unnormalised(m: Any) -> Any:
    return ((m.z - m.references) ** 2).sum(-1), 2 * (m.z - m.references)


def _of_units(m: Any) -> Any:
    plain, z = Losing(), m.z
    found = plain.loss("cross-entropy", plain.unit(z), None, m.labels)
    m.z = z
    return found["values"], m.back(found["gradient"])


def _overflowing(m: Any) -> Any:
    powers = np.exp(m.z)
    correct = np.arange(m.z.shape[1]) == np.asarray(m.labels)[:, None]
    sums = powers.sum(-1, keepdims=True)
    return np.log(sums)[:, 0] - m.z[correct], powers / sums - correct


GRADIENTS: dict[str, dict[str, Any]] = {
    "returns the gradient with respect to the unit vector, not the representation": parts(
        back=lambda m, gradient: gradient
    ),
    "forgets to divide gradients by the norm of the representation": parts(divided=lambda m: 1.0),
    "forgets to project gradients: takes the norm for constant": parts(
        projected=lambda m, phi, along: 0.0
    ),
    "takes the norm in gradients as the root of a plain sum of squares": parts(
        length=lambda m, z: np.sqrt((z**2).sum(-1, keepdims=True))
    ),
}

DISPLACEMENT: dict[str, dict[str, Any]] = {
    "forgets the factor 2 in the gradient of the displacement": parts(
        finished=lambda m, values, gradient: (values, gradient / 2)
    ),
    "takes the distance for the loss instead of its square": parts(displacement=_plain_distance),
    "does not normalise representations in the displacement": parts(displacement=_unnormalised),
    "divides the gradient of the displacement by the size of the batch": parts(
        finished=lambda m, values, gradient: (values, gradient / len(m.z))
    ),
    "gives the displacement with the wrong sign": parts(
        finished=lambda m, values, gradient: (-values, -gradient)
    ),
    "gives the gradient of the displacement with the wrong sign": parts(
        finished=lambda m, values, gradient: (values, -gradient)
    ),
    "averages squares over coordinates instead of adding them up": parts(
        finished=lambda m, values, gradient: (values / m.z.shape[1], gradient / m.z.shape[1])
    ),
    "takes the first reference for all inputs of a large batch": parts(
        origin=lambda m: (
            np.broadcast_to(m.references[:1], m.z.shape) if len(m.z) >= 64 else m.references
        )
    ),
    "takes the first reference for all inputs": parts(
        origin=lambda m: np.broadcast_to(m.references[:1], m.z.shape)
    ),
}

CLASSES: dict[str, dict[str, Any]] = {
    "takes powers of large logits, which overflow": parts(cross_entropy=_overflowing),
    "divides the gradient of the cross-entropy by the size of the batch": parts(
        of_classes=lambda m, values, chances, correct: (values, (chances - correct) / len(m.z))
    ),
    "normalises logits": parts(cross_entropy=_of_units),
    "counts labels from 1": parts(
        classes=lambda m, n_classes: (np.asarray(m.labels) - 1) % n_classes
    ),
    "forgets the label in the gradient of the cross-entropy": parts(
        of_classes=lambda m, values, chances, correct: (values, chances)
    ),
    "takes the logarithm of the cross-entropy to the base 2": parts(
        of_classes=lambda m, values, chances, correct: (
            values / np.log(2),
            (chances - correct) / np.log(2),
        )
    ),
    "clamps logits to a thousand": parts(logits=lambda m: np.clip(m.z, -1000, 1000)),
    "wraps labels around instead of refusing them": parts(
        classes=lambda m, n_classes: np.asarray(m.labels) % n_classes
    ),
}


def _pull_positives(m: Any, G: Any, other: Any, toward: Any, sign: float) -> None:
    if sign > 0:
        np.subtract.at(G, other, toward)


TRIPLETS: dict[str, dict[str, Any]] = {
    "counts hard triplets as well as semi-hard ones": parts(counts=lambda m, gap: gap < m.margin),
    "counts hard triplets instead of semi-hard ones": parts(counts=lambda m, gap: gap <= 0),
    "divides the triplet loss by all triplets, those of value zero among them": parts(
        number=lambda m, counted, candidates: candidates
    ),
    "adds up triplets instead of averaging them": parts(number=lambda m, counted, candidates: 1),
    "takes the gradient of triplets with respect to the anchor alone": parts(
        pull=lambda m, G, other, toward, sign: None
    ),
    "forgets the gradient of triplets with respect to the negative": parts(pull=_pull_positives),
    "takes a margin of 0.2 instead of 0.5": parts(margin=0.2),
    "takes a margin of 1 instead of 0.5": parts(margin=1.0),
    "lets an input be its own positive": parts(partners_of=lambda m, alike: alike),
    "divides by the distance of equal vectors, which is zero": parts(
        direction=lambda m, difference, distance: difference / distance[:, None]
    ),
    "gives NaN where there is no triplet": parts(
        without_triplets=lambda m: (np.full(1, np.nan), np.full_like(m.z, np.nan))
    ),
    "counts triplets whose negative is exactly as far as the positive": parts(
        counts=lambda m, gap: (gap >= 0) & (gap <= 0.5) & (m.margin - gap > 0)
    ),
    "counts triplets whose negative is farther by exactly the margin": parts(
        counts=lambda m, gap: (gap > 0) & (gap <= m.margin)
    ),
    "stops after 500 triplets": parts(
        counts=lambda m, gap: Losing.counts(m, gap) & (Losing.counts(m, gap).cumsum() <= 500)
    ),
}


def _within_chunks(m: Any, similar: Any) -> None:
    chunk = np.arange(len(m.z)) // 8
    chunk = np.concatenate([chunk, chunk])
    similar[chunk[:, None] != chunk] = -np.inf


VIEWS: dict[str, dict[str, Any]] = {
    "takes a temperature of 0.5 instead of 0.07": parts(temperature=0.5),
    "takes a temperature of 0.1 instead of 0.07": parts(temperature=0.1),
    "forgets the temperature": parts(temperature=1.0),
    "takes the attacked inputs alone as anchors": parts(anchors=lambda m, n: np.arange(n)),
    "expects an input and its view side by side": parts(partner=lambda m, n: np.arange(2 * n) ^ 1),
    "compares an anchor with itself": parts(with_itself=lambda m: 1 / m.temperature),
    "takes the gradient of NT-Xent through the anchors alone": parts(both=lambda m, weight: weight),
    "adds up anchors instead of averaging them": parts(summed=lambda m, n: 2.0 * n),
    "compares views within chunks of a batch": parts(compared=_within_chunks),
}

MISTAKES = GRADIENTS | DISPLACEMENT | CLASSES | TRIPLETS | VIEWS

TABLES = (
    Table(
        operation="loss",
        fits=within(20_000),
        right=changed(Losing, "loss"),
        same=same_numbers,
        seen=coarse,
        mistakes={words: changed(Losing, "loss", **made) for words, made in MISTAKES.items()},
    ),
)
