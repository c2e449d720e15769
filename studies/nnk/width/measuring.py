"""What is measured of a network: its own errors, NNK's, and how mixed its polytopes are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from studies.nnk.encoding import Labelled, encodings
from studies.nnk.judging import judged

__all__ = ["K", "measured"]

K: Final = 50


def measured(model: Path, train: Labelled, test: Labelled, n_queries: int) -> dict[str, Any]:
    """
    Return the columns of a network.

    ``test_...`` is of test images among all training images; ``train_...`` of training images, each
    left out of its own neighbourhood. ``..._model_all`` is the model's error on all images.

    Parameters
    ----------
    model : Path
        An ONNX file with outputs ``encodings`` and ``logits``, and its facts beside it as JSON.
    train, test : Labelled
        The images that it was trained on, and others.
    n_queries : int
        Images of each that are judged.
    """
    values = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
    values.pop("processor_seconds")
    gallery = encodings(model, train.images, output="encodings")
    values["size"] = gallery.shape[1]
    for part, images in (("test", test), ("train", train)):
        logits = encodings(model, images.images, output="logits")
        wrong = logits.argmax(axis=1) != images.labels
        rows = np.random.default_rng(1).permutation(len(wrong))[:n_queries]
        queries = (
            gallery[rows]
            if part == "train"
            else encodings(model, images.images[rows], output="encodings")
        )
        found = judged(
            queries,
            images.labels[rows],
            gallery,
            train.labels,
            K,
            own=rows if part == "train" else None,
            model_wrong=wrong[rows],
        )
        found["model_all"] = float(wrong.mean())
        values |= {f"{part}_{name}": value for name, value in found.items()}
    return values
