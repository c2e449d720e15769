"""Gradients run: two passes, directions, a loss inside the graph, and the check of all that."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper

pytest.importorskip("onnxruntime")

from rmqm_onnx.gradients import (
    GradientSession,
    gradient_finding,
    jvp_model,
    self_check,
    staircase_check,
    staircase_finding,
    unsupported,
    vjp_model,
)
from rmqm_onnx.gradients.derivation import derivation
from rmqm_onnx.gradients.passes import passes
from rmqm_spec.alterations.pgd.losses.contract import directions
from rmqm_spec.alterations.pgd.losses.per_input import displacement
from rmqm_spec.errors import SubjectError, UsageError


@pytest.fixture
def network(make):
    """Convolution, ReLU, pool, attention-like softmax, layer normalisation, dense layer."""
    nodes = [
        make.node("Conv", "x w1 b1", "a", pads=[1, 1, 1, 1]),
        make.node("Relu", "a", "r"),
        make.node("MaxPool", "r", "p", kernel_shape=[2, 2], strides=[2, 2]),
        make.node("Reshape", "p shape", "t"),
        make.node("Transpose", "t", "tt", perm=[0, 2, 1]),
        make.node("MatMul", "tt t", "s"),
        make.node("Softmax", "s", "q", axis=-1),
        make.node("MatMul", "q tt", "v"),
        make.node("LayerNormalization", "v scale", "n", axis=-1),
        make.node("ReduceMean", "n one", "m", keepdims=0),
        make.node("Gemm", "m w2 b2", "y", transB=1),
    ]
    r = make.random
    weights = [r("w1", 4, 3, 3, 3), r("b1", 4), r("scale", 4), r("w2", 5, 4), r("b2", 5)]
    weights += [make.constant("shape", [-1, 4, 9], "int64"), make.constant("one", [1], "int64")]
    inputs, outputs = [make.value("x", ["N", 3, 6, 6])], [make.value("y", ["N", 5])]
    return make.model(nodes, inputs, outputs, weights, opset=18)


@pytest.fixture
def x(build):
    return build.spread((3, 3, 6, 6), low=-1, high=1)


def test_a_whole_network_agrees_with_difference_quotients(network, x, check):
    check(network, x, step=1e-3, within=2e-2)


def test_two_passes_give_what_the_one_graph_gives(network, x, build):
    ct = build.weights(3, 5)
    encodings, pullback = GradientSession(network).vjp(x)
    y, gradient = build.session(vjp_model(network)).run(None, {"x": x, "ct": ct})
    np.testing.assert_allclose(encodings, y, rtol=1e-5, atol=1e-6)
    for _ in range(2):  # a pullback can be called again
        np.testing.assert_allclose(pullback(ct), gradient, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(pullback(2 * ct), 2 * gradient, rtol=1e-4, atol=1e-5)


def test_a_mask_is_handed_over_instead_of_what_it_is_made_of(network):
    cut = passes(derivation(network))
    types = {one.name: one.type.tensor_type.elem_type for one in cut.forward.graph.output}
    assert "r" not in types  # the ReLU needs its mask, the pool its shape
    assert list(types.values()).count(TensorProto.BOOL) == 1
    assert "Greater" not in {node.op_type for node in cut.linear.graph.node}


def test_pullbacks_of_two_inputs_do_not_mix(network, x, build):
    session, ct = GradientSession(network), build.weights(3, 5)
    first = session.vjp(x)[1]
    second = session.vjp(-x)[1]
    alone = GradientSession(network).vjp(x)[1](ct)
    np.testing.assert_allclose(first(ct), alone, rtol=1e-5, atol=1e-6)
    assert not np.allclose(second(ct), alone)


def test_directions(network, x, build):
    session = GradientSession(network)
    tangent, ct = build.weights(*x.shape), build.weights(3, 5)
    encodings, derivative = session.jvp(x, tangent)
    np.testing.assert_allclose(encodings, session.vjp(x)[0], rtol=1e-5, atol=1e-6)
    pulled = (session.vjp(x)[1](ct) * tangent).sum()
    np.testing.assert_allclose((derivative * ct).sum(), pulled, rtol=1e-4)


def test_many_directions_are_each_what_they_are_alone(network, x, build):
    session = GradientSession(network)
    tangents, cts = build.weights(3, 4, *x.shape[1:]), build.weights(3, 4, 5)
    (encodings, pullback), (again, pushforward) = session.vjp(x), session.linearize(x)
    np.testing.assert_allclose(encodings, again, rtol=1e-5, atol=1e-6)
    gradients, derivatives = pullback(cts), pushforward(tangents)
    assert (gradients.shape, derivatives.shape) == (tangents.shape, cts.shape)
    for k in range(4):
        np.testing.assert_array_equal(gradients[:, k], pullback(cts[:, k]))
        np.testing.assert_array_equal(derivatives[:, k], pushforward(tangents[:, k]))
    np.testing.assert_array_equal(session.jvp({"x": x}, tangents)[1], derivatives)


def test_what_directions_share_is_made_before_them(make):
    """1 - y^2 is handed over in place of y, and is no part of a pullback."""
    model = make.model(
        [
            make.node("MatMul", "x w", "h"),
            make.node("Tanh", "h", "t"),
            make.node("MatMul", "t v", "y"),
        ],
        [make.value("x", ["N", 4])],
        [make.value("y", ["N", 3])],
        [make.random("w", 4, 6), make.random("v", 6, 3)],
    )
    for product in ("vjp", "jvp"):
        cut = passes(derivation(model), product)
        assert [node.op_type for node in cut.linear.graph.node].count("Sub") == 0
        assert len(cut.kept) == 1
        assert "t" not in cut.kept


def test_a_tensor_that_is_kept_anyway_is_not_kept_twice(make):
    """The derivative of x * tanh(x) needs tanh(x) and 1 - tanh(x)^2: only the first is kept."""
    model = make.model(
        [
            make.node("MatMul", "x w", "h"),
            make.node("Tanh", "h", "t"),
            make.node("Mul", "h t", "y"),
        ],
        [make.value("x", ["N", 4])],
        [make.value("y", ["N", 6])],
        [make.random("w", 4, 6)],
    )
    assert set(passes(derivation(model)).kept) == {"h", "t"}


def test_the_loss_inside_the_graph_is_that_of_the_core(network, x, build):
    session = GradientSession(network)
    references = directions(build.weights(3, 5))
    encodings, loss, gradient = session.displacement(x, references.units)
    wanted = displacement(encodings, references)
    np.testing.assert_allclose(loss, wanted[0], rtol=1e-5)
    pulled = session.vjp(x)[1](wanted[1].astype(np.float32))
    np.testing.assert_allclose(gradient, pulled, rtol=1e-3, atol=1e-5)


def test_the_graphs_name_what_they_take_and_give(network):
    def names(values):
        return [one.name for one in values]

    pull, push = vjp_model(network).graph, jvp_model(network).graph
    loss = vjp_model(network, loss="displacement").graph
    assert (names(pull.input), names(pull.output)) == (["x", "ct"], ["y", "grad_x"])
    assert (names(push.input), names(push.output)) == (["x", "tangent"], ["y", "jvp"])
    assert (names(loss.input), names(loss.output)) == (["x", "reference"], ["y", "loss", "grad_x"])


def test_taken_names_are_not_used_twice(make, build):
    nodes = [make.node("Mul", "ct ct", "d_0"), make.node("Tanh", "d_0", "y")]
    shape = ["N", 3]
    model = make.model(nodes, [make.value("ct", shape)], [make.value("y", shape)], opset=18)
    graph = vjp_model(model).graph
    assert [one.name for one in graph.input] == ["ct", "ct_"]
    build.session(vjp_model(model))


def test_an_inner_tensor_can_be_the_output(network, x, build):
    run = build.session(vjp_model(network, output="v"))
    v, gradient = run.run(None, {"x": x, "ct": build.weights(3, 9, 4)})
    assert v.shape == (3, 9, 4)
    assert gradient.shape == x.shape


def test_every_operator_without_a_rule_is_named(make):
    nodes = [
        make.node("Compress", "x chosen", "d", axis=1, name="first"),
        make.node("Sin", "d", "s"),
        make.node("Unsqueeze", "s one", "u"),
        make.node("LSTM", "u w r", "y", hidden_size=2, name="second"),
    ]
    weights = [make.constant("one", [1], "int64"), make.random("w", 1, 8, 1)]
    weights += [make.random("r", 1, 8, 2), make.constant("chosen", [True, False], "bool")]
    inputs, outputs = [make.value("x", ["N", 2])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights, opset=18)
    found = unsupported(model)
    assert [(one.operator, one.name) for one in found] == [
        ("Compress", "first"),
        ("LSTM", "second"),
    ]
    with pytest.raises(SubjectError) as caught:
        vjp_model(model)
    assert caught.value.code == "GRA001"
    assert all(word in caught.value.message for word in ("Compress", "first", "LSTM", "second"))
    assert caught.value.fix


def test_a_way_that_does_not_matter_needs_no_rule(make, build, check):
    nodes = [
        make.node("Sin", "x", "y"),
        make.node("Det", "c", "d"),
        make.node("Floor", "x", "other"),
    ]
    model = make.model(
        nodes,
        [make.value("x", ["N", 3])],
        [make.value("y", ["N", 3])],
        [make.random("c", 2, 2)],
        opset=18,
    )
    check(model, build.spread((2, 3)))


@pytest.mark.parametrize("operators", [["Floor"], ["Shape"]])
def test_an_output_that_does_not_move_is_refused(operators, make):
    nodes = [make.node(operators[0], "x", "a"), make.node("Cast", "a", "y", to=1)]
    inputs, outputs = [make.value("x", ["N", 3])], [make.value("y", None)]
    with pytest.raises(SubjectError) as caught:
        vjp_model(make.model(nodes, inputs, outputs, opset=18))
    assert caught.value.code == "GRA002"


def test_an_open_shape_needs_an_example(make, build):
    nodes, outputs = [make.node("Sin", "x", "y")], [make.value("y", None)]
    model = make.model(nodes, [make.value("x", ["N", 3, "H"])], outputs, opset=18)
    with pytest.raises(UsageError) as caught:
        vjp_model(model)
    assert caught.value.code == "GRA006"
    build.session(vjp_model(model, example=build.spread((1, 3, 4))))


def test_many_nodes_without_a_rule_are_told_in_one_line(make):
    nodes = [make.node("Compress", f"h{k} all", f"h{k + 1}", axis=1) for k in range(9)]
    scatter = make.node("ScatterElements", "h9 place h9", "y", axis=1, reduction="max")
    nodes = [make.node("Sin", "x", "h0"), *nodes, scatter]
    weights = [make.constant("all", [True], "bool"), make.constant("place", [[0]], "int64")]
    inputs, outputs = [make.value("x", [1, 1])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights, opset=18)
    with pytest.raises(SubjectError) as caught:
        vjp_model(model)
    assert "Compress, 9 nodes (make 'h1', 'h2', 'h3' and 6 more): there is" in caught.value.message
    assert "ScatterElements (makes 'y')" in caught.value.message
    assert len(unsupported(model)) == 10


def test_an_unknown_input_is_refused(network):
    with pytest.raises(UsageError) as caught:
        vjp_model(network, input="z")
    assert caught.value.code == "GRA006"


def test_a_batch_that_mixes_in_the_square_is_refused_or_right(make, build):
    nodes = [make.node("Transpose", "x", "t"), make.node("MatMul", "x t", "y")]
    inputs, outputs = [make.value("x", ["N", 3])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, opset=18)
    run = build.session(vjp_model(model))
    x, ct = build.spread((4, 3)), build.weights(4, 4)
    gradient = run.run(None, {"x": x, "ct": ct})[1]
    np.testing.assert_allclose(gradient, (ct + ct.T) @ x, rtol=1e-4, atol=1e-5)


def test_ties_are_shared_or_go_to_the_first(make, build):
    def gradient(node, x, *weights):
        names = [make.value("x", ["N", *x.shape[1:]])]
        model = make.model([node], names, [make.value("y", None)], weights, opset=18)
        session = GradientSession(model)
        y, pullback = session.vjp(x)
        return pullback(np.ones_like(y)).tolist()

    x = np.array([[2.0, 1.0, 2.0]], dtype=np.float32)
    one = make.constant("one", [1], "int64")
    assert gradient(make.node("ReduceMax", "x one", "y"), x, one) == [[0.5, 0, 0.5]]
    assert gradient(make.node("Max", "x x", "y"), x) == [[1, 1, 1]]
    assert gradient(make.node("Max", "x c", "y"), x, make.constant("c", 2.0)) == [[1, 0, 1]]


@pytest.mark.parametrize(
    ("row", "wanted"),
    [([2, 3, 4], [12, 8, 6]), ([2, 0, 4], [0, 8, 0]), ([0, 3, 0], [0, 0, 0])],
)
def test_a_product_with_zeros_has_a_gradient(row, wanted, make):
    node, one = make.node("ReduceProd", "x one", "y"), make.constant("one", [1], "int64")
    shape = [make.value("x", ["N", 3])]
    model = make.model([node], shape, [make.value("y", None)], [one], opset=18)
    pullback = GradientSession(model).vjp(np.array([row], dtype=np.float32))[1]
    assert pullback(np.ones((1, 1), np.float32)).tolist() == [wanted]


def test_a_clip_of_the_input_passes_at_its_bounds(make):
    node = make.node("Clip", "x low high", "y")
    shape, bounds = [make.value("x", ["N", 4])], [make.constant("low", 0), make.constant("high", 1)]
    model = make.model([node], shape, [make.value("y", None)], bounds, opset=18)
    pullback = GradientSession(model).vjp(np.array([[0.0, 1.0, 0.5, 2.0]], np.float32))[1]
    assert pullback(np.ones((1, 4), np.float32)).tolist() == [[1, 1, 1, 0]]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_indices_that_are_fed_are_not_taken_for_constants(axis, make, build):
    node = make.node("Gather", "x i", "y", axis=axis)
    inputs = [make.value("x", [3, 4, 5]), make.value("i", ["K", 2], "int64")]
    model = make.model([node], inputs, [make.value("y", None)], opset=18)
    example = {"x": build.spread((3, 4, 5)), "i": np.array([[0, 1]])}
    session = GradientSession(model, input="x", example=example)
    found = {"x": example["x"], "i": np.array([[2, 1]])}
    y, pullback = session.vjp(found)
    ct = build.weights(*y.shape)
    wanted = np.zeros((3, 4, 5), np.float32)
    slices = (slice(None),) * axis
    np.add.at(wanted, (*slices, found["i"]), ct)
    np.testing.assert_allclose(pullback(ct), wanted, rtol=1e-6)


def test_indices_that_depend_on_the_input_are_not_taken_for_constants(make, build):
    nodes = [make.node("ArgMax", "x", "i", axis=1), make.node("GatherElements", "x i", "y", axis=1)]
    shape = ["N", 4]
    model = make.model(nodes, [make.value("x", shape)], [make.value("y", ["N", 1])], opset=18)
    session = GradientSession(model, example=np.array([[9, 0, 0, 0]], np.float32))
    x = np.array([[0, 0, 1, 0], [0, 1, 0, 0]], dtype=np.float32)
    assert session.vjp(x)[1](np.ones((2, 1), np.float32)).tolist() == x.tolist()
    slices = [make.node("ArgMax", "x", "i", axis=1, keepdims=0)]
    slices += [make.node("Gather", "x i", "y", axis=1)]
    fixed = [make.value("x", [1, 4])]
    model = make.model(slices, fixed, [make.value("y", [1, 1])], opset=18)
    session = GradientSession(model, example=np.array([[9, 0, 0, 0]], np.float32))
    assert session.vjp(x[:1])[1](np.ones((1, 1), np.float32)).tolist() == x[:1].tolist()


def test_relu6_behind_a_convolution_leaves_its_input_to_the_runtime(make, build, check):
    nodes = [make.node("Conv", "x w", "c"), make.node("Clip", "c low high", "y")]
    weights = [make.random("w", 4, 3, 3, 3), make.constant("low", -2), make.constant("high", 3)]
    inputs, outputs = [make.value("x", ["N", 3, 5, 5])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights, opset=18)
    check(model, build.spread((2, 3, 5, 5), low=-1, high=1), step=5e-4, within=3e-2)
    graph = vjp_model(model).graph
    assert [node.op_type for node in graph.node if "c" in node.input] == ["Clip"]


def test_float64_stays_float64(make, build):
    nodes = [make.node("LayerNormalization", "x s", "n"), make.node("Exp", "n", "y")]
    shape = ["N", 5]
    model = make.model(
        nodes,
        [make.value("x", shape, "float64")],
        [make.value("y", shape, "float64")],
        [make.random("s", 5, of="float64")],
        opset=18,
    )
    session = GradientSession(model)
    x = build.spread((2, 5)).astype(np.float64)
    encodings, pullback = session.vjp(x)
    assert encodings.dtype == pullback(np.ones((2, 5))).dtype == np.float64


def quantised(make, dynamic):
    scale, zero = make.constant("s", 0.02), make.constant("z", 128, "uint8")
    if dynamic:
        nodes = [
            make.node("DynamicQuantizeLinear", "x", "q s z"),
            make.node("MatMulInteger", "q w z wz", "i"),
            make.node("Cast", "i", "c", to=1),
            make.node("Mul", "s ws", "ss"),
            make.node("Mul", "c ss", "y"),
        ]
        weights = [make.constant("w", np.arange(12).reshape(4, 3), "uint8")]
        weights += [make.constant("wz", 5, "uint8"), make.constant("ws", 0.1)]
    else:
        nodes = [
            make.node("QuantizeLinear", "x s z", "q"),
            make.node("DequantizeLinear", "q s z", "d"),
            make.node("MatMul", "d w", "y"),
        ]
        weights = [scale, zero, make.constant("w", 0.1 * (np.arange(12).reshape(4, 3) - 5.0))]
    shape = [make.value("x", ["N", 4])]
    return make.model(nodes, shape, [make.value("y", ["N", 3])], weights, opset=18)


@pytest.mark.parametrize("dynamic", [False, True])
def test_quantisation_lets_gradients_straight_through(dynamic, make):
    model = quantised(make, dynamic)
    x = np.array([[0.3, -0.7, 1.1, 0.2]], dtype=np.float32)
    gradient = GradientSession(model).vjp(x)[1](np.ones((1, 3), np.float32))
    wanted = (0.1 * (np.arange(12).reshape(4, 3) - 5.0)).sum(axis=1)
    np.testing.assert_allclose(gradient[0], wanted, rtol=1e-4, atol=1e-5)
    named = "DynamicQuantizeLinear" if dynamic else "QuantizeLinear"
    assert f"straight through {named}" in vjp_model(model).doc_string


def test_saturation_stops_a_gradient(make):
    x = np.array([[0.3, -3.0, 5.0, 0.2]], dtype=np.float32)
    gradient = GradientSession(quantised(make, False)).vjp(x)[1](np.ones((1, 3), np.float32))
    assert (gradient[0] != 0).tolist() == [True, False, False, True]


def test_a_convolution_of_integers_lets_gradients_through(make):
    nodes = [
        make.node("DynamicQuantizeLinear", "x", "q s z"),
        make.node("ConvInteger", "q w z wz", "i", pads=[1, 1, 1, 1], strides=[2, 2]),
        make.node("Cast", "i", "c", to=1),
        make.node("Mul", "c s", "y"),
    ]
    kernel = np.random.default_rng(0).integers(0, 9, size=(2, 3, 3, 3))
    weights = [make.constant("w", kernel, "uint8"), make.constant("wz", 4, "uint8")]
    shape = [make.value("x", ["N", 3, 5, 5])]
    integers = make.model(nodes, shape, [make.value("y", None)], weights, opset=18)
    plain = helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1], strides=[2, 2])
    numbers = [make.constant("w", kernel - 4.0)]
    floats = make.model([plain], shape, [make.value("y", None)], numbers, opset=18)
    x = np.random.default_rng(1).normal(size=(1, 3, 5, 5)).astype(np.float32)
    ct = np.random.default_rng(2).normal(size=(1, 2, 3, 3)).astype(np.float32)
    gradients = [GradientSession(one).vjp(x)[1](ct) for one in (integers, floats)]
    # The scale moves with the largest and the least value: there alone both differ.
    differ = ~np.isclose(*gradients, rtol=1e-3, atol=1e-4)
    assert differ.sum() == 0


def test_the_check_sees_a_wrong_gradient():
    class Wrong:
        def encode(self, inputs):
            return np.sin(inputs)

        def vjp(self, inputs):
            return np.sin(inputs), lambda ct: ct * np.cos(inputs) * (inputs > 0.5)

    class Right(Wrong):
        def vjp(self, inputs):
            return np.sin(inputs), lambda ct: ct * np.cos(inputs)

    inputs = np.random.default_rng(0).random((2, 9))
    assert self_check(Right(), inputs) < 1e-4
    assert gradient_finding(self_check(Right(), inputs)).level == "ok"
    flipped = Right()
    flipped.vjp = lambda inputs: (np.sin(inputs), lambda ct: -ct * np.cos(inputs))
    assert gradient_finding(self_check(flipped, inputs)).level == "warn"


def test_the_check_is_not_misled_by_equal_pixels():
    """Of two equal values either may be the greater; the gradient of one of both is right."""

    class Greater:
        def encode(self, inputs):
            return np.maximum(inputs[:, ::2], inputs[:, 1::2])

        def vjp(self, inputs):
            first = inputs[:, ::2] >= inputs[:, 1::2]
            shares = np.stack([first, ~first], axis=2)
            return self.encode(inputs), lambda ct: (ct[:, :, None] * shares).reshape(inputs.shape)

    black = np.zeros((1, 100))
    black[0, :20] = np.linspace(0.5, 1, 20)
    assert self_check(Greater(), black) < 0.02


class Stairs:
    """Sixteen steps to a grey level; the pullback is told its factor."""

    def __init__(self, factor=1.0):
        self.factor = factor

    def encode(self, inputs):
        return np.round(inputs * 4096) / 4096

    def vjp(self, inputs):
        return self.encode(inputs), lambda ct: self.factor * ct


def test_the_stairs_of_a_quantised_model_are_measured_over_a_grey_level():
    inputs = np.random.default_rng(0).random((2, 300))
    assert self_check(Stairs(2.0), inputs) > 0.4
    assert staircase_check(Stairs(), inputs) < 0.02
    assert staircase_check(Stairs(2.0), inputs) == pytest.approx(0.5, abs=0.01)
    assert staircase_check(Stairs(-1.0), inputs) == pytest.approx(2, abs=0.02)
    wrong = staircase_finding(staircase_check(Stairs(-1.0), inputs))
    assert wrong.message.endswith("the encodings move against what it predicts")
    uneven = staircase_finding(0.24)
    assert (uneven.code, uneven.level) == ("GRA023", "warn")
    assert uneven.message.endswith("the encodings move by 24 % more or less than it predicts")


def test_the_check_of_a_network_of_kinks_is_small(network, x):
    session = GradientSession(network)

    class Encoder:
        def encode(self, inputs):
            return session.vjp(inputs)[0]

        def vjp(self, inputs):
            return session.vjp(inputs)

    assert self_check(Encoder(), x) < 0.05
