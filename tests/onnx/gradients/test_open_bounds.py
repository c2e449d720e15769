"""Cuts, joins and copies whose bounds or lengths are computed from shapes, the batch among them."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import numpy_helper

from rmqm_onnx.gradients import GradientSession, unsupported
from rmqm_spec.errors import SubjectError


def graph(make, nodes, weights=(), shape=("N", 5, 4)):
    numbers = {"zero": [0], "one": [1], "two": [2], "four": [4], "minus": [-1], "low": [-(2**40)]}
    stored = [make.constant(name, value, "int64") for name, value in numbers.items()]
    inputs, outputs = [make.value("x", list(shape))], [make.value("y", None)]
    return make.model(nodes, inputs, outputs, [*stored, *weights], opset=18)


def batch_of(make):
    """N, as a row of one number."""
    return [make.node("Shape", "x", "shape"), make.node("Slice", "shape zero one", "n")]


@pytest.mark.parametrize("name", ["all", "rows", "from behind", "every second", "backwards"])
def test_ends_computed_from_shapes(name, make, build, check):
    """The ends (N, 4, 3) are no constant, though only the batch among them is open."""
    starts = {"from behind": [0, -4, 1]}.get(name, [0, 0, 0])
    steps = {"every second": [1, 2, 2]}.get(name, [1, 1, 1])
    ends = {"all": "n five four", "rows": "n two four"}.get(name, "n four three")
    if name == "backwards":
        starts, steps, ends = [0, 4, -1], [1, -2, -1], "n zero low"
    nodes = [
        *batch_of(make),
        make.node("Concat", ends, "ends", axis=0),
        make.node("Slice", "x starts ends axes steps", "cut"),
        make.node("Sin", "cut", "y"),
    ]
    weights = [
        make.constant("starts", starts, "int64"),
        make.constant("axes", [0, 1, 2], "int64"),
        make.constant("steps", steps, "int64"),
        make.constant("three", [3], "int64"),
        make.constant("five", [5], "int64"),
    ]
    check(graph(make, nodes, weights), build.spread((3, 5, 4)))


def test_halves_of_a_doubled_batch(make, build, check):
    """Inputs and their mirror images as one batch, cut apart by N: y = sin(f) + f(flipped)^2."""
    nodes = [
        *batch_of(make),
        make.node("Slice", "x minus low two minus", "flipped"),
        make.node("Concat", "x flipped", "both", axis=0),
        make.node("Tanh", "both", "f"),
        make.node("Slice", "f zero n zero", "first"),
        make.node("Add", "n n", "end"),
        make.node("Slice", "f n end zero", "second"),
        make.node("Sin", "first", "a"),
        make.node("Mul", "second second", "b"),
        make.node("Add", "a b", "y"),
    ]
    model = graph(make, nodes)
    check(model, build.spread((3, 5, 4)))
    session = GradientSession(model)
    for n in (1, 3, 7):
        x = build.spread((n, 5, 4), seed=n)
        f = np.tanh(x.astype(np.float64))
        weights = build.weights(n, 5, 4)
        wanted = weights * np.cos(f) + (2 * f * weights[..., ::-1])
        np.testing.assert_allclose(
            session.vjp(x)[1](weights), wanted * (1 - f * f), rtol=1e-5, atol=1e-5
        )


def test_two_axes_cut_at_computed_places(make, build, check):
    """The batch turned round, then all rows from min(max(N, 2), 2) on, and all but one column."""
    nodes = [
        *batch_of(make),
        make.node("Max", "n two", "some"),
        make.node("Min", "some two", "two_"),
        make.node("Slice", "x minus low zero minus", "turned"),
        make.node("Slice", "turned two_ six one", "rows"),
        make.node("Slice", "rows one six two", "y"),
    ]
    weights = [make.constant("six", [6], "int64")]
    check(graph(make, nodes, weights), build.spread((3, 5, 4)))


def test_rows_that_are_added_where_a_batch_of_indices_says(make, build, check):
    """As an exporter writes scatter_add: indices are expanded to the batch, updates are cut."""
    nodes = [
        *batch_of(make),
        make.node("Concat", "n four four", "size", axis=0),
        make.node("Expand", "places size", "indices"),
        make.node("Shape", "indices", "ends"),
        make.node("Cos", "x", "updates"),
        make.node("Slice", "updates starts ends", "taken"),
        make.node("ScatterElements", "x indices taken", "y", axis=1, reduction="add"),
    ]
    weights = [
        make.constant("places", [[[0], [2], [2], [4]]], "int64"),
        make.constant("starts", [0, 0, 0], "int64"),
    ]
    model = graph(make, nodes, weights)
    check(model, build.spread((3, 5, 4)))


def test_copies_counted_by_lengths(make, build, check):
    """Two copies of the columns, counted by a quotient of lengths."""
    nodes = [
        *batch_of(make),
        make.node("Slice", "shape one two", "five"),
        make.node("Div", "five five", "once"),
        make.node("Concat", "once once two", "again", axis=0),
        make.node("Tile", "x again", "wide"),
        make.node("Sin", "wide", "y"),
    ]
    check(graph(make, nodes), build.spread((3, 5, 4)))


def test_no_node_of_these_is_without_a_rule(make):
    nodes = [
        *batch_of(make),
        make.node("Concat", "x x", "both", axis=0),
        make.node("Slice", "both n low zero minus", "y"),
    ]
    assert unsupported(graph(make, nodes)) == []


def test_a_constant_of_the_size_of_the_batch_asks_for_that_batch(make, build):
    """As an exporter writes a traced batch of one: columns folded into the batch, plus (4, 5)."""
    nodes = [
        make.node("Transpose", "x", "t", perm=[0, 2, 1]),
        make.node("Reshape", "t folded", "f"),
        make.node("Add", "f places", "p"),
        make.node("Sin", "p", "y"),
    ]
    weights = [make.constant("folded", [-1, 5], "int64"), make.random("places", 4, 5)]
    model = graph(make, nodes, weights)
    with pytest.raises(SubjectError, match="a row more than the example") as caught:
        GradientSession(model).vjp(build.spread((1, 5, 4)))
    assert caught.value.code == "GRA003"
    assert "batch=" in caught.value.fix
    x, ct = build.spread((1, 5, 4)), build.weights(4, 5)
    gradient = GradientSession(model, batch=1).vjp(x)[1](ct)
    places = make.random("places", 4, 5)
    moved = x[0].T + numpy_helper.to_array(places)
    np.testing.assert_allclose(gradient, (ct * np.cos(moved)).T[None], rtol=1e-5, atol=1e-6)
