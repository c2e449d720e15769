"""A gradient is whole or refused: no path between input and output is left out in silence."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import helper

from rmqm_onnx.gradients import GradientSession, operators_without_rule, unsupported


def graph(make, nodes, weights=(), shape=("N", 6), opset=18, **more):
    inputs = [make.value("x", list(shape))]
    return make.model(nodes, inputs, [make.value("y", None)], weights, opset=opset, **more)


def reasons(model):
    return [(one.operator, one.reason) for one in unsupported(model)]


@pytest.fixture
def branching(make):
    """y = x + (tanh(x) if flag else sin(x)); the branches read x past the node's own inputs."""

    def branch(operator):
        node = make.node(operator, "x", operator)
        return helper.make_graph([node], operator, [], [make.value(operator, None)])

    chosen = helper.make_node(
        "If", ["flag"], ["b"], then_branch=branch("Tanh"), else_branch=branch("Sin")
    )
    model = graph(make, [chosen, make.node("Add", "x b", "y")])
    model.graph.input.append(make.value("flag", [], "bool"))
    return model


def test_a_branch_that_reads_the_input_from_outside_is_named(branching):
    assert reasons(branching) == [("If", "its condition is not constant")]


def test_a_branch_beside_the_path_keeps_what_it_reads(make, build):
    """The branch makes a constant factor; the tensor that it reads must not be cut away."""

    def branch(operator):
        node = make.node(operator, "outer", operator)
        return helper.make_graph([node], operator, [], [make.value(operator, None)])

    nodes = [
        make.node("Abs", "k", "outer"),
        helper.make_node(
            "If", ["flag"], ["b"], then_branch=branch("Exp"), else_branch=branch("Neg")
        ),
        make.node("Mul", "x b", "y"),
    ]
    model = graph(make, nodes)
    model.graph.input.extend([make.value("flag", [], "bool"), make.value("k", [6])])
    x, k = build.spread((2, 6)), build.weights(6)
    feeds = {"x": x, "k": k, "flag": np.array(True)}
    _, pullback = GradientSession(model, input="x", example=feeds).vjp(feeds)
    np.testing.assert_allclose(
        pullback(np.ones_like(x)), np.exp(np.abs(k))[None] + 0 * x, rtol=1e-5
    )


def test_statistics_that_are_used_are_named(make):
    nodes = [make.node("LayerNormalization", "x s", "n mean"), make.node("Add", "n mean", "y")]
    found = reasons(graph(make, nodes, [make.random("s", 6)]))
    assert found == [("LayerNormalization", "its further outputs are used")]


def test_dropout_that_drops_is_named(make):
    nodes = [make.node("Dropout", "x ratio on", "y")]
    weights = [make.constant("ratio", 0.5), make.constant("on", True, "bool")]
    assert reasons(graph(make, nodes, weights)) == [("Dropout", "it is in training mode")]
    weights[1] = make.constant("on", False, "bool")
    assert reasons(graph(make, nodes, weights)) == []


@pytest.mark.parametrize(
    ("nodes", "operator"),
    [
        (["OneHot i depth values y"], "OneHot"),
        (["Range zero limit one y"], "Range"),
    ],
)
def test_whole_numbers_made_of_moving_ones_are_named(nodes, operator, make):
    first = [
        make.node("ReduceSum", "x", "limit", keepdims=0),
        make.node("Concat", "row row", "values", axis=0),
        make.node("Reshape", "limit one_long", "row"),
    ]
    first = [first[0], first[2], first[1]]
    texts = [text.split() for text in nodes]
    own = [make.node(one[0], " ".join(one[1:-1]), one[-1]) for one in texts]
    weights = [
        make.constant("one_long", [1], "int64"),
        make.constant("zero", 0.0),
        make.constant("one", 1.0),
        make.constant("i", [1, 0], "int64"),
        make.constant("depth", 2, "int64"),
    ]
    model = graph(make, [*first, *own], weights, shape=(1, 6))
    assert [one.operator for one in unsupported(model)] == [operator]


