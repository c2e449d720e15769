"""Deformable convolutions: encodings of the runtime, gradients of image, offsets, mask, weights."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

SIZES = {
    "plain": ({}, 1, 1),
    "strides": ({"strides": [2, 1], "pads": [1, 0, 1, 1]}, 1, 1),
    "groups": ({"group": 2, "pads": [1, 1, 1, 1]}, 2, 1),
    "offset groups": ({"offset_group": 2, "dilations": [2, 1]}, 1, 2),
}


def places(kinds, size, kernel):
    strides, dilations = kinds.get("strides", [1, 1]), kinds.get("dilations", [1, 1])
    pads = kinds.get("pads", [0] * 4)
    return [
        (size[k] + pads[k] + pads[k + 2] - dilations[k] * (kernel[k] - 1) - 1) // strides[k] + 1
        for k in range(2)
    ]


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("opset", [19, 22])
def test_everything_moves(kind, opset, make, build, check):
    """Image, offsets, mask and bias are made of the input, and reach beyond the image."""
    kinds, group, offset_groups = SIZES[kind]
    kernel, size, n_values = (2, 3), (4, 5), 4 * 4 * 5
    oh, ow = places(kinds, size, kernel)
    n_offsets, n_masks = offset_groups * 6 * 2 * oh * ow, offset_groups * 6 * oh * ow
    rng = np.random.default_rng(0)

    def mixing(n_made):
        return (rng.normal(size=(n_values, n_made)) / np.sqrt(n_values)).astype(np.float32)

    nodes = [
        make.node("Flatten", "x", "flat"),
        make.node("MatMul", "flat to_offsets", "o"),
        make.node("MatMul", "flat to_mask", "m"),
        make.node("Reshape", "o offset_shape", "offsets"),
        make.node("Reshape", "m mask_shape", "mask"),
        make.node("DeformConv", "x w offsets b mask", "y", **kinds),
    ]
    weights = [
        make.constant("to_offsets", mixing(n_offsets)),
        make.constant("to_mask", mixing(n_masks)),
        make.constant("offset_shape", [-1, offset_groups * 12, oh, ow], "int64"),
        make.constant("mask_shape", [-1, offset_groups * 6, oh, ow], "int64"),
        make.constant("w", rng.normal(size=(4, 4 // group, *kernel))),
        make.constant("b", rng.normal(size=4)),
    ]
    inputs = [make.value("x", ["N", 4, *size])]
    model = make.model(nodes, inputs, [make.value("y", None)], weights, opset=opset, ir=9)
    check(model, build.spread((2, 4, *size)), step=1e-4, within=2e-2)
