"""Every operator whose form changed between opsets, in its old form: encodings and gradients."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import helper

IMAGE, ROW, BLOCK = (2, 3, 6, 8), (2, 6), (2, 3, 4)


def case(operator, opsets, shape, *others, names=("y",), **attributes):
    """One operator in one of its forms; `others` are constants by name, None where left out."""
    return operator, opsets, shape, others, names, attributes


def up_to(last, first=7):
    """Return the first and the last opset of a form; those between read it alike."""
    return [first, last]


positive = np.float32([0.5, 1.5, 2.5])
whole = np.int64

CASES = {
    # arguments that were attributes
    "clip": case("Clip", up_to(10), ROW, min=-0.9, max=1.1),
    "clip below": case("Clip", up_to(10), ROW, min=-0.9),
    "dropout": case("Dropout", up_to(11), ROW, ratio=0.4),
    "pad": case("Pad", up_to(10), IMAGE, pads=[0, 0, 1, 2, 0, 0, 0, 1], value=0.3),
    "pad reflected": case("Pad", up_to(10), IMAGE, pads=[0, 0, 1, 2, 0, 0, 0, 1], mode="reflect"),
    "pad cut": case("Pad", up_to(10), IMAGE, pads=[0, 0, -1, 2, 0, 0, 0, -1], mode="edge"),
    "slice": case("Slice", up_to(9), IMAGE, starts=[1, -5], ends=[4, 2**31 - 1], axes=[2, 3]),
    "slice without axes": case("Slice", up_to(9), IMAGE, starts=[0, 1], ends=[2**31 - 1, 3]),
    "topk": case("TopK", up_to(9), ROW, names=("y", "places"), k=3, axis=1),
    "topk last": case("TopK", up_to(9), BLOCK, names=("y", "places"), k=2),
    "squeeze": case("Squeeze", up_to(12), (2, 1, 4, 1), axes=[1, 3]),
    "squeeze without axes": case("Squeeze", up_to(12), (2, 1, 4, 1), batch=2),
    "unsqueeze": case("Unsqueeze", up_to(12), ROW, axes=[1, 3]),
    "split": case("Split", up_to(12), ROW, names=("y", "rest"), axis=1, split=[2, 4]),
    "split evenly": case("Split", up_to(17), ROW, names=("a", "y"), axis=1),
    "upsample": case("Upsample", up_to(8), IMAGE, scales=[1.0, 1.0, 2.0, 3.0]),
    "upsample linear": case(
        "Upsample", up_to(8), IMAGE, scales=[1.0, 1.0, 2.0, 3.0], mode="linear"
    ),
    # another meaning of the same attributes
    "softmax of blocks": case("Softmax", up_to(12), BLOCK),
    "softmax of images": case("Softmax", up_to(12), IMAGE, axis=2),
    "softmax last": case("Softmax", up_to(12), BLOCK, axis=2),
    "softmax from the end": case("Softmax", [11, 12], BLOCK, axis=-2),
    "log softmax of blocks": case("LogSoftmax", up_to(12), BLOCK),
    "log softmax of rows": case("LogSoftmax", up_to(12), ROW),
    "batch normalisation": case(
        "BatchNormalization", up_to(17), IMAGE, positive, positive, positive, positive
    ),
    "batch normalisation of values": case(
        "BatchNormalization",
        [7, 8],
        (2, 3, 2),
        *(np.linspace(0.5, 2, 6, dtype="f").reshape(3, 2) for _ in range(4)),
        spatial=0,
    ),
    "resize": case("Resize", [10], IMAGE, np.float32([1, 1, 2, 3])),
    "resize linear": case("Resize", [10], IMAGE, np.float32([1, 1, 2, 3]), mode="linear"),
    "resize down": case("Resize", [10], IMAGE, np.float32([1, 1, 0.5, 0.4])),
    "resize down linear": case("Resize", [10], IMAGE, np.float32([1, 1, 0.5, 0.4]), mode="linear"),
    "resize mixed": case("Resize", [10], IMAGE, np.float32([1, 1, 0.5, 2.5])),
    "resize of tensorflow": case(
        "Resize",
        [11, 12],
        IMAGE,
        np.float32([]),
        np.float32([1, 1, 0.7, 2.4]),
        coordinate_transformation_mode="tf_half_pixel_for_nn",
        nearest_mode="floor",
    ),
    "upsample 9": case("Upsample", [9], IMAGE, np.float32([1, 1, 1.5, 2.5])),
    "upsample 9 linear": case("Upsample", [9], IMAGE, np.float32([1, 1, 1.5, 2]), mode="linear"),
    "scatter": case(
        "Scatter",
        [9, 10],
        ROW,
        whole([[0, 2], [1, 5]]),
        np.float32([[1, 2], [3, 4]]),
        axis=1,
        batch=2,
    ),
    "max": case("Max", up_to(17), ROW, np.float32([[0.1] * 6] * 2), batch=2),
    "pow": case("Pow", up_to(17), ROW, np.float32(2)),
    "prelu": case("PRelu", up_to(17), IMAGE, positive.reshape(3, 1, 1)),
    # other forms that must not be lost
    "average pool": case(
        "AveragePool", up_to(17), IMAGE, kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1
    ),
    "average pool without pads": case(
        "AveragePool", up_to(17), IMAGE, kernel_shape=[3, 3], pads=[1, 1, 1, 1]
    ),
    "average pool rounded up": case(
        "AveragePool", up_to(17, 10), IMAGE, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1
    ),
    "max pool": case("MaxPool", up_to(17), IMAGE, kernel_shape=[3, 3], auto_pad="SAME_UPPER"),
    "lp pool": case("LpPool", up_to(17), IMAGE, kernel_shape=[2, 2], p=3),
    "global lp pool": case("GlobalLpPool", up_to(17), IMAGE, p=3),
    "gemm": case(
        "Gemm", up_to(17), ROW, np.ones((4, 6), "f"), np.ones(4, "f"), transB=1, alpha=0.5, beta=2.0
    ),
    "flatten": case("Flatten", up_to(17), IMAGE, axis=2),
    "reshape": case("Reshape", up_to(17), IMAGE, whole([0, -1, 8])),
    "concat": case("Concat", up_to(17), ROW, np.ones((2, 2), "f"), axis=1, batch=2),
    "depth to space": case("DepthToSpace", up_to(17), (2, 8, 3, 3), blocksize=2),
    "argument reductions": case("ReduceSum", up_to(12), IMAGE, axes=[1, 3], keepdims=0),
    "lrn": case("LRN", up_to(17), IMAGE, size=3, alpha=0.5),
    "instance": case("InstanceNormalization", up_to(17), IMAGE, positive, positive),
    "tile": case("Tile", up_to(17), ROW, whole([1, 2])),
    "cumsum": case("CumSum", up_to(17, 11), ROW, whole(1)),
    "one sum": case("Sum", up_to(17), ROW, np.ones((2, 6), "f"), batch=2),
    "topk 10": case("TopK", [10], ROW, whole([3]), names=("y", "places")),
    "mean variance": case("MeanVarianceNormalization", up_to(17, 9), IMAGE, axes=[2, 3]),
    "hard sigmoid": case("HardSigmoid", up_to(17), ROW, alpha=0.21),
    "gather": case("Gather", up_to(17), ROW, whole([3, 0, 3]), axis=1),
    "leaky": case("LeakyRelu", up_to(17), ROW, alpha=0.3),
    "scatter elements": case(
        "ScatterElements",
        up_to(17, 11),
        ROW,
        whole([[0, 2], [1, 5]]),
        np.ones((2, 2), "f"),
        axis=1,
        batch=2,
    ),
}
for _name in ("L1", "L2", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare"):
    CASES[f"reduce {_name}"] = case(f"Reduce{_name}", up_to(17), BLOCK, axes=[2, 1], keepdims=0)
    CASES[f"reduce all {_name}"] = case(f"Reduce{_name}", up_to(17), BLOCK, axes=[1, 2])

EVERY = [(name, opset) for name, entry in CASES.items() for opset in entry[1]]


def model_of(make, entry, opset):
    operator, _, shape, others, names, attributes = entry
    stored = {f"c{k}": one for k, one in enumerate(others) if one is not None}
    inputs = ["x", *(f"c{k}" if one is not None else "" for k, one in enumerate(others))]
    attributes = dict(attributes)
    batch = attributes.pop("batch", "N")
    node = helper.make_node(operator, inputs, names, **attributes)
    weights = [make.constant(name, one, one.dtype) for name, one in stored.items()]
    inputs = [make.value("x", [batch, *shape[1:]])]
    return make.model([node], inputs, [make.value("y", None)], weights, opset=opset, ir=4)


@pytest.mark.parametrize(("name", "opset"), EVERY)
def test_an_old_form_keeps_its_meaning(name, opset, make, build, check):
    entry = CASES[name]
    low = 0.1 if entry[0] in ("ReduceProd", "LpPool", "GlobalLpPool", "ReduceL2") else -2
    check(model_of(make, entry, opset), build.spread(entry[2], low=low))
