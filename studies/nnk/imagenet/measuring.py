"""Accuracies on encodings: a linear probe, k-NN, weighted k-NN and NNK, on the same queries."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from studies.nnk.judging import RULES, judged

__all__ = ["Features", "accuracies", "read_features"]

_PENALTIES: Final = tuple(10.0**power for power in range(-3, 5))
_NAMES: Final = ("gallery", "gallery_labels", "queries", "query_labels")


@frozen(eq=False)
class Features:
    """
    Encodings with their classes.

    Parameters
    ----------
    gallery, queries : (G, E) and (M, E) ndarray
        What is learnt from, and what is judged.
    gallery_labels, query_labels : (G,) and (M,) ndarray of int
        Classes from 0.
    """

    gallery: npt.NDArray[np.floating]
    gallery_labels: npt.NDArray[np.intp]
    queries: npt.NDArray[np.floating]
    query_labels: npt.NDArray[np.intp]


def read_features(path: Path) -> Features:
    """
    Return the arrays ``gallery``, ``gallery_labels``, ``queries``, ``query_labels``.

    Parameters
    ----------
    path : Path
        An ``.npz`` file, or a folder with a ``.npy`` file of each name, which is not copied into
        memory as a whole.
    """
    if path.is_dir():
        arrays = {name: np.load(path / f"{name}.npy", mmap_mode="r") for name in _NAMES}
        return Features(**arrays)
    with np.load(path, allow_pickle=False) as held:
        missing = [name for name in _NAMES if name not in held]
        if missing:
            raise SystemExit(f"{path} must hold {', '.join(_NAMES)}; it lacks {', '.join(missing)}")
        return Features(**{name: held[name] for name in _NAMES})


def accuracies(features: Features, k: int) -> dict[str, Any]:
    """
    Return accuracies by rule, with the number of neighbours and of queries.

    Rows without length have no direction: such encoders get only ``zero_rows``, their number.
    """
    zero_rows = sum(
        int((~np.any(rows, axis=1)).sum()) for rows in (features.gallery, features.queries)
    )
    if zero_rows:
        return {"zero_rows": zero_rows}
    known = np.asarray(features.gallery_labels, dtype=np.intp)
    classes = np.asarray(features.query_labels, dtype=np.intp)
    errors = judged(features.queries, classes, features.gallery, known, k)
    return {
        "zero_rows": 0,
        "linear": _linear(features),
        **{rule: 1 - errors[rule] for rule in RULES},
        "neighbours": errors["neighbours"],
        "queries": len(classes),
    }


def _linear(features: Features) -> float:
    """Return the accuracy of a ridge classifier on standardised unit rows; penalty left one out."""
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), RidgeClassifierCV(_PENALTIES))
    classifier.fit(_unit(features.gallery), features.gallery_labels)
    return float(classifier.score(_unit(features.queries), features.query_labels))


def _unit(rows: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    rows = np.asarray(rows, dtype=np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
