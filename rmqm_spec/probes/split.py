"""Divide labelled inputs into training and test part by content, the same for all encoders."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rmqm_spec.errors import UsageError

__all__ = ["SPLIT_RULE", "stratified_split"]

SPLIT_RULE = "stratified-by-content/1"
"""Name of the rule, part of the hash."""


def stratified_split(
    ids: Sequence[str], labels: Sequence[str], train_share: float = 0.5
) -> npt.NDArray[np.bool_]:
    """
    Divide inputs, class by class, into a training part and a test part.

    Parameters
    ----------
    ids : sequence of str
        A name of each input, by its content.
    labels : sequence of str
        Its class.
    train_share : float
        Share of each class in the training part, between 0 and 1.

    Returns
    -------
    (N,) ndarray of bool
        True for the training part.

    Raises
    ------
    UsageError
        ARG001 if the share is not between 0 and 1.

    Notes
    -----
    The members of a class are ordered by the SHA-256 of ``stratified-by-content/1`` and their id,
    with a line feed between them; the first ``floor(share * n + 1/2)`` of its n members form the
    training part, but at least 1 and at most n - 1 of them. The only member of a class is a
    training input. Neither order nor names nor encoder matter.

    Examples
    --------
    >>> stratified_split(["a", "b", "c", "d"], ["x", "x", "y", "y"]).sum()
    np.int64(2)
    """
    if not 0 < train_share < 1:
        raise UsageError(
            "ARG001",
            f"the share of the training part must be between 0 and 1; got {train_share}",
            fix="For example 0.5.",
        )
    members = defaultdict(list)
    for position, label in enumerate(labels):
        members[label].append(position)
    train = np.zeros(len(ids), dtype=np.bool_)
    for positions in members.values():
        n = len(positions)
        n_train = min(max(int(train_share * n + 0.5), 1), max(n - 1, 1))
        ordered = sorted(positions, key=lambda position: _hash(ids[position]))
        train[ordered[:n_train]] = True
    return train


def _hash(identity: str) -> bytes:
    return hashlib.sha256(f"{SPLIT_RULE}\n{identity}".encode()).digest()
