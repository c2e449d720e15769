"""Trained models of 28 x 28 images that the failures are compared with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

__all__ = ["trained_models"]

_CHOSEN: Final = (
    "mnist_cntk_opset8",
    "mnist_lenet1_keras2onnx",
    "mnist_keras2onnx_nhwc",
    "mnist_mlp_dynbatch",
    "mnist_matlab_tansig",
)


def trained_models(folder: Path) -> dict[str, tuple[Path, dict[str, Any]]]:
    """
    Return the models with their preprocessing as options of ``score`` and ``probe``.

    Parameters
    ----------
    folder : Path
        Has the models, and ``models.json`` with ``file`` and ``preprocess`` of each: ``subtract``
        and ``divide`` in units of bytes.
    """
    models = {}
    for record in json.loads((folder / "models.json").read_text(encoding="utf-8")):
        file = folder / record["file"]
        if file.stem in _CHOSEN:
            given = record.get("preprocess")
            models[file.stem] = (file, _options(given) if given else {})
    return models


def _options(preprocess: dict[str, Any]) -> dict[str, Any]:
    return {
        "scale": "255",
        "mean": _text(preprocess["subtract"]),
        "std": _text(preprocess["divide"]),
    }


def _text(value: float | list[float]) -> str:
    return ",".join(str(one) for one in (value if isinstance(value, list) else [value]))
