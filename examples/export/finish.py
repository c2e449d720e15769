"""The last step of every recipe: say the preprocessing in the file, and prove the encodings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx

TOLERANCE = 1e-4
"""Largest difference of two unit-normalised encodings that is put down to rounding in float32."""


def say_preprocessing(path: Path, preprocessing: dict[str, Any]) -> None:
    """Write the preprocessing into the metadata of the model, where rmqm-spec looks first."""
    model = onnx.load(path)
    properties = {one.key: one.value for one in model.metadata_props}
    properties["rmqm.preprocess"] = json.dumps(preprocessing)
    onnx.helper.set_model_props(model, properties)
    onnx.save(model, path)


def prove(path: Path, inputs: np.ndarray, expected: np.ndarray, output: str | None = None) -> None:
    """
    Compare the encodings of ONNX Runtime with those of the framework, in batches of N and 1.

    What the framework gave is kept beside the model, for ``rmqm-spec check --reference``.
    """
    import onnxruntime

    reference = path.with_suffix(".ref.npz")
    np.savez(reference, network_inputs=inputs, encodings=expected)

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    wanted = [output or session.get_outputs()[0].name]
    (batch,) = session.run(wanted, {name: inputs})
    (alone,) = session.run(wanted, {name: inputs[:1]})
    expected = _unit(expected)
    difference = max(
        np.abs(_unit(batch) - expected).max(), np.abs(_unit(alone) - expected[:1]).max()
    )
    print(f"{path}: unit encodings {expected.shape} differ by at most {difference:.1e}")
    if not difference < TOLERANCE:
        raise SystemExit(f"the exported encodings must differ by less than {TOLERANCE}")


def _unit(encodings: np.ndarray) -> np.ndarray:
    flat = np.asarray(encodings, dtype=np.float64).reshape(len(encodings), -1)
    return flat / np.linalg.norm(flat, axis=1, keepdims=True)
