"""Branches whose condition follows from lengths are written out; the others are named."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import helper

from rmqm_onnx.gradients import GradientSession, unsupported, vjp_model


def graph_of(make, name, nodes, weights=()):
    return helper.make_graph(nodes, name, [], [make.value(f"{name}_out", None)], list(weights))


def longer_than(make, limit, name):
    """Ask whether the second axis of x is longer than a limit."""
    return [
        make.node("Shape", "x", f"{name}_shape"),
        make.node("Gather", f"{name}_shape one", f"{name}_length"),
        make.node("Greater", f"{name}_length {limit}", name),
    ]


def model_of(make, nodes, shape=("N", "T", 3), opset=17):
    values = {"zero": 0, "one": 1, "two": 2, "four": 4, "minus": -1}
    weights = [make.constant(name, value, "int64") for name, value in values.items()]
    inputs, outputs = [make.value("x", list(shape))], [make.value("y", None)]
    return make.model(nodes, inputs, outputs, weights, opset=opset)


def chosen(condition, output, yes, no):
    return helper.make_node("If", [condition], [output], then_branch=yes, else_branch=no)


@pytest.fixture
def by_length(make):
    """y = tanh(w x) for more than four steps, else sin(x) of what lies outside the branch."""
    yes = graph_of(
        make,
        "yes",
        [make.node("Mul", "x w", "scaled"), make.node("Tanh", "scaled", "yes_out")],
        [make.constant("w", [0.5, -1.5, 2])],
    )
    no = graph_of(make, "no", [make.node("Sin", "outside", "no_out")])
    nodes = [*longer_than(make, "four", "long"), make.node("Mul", "x x", "outside")]
    return model_of(make, [*nodes, chosen("long", "y", yes, no)])


@pytest.mark.parametrize("length", [4, 5])
def test_the_length_of_the_input_chooses(length, by_length, build, check):
    check(by_length, build.spread((2, length, 3)))
    session = GradientSession(by_length, example=build.spread((1, length, 3)))
    w = np.float32([0.5, -1.5, 2])
    for n in (1, 3, 7):
        x = build.spread((n, length, 3), seed=n)
        gradient = session.vjp(x)[1](np.ones_like(x))
        wanted = w * (1 - np.tanh(w * x) ** 2) if length > 4 else 2 * x * np.cos(x * x)
        np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("length", [2, 3, 5])
def test_branches_within_branches(length, make, build, check):
    """Both branches use the same inner names, as exporters do."""

    def inner(name, condition):
        yes = graph_of(make, f"{name}_yes", [make.node("Exp", "x", f"{name}_yes_out")])
        no = graph_of(make, f"{name}_no", [make.node("Cos", "x", f"{name}_no_out")])
        made = chosen(condition, "made", yes, no)
        return graph_of(make, name, [made, make.node("Mul", "made x", f"{name}_out")])

    nodes = [*longer_than(make, "four", "long"), *longer_than(make, "two", "medium")]
    outer = chosen("long", "y", inner("a", "long"), inner("b", "medium"))
    check(model_of(make, [*nodes, outer]), build.spread((2, length, 3)))


def test_a_branch_in_the_round_of_a_loop(make, build, check):
    """In the first round sin(h), then tanh(h + x): the condition is the number of the round."""
    of = helper.make_tensor_value_info
    yes = graph_of(make, "yes", [make.node("Sin", "h", "yes_out")])
    no = graph_of(
        make, "no", [make.node("Add", "h x", "moved"), make.node("Tanh", "moved", "no_out")]
    )
    body = helper.make_graph(
        [
            make.node("Equal", "t zero", "first"),
            chosen("first", "h_new", yes, no),
            make.node("Identity", "on", "on_new"),
        ],
        "body",
        [of("t", 7, []), of("on", 9, []), of("h", 1, None)],
        [of("on_new", 9, []), of("h_new", 1, None)],
    )
    model = model_of(make, [helper.make_node("Loop", ["four", "", "x"], ["y"], body=body)])
    check(model, build.spread((2, 4, 3)))


def test_an_empty_tensor_is_asked_for_at_every_batch(make, build, check):
    """As an exporter guards a normalisation: the number of values depends on the batch."""
    nodes = [make.node("Size", "x", "n_values"), make.node("Equal", "n_values zero", "empty")]
    yes = graph_of(make, "yes", [make.node("Identity", "x", "yes_out")])
    no = graph_of(make, "no", [make.node("LRN", "x", "no_out", size=3, alpha=0.5)])
    model = model_of(make, [*nodes, chosen("empty", "y", yes, no)], ("N", 4, 2, 2))
    check(model, build.spread((2, 4, 2, 2)))


def test_a_condition_on_values_is_named(make):
    nodes = [
        make.node("ReduceMax", "x", "most", keepdims=0),
        make.node("Cast", "most", "whole", to=7),
        make.node("Greater", "whole zero", "positive"),
    ]
    yes = graph_of(make, "yes", [make.node("Sin", "x", "yes_out")])
    no = graph_of(make, "no", [make.node("Cos", "x", "no_out")])
    model = model_of(make, [*nodes, chosen("positive", "y", yes, no)], ("N", 4, 3))
    found = unsupported(model)
    assert [(one.operator, one.reason) for one in found] == [
        ("If", "its condition is not constant")
    ]


def test_what_is_written_out_holds_no_branch(by_length, build):
    made = vjp_model(by_length, example=build.spread((1, 5, 3)))
    assert "If" not in {node.op_type for node in made.graph.node}


def test_a_branch_by_the_size_of_the_batch_is_not_taken_for_known(make, build):
    yes = graph_of(make, "yes", [make.node("Tanh", "x", "yes_out")])
    no = graph_of(make, "no", [make.node("Sin", "x", "no_out")])
    nodes = [
        make.node("Shape", "x", "shape"),
        make.node("Gather", "shape zero", "batch"),
        make.node("Greater", "batch four", "large"),
        chosen("large", "y", yes, no),
    ]
    model = model_of(make, nodes)
    missing = unsupported(model, example=build.spread((1, 2, 3)))
    assert [(node.operator, node.reason) for node in missing] == [
        ("If", "its condition is not constant")
    ]
