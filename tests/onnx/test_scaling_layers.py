"""A normaliser that was written as a layer is recognised like one of single operators."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.choices.normalisation import leading_part, normalisation_in_graph
from rmqm_onnx.choices.normalised_range import (
    fitting_scale,
    range_after_normalisation,
    range_finding,
)

SCALE = np.array([2.0, 4.0, 5.0]) / 255
SHIFT = np.array([-1.0, -2.0, -2.5])


def network(make, node, *constants):
    nodes = [node, make.node("Flatten", "n", "f"), make.node("MatMul", "f w", "y")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", ("N", 5))]
    return make.model(nodes, inputs, outputs, [make.random("w", 48, 5), *constants]).graph


def conv(make, kernel, **attributes):
    constants = [make.constant("k", kernel), make.constant("b", SHIFT)]
    return network(make, make.node("Conv", "x k b", "n", **attributes), *constants)


def diagonal(order=(0, 1, 2)):
    matrix = np.zeros((3, 3, 1, 1))
    matrix[np.arange(3), order, 0, 0] = SCALE
    return matrix


def flat(make, operator, **attributes):
    matrix = np.diag(np.tile(SCALE, 2))
    constants = [make.constant("k", matrix), make.constant("b", np.tile(SHIFT, 2))]
    inputs = "x k b" if operator == "Gemm" else "x k"
    nodes = [make.node(operator, inputs, "n", **attributes), make.node("MatMul", "n w", "y")]
    constants.append(make.random("w", 6, 5))
    return make.model(
        nodes, [make.value("x", ("N", 6))], [make.value("y", ("N", 5))], constants
    ).graph


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_a_layer_of_one_pixel_is_followed(make, order):
    for graph in (
        conv(make, diagonal(order)),
        conv(make, SCALE.reshape(3, 1, 1, 1), group=3),
    ):
        assert normalisation_in_graph(graph, "x") == ["Conv"]
        low, high, width = range_after_normalisation(graph, "x", 0, 255)
        assert np.allclose((low, high, width), (-2.5, 2.5, 5))
        part = leading_part(graph, "x")
        assert range_after_normalisation(part, "x", 0, 255) == (low, high, width)
        assert fitting_scale(graph, "x") == 255
        assert "pass --scale 255" in range_finding(graph, "x", 0, 1).fix


def test_a_dense_layer_is_followed(make):
    for graph in (flat(make, "Gemm"), flat(make, "Gemm", transB=1), flat(make, "MatMul")):
        assert len(normalisation_in_graph(graph, "x")) == 1
        assert fitting_scale(graph, "x") == 255


def test_a_layer_that_learns_is_none(make):
    mixing = np.random.default_rng(0).normal(size=(3, 3, 1, 1))
    wide = np.zeros((3, 1, 3, 3))
    wide[:, 0, 1, 1] = SCALE
    for graph in (
        conv(make, mixing),
        conv(make, wide, group=3, pads=[1, 1, 1, 1]),
        conv(make, diagonal(), strides=[2, 2]),
    ):
        assert normalisation_in_graph(graph, "x") == []
