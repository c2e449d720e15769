"""Weights, slopes, scales and grids that depend on the input themselves; Fourier transforms."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")


def graph(make, nodes, shape, weights=(), opset=20):
    inputs = [make.value("x", list(shape))]
    return make.model(nodes, inputs, [make.value("y", None)], weights, opset=opset, ir=9)


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("aligned", [0, 1])
@pytest.mark.parametrize("mode", ["linear", "nearest", "cubic"])
def test_a_grid_that_moves(mode, aligned, padding, make, build, check):
    """The grid is made of the image, and reaches beyond it."""
    nodes = [
        make.node("Reshape", "x two", "pairs"),
        make.node("Mul", "pairs wide", "grid"),
        make.node(
            "GridSample", "x grid", "y", mode=mode, align_corners=aligned, padding_mode=padding
        ),
    ]
    weights = [make.constant("two", [0, 5, 3, 2], "int64"), make.constant("wide", 1.37)]
    x = build.spread((2, 2, 3, 5), low=-1.1, high=1.1)
    check(graph(make, nodes, ("N", 2, 3, 5), weights), x, step=2e-4, within=1.5e-2)


def test_a_grid_in_space(make, build, check):
    nodes = [
        make.node("Reshape", "x three", "grid"),
        make.node("GridSample", "image grid", "y", mode="linear"),
    ]
    weights = [
        make.constant("three", [-1, 2, 2, 2, 3], "int64"),
        make.random("image", 2, 3, 3, 4, 5),
    ]
    x = build.spread((2, 24), low=-0.9, high=0.9)
    check(graph(make, nodes, (2, 24), weights), x, step=2e-4, within=1.5e-2)


def test_the_grid_of_old_opsets(make, build, check):
    nodes = [
        make.node("Reshape", "x pair", "grid"),
        make.node("GridSample", "image grid", "y", mode="bilinear"),
    ]
    weights = [make.constant("pair", [2, 3, 4, 2], "int64"), make.random("image", 2, 3, 4, 5)]
    x = build.spread((2, 24), low=-0.9, high=0.9)
    check(graph(make, nodes, (2, 24), weights, opset=16), x, step=2e-4, within=1.5e-2)


KINDS = {
    "plain": ({}, 1, (5, 6)),
    "strides": ({"strides": [2, 3], "pads": [1, 0, 2, 1]}, 1, (6, 8)),
    "dilations": ({"dilations": [2, 1], "strides": [2, 1]}, 1, (7, 6)),
    "groups": ({"group": 2, "pads": [1, 1, 1, 1]}, 2, (5, 6)),
    "depthwise": ({"group": 4, "strides": [2, 2]}, 4, (6, 6)),
    "same": ({"auto_pad": "SAME_LOWER", "strides": [2, 2]}, 1, (6, 5)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_weights_of_a_convolution_that_move(kind, make, build, check):
    """Of one input both the image and the kernel are made, as in a tracker."""
    attributes, group, size = KINDS[kind]
    n_kernel = 4 * (4 // group) * 6
    nodes = [
        make.node("Mul", "x x", "image"),
        make.node("Flatten", "x", "flat", axis=0),
        make.node("MatMul", "flat w", "row"),
        make.node("Reshape", "row kernel_shape", "kernel"),
        make.node("Conv", "image kernel", "y", **attributes),
    ]
    n_values = 2 * 4 * size[0] * size[1]
    weights = [
        make.constant("w", 0.1 * build.weights(n_values, n_kernel)),
        make.constant("kernel_shape", [4, 4 // group, 3, 2], "int64"),
    ]
    x = build.spread((2, 4, *size), low=-1, high=1)
    check(graph(make, nodes, (2, 4, *size), weights), x)


def test_a_scale_and_a_bias_that_move(make, build, check):
    nodes = [
        make.node("ReduceSum", "x axes", "scale", keepdims=0),
        make.node("Sin", "scale", "bias"),
        make.node("LayerNormalization", "x scale bias", "y"),
    ]
    weights = [make.constant("axes", [0, 1], "int64")]
    check(graph(make, nodes, (2, 3, 5), weights), build.spread((2, 3, 5)))


def test_a_slope_that_moves(make, build, check):
    nodes = [make.node("ReduceMean", "x axes", "s"), make.node("PRelu", "x s", "y")]
    weights = [make.constant("axes", [2], "int64")]
    check(graph(make, nodes, ("N", 3, 5), weights), build.spread((2, 3, 5)), step=5e-4)


TRANSFORMS = {
    "old": (17, {"axis": 1}, [], (2, 6, 1)),
    "old both sides": (17, {"axis": 2, "inverse": 1}, [], (2, 3, 5, 2)),
    "half": (20, {"onesided": 1}, [None], (2, 7, 1)),
    "axis": (20, {}, [None, np.int64(1)], (2, 6, 4, 2)),
    "longer": (20, {}, [np.int64(9), np.int64(-2)], (2, 6, 1)),
    "shorter": (20, {"inverse": 1}, [np.int64(4)], (2, 6, 2)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_fourier_transforms(name, build, check):
    opset, attributes, others, shape = TRANSFORMS[name]
    x = build.spread(shape)
    check(build.one_node("DFT", x, *others, opset=opset, **attributes), x, step=0.1, within=1e-3)


@pytest.mark.parametrize("onesided", [0, 1])
@pytest.mark.parametrize("windowed", [False, True])
def test_fourier_transforms_of_frames(windowed, onesided, build, check):
    x = build.spread((2, 21, 1))
    window = np.hanning(8).astype(np.float32) if windowed else None
    others = [np.int64(3), window, np.int64(8)]
    check(build.one_node("STFT", x, *others, onesided=onesided), x, step=0.1, within=1e-3)


@pytest.mark.parametrize(
    ("size", "kernel", "attributes"),
    [
        ([4, 5], [2, 2], {}),
        ([5, 6], [2, 3], {"strides": [2, 1], "pads": [1, 0, 1, 0]}),
        ([6, 6], [2, 2], {"dilations": [2, 3]}),
    ],
)
def test_blocks_put_together(size, kernel, attributes, build, check):
    pads = attributes.get("pads", [0] * 4)
    steps, gaps = attributes.get("strides", [1, 1]), attributes.get("dilations", [1, 1])
    n_blocks = int(
        np.prod(
            [
                (size[k] + pads[k] + pads[k + 2] - gaps[k] * (kernel[k] - 1) - 1) // steps[k] + 1
                for k in (0, 1)
            ]
        )
    )
    x = build.spread((2, 3 * int(np.prod(kernel)), n_blocks))
    model = build.one_node("Col2Im", x, np.array(size), np.array(kernel), **attributes)
    check(model, x, step=0.1, within=1e-3)
