"""The losses by name, and the arguments of each."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from rmqm_spec.alterations.pgd.losses.contract import Directions, Loss, directions
from rmqm_spec.alterations.pgd.losses.per_batch import nt_xent, triplet
from rmqm_spec.alterations.pgd.losses.per_input import cross_entropy, displacement
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import ShapeError, UsageError

__all__ = ["LOSSES", "loss"]

LOSSES: Final = MappingProxyType(
    {
        "displacement": ("references",),
        "cross-entropy": ("labels",),
        "triplet": ("labels", "references"),
        "nt-xent": ("references",),
    }
)
"""The name of each loss, and its arguments, of which it must be given exactly one."""


def loss(
    name: str,
    encodings: AnyArray,
    *,
    references: AnyArray | None = None,
    labels: AnyArray | Sequence[int] | None = None,
    names: Sequence[str] | None = None,
) -> Loss:
    """
    Return the value of a loss and its gradient with respect to the encodings.

    Parameters
    ----------
    name : {"displacement", "cross-entropy", "triplet", "nt-xent"}
        Which loss.
    encodings : (N, E) ndarray
        Those of the attacked inputs; their logits for ``cross-entropy``.
    references : (N, E) ndarray, optional
        Encodings of the unaltered inputs for ``displacement``; of a view of each input for
        ``nt-xent`` and the self-supervised ``triplet``. They are constants.
    labels : (N,) array of int, optional
        For ``cross-entropy`` and the supervised ``triplet``.
    names : sequence of str, optional
        What to call the inputs in an error; by default their position.

    Returns
    -------
    Loss
        `values`, (N,) or for a loss of the batch (1,), and `gradient`, (N, E), in float64.

    Raises
    ------
    UsageError
        If there is no such loss, or it is not given exactly what it needs.
    EncodingError
        If an encoding is not finite, or has zero norm where its direction counts.

    Notes
    -----
    Clauses RMQM-LOSS-001 to RMQM-LOSS-005.

    Examples
    --------
    >>> moved = loss("displacement", [[3.0, 4.0]], references=[[2.0, 0.0]])
    >>> moved.values.round(6), moved.gradient.round(6)
    (array([0.8]), array([[-0.256,  0.192]]))
    """
    _check_given(name, references=references, labels=labels)
    encodings = np.asarray(encodings)
    if labels is not None:
        numbers = _checked_labels(labels, encodings)
        if name == "cross-entropy":
            return cross_entropy(encodings, numbers, names)
        return triplet(encodings, numbers, names=names)
    constants = _checked_references(references, encodings, names)
    if name == "triplet":
        groups = np.tile(np.arange(len(encodings)), 2)  # each input with its view
        return triplet(encodings, groups, constants, names)
    return (displacement if name == "displacement" else nt_xent)(encodings, constants, names)


def _check_given(name: str, **offered: object) -> None:
    if name not in LOSSES:
        raise UsageError(
            "ARG001",
            f"loss must be one of {', '.join(LOSSES)}; got {name!r}",
            fix="Choose one of them.",
        )
    given = [key for key, value in offered.items() if value is not None]
    if len(given) != 1 or given[0] not in LOSSES[name]:
        raise UsageError(
            "ARG001",
            f"the loss {name} must be given {' or '.join(LOSSES[name])} and nothing else; "
            f"got {' and '.join(given) or 'neither'}",
            fix="Give exactly that.",
        )


def _checked_labels(labels: AnyArray | Sequence[int], encodings: AnyArray) -> AnyArray:
    numbers = np.asarray(labels)
    if numbers.shape != encodings.shape[:1] or numbers.dtype.kind not in "iu":
        raise ShapeError(
            "ARG001",
            f"labels must be one integer for each of the {len(encodings)} inputs; "
            f"got {numbers.dtype} of shape {numbers.shape}",
            fix="Number the classes from 0.",
        )
    return numbers


def _checked_references(
    references: AnyArray | None, encodings: AnyArray, names: Sequence[str] | None
) -> Directions:
    array = np.asarray(references)
    if array.shape != encodings.shape:
        raise ShapeError(
            "ARG001",
            f"references must have the shape of the encodings, {encodings.shape}; "
            f"got {array.shape}",
            fix="Encode as many references, by the same encoder.",
        )
    of = None if names is None else [f"the reference of {name}" for name in names]
    return directions(array, of, "references")
