"""Deformable convolutions: encodings of the runtime, gradients of image, offsets, mask, weights."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import numpy_helper

from rmqm_onnx.gradients import GradientSession

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
    x = build.spread((2, 4, *size))
    check(model, x, step=1e-4, within=2e-2)
    known = {one.name: numpy_helper.to_array(one).astype(np.float64) for one in weights}

    def exact(x):
        flat = x.reshape(len(x), -1)
        offsets = (flat @ known["to_offsets"]).reshape(-1, offset_groups, 6, 2, oh, ow)
        mask = (flat @ known["to_mask"]).reshape(-1, offset_groups, 6, oh, ow)
        return convolved(x, offsets, mask, known["w"], kinds) + known["b"].reshape(-1, 1, 1)

    session = GradientSession(model)
    y, pullback = session.vjp(x)
    np.testing.assert_allclose(y, exact(x.astype(np.float64)), rtol=1e-4, atol=1e-5)
    ct, way = build.weights(*y.shape), build.weights(*x.shape, seed=8)
    near, far = (exact(x.astype(np.float64) + step * way) for step in (1e-6, -1e-6))
    slope = ((near - far) * ct).sum() / 2e-6
    gradient = pullback(ct)
    size_of = np.linalg.norm(gradient) * np.linalg.norm(way)
    assert abs((gradient.astype(np.float64) * way).sum() - slope) < 1e-5 * size_of


def convolved(x, offsets, mask, w, kinds):
    """The definition in float64: offsets (N, groups, taps, 2, oh, ow), one output at a time."""
    n, channels, height, width = x.shape
    groups, (kh, kw) = kinds.get("group", 1), w.shape[2:]
    oh, ow = offsets.shape[-2:]
    strides, dilations = kinds.get("strides", [1, 1]), kinds.get("dilations", [1, 1])
    top, left = kinds.get("pads", [0] * 4)[:2]
    per_offset = channels // offsets.shape[1]
    padded = np.zeros((n, channels, height + 20, width + 20))
    padded[:, :, 10:-10, 10:-10] = x
    columns = np.zeros((n, channels, kh * kw, oh, ow))
    for row, c, tap, i, j in np.ndindex(columns.shape):
        move = offsets[row, c // per_offset, tap, :, i, j]
        down = i * strides[0] - top + tap // kw * dilations[0] + move[0] + 10
        right = j * strides[1] - left + tap % kw * dilations[1] + move[1] + 10
        a, b = int(np.floor(down)), int(np.floor(right))
        s, t = down - a, right - b
        corners = padded[row, c, a : a + 2, b : b + 2]
        value = [1 - s, s] @ corners @ [1 - t, t]
        columns[row, c, tap, i, j] = value * mask[row, c // per_offset, tap, i, j]
    parts = columns.reshape(n, groups, channels // groups, kh * kw, oh, ow)
    split = w.reshape(groups, -1, channels // groups, kh * kw)
    return np.einsum("ngckij,gfck->ngfij", parts, split).reshape(n, -1, oh, ow)