def test_sequences_are_named(make):
    nodes = [
        make.node("SplitToSequence", "x", "parts", axis=1),
        make.node("SequenceAt", "parts place", "y"),
    ]
    model = graph(make, nodes, [make.constant("place", 0, "int64")])
    assert {one.operator for one in unsupported(model)} >= {"SequenceAt"}


def test_bounds_that_move_take_what_they_stop(make, check, build):
    nodes = [
        make.node("ReduceMean", "x all", "low", keepdims=0),
        make.node("Add", "low width", "high"),
        make.node("Clip", "x low high", "y"),
    ]
    weights = [make.constant("all", [0, 1], "int64"), make.constant("width", 0.9)]
    check(graph(make, nodes, weights, shape=(2, 6)), build.spread((2, 6)), step=5e-4)


def test_a_divisor_that_moves_has_a_gradient(make, check, build):
    nodes = [make.node("Exp", "x", "e"), make.node("Mod", "x e", "y", fmod=1)]
    check(graph(make, nodes), build.spread((2, 6), low=-1.1), step=5e-4)


def test_scales_that_are_reckoned_from_a_shape_are_kept(make, check, build):
    """4 rows times 1.6 are 6, and 6 / 4 is another scale: the difference is seen."""
    nodes = [
        make.node("Shape", "x", "shape"),
        make.node("Cast", "shape", "numbers", to=1),
        make.node("Mul", "numbers zeros", "nothing"),
        make.node("Add", "nothing wanted", "scales"),
        make.node("Resize", "x - scales", "y", mode="linear"),
    ]
    weights = [make.constant("zeros", [0.0] * 4), make.constant("wanted", [1, 1, 1.6, 1.3])]
    model = graph(make, nodes, weights, shape=("N", 2, "H", "W"))
    check(model, build.spread((2, 2, 4, 5)))


def test_places_by_columns(make, check, build):
    def pool(outputs):
        kinds = {"kernel_shape": [2, 2], "strides": [2, 2], "storage_order": 1}
        return [make.node("MaxPool", "x", outputs, **kinds)]

    x = build.spread((2, 3, 4, 6))
    check(graph(make, pool("y"), shape=("N", 3, 4, 6)), x)
    used = [*pool("m places"), make.node("Cast", "places", "p", to=1), make.node("Add", "m p", "y")]
    found = reasons(graph(make, used, shape=("N", 3, 4, 6)))
    assert found == [("MaxPool", "it counts its places by columns")]


def test_the_norm_of_zero_does_not_move_whatever_it_is_multiplied_with(make):
    nodes = [make.node("ReduceL2", "x one", "y")]
    session = GradientSession(graph(make, nodes, [make.constant("one", [1], "int64")]))
    x = np.zeros((2, 6), np.float32)
    y, pullback = session.vjp(x)
    assert (pullback(1e6 * np.ones_like(y)) == 0).all()


def test_powers_of_zero(make):
    nodes = [make.node("Pow", "x p", "y")]
    weights = [make.constant("p", [0.0, 1, 2, 3, 0, 1])]
    session = GradientSession(graph(make, nodes, weights))
    _, pullback = session.vjp(np.zeros((1, 6), np.float32))
    assert pullback(np.ones((1, 6), np.float32)).tolist() == [[0, 1, 0, 0, 0, 1]]


def test_what_takes_nothing_gives_nothing(make, build):
    nodes = [
        make.node("Gather", "x none", "g", axis=1),
        make.node("Slice", "x two two one", "s"),
        make.node("Concat", "x g s", "y", axis=1),
    ]
    weights = [make.constant("none", np.zeros(0), "int64"), make.constant("two", [2], "int64")]
    session = GradientSession(graph(make, nodes, [*weights, make.constant("one", [1], "int64")]))
    x = build.spread((2, 6))
    y, pullback = session.vjp(x)
    np.testing.assert_array_equal(pullback(y), x)


