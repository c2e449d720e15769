"""What the authors of DeepNNK stored of their networks, by the names that this study uses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np

__all__ = ["KS", "LAST", "NEIGHBOURS", "stored_errors"]

KS: Final = (25, 50, 75)
LAST: Final = 19_000
"""Step of the last of 20 checkpoints, 1,000 an epoch."""

NEIGHBOURS: Final[dict[tuple[str, int], float]] = {
    ("regularized_16", 25): 13.39,
    ("regularized_16", 50): 16.36,
    ("regularized_16", 75): 17.50,
    ("regularized_32", 25): 14.51,
    ("regularized_32", 50): 18.37,
    ("regularized_32", 75): 20.19,
    ("unregularized_32", 25): 15.54,
    ("unregularized_32", 75): 22.13,
}
"""
Mean number of neighbours of a test image at the last checkpoint: ``node_neighbors`` of their files
``test_calibrate_results_K/nnk_calibrate_data.npz``; one file has none.
"""

_NAMES: Final = {
    "nnk": ("nnk", "nnk_classification_error_rate"),
    "nnk_soft": ("nnk", "nnk_classification_error_rate2"),
    "residual": ("nnk", "nnk_error_rate"),
    "kernel_knn": ("knn", "knn_classification_error_rate"),
    "kernel_knn_soft": ("knn", "knn_classification_error_rate2"),
    "model": ("knn", "model_error_rate"),
}
"""
Their votes are argmax of the weighted labels (``error_rate``), or 1 less the weight of the right
label (``error_rate2``); their k-NN weighs by 1/2 + 1/2 cos. ``nnk_error_rate`` is the residual.
"""


def stored_errors(path: Path) -> dict[tuple[str, int, str, int, str], float]:
    """
    Return the stored values by regime, step, part (test or train), k and name of the value.

    Parameters
    ----------
    path : Path
        ``stored_results.json``. For training images most NNK values were never stored.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    found = {}
    for regime, folders in document.items():
        for part in ("test", "train"):
            for k in KS:
                for name, (kind, key) in _NAMES.items():
                    folder = folders.get(f"{part}_calibrate_results_{k}/{kind}_calibrate_data", {})
                    for place, value in enumerate(np.ravel(folder.get(key, []))):
                        found[regime, 1_000 * place, part, k, name] = float(value)
    return found
