"""Cases of the family RMQM-LOSS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, case, within
from rmqm_conformance.golden.oracle_losses import (
    cross_entropy,
    displacement,
    gradient,
    gradients,
    kinds,
    nt_xent,
    triplet,
)
from rmqm_conformance.golden.precision import exact

__all__ = ["cases"]

_WHY = "some hundred roundings of float64; powers and the temperature 0.07 enlarge them"
_TOLERANCE = 1e-12

_BATCH = [
    [2.0, 0.2, 0.1],
    [0.9, 0.5, -0.1],
    [0.8, 0.9, 0.3],
    [-0.2, 1.5, 0.4],
    [-1.0, 0.1, 2.0],
    [0.5, 0.1, 0.6],
]
_LABELS = [0, 0, 1, 1, 2, 0]
_VIEWS = [[1.5, 0.5, 0.3], [0.7, 0.7, -0.3], [0.9, 0.4, 0.4]]


def cases() -> list[Case]:
    """Return the cases."""
    return [*_per_input(), *_triplets(), *_nt_xent()]


def _args(
    name: str, encodings: Any, references: Any = None, labels: list[int] | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "encodings": np.array(encodings, "<f8"),
        "references": None if references is None else np.array(references, "<f8"),
        "labels": labels,
    }


def _case(name: str, title: str, args: dict[str, Any], values: Any, slopes: Any) -> Case:
    rules = {
        "values": within(values, _TOLERANCE, _WHY),
        "gradient": within(slopes, _TOLERANCE, _WHY),
    }
    return case(name, title, "loss", args, rules)


def _displaced(name: str, title: str, attacked: Any, unaltered: Any) -> Case:
    args = _args("displacement", attacked, unaltered)
    pairs = list(zip(exact(attacked), exact(unaltered), strict=True))
    values = [displacement(*pair) for pair in pairs]
    slopes = [gradient(partial(displacement, unaltered=other), z) for z, other in pairs]
    return _case(name, title, args, values, slopes)


def _classified(name: str, title: str, logits: Any, labels: list[int]) -> Case:
    args = _args("cross-entropy", logits, None, labels)
    pairs = list(zip(exact(logits), labels, strict=True))
    values = [cross_entropy(*pair) for pair in pairs]
    slopes = [gradient(partial(cross_entropy, label=y), z) for z, y in pairs]
    return _case(name, title, args, values, slopes)


def _per_input() -> list[Case]:
    return [
        _displaced(
            "RMQM-LOSS-002/annex-a",
            "Value 0.8 and gradient (-0.256, 0.192) of (3, 4) against (2, 0)",
            [[3.0, 4.0]],
            [[2.0, 0.0]],
        ),
        _displaced(
            "RMQM-LOSS-002/five-values",
            "Each input has its own squared distance of unit vectors, not of representations",
            [[0.3, -0.7, 0.2, 0.5, -0.4], [4.0, 1.0, -3.0, 0.5, 2.0]],
            [[0.2, -0.9, 0.1, 0.7, -0.1], [-1.0, 2.0, 0.3, 0.4, 5.0]],
        ),
        _displaced(
            "RMQM-LOSS-001/projection",
            "The gradient is orthogonal to the representation and shrinks with its length",
            [[30.0, 40.0, 0.0], [0.003, 0.004, 0.0]],
            [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]],
        ),
        _classified(
            "RMQM-LOSS-003/each-input",
            "Cross-entropy is taken per input, not averaged over the batch",
            [[0.5, -1.0, 2.0], [0.1, 0.2, 0.3]],
            [0, 2],
        ),
        _classified(
            "RMQM-LOSS-003/large-logits",
            "Logits of 1000 and -1000 neither overflow nor vanish",
            [[1000.0, 0.0, -1000.0], [1000.0, 0.0, -1000.0], [-1000.0, -1000.0, -1001.0]],
            [0, 1, 2],
        ),
    ]


def _triple(
    name: str, title: str, encodings: Any, references: Any, labels: list[int] | None
) -> Case:
    loss, rows = triplet(encodings, references, labels), exact(encodings)
    args = _args("triplet", encodings, references, labels)
    return _case(name, title, args, [loss(rows)], gradients(loss, rows))


def _triplets() -> list[Case]:
    _require_all_kinds(_BATCH, _LABELS)
    twins = [_BATCH[0], _BATCH[0], [1.6, 0.5, 0.3], _BATCH[3]]
    apart = [[1.0, 0.1], [1.0, 0.2], [-1.0, 0.1], [-1.0, 0.3]]
    return [
        _triple(
            "RMQM-LOSS-004/supervised",
            "Of hard, semi-hard and easy triplets the semi-hard ones count, all members move",
            _BATCH,
            None,
            _LABELS,
        ),
        _triple(
            "RMQM-LOSS-004/self-supervised",
            "An input and its view are one group; views take part and are constants",
            _BATCH[:3],
            _VIEWS,
            None,
        ),
        _triple(
            "RMQM-LOSS-004/distance-of-zero",
            "Two equal vectors of one group have a distance whose gradient is zero",
            twins,
            None,
            [0, 0, 1, 2],
        ),
        _triple(
            "RMQM-LOSS-004/no-triplet",
            "Without a semi-hard triplet the loss and its gradient are zero",
            apart,
            None,
            [0, 0, 1, 1],
        ),
    ]


def _require_all_kinds(batch: Any, labels: Sequence[int]) -> None:
    if not all(kinds(exact(batch), labels).values()):
        raise ValueError("a batch must have hard, semi-hard and easy triplets")


def _contrasted(name: str, title: str, encodings: Any, references: Any) -> Case:
    loss, rows = nt_xent(references), exact(encodings)
    args = _args("nt-xent", encodings, references)
    return _case(name, title, args, [loss(rows)], gradients(loss, rows))


def _nt_xent() -> list[Case]:
    return [
        _contrasted(
            "RMQM-LOSS-005/three-pairs",
            "All six vectors are anchors, the anchor is not among the others; temperature 0.07",
            _BATCH[:3],
            _VIEWS,
        ),
        _contrasted(
            "RMQM-LOSS-005/one-pair",
            "A single pair has nobody to differ from: value and gradient are zero",
            _BATCH[:1],
            _VIEWS[:1],
        ),
    ]