def test_indices_from_the_end_that_are_computed(make, check, build):
    """Whole numbers below zero, found while the graph runs, count from the end."""
    nodes = [
        make.node("ArgMax", "x", "i", axis=1),
        make.node("Sub", "i six", "from_end"),
        make.node("GatherElements", "x from_end", "e", axis=1),
        make.node("ReduceMax", "i all", "top", keepdims=1),
        make.node("Sub", "top six", "top_end"),
        make.node("Reshape", "top_end one_long", "flat"),
        make.node("Gather", "x flat", "g", axis=1),
        make.node("Concat", "e g", "y", axis=1),
    ]
    weights = [make.constant("six", 6, "int64"), make.constant("one_long", [1], "int64")]
    weights += [make.constant("all", [0, 1], "int64")]
    check(graph(make, nodes, weights, shape=(2, 6)), build.spread((2, 6)))


def test_a_tensor_that_is_output_and_intermediate_at_once(make, check, build):
    nodes = [
        make.node("Mul", "x x", "y"),
        make.node("Exp", "y", "z"),
        make.node("Add", "z y", "unused"),
    ]
    model = graph(make, nodes)
    model.graph.output.append(make.value("unused", None))
    check(model, build.spread((2, 6)))


def test_the_file_alone_tells_of_a_branch(branching):
    assert operators_without_rule(branching, "x", "y") == []  # If may yet have a constant condition


def test_the_least_and_the_greatest_byte_still_move(make):
    """Black and white of an image are bytes 0 and 255, and have not left the bounds."""
    nodes = [
        make.node("QuantizeLinear", "x scale zero", "q"),
        make.node("DequantizeLinear", "q scale zero", "y"),
    ]
    weights = [make.constant("scale", 1 / 255), make.constant("zero", 0, "uint8")]
    session = GradientSession(graph(make, nodes, weights))
    x = np.array([[0, 1, 0.5, -0.1, 1.1, 0]], np.float32)
    _, pullback = session.vjp(x)
    found = pullback(np.ones_like(x))
    np.testing.assert_allclose(found, [[1, 1, 1, 0, 0, 1]], rtol=1e-6)


def test_a_scale_found_while_it_runs_counts_as_constant(make):
    nodes = [
        make.node("DynamicQuantizeLinear", "x", "q scale zero"),
        make.node("DequantizeLinear", "q scale zero", "y"),
    ]
    session = GradientSession(graph(make, nodes))
    x = np.array([[0, 1, 0.5, -0.1, 1.1, 0]], np.float32)
    _, pullback = session.vjp(x)
    np.testing.assert_allclose(pullback(x), x, rtol=1e-6)


def test_blocks_of_quantised_values_are_named(make):
    nodes = [
        make.node("QuantizeLinear", "x scale", "q", axis=1, block_size=3),
        make.node("DequantizeLinear", "q scale", "y", axis=1, block_size=3),
    ]
    model = graph(make, nodes, [make.constant("scale", [[0.1, 0.2]])], shape=(1, 6), opset=21)
    model.ir_version = 10
    assert {reason for _, reason in reasons(model)} == {"it quantises in blocks"}


def test_a_first_input_of_whole_numbers_gives_its_type_to_nothing_else(make, build):
    nodes = [make.node("Gather", "table i", "row"), make.node("Mul", "row x", "y")]
    inputs = [make.value("i", ["N"], "int64"), make.value("x", ["N", 4])]
    model = make.model(
        nodes, inputs, [make.value("y", None)], [make.random("table", 5, 4)], opset=18
    )
    x = build.spread((2, 4))
    feeds = {"i": np.array([1, 3]), "x": x}
    session = GradientSession(model, input="x", example={"i": np.array([1]), "x": x[:1]})
    tangent = build.weights(2, 4)
    y, derivative = session.jvp(feeds, tangent)
    np.testing.assert_allclose(derivative, tangent * y / x, rtol=1e-5)
    assert session.displacement(feeds, y / np.linalg.norm(y, axis=1)[:, None]).loss.max() < 1e-9
