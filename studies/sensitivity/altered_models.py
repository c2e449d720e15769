"""The same encoder in other arithmetic, behind another input size, and the names of its layers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["hidden_layers", "in_float16", "in_int8", "resized"]

_LAYER_OPS: Final = frozenset(
    {"Relu", "Tanh", "MaxPool", "AveragePool", "GlobalAveragePool", "Gemm"}
)
_ENDS: Final = ("/Add_1_output_0", "/norm/LayerNormalization_output_0")


def in_float16(encoder: Path, path: Path) -> Path:
    """
    Write an encoder that computes in float16, and takes and gives float32.

    ONNX Runtime's own converter; where its CPU has no kernel in float16 it computes that operator
    in float32 and rounds what comes out, as it does for every such model.
    """
    from onnxruntime.transformers.float16 import convert_float_to_float16

    # Onnxruntime warns of every weight that float16 makes zero.
    model = convert_float_to_float16(onnx.load(encoder), keep_io_types=True)
    return _saved(model, path)


def in_int8(encoder: Path, path: Path) -> Path:
    """
    Write an encoder with weights of eight bits, by ONNX Runtime's dynamic quantisation.

    Linear layers and convolutions; activations are rounded to 256 steps between the smallest and
    largest value of a batch, so that an encoding depends on the other inputs of its batch.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger().setLevel(logging.ERROR)  # it advises shape inference to the root logger
    quantize_dynamic(encoder, path, weight_type=QuantType.QUInt8)
    return path


def resized(encoder: Path, side: int, path: Path) -> Path:
    """Write an encoder of images of another side, resized (bilinear) to its own by the graph."""
    model = onnx.load(encoder)
    (image,) = model.graph.input
    batch, channels, height, width = image.type.tensor_type.shape.dim
    own = (height.dim_value, width.dim_value)
    free = helper.make_tensor_value_info(
        "free_size", TensorProto.FLOAT, [batch.dim_param, channels.dim_value, side, side]
    )
    scales = numpy_helper.from_array(
        np.array([1, 1, own[0] / side, own[1] / side], np.float32), "free_size_scales"
    )
    resize = helper.make_node(
        "Resize",
        ["free_size", "", "free_size_scales"],
        [image.name],
        name="to_own_size",
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )
    model.graph.input.remove(image)
    model.graph.input.append(free)
    model.graph.initializer.append(scales)
    model.graph.node.insert(0, resize)
    onnx.checker.check_model(model)
    return _saved(model, path)


def hidden_layers(encoder: Path) -> dict[str, int]:
    """
    Return the layers of an encoder in the order of the graph, with the number of their axes.

    Activations, poolings and linear layers; of residual networks and transformers the sums that
    end their blocks. The embedding, which is the last, is among them.
    """
    graph = onnx.shape_inference.infer_shapes(onnx.load(encoder)).graph
    axes = {
        value.name: len(value.type.tensor_type.shape.dim)
        for value in (*graph.value_info, *graph.output)
    }
    return {
        name: axes[name]
        for node in graph.node
        for name in node.output
        if name in axes and _is_layer(node.op_type, name)
    }


def _is_layer(operator: str, name: str) -> bool:
    return operator in _LAYER_OPS or name.endswith(_ENDS)


def _saved(model: onnx.ModelProto, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path
