"""Measures between the encoders of a study, from the encodings that measuring left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.between.candidates import consensus, information_sufficiency

__all__ = ["between_encoders"]


def between_encoders(files: Mapping[str, Path]) -> dict[str, dict[str, float | None]]:
    """
    Return ``information-sufficiency`` and ``consensus`` of every encoder among all others.

    Parameters
    ----------
    files : mapping of str to Path
        By the encoders' names: files of the same inputs, as ``score`` saves encodings.

    Returns
    -------
    dict of str to dict
        The values by the encoders' names; None for an encoder whose encodings are all equal, which
        is left out of the comparison of the others too.
    """
    encodings = {name: _encodings(path) for name, path in files.items()}
    varying = {name: rows for name, rows in encodings.items() if np.ptp(rows, axis=0).max() > 0}
    values = {
        "information-sufficiency": information_sufficiency(varying),
        "consensus": consensus(varying),
    }
    return {
        name: {measure: found.get(name) for measure, found in values.items()} for name in encodings
    }


def _encodings(path: Path) -> AnyArray:
    """Return the encodings of a file in the order of the inputs' ids."""
    with np.load(path, allow_pickle=False) as arrays:
        rows: AnyArray = arrays["encodings"][np.argsort(arrays["ids"])]
    return rows
