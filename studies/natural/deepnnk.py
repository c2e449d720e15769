"""The networks of DeepNNK (Shekkizhar and Ortega) as ONNX, with what their authors stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnx
from attrs import frozen
from onnx import TensorProto, helper, numpy_helper

__all__ = ["REGIMES", "Checkpoint", "checkpoints", "deepnnk_model"]

REGIMES: Final = ("regularized_16", "regularized_32", "unregularized_32")
_N_CONVOLUTIONS = 6
_POOLED_AFTER = (1, 3, 5)
_OPSET = 17
_IR_VERSION = 8


@frozen
class Checkpoint:
    """
    One stored network.

    Parameters
    ----------
    regime : str
        One of `REGIMES`.
    step : int
        Steps of training, 1,000 an epoch.
    test_error, train_error : float
        Of their last layer, as the authors stored them.
    """

    regime: str
    step: int
    test_error: float
    train_error: float

    @property
    def name(self) -> str:
        """Name of the encoder."""
        return f"deepnnk_{self.regime}_{self.step:05d}"

    @property
    def gap(self) -> float:
        """Generalisation gap."""
        return self.test_error - self.train_error

    def write(self, data: Path, path: Path) -> None:
        """Write the network as ONNX, from the folder of the stored weights."""
        with np.load(data / f"{self.regime}.npz", allow_pickle=False) as arrays:
            start = f"{self.step}/"
            weights = {
                name.removeprefix(start): arrays[name]
                for name in arrays.files
                if name.startswith(start)
            }
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(deepnnk_model(weights), path)


def checkpoints(data: Path) -> list[Checkpoint]:
    """Return the checkpoints of all regimes, with the errors of ``stored_results.json``."""
    stored = json.loads((data / "stored_results.json").read_text(encoding="utf-8"))
    found = []
    for regime in REGIMES:
        errors = {
            part: stored[regime][f"{part}_calibrate_results_25/knn_calibrate_data"][
                "model_error_rate"
            ]
            for part in ("test", "train")
        }
        for place, (test, train) in enumerate(zip(errors["test"], errors["train"], strict=True)):
            found.append(Checkpoint(regime, 1_000 * place, float(test), float(train)))
    return found


def deepnnk_model(weights: Mapping[str, npt.NDArray[np.float32]]) -> onnx.ModelProto:
    """
    Return the network that ends before its last layer, with a free batch axis.

    Parameters
    ----------
    weights : mapping
        ``network/W_conv0`` to ``5`` (3, 3, in, out) and ``network/b_conv0`` to ``5``.

    Returns
    -------
    ModelProto
        From ``image`` (batch, 3, 32, 32) in [0, 1] to ``encoding``, flattened with channels last,
        as in TensorFlow.
    """
    nodes, constants = [], []
    values = "image"
    for place in range(_N_CONVOLUTIONS):
        kernel, bias = f"W_conv{place}", f"b_conv{place}"
        out_in = weights[f"network/{kernel}"].transpose(3, 2, 0, 1)
        constants += [
            numpy_helper.from_array(np.ascontiguousarray(out_in), kernel),
            numpy_helper.from_array(weights[f"network/{bias}"], bias),
        ]
        convolved, active = f"conv{place}", f"relu{place}"
        nodes += [
            helper.make_node(
                "Conv", [values, kernel, bias], [convolved], pads=[1, 1, 1, 1], name=convolved
            ),
            helper.make_node("Relu", [convolved], [active], name=active),
        ]
        values = active
        if place in _POOLED_AFTER:
            pooled = f"pool{place}"
            nodes.append(
                helper.make_node(
                    "MaxPool", [values], [pooled], kernel_shape=[2, 2], strides=[2, 2], name=pooled
                )
            )
            values = pooled
    nodes += [
        helper.make_node("Transpose", [values], ["last"], perm=[0, 2, 3, 1], name="channels_last"),
        helper.make_node("Flatten", ["last"], ["encoding"], axis=1, name="flatten"),
    ]
    size = weights[f"network/b_conv{_N_CONVOLUTIONS - 1}"].size * 16
    graph = helper.make_graph(
        nodes,
        "deepnnk",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, 32, 32])],
        [helper.make_tensor_value_info("encoding", TensorProto.FLOAT, ["batch", size])],
        constants,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    onnx.checker.check_model(model, full_check=True)
    return model
