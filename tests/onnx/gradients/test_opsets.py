"""Old and new opsets: what is converted gives the same encodings and the right gradient."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")

from onnx import helper, numpy_helper

from rmqm_onnx.gradients import vjp_model
from rmqm_onnx.gradients.opsets import opset_of
from rmqm_spec.errors import SubjectError

NEWEST = min(onnx.defs.onnx_opset_version(), 28)
"""Of those that ONNX Runtime 1.32 knows."""


def network(make, opset):
    """A convolutional network of operators that changed often."""
    axes = {"axes": [2, 3]} if opset < 18 else {}
    extra = [] if opset < 18 else [make.constant("axes", [2, 3], "int64")]
    softmax_axis = 1
    nodes = [
        make.node("Conv", "x w1 b1", "a", pads=[1, 1, 1, 1]),
        make.node("BatchNormalization", "a s o m v", "n"),
        make.node("Relu", "n", "r"),
        make.node("MaxPool", "r", "p", kernel_shape=[2, 2], strides=[2, 2]),
        make.node("ReduceMean", "p" if opset < 18 else "p axes", "q", keepdims=0, **axes),
        make.node("Gemm", "q w2 b2", "z", transB=1),
        make.node("Softmax", "z", "y", axis=softmax_axis),
    ]
    r = make.random
    positive = make.constant("v", np.abs(np.random.default_rng(1).normal(size=4)) + 0.5)
    weights = [r("w1", 4, 3, 3, 3), r("b1", 4), r("s", 4), r("o", 4), r("m", 4), positive]
    weights += [r("w2", 5, 4), r("b2", 5), *extra]
    inputs, outputs = [make.value("x", ["N", 3, 6, 6])], [make.value("y", ["N", 5])]
    return make.model(nodes, inputs, outputs, weights, opset=opset, ir=8)


@pytest.mark.parametrize("opset", [7, 8, 9, 11, 13, 17, 18, 20, 22, *range(24, NEWEST + 1)])
def test_a_network_of_any_opset_is_differentiated(opset, make, build, check):
    model = network(make, opset)
    model.ir_version = 8 if opset < 23 else 11
    check(model, build.spread((2, 3, 6, 6), low=-1, high=1))
    assert opset_of(vjp_model(model)) == max(opset, 18)


@pytest.mark.parametrize("n", [1, 3, 7])
def test_one_graph_serves_every_batch(n, make, build):
    model = network(make, 18)
    run = build.session(vjp_model(model))
    x = build.spread((7, 3, 6, 6), low=-1, high=1)
    ct = build.weights(7, 5)
    encodings, gradient = run.run(None, {"x": x, "ct": ct})
    some = run.run(None, {"x": x[:n], "ct": ct[:n]})
    np.testing.assert_allclose(some[0], encodings[:n], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(some[1], gradient[:n], rtol=1e-4, atol=1e-6)


def test_initializers_among_the_inputs_are_no_inputs(make, build):
    model = network(make, 9)
    model.ir_version = 3
    known = [
        helper.make_tensor_value_info(one.name, one.data_type, one.dims)
        for one in model.graph.initializer
    ]
    model.graph.input.extend(known)
    assert [one.name for one in vjp_model(model).graph.input] == ["x", "ct"]


def test_functions_of_the_model_are_written_out(make, build, check):
    function = helper.make_function(
        "own",
        "Square",
        ["a"],
        ["b"],
        [make.node("Mul", "a a", "b")],
        [helper.make_opsetid("", 18)],
    )
    node = helper.make_node("Square", ["x"], ["y"], domain="own")
    model = make.model(
        [node],
        [make.value("x", ["N", 3])],
        [make.value("y", ["N", 3])],
        opset=18,
        domains=["own"],
        functions=[function],
    )
    check(model, build.spread((2, 3)))


@pytest.mark.parametrize("chosen", [True, False])
def test_a_branch_of_a_constant_condition_is_taken(chosen, make, build, check):
    def branch(operator):
        return helper.make_graph(
            [make.node(operator, "x", operator)], operator, [], [make.value(operator, None)]
        )

    node = helper.make_node(
        "If", ["c"], ["y"], then_branch=branch("Tanh"), else_branch=branch("Sin")
    )
    inputs, outputs = [make.value("x", ["N", 3])], [make.value("y", ["N", 3])]
    model = make.model([node], inputs, outputs, [make.constant("c", chosen, "bool")], opset=18)
    check(model, build.spread((2, 3)))


def test_a_conversion_that_changes_the_encodings_is_refused(make, monkeypatch):
    from rmqm_onnx.gradients import preparation

    def wrong(model, known):
        for tensor in model.graph.initializer:
            if tensor.name == "w2":
                values = 1.1 * numpy_helper.to_array(tensor)
                tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float32), "w2"))
        return convert(model, known)

    convert = preparation.converted
    monkeypatch.setattr(preparation, "converted", wrong)
    with pytest.raises(SubjectError) as caught:
        vjp_model(network(make, 13))
    assert caught.value.code == "GRA004"


def test_half_precision_is_raised(make, build):
    half = [make.random("w", 4, 5, of="float16")]
    nodes = [
        make.node("MatMul", "x w", "h"),
        make.node("Cast", "h", "f", to=1),
        make.node("Tanh", "f", "t"),
        make.node("Cast", "t", "y", to=10),
    ]
    inputs, outputs = [make.value("x", ["N", 4], "float16")], [make.value("y", ["N", 5], "float16")]
    model = make.model(nodes, inputs, outputs, half, opset=18)
    run = build.session(vjp_model(model))
    x, ct = build.spread((2, 4)), build.weights(2, 5)
    gradient = run.run(None, {"x": x, "ct": ct})[1]
    w = numpy_helper.to_array(half[0]).astype(np.float32)
    expected = (ct * (1 - np.tanh(x @ w) ** 2)) @ w.T
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


def test_operators_of_other_domains_stay_beside_old_operators(make, build, check):
    nodes = [
        helper.make_node("Gelu", ["x"], ["g"], domain="com.microsoft"),
        make.node("Clip", "g", "c", max=0.7),
        make.node("Softmax", "c", "y"),
    ]
    inputs, outputs = [make.value("x", ["N", 2, 3])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, opset=7, ir=4, domains=["com.microsoft"])
    check(model, build.spread((2, 2, 3), low=-1, high=0.6))


def test_scales_computed_from_shapes_are_rounded_as_they_shrink(make, build, check):
    """As tf2onnx writes a resize to a fixed size: 3 rows grow to 4, 7 columns shrink to 5."""
    nodes = [
        make.node("Shape", "x", "shape"),
        make.node("Cast", "shape", "old", to=1),
        make.node("Slice", "old from to", "sides"),
        make.node("Div", "size sides", "some"),
        make.node("Concat", "ones some", "scales", axis=0),
        make.node("Resize", "x scales", "y", mode="nearest"),
    ]
    weights = [
        make.constant("from", [2], "int64"),
        make.constant("to", [4], "int64"),
        make.constant("size", [4, 5]),
        make.constant("ones", [1, 1]),
    ]
    inputs, outputs = [make.value("x", ["N", 2, "H", "W"])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights, opset=10, ir=5)
    check(model, build.spread((2, 2, 3, 7)))


def test_the_body_of_a_loop_is_converted_too(make, build, check):
    """h' = softmax(h + x), over both axes together, twice."""
    of = helper.make_tensor_value_info
    steps = [make.node("Add", "h x", "s"), make.node("Softmax", "s", "h_new", axis=1)]
    body = helper.make_graph(
        [*steps, make.node("Identity", "on", "on_new")],
        "body",
        [of("t", 7, []), of("on", 9, []), of("h", 1, None)],
        [of("on_new", 9, []), of("h_new", 1, None)],
    )
    nodes = [helper.make_node("Loop", ["two", "true", "x"], ["y"], body=body)]
    weights = [make.constant("two", 2, "int64"), make.constant("true", True, "bool")]
    inputs, outputs = [make.value("x", ["N", 2, 3])], [make.value("y", None)]
    check(make.model(nodes, inputs, outputs, weights, opset=11), build.spread((2, 2, 3)))


def test_a_scan_over_batches_is_refused_by_name(make, build):
    of = helper.make_tensor_value_info
    body = helper.make_graph(
        [make.node("Tanh", "row", "made")], "body", [of("row", 1, [3])], [of("made", 1, [3])]
    )
    scan = helper.make_node("Scan", ["", "x"], ["y"], body=body, num_scan_inputs=1)
    inputs, outputs = [make.value("x", [1, 2, 3])], [make.value("y", None)]
    with pytest.raises(SubjectError, match="Scan of opset 8") as caught:
        vjp_model(make.model([scan], inputs, outputs, opset=8))
    assert caught.value.code == "GRA004"
