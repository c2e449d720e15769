"""Loops of a known number of rounds are written out; the others are named."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper

from rmqm_onnx.gradients import unsupported


def value(name, of=TensorProto.FLOAT, shape=None):
    return helper.make_tensor_value_info(name, of, shape)


def stored(name, values, of="float32"):
    return numpy_helper.from_array(np.asarray(values).astype(of), name)


def loop_body(make, condition=("Identity", "on")):
    """h' = tanh(h w_t + x), w_t from a table by the number of the round; h' is kept too."""
    nodes = [
        make.node("Gather", "table t", "w", axis=0),
        make.node("Mul", "h w", "p"),
        make.node("Add", "p x", "s"),  # x is read from outside
        make.node("Tanh", "s", "h_new"),
        make.node(condition[0], condition[1], "on_new"),
        make.node("Identity", "h_new", "row"),
    ]
    inputs = [value("t", TensorProto.INT64, []), value("on", TensorProto.BOOL, []), value("h")]
    outputs = [value("on_new", TensorProto.BOOL, []), value("h_new"), value("row")]
    table = [stored("table", [[0.5], [-1.2], [0.8]])]
    return helper.make_graph(nodes, "body", inputs, outputs, table)


def loop(make, rounds, body, extra=()):
    nodes = [
        *extra,
        make.node("Sin", "x", "h0"),
        helper.make_node("Loop", [rounds, "true", "h0"], ["h", "rows"], body=body),
        make.node("Transpose", "rows", "turned", perm=[1, 0, 2]),
        make.node("Flatten", "turned", "flat"),
        make.node("Concat", "h flat", "y", axis=1),
    ]
    weights = [stored("three", 3, "int64"), stored("true", True, "bool")]
    inputs, outputs = [make.value("x", ["N", 4])], [make.value("y", None)]
    return make.model(nodes, inputs, outputs, weights, opset=18)


def test_a_loop_of_three_rounds(make, build, check):
    check(loop(make, "three", loop_body(make)), build.spread((2, 4)))


def test_a_loop_without_a_limit_or_with_an_end_of_its_own_is_named(make, build):
    body = loop_body(make)
    body.node[4].CopyFrom(make.node("Less", "t one", "on_new"))
    body.initializer.append(stored("one", 1, "int64"))
    found = unsupported(loop(make, "three", body))
    assert [(one.operator, one.reason) for one in found] == [
        ("Loop", "its number of rounds is not constant")
    ]
    cast = [
        make.node("ReduceMax", "x", "most", keepdims=0),
        make.node("Abs", "most", "size"),
        make.node("Cast", "size", "counted", to=TensorProto.INT64),
        make.node("Clip", "counted one_round three", "rounds"),
    ]
    model = loop(make, "rounds", loop_body(make), cast)
    model.graph.initializer.append(stored("one_round", 1, "int64"))
    assert [one.operator for one in unsupported(model)] == ["Loop"]


def test_a_loop_within_a_loop(make, build, check):
    """Both read what stands outside of them: x, and h of the round of the outer one."""
    inner = helper.make_graph(
        [
            make.node("Mul", "a h", "b"),
            make.node("Sin", "b", "a_new"),
            make.node("Identity", "c", "c_new"),
        ],
        "inner",
        [value("k", TensorProto.INT64, []), value("c", TensorProto.BOOL, []), value("a")],
        [value("c_new", TensorProto.BOOL, []), value("a_new")],
    )
    nodes = [
        helper.make_node("Loop", ["two", "true", "x"], ["i"], body=inner),
        make.node("Add", "i h", "h_new"),
        make.node("Identity", "on", "on_new"),
        make.node("Exp", "i", "row"),
    ]
    body = helper.make_graph(
        nodes,
        "outer",
        [value("t", TensorProto.INT64, []), value("on", TensorProto.BOOL, []), value("h")],
        [value("on_new", TensorProto.BOOL, []), value("h_new"), value("row")],
    )
    model = loop(make, "three", body)
    model.graph.initializer.append(stored("two", 2, "int64"))
    check(model, build.spread((2, 4)))


@pytest.mark.parametrize("backward", [0, 1])
def test_a_scan(backward, make, build, check):
    body = helper.make_graph(
        [
            make.node("Mul", "h half", "g"),
            make.node("Add", "g row", "s"),
            make.node("Tanh", "s", "h_new"),
            make.node("Exp", "h_new", "kept"),
        ],
        "body",
        [value("h"), value("row")],
        [value("h_new"), value("kept")],
        [stored("half", 0.5)],
    )
    nodes = [
        make.node("ReduceMean", "x one", "h0", keepdims=0),
        helper.make_node(
            "Scan",
            ["h0", "x"],
            ["h", "rows"],
            body=body,
            num_scan_inputs=1,
            scan_input_axes=[1],
            scan_input_directions=[backward],
            scan_output_axes=[1],
            scan_output_directions=[1 - backward],
        ),
        make.node("Flatten", "rows", "flat"),
        make.node("Concat", "h flat", "y", axis=1),
    ]
    inputs, outputs = [make.value("x", ["N", 3, 4])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, [stored("one", [1], "int64")], opset=18)
    check(model, build.spread((2, 3, 4)))


def test_a_scan_along_the_batch_is_named(make, build):
    body = helper.make_graph(
        [make.node("Add", "h row", "h_new"), make.node("Identity", "h_new", "kept")],
        "body",
        [value("h"), value("row")],
        [value("h_new"), value("kept")],
    )
    nodes = [
        make.node("ReduceMean", "x zero", "h0", keepdims=0),
        helper.make_node("Scan", ["h0", "x"], ["h", "y"], body=body, num_scan_inputs=1),
    ]
    inputs, outputs = [make.value("x", ["N", 4])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, [stored("zero", [0], "int64")], opset=18)
    assert [one.operator for one in unsupported(model)] == ["Scan"]
