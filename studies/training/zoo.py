"""Encoders of a list of recipes, as files: those that are there already are not trained again."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from studies.training.recipe import Recipe
from studies.training.training import TrainingData, export, train

__all__ = ["load_training_data", "make_encoders"]


def load_training_data(path: Path) -> TrainingData:
    """Return the images and labels of an .npz: ``train_images``, or else ``images``."""
    with np.load(path, allow_pickle=False) as arrays:
        start = "train_" if "train_images" in arrays else ""
        images, labels = arrays[f"{start}images"], arrays[f"{start}labels"]
    channels_first = images[:, None] if images.ndim == 3 else images.transpose(0, 3, 1, 2)
    return TrainingData(np.ascontiguousarray(channels_first), labels)


def make_encoders(
    recipes: Sequence[Recipe], data: Path, folder: Path, *, workers: int = 1
) -> dict[str, Path]:
    """
    Train and export every encoder that is not in the folder yet.

    Parameters
    ----------
    recipes : sequence of Recipe
        What to train.
    data : Path
        An .npz as `load_training_data` takes it.
    folder : Path
        Receives NAME.onnx, and NAME.json with what is known of the training.
    workers : int
        Number of processes; each trains with one thread, so that their number changes no encoder.

    Returns
    -------
    dict of str to Path
        Files by the recipes' names.
    """
    files = {recipe.name: folder / f"{recipe.name}.onnx" for recipe in recipes}
    missing = [recipe for recipe in recipes if not files[recipe.name].exists()]
    begun = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        make = partial(_make, data=data, folder=folder)
        for number, name in enumerate(pool.map(make, missing), 1):
            rate = (time.monotonic() - begun) / number
            left = rate * (len(missing) - number) / 60
            print(
                f"  trained {number} of {len(missing)}: {name} ({left:.0f} min left)",
                file=sys.stderr,
                flush=True,
            )
    return files


def _make(recipe: Recipe, data: Path, folder: Path) -> str:
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    training = load_training_data(data)
    begun = time.monotonic()
    trained = train(recipe, training)
    facts = {
        "loss": None if np.isnan(trained.loss) else trained.loss,
        "parameters": sum(values.numel() for values in trained.encoder.parameters()),
        "seconds": round(time.monotonic() - begun, 1),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{recipe.name}.json").write_text(json.dumps(facts))
    export(trained, training.described, folder / f"{recipe.name}.onnx")
    return recipe.name
