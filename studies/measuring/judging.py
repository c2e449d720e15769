"""Accuracies of an encoder on a task: one nearest neighbour, a linear classifier, retrieval."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import rmqm_spec
from studies.measuring.retrieval import mean_average_precision, recall_at_1
from studies.measuring.tasks import Task

__all__ = ["accuracies"]

_PENALTIES = tuple(10.0**power for power in range(-3, 5))


def accuracies(
    encoder: Path, task: Task, folder: Path, *, retrieval: bool = False, **options: Any
) -> dict[str, float]:
    """
    Return the accuracies of a task, by ``TASK_1nn`` and ``TASK_probe``.

    With `retrieval` also ``TASK_recall`` (recall at 1) and ``TASK_map`` (mean average precision),
    over all images of the task.

    The neighbours are those of ``rmqm-spec probe``, on its stratified halves. The linear classifier
    is scikit-learn's ridge classifier on the unit encodings that the same command saved, in the
    same halves, standardised, its penalty chosen by leave-one-out on the training half. Options
    are the preprocessing, as ``rmqm_spec.probe`` takes it.
    """
    saved = folder / "encodings.npz"
    saved.unlink(missing_ok=True)
    probed = rmqm_spec.probe(
        str(encoder),
        data=f"{task.file}:images",
        labels=f"{task.file}:labels",
        k="1",
        C="none",
        save_encodings=str(saved),
        out=str(folder / "probe"),
        force=True,
        **options,
    )
    (model,) = probed.models.values()
    with np.load(saved, allow_pickle=False) as arrays:
        encodings, labels = arrays["unit_encodings"], arrays["labels"]
        is_train = arrays["parts"] == "train"
    values = {
        f"{task.name}_1nn": float(model.document["probes"]["1-nn"]["accuracy"]),
        f"{task.name}_probe": _ridge_accuracy(encodings, labels, is_train),
    }
    if retrieval:
        values[f"{task.name}_recall"] = recall_at_1(encodings, labels)
        values[f"{task.name}_map"] = mean_average_precision(encodings, labels)
    return values


def _ridge_accuracy(encodings: np.ndarray, labels: np.ndarray, is_train: np.ndarray) -> float:
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), RidgeClassifierCV(_PENALTIES))
    classifier.fit(encodings[is_train], labels[is_train])
    return float(classifier.score(encodings[~is_train], labels[~is_train]))
