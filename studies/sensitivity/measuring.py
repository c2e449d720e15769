"""The numbers of an encoder at a setting, or of one of its layers, through rmqm-spec."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from attrs import frozen

import rmqm_spec
from rmqm_spec import Listener
from studies.sensitivity.altered_models import in_float16, in_int8, resized
from studies.sensitivity.settings import Setting

__all__ = ["Images", "accuracy", "measured", "write_images"]

_OF_A_DRAW: Final = 512
_DRAWS: Final = 5
_OF_TASK: Final = 1_000


@frozen
class Images:
    """
    Files of images in a working folder.

    Parameters
    ----------
    folder : Path
        Where they lie.
    """

    folder: Path

    def source(self, setting: Setting) -> str:
        """Return the data of a setting, as ``score`` takes it."""
        return f"{self.folder / f'{setting.pixels}_{setting.draw}.npz'}:images"

    @property
    def task(self) -> Path:
        """File of labelled images of other data than was trained on."""
        return self.folder / "kmnist.npz"


def write_images(data: Path, folder: Path) -> Images:
    """
    Write disjoint draws of MNIST's test images, and the task.

    Parameters
    ----------
    data : Path
        Folder with ``mnist.npz`` and ``kmnist.npz``.
    folder : Path
        Receives the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with np.load(data / "mnist.npz", allow_pickle=False) as arrays:
        images = arrays["test_images"][: _DRAWS * _OF_A_DRAW].reshape(_DRAWS, _OF_A_DRAW, 28, 28)
    for draw, of_draw in enumerate(images):
        np.savez(folder / f"bytes_{draw}.npz", images=of_draw)
    np.savez(folder / "floats_0.npz", images=(images[0] / 255).astype(np.float32))
    with np.load(data / "kmnist.npz", allow_pickle=False) as arrays:
        np.savez(
            folder / "kmnist.npz",
            images=arrays["test_images"][:_OF_TASK],
            labels=arrays["test_labels"][:_OF_TASK],
        )
    return Images(folder)


def measured(encoder: Path, setting: Setting, images: Images, folder: Path) -> dict[str, Any]:
    """
    Return every measure at a setting, by name; None where a value is undefined.

    Parameters
    ----------
    encoder : Path
        The model in float32 with its own input size.
    setting : Setting
        How to measure.
    images : Images
        Files written by `write_images`.
    folder : Path
        Scratch; removed afterwards.

    Returns
    -------
    dict
        ``rmqm`` with ``rmqm_low`` and ``rmqm_high``, ``D``, ``1/D_RC``, ``1/P_RC`` on the path of
        RMQM; ``rmqm_short`` with its interval, and the further measures with theirs, on the short
        path.
    """
    model = _model(encoder, setting.model, folder)
    data = images.source(setting)
    values: dict[str, Any] = {}
    if setting.n:
        document = _score(
            model, data, folder / "full", n=setting.n, levels=setting.levels, **setting.options
        )
        values |= _with_interval("rmqm", document["rmqm"], document["interval"])
        components = document["components"]
        values |= {"D": components["D"]}
        values |= {f"1/{name}": _reciprocal(components[name]) for name in ("D_RC", "P_RC")}
    if setting.n_further:
        document = _score(
            model,
            data,
            folder / "short",
            n=setting.n_further,
            levels=setting.levels_further,
            measure=list(setting.further),
            **setting.options,
        )
        values |= _with_interval("rmqm_short", document["rmqm"], document["interval"])
        for name, found in document["measures"].items():
            values |= _with_interval(name, found["value"], found["interval"])
    shutil.rmtree(folder)
    return values


def accuracy(
    encoder: Path, images: Images, folder: Path, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the accuracy of one nearest neighbour on KMNIST, and the size of the encoding."""
    probed = rmqm_spec.probe(
        str(encoder),
        data=f"{images.task}:images",
        labels=f"{images.task}:labels",
        k="1",
        C="none",
        threads=1,
        out=str(folder),
        force=True,
        listener=Listener(),
        **options,
    )
    (model,) = probed.models.values()
    shutil.rmtree(folder)
    return {"kmnist_1nn": float(model.document["probes"]["1-nn"]["accuracy"])}


def _model(encoder: Path, change: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    changed = folder / "changed.onnx"
    if change == "float16":
        return in_float16(encoder, changed)
    if change == "int8":
        return in_int8(encoder, changed)
    if change.startswith("from "):
        return resized(encoder, int(change.removeprefix("from ")), changed)
    return encoder


def _score(model: Path, data: str, out: Path, **options: Any) -> dict[str, Any]:
    scored = rmqm_spec.score(
        str(model),
        data=data,
        out=str(out),
        null=False,
        threads=1,
        force=True,
        listener=Listener(),
        **options,
    )
    return {**scored.stored.document, "measures": scored.measures}


def _with_interval(name: str, value: float | None, interval: Any) -> dict[str, Any]:
    low, high = interval or (None, None)
    kept = {name: value, f"{name}_low": low, f"{name}_high": high}
    return {key: number for key, number in kept.items() if key == name or number is not None}


def _reciprocal(value: float | None) -> float | None:
    return 1 / value if value else None
