"""Every rule of the table on one node, against difference quotients and in both directions."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.gradients.rules import RULES


def f(*shape, seed=7):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def i(*values):
    return np.array(values, dtype=np.int64)


def s(value):
    return np.array(value, dtype=np.float32)


X = (2, 4, 5, 6)
SMALL = {"low": 0.3, "high": 2.0}
UNIT = {"low": -0.9, "high": 0.9}

# Name of the case: operator, shape of x, constants, attributes, and how x is drawn.
ELEMENTWISE = {
    name: (name, (3, 7), [], {}, {})
    for name in [
        "Neg",
        "Abs",
        "Exp",
        "Erf",
        "Sin",
        "Cos",
        "Atan",
        "Sinh",
        "Cosh",
        "Tanh",
        "Asinh",
        "Identity",
        "Sigmoid",
        "Softplus",
        "Softsign",
        "Relu",
        "LeakyRelu",
        "Elu",
        "Celu",
        "Selu",
        "ThresholdedRelu",
        "HardSigmoid",
        "HardSwish",
        "Mish",
        "Gelu",
        "Clip",
        "Dropout",
        "LogSoftmax",
        "Softmax",
        "Shrink",
        "Max",
        "Min",
        "Mean",
        "Sum",
    ]
}
ELEMENTWISE |= {name: (name, (3, 7), [], {}, SMALL) for name in ("Log", "Sqrt", "Reciprocal")}
ELEMENTWISE |= {name: (name, (3, 7), [], {}, UNIT) for name in ("Asin", "Acos", "Tan", "Atanh")}
ELEMENTWISE |= {
    "Acosh": ("Acosh", (3, 7), [], {}, {"low": 1.2, "high": 3.0}),
    "Cast": ("Cast", (3, 7), [], {"to": 1}, {}),
    "CastLike": ("CastLike", (3, 7), [f(1)], {}, {}),
    "Gelu tanh": ("Gelu", (3, 7), [], {"approximate": "tanh"}, {}),
    "Elu 0.5": ("Elu", (3, 7), [], {"alpha": 0.5}, {}),
    "Celu 0.5": ("Celu", (3, 7), [], {"alpha": 0.5}, {}),
    "LeakyRelu 0.3": ("LeakyRelu", (3, 7), [], {"alpha": 0.3}, {}),
    "Selu 2 3": ("Selu", (3, 7), [], {"alpha": 2.0, "gamma": 3.0}, {}),
    "HardSigmoid 0.4": ("HardSigmoid", (3, 7), [], {"alpha": 0.4, "beta": 0.3}, {}),
    "Shrink bias": ("Shrink", (3, 7), [], {"bias": 0.2, "lambd": 0.7}, {}),
    "Clip both": ("Clip", (3, 7), [s(-0.51), s(1.03)], {}, {}),
    "Clip below": ("Clip", (3, 7), [s(0.41)], {}, {}),
    "PRelu": ("PRelu", X, [f(4, 1, 1)], {}, {}),
    "Mod": ("Mod", (3, 7), [s(0.7)], {"fmod": 1}, {}),
    "Swish": ("Swish", (3, 7), [], {"alpha": 1.3, "opset": 24, "ir_version": 11}, {}),
}
ARITHMETIC = {
    "Add": ("Add", (3, 4, 5), [f(4, 1)], {}, {}),
    "Add up": ("Add", (3, 1, 5), [f(2, 3, 4, 1)], {"static": True}, {}),
    "Sub": ("Sub", (3, 5), [f(5)], {}, {}),
    "Sub from": ("Sub", (3, 5), [], {"first": f(5)}, {}),
    "Mul": ("Mul", (3, 1), [f(1, 5)], {}, {}),
    "Div": ("Div", (3, 5), [f(5) + 3], {}, {}),
    "Div by": ("Div", (3, 5), [], {"first": f(5)}, SMALL),
    "Pow 2": ("Pow", (3, 5), [s(2)], {}, {}),
    "Pow 3": ("Pow", (3, 5), [i(3)], {}, {}),
    "Pow 1": ("Pow", (3, 5), [s(1)], {}, {}),
    "Pow 0": ("Pow", (3, 5), [s([0, 2, 0, 1, 3])], {}, SMALL),
    "Pow 1.7": ("Pow", (3, 5), [s(1.7)], {}, SMALL),
    "Pow each": ("Pow", (3, 5), [np.abs(f(5)) + 0.5], {}, SMALL),
    "Pow of": ("Pow", (3, 5), [], {"first": np.abs(f(5)) + 0.5}, {}),
    "Max of three": ("Max", (3, 5), [f(5), f(1, 1)], {}, {}),
    "Min of two": ("Min", (3, 5), [f(3, 1)], {"static": True}, {}),
    "Mean of two": ("Mean", (3, 5), [f(5)], {}, {}),
    "Sum of three": ("Sum", (3, 5), [f(5), f(1, 1)], {}, {}),
    "Expand": ("Expand", (3, 1), [i(2, 3, 4)], {"static": True}, {}),
    "Where": ("Where", (3, 5), [f(3, 5)], {"first": f(3, 5) > 0, "static": True}, {}),
}
LINEAR = {
    "MatMul": ("MatMul", (3, 4), [f(4, 5)], {}, {}),
    "MatMul left": ("MatMul", (3, 4, 5), [], {"first": f(6, 4)}, {}),
    "MatMul batches": ("MatMul", (1, 3, 4, 5), [f(7, 1, 5, 2)], {"static": True}, {}),
    "MatMul column": ("MatMul", (3, 4, 5), [f(5)], {}, {}),
    "MatMul row": ("MatMul", (3, 4, 5), [], {"first": f(4)}, {}),
    "Gemm": ("Gemm", (3, 4), [f(4, 5), f(5)], {"alpha": 0.5, "beta": 2.0}, {}),
    "Gemm B": ("Gemm", (3, 4), [f(5, 4)], {"transB": 1}, {}),
    "Gemm A": ("Gemm", (3, 4), [f(3, 5)], {"transA": 1, "static": True}, {}),
    "Gemm AB": ("Gemm", (3, 4), [f(5, 3), f(5)], {"transA": 1, "transB": 1, "static": True}, {}),
    "Gemm right": ("Gemm", (3, 4), [], {"first": f(5, 3), "static": True}, {}),
    "Gemm right AB": (
        "Gemm",
        (3, 4),
        [],
        {"first": f(4, 5), "transA": 1, "transB": 1, "static": True},
        {},
    ),
    "Einsum": ("Einsum", (2, 3, 4), [f(4, 5)], {"equation": "nij,jk->nik"}, {}),
    "Einsum dots": ("Einsum", (2, 3, 4), [f(4, 5)], {"equation": "...ij, jk -> ...ik"}, {}),
    "Einsum dots both": ("Einsum", (2, 3, 4), [f(1, 3, 4)], {"equation": "...i,...i->..."}, {}),
    "Einsum of one row": (
        "Einsum",
        (1, 3, 4),
        [f(2, 3, 4)],
        {"equation": "...i,...i->...", "static": True},
        {},
    ),
    "Einsum implicit": ("Einsum", (2, 3), [f(3, 4)], {"equation": "ij,jk"}, {}),
    "Einsum sum": ("Einsum", (2, 3, 4), [], {"equation": "nij->ni"}, {}),
    "Einsum diagonal": ("Einsum", (2, 3, 3), [], {"equation": "nii->ni"}, {}),
    "Einsum trace": ("Einsum", (2, 3, 4, 3), [f(4)], {"equation": "niji,j->n"}, {}),
    "Einsum twice": ("Einsum", (2, 3, 4, 4, 3), [], {"equation": "nijji->nj"}, {}),
    "Einsum of a diagonal": ("Einsum", (2, 3), [f(3, 3)], {"equation": "ni,ii->ni"}, {}),
    "Einsum swap": ("Einsum", (2, 3, 4), [], {"equation": "nij->nji"}, {}),
}
WINDOWS = {
    "Conv": ("Conv", X, [f(6, 4, 3, 3), f(6)], {"pads": [1, 1, 1, 1]}, {}),
    "Conv stride": ("Conv", X, [f(6, 4, 3, 3)], {"strides": [2, 2], "pads": [1, 1, 1, 1]}, {}),
    "Conv gaps": ("Conv", X, [f(6, 4, 2, 2)], {"strides": [3, 3]}, {}),
    "Conv one-sided": ("Conv", X, [f(6, 4, 3, 3)], {"strides": [2, 1], "pads": [0, 1, 2, 0]}, {}),
    "Conv groups": (
        "Conv",
        X,
        [f(6, 2, 2, 2)],
        {"dilations": [2, 2], "group": 2, "pads": [2, 1, 0, 2]},
        {},
    ),
    "Conv dilated": (
        "Conv",
        X,
        [f(6, 4, 2, 2)],
        {"dilations": [3, 2], "strides": [2, 2], "pads": [1, 0, 0, 1]},
        {},
    ),
    "Conv depthwise": ("Conv", X, [f(4, 1, 3, 3)], {"group": 4, "pads": [1] * 4}, {}),
    "Conv SAME_UPPER": (
        "Conv",
        X,
        [f(6, 4, 3, 3)],
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        {},
    ),
    "Conv SAME_LOWER": ("Conv", X, [f(6, 4, 4, 4)], {"auto_pad": "SAME_LOWER"}, {}),
    "Conv VALID": ("Conv", X, [f(6, 4, 3, 3)], {"auto_pad": "VALID"}, {}),
    "Conv wide pads": ("Conv", X, [f(6, 4, 2, 2)], {"pads": [3, 3, 3, 3]}, {}),
    "Conv 1-D": ("Conv", (2, 4, 11), [f(6, 4, 3)], {"strides": [2]}, {}),
    "Conv 3-D": ("Conv", (1, 2, 4, 4, 4), [f(3, 2, 3, 3, 3)], {"pads": [1] * 6}, {}),
    "ConvTranspose": (
        "ConvTranspose",
        X,
        [f(4, 3, 3, 3), f(3)],
        {"strides": [2, 2], "pads": [1] * 4, "output_padding": [1, 1]},
        {},
    ),
    "ConvTranspose groups": (
        "ConvTranspose",
        X,
        [f(4, 3, 3, 3)],
        {"group": 2, "dilations": [2, 2]},
        {},
    ),
    "ConvTranspose one-sided": (
        "ConvTranspose",
        X,
        [f(4, 3, 3, 3)],
        {"strides": [2, 3], "pads": [0, 2, 1, 0]},
        {},
    ),
    "ConvTranspose SAME": (
        "ConvTranspose",
        X,
        [f(4, 3, 3, 3)],
        {"strides": [2, 2], "auto_pad": "SAME_UPPER"},
        {},
    ),
    "ConvTranspose SAME_LOWER": (
        "ConvTranspose",
        X,
        [f(4, 3, 3, 3)],
        {"strides": [2, 2], "auto_pad": "SAME_LOWER"},
        {},
    ),
    "ConvTranspose shape": (
        "ConvTranspose",
        X,
        [f(4, 3, 3, 3)],
        {"strides": [2, 2], "output_shape": [10, 12]},
        {},
    ),
}
REGIONS = [s([[0, 0, 4, 3], [1.5, 0.5, 5.2, 4.4], [0.3, 1, 2, 2]]), i(1, 0, 1)]
ROI = {"spatial_scale": 0.9, "opset": 16, "static": True}
POOLS = {
    "MaxPool": ("MaxPool", X, [], {"kernel_shape": [2, 2], "strides": [2, 2]}, {}),
    "MaxPool pads": (
        "MaxPool",
        X,
        [],
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 0, 1, 1]},
        {},
    ),
    "MaxPool ceil": (
        "MaxPool",
        X,
        [],
        {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1},
        {},
    ),
    "MaxPool dilated": ("MaxPool", X, [], {"kernel_shape": [2, 2], "dilations": [2, 2]}, {}),
    "MaxPool SAME": (
        "MaxPool",
        X,
        [],
        {"kernel_shape": [2, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"},
        {},
    ),
    "AveragePool": (
        "AveragePool",
        (2, 4, 6, 6),
        [],
        {"kernel_shape": [3, 2], "strides": [3, 2]},
        {},
    ),
    "AveragePool pads": (
        "AveragePool",
        X,
        [],
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 0]},
        {},
    ),
    "AveragePool counts": (
        "AveragePool",
        X,
        [],
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4, "count_include_pad": 1},
        {},
    ),
    "AveragePool ceil": (
        "AveragePool",
        X,
        [],
        {"kernel_shape": [2, 3], "strides": [2, 2], "ceil_mode": 1},
        {},
    ),
    "AveragePool ceil counts": (
        "AveragePool",
        X,
        [],
        {
            "kernel_shape": [3, 3],
            "strides": [2, 2],
            "pads": [1] * 4,
            "ceil_mode": 1,
            "count_include_pad": 1,
        },
        {},
    ),
    "AveragePool plain pads": (
        "AveragePool",
        (2, 4, 6, 6),
        [],
        {"kernel_shape": [3, 3], "strides": [3, 3], "pads": [1] * 4},
        {},
    ),
    "AveragePool dilated": (
        "AveragePool",
        X,
        [],
        {"kernel_shape": [2, 2], "dilations": [2, 3]},
        {},
    ),
    "AveragePool SAME": (
        "AveragePool",
        X,
        [],
        {"kernel_shape": [2, 3], "strides": [2, 2], "auto_pad": "SAME_LOWER"},
        {},
    ),
    "MaxUnpool": (
        "MaxUnpool",
        (1, 2, 2, 2),
        [np.array([[[[0, 3], [12, 14]], [[21, 19], [26, 31]]]])],
        {"kernel_shape": [2, 2], "strides": [2, 2], "static": True},
        {},
    ),
    "RoiAlign": ("RoiAlign", X, REGIONS, {"output_height": 2, "output_width": 3, **ROI}, {}),
    "RoiAlign samples": (
        "RoiAlign",
        X,
        REGIONS,
        {"sampling_ratio": 2, "coordinate_transformation_mode": "output_half_pixel", **ROI},
        {},
    ),
    "LpPool": ("LpPool", X, [], {"kernel_shape": [2, 2], "strides": [2, 2]}, {}),
    "LpPool 3": ("LpPool", X, [], {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1], "p": 3}, {}),
    "LpPool 1": ("LpPool", X, [], {"kernel_shape": [2, 2], "p": 1}, {}),
    "GlobalAveragePool": ("GlobalAveragePool", X, [], {}, {}),
    "GlobalMaxPool": ("GlobalMaxPool", X, [], {}, {}),
    "GlobalLpPool": ("GlobalLpPool", X, [], {}, {}),
    "GlobalLpPool 3": ("GlobalLpPool", X, [], {"p": 3}, {}),
}
NORMS = {
    "BatchNormalization": (
        "BatchNormalization",
        X,
        [f(4), f(4), f(4), np.abs(f(4)) + 0.5],
        {"epsilon": 0.1},
        {},
    ),
    "BatchNormalization flat": (
        "BatchNormalization",
        (3, 4),
        [f(4), f(4), f(4), np.abs(f(4)) + 0.5],
        {},
        {},
    ),
    "LayerNormalization": ("LayerNormalization", (2, 4, 5), [f(5), f(5)], {}, {}),
    "LayerNormalization 1": (
        "LayerNormalization",
        (2, 4, 5),
        [f(4, 5)],
        {"axis": 1, "epsilon": 0.1, "outputs": 3},
        {},
    ),
    "InstanceNormalization": ("InstanceNormalization", X, [f(4), f(4)], {}, {}),
    "GroupNormalization": (
        "GroupNormalization",
        X,
        [f(4), f(4)],
        {"num_groups": 2, "opset": 21},
        {},
    ),
    "MeanVarianceNormalization": ("MeanVarianceNormalization", X, [], {"axes": [1, 2, 3]}, {}),
    "RMSNormalization": (
        "RMSNormalization",
        (2, 4, 5),
        [f(5)],
        {"opset": 23, "ir_version": 11},
        {},
    ),
    "LpNormalization": ("LpNormalization", X, [], {"axis": 1}, {}),
    "LpNormalization 1": ("LpNormalization", X, [], {"axis": -1, "p": 1}, {}),
    "LRN": ("LRN", X, [], {"size": 3, "alpha": 0.5, "beta": 0.6, "bias": 1.5}, {}),
    "LRN wide": ("LRN", X, [], {"size": 5, "alpha": 0.5}, {}),
    "Softmax 1": ("Softmax", X, [], {"axis": 1}, {}),
    "LogSoftmax 1": ("LogSoftmax", X, [], {"axis": 1}, {}),
}
REDUCTIONS = {
    f"{name} {keep}": (name, (2, 4, 5), [i(1, -1)], {"keepdims": keep}, low)
    for name, low in {
        "ReduceSum": {},
        "ReduceMean": {},
        "ReduceMax": {},
        "ReduceMin": {},
        "ReduceL1": {},
        "ReduceL2": {},
        "ReduceSumSquare": {},
        "ReduceLogSumExp": {},
        "ReduceProd": UNIT,
        "ReduceLogSum": SMALL,
    }.items()
    for keep in (0, 1)
}
REDUCTIONS |= {
    "ReduceMean all": ("ReduceMean", (2, 4, 5), [], {}, {}),
    "ReduceMean none": ("ReduceMean", (2, 4, 5), [], {"noop_with_empty_axes": 1}, {}),
    "ReduceMean old": ("ReduceMean", (2, 4, 5), [], {"axes": [2], "opset": 13}, {}),
    "ReduceMax rows": ("ReduceMax", (2, 4, 5), [i(2)], {}, {}),
    "CumSum": ("CumSum", (2, 4, 5), [np.array(1)], {}, {}),
    "CumProd": ("CumProd", (2, 4, 3), [np.array(1)], {"opset": 26, "ir_version": 11}, {}),
    "Det": ("Det", (2, 3, 3), [], {}, {}),
    "CumSum back": ("CumSum", (2, 4, 5), [np.array(2)], {"reverse": 1, "exclusive": 1}, {}),
}
SHAPING = {
    "Reshape": ("Reshape", (2, 4, 5), [i(-1, 20)], {}, {}),
    "Flatten": ("Flatten", (2, 4, 5), [], {"axis": 2}, {}),
    "Squeeze": ("Squeeze", (2, 1, 5), [i(1)], {}, {}),
    "Unsqueeze": ("Unsqueeze", (2, 5), [i(1, -1)], {}, {}),
    "Transpose": ("Transpose", (2, 4, 5), [], {"perm": [0, 2, 1]}, {}),
    "Transpose all": ("Transpose", (2, 4, 5), [], {}, {}),
    "Concat": ("Concat", (2, 4, 5), [f(2, 3, 5)], {"axis": 1, "static": True}, {}),
    "Split": ("Split", (2, 4, 5), [i(1, 3)], {"axis": 1, "outputs": 2}, {}),
    "Tile": ("Tile", (2, 4, 5), [i(2, 1, 3)], {}, {}),
    "Trilu": ("Trilu", (2, 4, 5), [], {}, {}),
    "Trilu low": ("Trilu", (2, 4, 5), [np.array(1)], {"upper": 0}, {}),
    "DepthToSpace": ("DepthToSpace", (2, 8, 3, 3), [], {"blocksize": 2}, {}),
    "DepthToSpace CRD": ("DepthToSpace", (2, 8, 3, 2), [], {"blocksize": 2, "mode": "CRD"}, {}),
    "SpaceToDepth CRD": (
        "SpaceToDepth",
        (2, 2, 4, 6),
        [],
        {"blocksize": 2, "mode": "CRD", "opset": 28, "ir_version": 11},
        {},
    ),
    "SpaceToDepth": ("SpaceToDepth", (2, 2, 4, 6), [], {"blocksize": 2}, {}),
    "ReverseSequence": (
        "ReverseSequence",
        (2, 4, 5),
        [i(3, 2)],
        {"batch_axis": 0, "time_axis": 1, "static": True},
        {},
    ),
}
INDEXING = {
    "Slice": ("Slice", X, [i(1, -3), i(4, 100), i(2, 3)], {}, {}),
    "Slice steps": ("Slice", X, [i(1, 0), i(9, 11), i(2, 3), i(2, 4)], {}, {}),
    "Slice back": ("Slice", X, [i(-1), i(-100), i(3), i(-2)], {}, {}),
    "Slice back two": ("Slice", X, [i(3, -2), i(0, -6), i(2, 3), i(-1, -3)], {}, {}),
    "Slice batch": ("Slice", X, [i(0, 1), i(2**62, 3)], {}, {}),
    "Gather": ("Gather", X, [np.array(2)], {"axis": 1}, {}),
    "Gather last": ("Gather", X, [np.array(-1)], {"axis": 3}, {}),
    "Gather twice": ("Gather", X, [np.array([[0, 2], [2, -1]])], {"axis": 3}, {}),
    "Gather twice 1": ("Gather", X, [np.array([0, 2, 2])], {"axis": 1}, {}),
    "Gather order": ("Gather", X, [i(3, 1, 0)], {"axis": 1}, {}),
    "Gather range": ("Gather", X, [i(1, 2)], {"axis": 2}, {}),
    "GatherElements": (
        "GatherElements",
        (2, 4, 5),
        [np.array([[[0, 1, 2, 2, 0]], [[3, 1, 1, 0, 0]]])],
        {"axis": 1, "static": True},
        {},
    ),
    "GatherND": ("GatherND", (2, 4, 5), [np.array([[0, 1], [1, 3], [1, 3]])], {"static": True}, {}),
    "GatherND batch": (
        "GatherND",
        (2, 4, 5),
        [np.array([[1, 2], [3, 0]])],
        {"batch_dims": 1, "static": True},
        {},
    ),
    "TopK": ("TopK", (2, 9), [i(3)], {"outputs": 2}, {}),
    "TopK 1": ("TopK", (2, 9, 3), [i(3)], {"outputs": 2, "axis": 1, "largest": 0}, {}),
    "ScatterND": (
        "ScatterND",
        (2, 4, 5),
        [np.array([[0, 1], [1, 3]]), f(2, 5)],
        {"static": True},
        {},
    ),
    "ScatterND add": (
        "ScatterND",
        (2, 4, 5),
        [np.array([[0, 1], [1, 3]]), f(2, 5)],
        {"reduction": "add", "static": True},
        {},
    ),
    "ScatterElements": (
        "ScatterElements",
        (2, 4),
        [np.array([[1], [3]]), f(2, 1)],
        {"axis": 1, "static": True},
        {},
    ),
    "ScatterElements add": (
        "ScatterElements",
        (2, 4),
        [np.array([[1], [3]]), f(2, 1)],
        {"axis": 1, "reduction": "add", "static": True},
        {},
    ),
}
RESAMPLING = {
    "Pad": ("Pad", X, [i(0, 0, 1, 2, 0, 0, 0, 1), s(0.5)], {}, {}),
    "Pad cut": ("Pad", X, [i(0, 0, -2, 1, 0, 0, 1, -3)], {}, {}),
    "Pad axes": ("Pad", X, [i(1, 2, 0, 1), None, i(3, 1)], {}, {}),
    "Pad reflect": ("Pad", X, [i(0, 0, 2, 1, 0, 0, 1, 3)], {"mode": "reflect"}, {}),
    "Pad edge": ("Pad", X, [i(0, 1, 2, 1, 0, 0, 1, 3)], {"mode": "edge"}, {}),
    "Pad wrap": ("Pad", X, [i(0, 0, 2, 1, 0, 0, 1, 3)], {"mode": "wrap"}, {}),
    "Resize": ("Resize", X, [None, s([1, 1, 2, 2])], {"mode": "nearest"}, {}),
    "Resize floor": (
        "Resize",
        X,
        [None, s([1, 1, 2, 3])],
        {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        {},
    ),
    "Resize half floor": ("Resize", X, [None, s([1, 1, 2, 2])], {"nearest_mode": "floor"}, {}),
    "Resize ceil": (
        "Resize",
        X,
        [None, s([1, 1, 2, 2])],
        {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "ceil"},
        {},
    ),
    "Resize cubic": (
        "Resize",
        X,
        [None, None, i(2, 4, 3, 9)],
        {"mode": "cubic", "antialias": 1, "static": True},
        {},
    ),
    "Resize axes": (
        "Resize",
        X,
        [None, s([1.6, 0.7])],
        {"mode": "linear", "axes": [2, 3], "static": True},
        {},
    ),
    "Resize corners": (
        "Resize",
        X,
        [None, None, i(2, 4, 13, 4)],
        {
            "mode": "linear",
            "coordinate_transformation_mode": "align_corners",
            "static": True,
        },
        {},
    ),
    "Resize fraction": ("Resize", X, [None, s([1, 1, 1.5, 0.6])], {"mode": "nearest"}, {}),
    "Upsample": ("Upsample", X, [s([1, 1, 2, 2])], {"opset": 9}, {}),
    "Upsample fraction": ("Upsample", X, [s([1, 1, 1.6, 2.5])], {"opset": 9}, {}),
    "Resize 10": ("Resize", X, [s([1, 1, 1.6, 2.5])], {"opset": 10, "mode": "linear"}, {}),
    "Upsample linear": ("Upsample", X, [s([1, 1, 2, 2])], {"opset": 9, "mode": "linear"}, {}),
    "GridSample": ("GridSample", X, [0.8 * np.tanh(f(2, 3, 3, 2))], {"static": True}, {}),
    "GridSample border": (
        "GridSample",
        X,
        [f(2, 3, 3, 2)],
        {"padding_mode": "border", "align_corners": 1, "static": True},
        {},
    ),
    "GridSample cubic": (
        "GridSample",
        X,
        [f(2, 3, 3, 2)],
        {"mode": "cubic", "padding_mode": "reflection", "static": True},
        {},
    ),
}
NEW = {"ir_version": 11, "static": True}
TOKENS, HEADS = (2, 5, 8), (2, 4, 3, 8)
BY_DEFINITION = {
    "Attention of tokens": (
        "Attention",
        TOKENS,
        [f(2, 6, 8), f(2, 6, 12)],
        {"q_num_heads": 4, "kv_num_heads": 4, "opset": 23, **NEW},
        {},
    ),
    "Attention of groups": (
        "Attention",
        TOKENS,
        [f(2, 6, 4), f(2, 6, 4)],
        {"q_num_heads": 4, "kv_num_heads": 2, "is_causal": 1, "softcap": 2.0, "opset": 23, **NEW},
        {},
    ),
    "Attention with a mask": (
        "Attention",
        HEADS,
        [f(2, 4, 5, 8), f(2, 4, 5, 6), f(3, 5)],
        {"opset": 24, **NEW},
        {},
    ),
    "RotaryEmbedding": (
        "RotaryEmbedding",
        HEADS,
        [f(3, 4), f(3, 4), np.array([[0, 1, 2], [1, 2, 0]])],
        {"opset": 23, **NEW},
        {},
    ),
    "RotaryEmbedding of a part": (
        "RotaryEmbedding",
        HEADS,
        [f(2, 3, 2), f(2, 3, 2)],
        {"interleaved": 1, "rotary_embedding_dim": 4, "opset": 23, **NEW},
        {},
    ),
    "SoftmaxCrossEntropyLoss": (
        "SoftmaxCrossEntropyLoss",
        (3, 5),
        [i(0, 4, 2)],
        {"reduction": "none", "static": True},
        {},
    ),
    "NegativeLogLikelihoodLoss": (
        "NegativeLogLikelihoodLoss",
        (3, 5),
        [i(0, 4, 2), f(5)],
        {"static": True},
        {},
    ),
    "CenterCropPad": ("CenterCropPad", X, [i(3, 9)], {"axes": [2, 3]}, {}),
    "CausalConvWithState": (
        "CausalConvWithState",
        (2, 6, 4),
        [f(6, 1, 3), f(6)],
        {"activation": "silu", "outputs": 2, "opset": 27, "ir_version": 11},
        {},
    ),
    "LinearAttention": (
        "LinearAttention",
        TOKENS,
        [f(2, 5, 8), f(2, 5, 8), None, f(2, 5, 8), f(2, 5, 2)],
        {"q_num_heads": 2, "kv_num_heads": 2, "outputs": 2, "opset": 27, **NEW},
        {},
    ),
}
CASES = {
    **ELEMENTWISE,
    **ARITHMETIC,
    **LINEAR,
    **WINDOWS,
    **POOLS,
    **NORMS,
    **REDUCTIONS,
    **SHAPING,
    **INDEXING,
    **RESAMPLING,
    **BY_DEFINITION,
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_agrees_with_difference_quotients(name, build, check):
    operator, shape, constants, given, drawn = CASES[name]
    if given.get("opset", 0) > onnx.defs.onnx_opset_version():
        pytest.skip("the installed onnx is older")
    x = build.spread(shape, **drawn)
    check(build.one_node(operator, x, *constants, **given), x)


REFERENCE_IS_OTHERWISE = {
    "Erf": "computes in float32",
    "Gelu": "the same",
    "GroupNormalization": "the same",
    "CausalConvWithState": "the same",
    "LinearAttention": "the same",
    "MeanVarianceNormalization": "takes no float64",
    "ConvTranspose groups": "has no groups",
    "ConvTranspose shape": "has no output_shape",
    "GlobalLpPool": "does not have it",
    "GlobalLpPool 3": "does not have it",
    "LpNormalization 1": "adds up without the absolute value",
    "LRN": "adds up other channels than the specification",
    "LRN wide": "the same",
    "Pad cut": "has no negative pads",
    "Upsample fraction": "has no fractions",
    "Upsample linear": "has no linear mode",
    "Resize 10": "does not know the old inputs",
}
"""Cases in which the reference implementation of onnx cannot be the judge, and why."""


@pytest.mark.parametrize("name", [name for name in CASES if name not in REFERENCE_IS_OTHERWISE])
def test_a_rule_agrees_with_the_reference_implementation_in_float64(name, build):
    """Another runtime and longer numbers: a thousand times as sharp as quotients in float32."""
    operator, shape, constants, given, drawn = CASES[name]
    if given.get("opset", 0) > onnx.defs.onnx_opset_version():
        pytest.skip("the installed onnx is older")
    x = build.spread(shape, **drawn)
    found = build.reference_errors(build.one_node(operator, x, *constants, **given), x)
    assert found.y < 1e-5
    assert found.vjp < 2e-5


WITHOUT_A_CASE_HERE = {
    "QuantizeLinear": "straight through: no difference quotient",
    "DequantizeLinear": "the same",
    "DynamicQuantizeLinear": "the same",
    "ConvInteger": "the same",
    "MatMulInteger": "the same",
    "Scatter": "the old name of ScatterElements",
    "OneHot": "whole numbers: no difference quotient",
    "Range": "the same",
    "Col2Im": "in test_moving_parameters.py",
    "DFT": "the same",
    "STFT": "the same",
}


def test_every_rule_has_a_case():
    tried = {operator for operator, *_ in CASES.values()}
    assert set(RULES) - tried == set(WITHOUT_A_CASE_HERE)
