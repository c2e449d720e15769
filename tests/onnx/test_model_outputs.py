"""Which tensor holds the encodings, what became of it, and how it becomes one vector."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import helper

pytest.importorskip("onnxruntime")

from rmqm_spec.errors import SubjectError, UsageError


def heads(make, **shapes):
    """x -> f, and from there one output for each name, of the given shape behind the batch."""
    nodes, weights = [make.node("Flatten", "x", "f")], []
    outputs = []
    for name, shape in shapes.items():
        nodes += [make.node("MatMul", f"f w_{name}", f"m_{name}")]
        nodes += [make.node("Reshape", f"m_{name} s_{name}", name)]
        weights += [make.random(f"w_{name}", 48, int(np.prod(shape)))]
        weights += [make.constant(f"s_{name}", [-1, *shape], "int64")]
        outputs += [make.value(name, ("N", *shape))]
    return make.model(nodes, [make.value("x", ("N", 3, 4, 4))], outputs, weights)


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ({"y": (7,)}, "y"),
        ({"logits": (9,), "features": (7,)}, "features"),
        ({"logits": (9,), "IMAGE_EMBEDS": (7,)}, "IMAGE_EMBEDS"),
        ({"last_hidden_state": (4, 7), "pooler_output": (7,)}, "pooler_output"),
        ({"boxes": (4, 7), "descriptor_map": (4, 6)}, "descriptor_map"),
        ({"boxes": (4, 7), "vector": (7,)}, "vector"),
        ({"boxes": (4, 7), "vector": (7, 1, 1)}, "vector"),
        ({"last_hidden_state": (4, 7), "attentions": (4, 4)}, "last_hidden_state"),
    ],
)
def test_among_several_outputs_the_embedding_is_taken(opened, make, codes, shapes, expected):
    encoder = opened(heads(make, **shapes))
    assert (encoder.output, codes(encoder)[:1]) == (expected, ["PRE001"])


def test_outputs_of_equal_right_must_be_chosen_from(refused, make):
    error = refused(heads(make, a=(7,), b=(6,), c=(4, 4)))
    assert (type(error), error.code, error.message) == (
        UsageError,
        "OUT002",
        (
            "one output must be chosen as the encodings; got 2 candidates: a (float32 [?, 7]); "
            "b (float32 [?, 6])"
        ),
    )


@pytest.mark.parametrize(
    ("wrong", "near"), [("Identity", "Identity:0"), ("feature", "features"), ("POOL", "pool")]
)
def test_a_tensor_that_does_not_exist_gets_near_matches(refused, make, wrong, near):
    nodes = [make.node("Identity", "x", "pool"), make.node("Flatten", "pool", "features")]
    nodes += [make.node("Identity", "features", "Identity:0")]
    outputs = [make.value("Identity:0", ("N", 48))]
    error = refused(make.model(nodes, [make.value("x", ("N", 3, 4, 4))], outputs), output=wrong)
    assert error.message == f"--output must name a tensor of the graph; got {wrong!r}"
    assert near in error.fix


def two_towers(make, *, joint=True):
    """Pictures and words, as CLIP has them."""
    nodes = [
        make.node("Flatten", "pixel_values", "p"),
        make.node("MatMul", "p w", "image_embeds"),
        make.node("Mul", "input_ids attention_mask", "m"),
        make.node("Cast", "m", "c", to=1),
        make.node("MatMul", "c v", "text_embeds"),
        make.node("Transpose", "text_embeds", "t", perm=[1, 0]),
        make.node("MatMul", "image_embeds t", "logits_per_image"),
    ]
    words = ("T", 6)
    inputs = [
        make.value("input_ids", words, "int64"),
        make.value("pixel_values", ("B", 3, 4, 4)),
        make.value("attention_mask", words, "int64"),
    ]
    outputs = [
        make.value("logits_per_image", ("B", "T")),
        make.value("text_embeds", ("T", 5)),
        make.value("image_embeds", ("B", 5)),
    ]
    weights = [make.random("w", 48, 5), make.random("v", 6, 5)]
    return make.model(nodes, inputs, outputs if joint else outputs[1:], weights)


@pytest.mark.parametrize("joint", [True, False])
def test_of_two_towers_the_one_is_taken_whose_input_can_be_altered(opened, make, images, joint):
    encoder = opened(two_towers(make, joint=joint))
    assert (encoder.input, encoder.output) == ("pixel_values", "image_embeds")
    assert encoder.encode(images(encoder)).shape == (5, 5)


def test_the_tower_of_words_cannot_be_scored(refused, make):
    assert refused(two_towers(make), output="text_embeds").code == "INP003"


@pytest.mark.parametrize("ops", [["Identity"], ["Reshape"], ["Cast", "Identity"], []])
def test_an_input_handed_through_is_not_taken_for_the_encodings(opened, make, ops):
    made = make.dense()
    name = "x"
    for k, op in enumerate(ops):
        inputs = f"{name} shape" if op == "Reshape" else name
        made.graph.node.append(
            make.node(op, inputs, f"p{k}", **({"to": 1} if op == "Cast" else {}))
        )
        name = f"p{k}"
    made.graph.initializer.append(make.constant("shape", [-1, 48], "int64"))
    made.graph.output.insert(0, make.value(name, None))
    assert opened(made).output == "y"


def test_an_output_that_depends_on_no_input_is_refused(refused, make):
    made = make.model(
        [make.node("Identity", "w", "y")],
        [make.value("x", ("N", 3, 4, 4))],
        [make.value("y", (1, 5))],
        [make.random("w", 1, 5)],
    )
    error = refused(made)
    assert (type(error), error.code, error.message) == (
        SubjectError,
        "OUT007",
        "the encodings must depend on an input; got y, which depends on none",
    )


def test_a_constant_beside_the_encodings_is_passed_over(opened, make):
    made = make.dense()
    made.graph.node.append(make.node("Identity", "w", "prior"))
    made.graph.output.insert(0, make.value("prior", (48, 5)))
    assert opened(made).output == "y"


def classifier(make, *, zipped=True):
    """Scores dressed up as sklearn's exporter does: a label, and a list of dictionaries."""
    nodes = [
        make.node("MatMul", "x w", "logits"),
        make.node("Softmax", "logits", "probabilities"),
        make.node("ArgMax", "probabilities", "best", axis=1, keepdims=0),
        make.node("ArrayFeatureExtractor", "classes best", "picked", domain="ai.onnx.ml"),
        make.node("Cast", "picked", "label", to=7),
        make.node(
            "ZipMap", "probabilities", "table", domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2]
        ),
    ]
    row = helper.make_map_type_proto(7, helper.make_tensor_type_proto(1, []))
    table = helper.make_value_info("table", helper.make_sequence_type_proto(row))
    outputs = [make.value("label", ("N",), "int64"), *([table] if zipped else [])]
    weights = [make.random("w", 8, 3), make.constant("classes", [0, 1, 2], "int64")]
    inputs = [make.value("x", ("N", 8))]
    return make.model(nodes, inputs, outputs, weights, domains=["ai.onnx.ml"])


@pytest.mark.parametrize("zipped", [True, False])
def test_the_scores_behind_labels_and_dictionaries_are_found(opened, make, codes, zipped):
    encoder = opened(classifier(make, zipped=zipped))
    assert (encoder.output, codes(encoder)) == ("probabilities", ["OUT003", "PRE001", "OUT006"])


def test_probabilities_come_with_the_name_of_the_layer_before(opened, make):
    nodes = [make.node("MatMul", "x w", "hidden"), make.node("Relu", "hidden", "active")]
    nodes += [make.node("Gemm", "active v b", "logits"), make.node("Softmax", "logits", "y")]
    weights = [make.random("w", 8, 6), make.random("v", 6, 3), make.random("b", 3)]
    made = make.model(nodes, [make.value("x", ("N", 8))], [make.value("y", ("N", 3))], weights)
    found = next(one for one in opened(made).findings if one.code == "OUT006")
    assert (found.message, found.fix) == (
        "y comes out of Softmax: probabilities, not encodings",
        "Score the layer before: --output active",
    )


def test_an_output_of_undeclared_type_may_be_the_encodings(opened, make, images):
    made = make.dense()
    made.graph.output[0].CopyFrom(helper.make_empty_tensor_value_info("y"))
    encoder = opened(made)
    assert encoder.encode(images(encoder)).shape == (5, 5)


@pytest.mark.parametrize("shape", [(1, 7), ("N", 3, 3, 3), (), ("N", "N")])
def test_a_wrong_declaration_of_the_output_does_no_harm(opened, make, images, shape):
    made = make.dense()
    made.graph.output[0].CopyFrom(make.value("y", shape))
    encoder = opened(made)
    assert (encoder.encode(images(encoder)).shape, encoder.description["output"]["shape"]) == (
        (5, 5),
        [5],
    )


def test_a_tensor_inside_the_graph_can_be_named(opened, make, images):
    encoder = opened(make.dense(), output="f")
    inputs = images(encoder)
    np.testing.assert_array_equal(encoder.encode(inputs), inputs.reshape(5, 48))


def test_a_tensor_inside_a_subgraph_cannot_be_named_but_its_result_can(
    opened, refused, make, images
):
    branches = {
        f"{name}_branch": helper.make_graph(
            [make.node("Mul", f"f {name}_factor", f"{name}_inner")],
            name,
            [],
            [make.value(f"{name}_inner", None)],
        )
        for name in ("then", "else")
    }
    nodes = [make.node("Flatten", "x", "f"), make.node("If", "flag", "y", **branches)]
    weights = [make.constant("then_factor", 2), make.constant("else_factor", 3)]
    inputs = [make.value("x", ("N", 3, 4, 4)), make.value("flag", (), "bool")]
    made = make.model(nodes, inputs, [make.value("y", None)], weights)
    encoder = opened(made, feeds=[("flag", "false")])
    inputs = images(encoder)
    np.testing.assert_allclose(encoder.encode(inputs), 3 * inputs.reshape(5, 48), rtol=1e-6)
    assert refused(made, output="then_inner", feeds=[("flag", "1")]).code == "OUT002"


def test_a_tensor_behind_a_function_of_the_model_can_be_named(opened, make, images):
    opsets = [helper.make_opsetid("", 17)]
    double = helper.make_function(
        "own", "Double", ["a"], ["b"], [make.node("Add", "a a", "b")], opsets
    )
    nodes = [make.node("Double", "x", "d", domain="own"), make.node("Flatten", "d", "f")]
    nodes += [make.node("MatMul", "f w", "y")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", ("N", 5))]
    made = make.model(
        nodes, inputs, outputs, [make.random("w", 48, 5)], domains=["own"], functions=[double]
    )
    encoder = opened(made, output="f")
    inputs = images(encoder)
    np.testing.assert_array_equal(encoder.encode(inputs), 2 * inputs.reshape(5, 48))


def test_optional_outputs_without_a_name_do_not_matter(opened, make, images):
    nodes = [make.node("Dropout", "x", "d -"), make.node("Flatten", "d", "y")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", ("N", 48))]
    encoder = opened(make.model(nodes, inputs, outputs))
    assert encoder.encode(images(encoder)).shape == (5, 48)


@pytest.mark.parametrize(
    ("op", "attributes", "kind"),
    [("SplitToSequence", {"axis": 1}, "list"), ("Cast", {"to": 8}, "object")],
)
def test_a_tensor_that_is_no_array_of_numbers_is_refused(refused, make, op, attributes, kind):
    made = make.dense()
    made.graph.node.append(make.node(op, "y", "odd", **attributes))
    error = refused(made, output="odd")
    assert (type(error), error.code, error.message) == (
        SubjectError,
        "OUT003",
        f"the encodings must be an array of numbers; got {kind} from odd",
    )


def test_a_declared_sequence_cannot_be_named(refused, make):
    error = refused(classifier(make), output="table")
    assert (type(error), error.code) == (UsageError, "OUT002")


def test_a_model_without_any_tensor_of_floats_is_refused(refused, make):
    nodes = [make.node("Flatten", "x", "f"), make.node("Greater", "f z", "y")]
    inputs, outputs = [make.value("x", ("N", 4))], [make.value("y", ("N", 4), "bool")]
    error = refused(make.model(nodes, inputs, outputs, [make.constant("z", 0)]))
    assert (type(error), error.code, error.message) == (
        SubjectError,
        "OUT003",
        "an encoder must give a tensor of floating type; got y (bool [?, 4])",
    )


def test_whole_numbers_can_be_encodings_when_told(opened, make, images):
    made = make.dense()
    made.graph.node.append(make.node("Cast", "y", "codes", to=7))
    encoder = opened(made, output="codes")
    assert encoder.encode(images(encoder)).dtype == np.int64


def test_graphs_that_run_in_circles_are_refused_not_followed(refused, make):
    nodes = [make.node("Identity", "y", "z"), make.node("Identity", "z", "y")]
    made = make.model(nodes, [make.value("x", ("N", 4))], [make.value("y", ("N", 4))])
    assert refused(made).code == "OUT007"


# From the shape that the network gives to one vector per input.


def reshaped(make, shape, *, before=()):
    nodes = [*before, make.node("Reshape", "x s", "y")]
    made = make.model(nodes, [make.value("x", ("N", 3, 4, 4))], [make.value("y", None)])
    made.graph.initializer.append(make.constant("s", [-1, *shape], "int64"))
    return made


@pytest.mark.parametrize(
    ("shape", "pooling", "expected"),
    [
        ((48,), None, lambda y: y),
        ((48, 1, 1), None, lambda y: y),
        ((6, 8), None, lambda y: y),
        ((6, 8), "flatten", lambda y: y),
        ((6, 8), "cls", lambda y: y.reshape(5, 6, 8)[:, 0]),
        ((6, 8), "mean", lambda y: y.reshape(5, 6, 8).mean(axis=1)),
        ((3, 4, 4), "mean", lambda y: y.reshape(5, 3, 16).mean(axis=2)),
        ((3, 2, 2, 4), "mean", lambda y: y.reshape(5, 3, 16).mean(axis=2)),
    ],
)
def test_several_axes_become_one_vector(opened, make, images, shape, pooling, expected):
    encoder = opened(reshaped(make, shape), pooling=pooling)
    inputs = images(encoder)
    np.testing.assert_allclose(encoder.encode(inputs), expected(inputs.reshape(5, 48)), rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "pooling", "expected"),
    [((6, 8), None, 1), ((6, 8), "flatten", 0), ((6, 8), "cls", 0), ((48, 1, 1), None, 0)],
)
def test_several_axes_are_warned_of_unless_told(opened, make, codes, shape, pooling, expected):
    assert codes(opened(reshaped(make, shape), pooling=pooling)).count("OUT004") == expected


def test_a_first_token_needs_tokens(refused, make):
    error = refused(reshaped(make, (3, 4, 4)), pooling="cls")
    assert (type(error), error.code, error.message) == (
        UsageError,
        "OUT004",
        "pooling cls must meet tokens (N, T, E); got shape (1, 3, 4, 4)",
    )


def channels_last(make, output, *tail):
    nodes = [make.node("Transpose", "x", "t", perm=[0, 3, 1, 2]), make.node("Conv", "t w", "c")]
    nodes += [make.node("Relu", "c", "map"), *tail]
    inputs, outputs = [make.value("x", ("N", 6, 6, 3))], [make.value(output, None)]
    return make.model(nodes, inputs, outputs, [make.random("w", 7, 3, 3, 3)])


def test_a_mean_over_positions_follows_the_graph_not_the_layout_of_the_input(opened, make, images):
    back = make.node("Transpose", "map", "y", perm=[0, 2, 3, 1])
    made = channels_last(make, "y", back)
    inside, declared = (opened(made, output=name, pooling="mean") for name in ("map", "y"))
    inputs = images(inside)
    assert inside.encode(inputs).shape == (5, 7)
    np.testing.assert_allclose(inside.encode(inputs), declared.encode(inputs), rtol=1e-5)


def test_a_convolution_over_time_is_averaged_over_time(opened, make, images):
    nodes = [make.node("Conv", "x w", "c"), make.node("Relu", "c", "y")]
    inputs, outputs = [make.value("x", ("N", 2, 20))], [make.value("y", None)]
    made = make.model(nodes, inputs, outputs, [make.random("w", 6, 2, 3)])
    encoder = opened(made, pooling="mean")
    assert encoder.encode(images(encoder)).shape == (5, 6)


@pytest.mark.parametrize("shape", [(6, 8), ()])
def test_an_output_without_a_row_per_input_is_refused(refused, make, shape):
    nodes = [make.node("Flatten", "x", "f"), make.node("ReduceSum", "f", "s", keepdims=0)]
    nodes += [make.node("Expand", "s k", "y")]
    made = make.model(nodes, [make.value("x", (1, 3, 4, 4))], [make.value("y", shape)])
    made.graph.initializer.append(make.constant("k", shape, "int64"))
    error = refused(made)
    assert (type(error), error.code, error.message) == (
        SubjectError,
        "OUT005",
        f"the encodings must have one row per input; got shape {shape} for 1 input(s)",
    )


def test_a_vector_without_further_axes_is_fine(opened, make, images):
    nodes = [make.node("ReduceMean", "x", "y", axes=(2, 3), keepdims=0)]
    encoder = opened(make.model(nodes, [make.value("x", ("N", 3, 4, 4))], [make.value("y", None)]))
    inputs = images(encoder)
    np.testing.assert_allclose(encoder.encode(inputs), inputs.mean(axis=(2, 3)), rtol=1e-5)


@pytest.mark.parametrize("keepdims", [0, 1])
def test_one_value_has_no_direction(refused, make, keepdims):
    nodes = [make.node("ReduceMean", "x", "y", axes=(1, 2, 3), keepdims=keepdims)]
    error = refused(make.model(nodes, [make.value("x", ("N", 3, 4, 4))], [make.value("y", None)]))
    assert (type(error), error.code) == (SubjectError, "OUT009")
    assert "one value has no direction" in error.message


def test_what_the_last_layer_takes_is_offered_for_one_value(refused, opened, make):
    nodes = [make.node("Flatten", "x", "f"), make.node("MatMul", "f w", "hidden")]
    nodes += [make.node("Tanh", "hidden", "t"), make.node("MatMul", "t v", "y")]
    weights = [make.random("w", 48, 6), make.random("v", 6, 1)]
    made = make.model(nodes, [make.value("x", ("N", 3, 4, 4))], [make.value("y", None)], weights)
    assert refused(made).fix == "Score what the last layer takes: --output t"
    assert opened(made, output="t").description["output"]["shape"] == [6]


def test_a_vector_without_batch_axis_is_one_encoding(opened, make, images):
    made = make.dense((1, 3, 4, 4))
    made.graph.node.append(make.node("Squeeze", "y", "z"))
    del made.graph.output[:]
    made.graph.output.append(make.value("z", (5,)))
    encoder = opened(made)
    assert (encoder.encode(images(encoder)).shape, encoder.description["output"]["shape"]) == (
        (5, 5),
        [5],
    )


# How finely the network computes.


@pytest.mark.parametrize(
    ("weights", "output", "resolution"),
    [
        ("float64", "float64", 1e-12),
        ("float64", "float32", 1e-6),
        ("float32", "float32", 1e-6),
        ("float32", "float16", 1e-3),
        ("float16", "float32", 1e-3),
        ("float16", "float16", 1e-3),
    ],
)
def test_the_coarsest_type_gives_the_resolution(opened, make, weights, output, resolution):
    types = {"float16": 10, "float32": 1, "float64": 11}
    made = make.dense(of=weights)
    made.graph.node.append(make.node("Cast", "y", "z", to=types[output]))
    del made.graph.output[:]
    made.graph.output.append(make.value("z", ("N", 5), output))
    assert opened(made).traits.resolution == resolution


def test_weights_in_nodes_count_for_the_resolution(opened, make):
    made = make.dense(of="float16")
    made.graph.node.insert(0, make.node("Constant", "", "w", value=made.graph.initializer[0]))
    del made.graph.initializer[:]
    made.graph.node.insert(0, make.node("Cast", "wide", "x", to=10))
    made.graph.input[0].CopyFrom(make.value("wide", ("N", 3, 4, 4)))
    made.graph.node.append(make.node("Cast", "y", "z", to=1))
    made.graph.output[0].CopyFrom(make.value("z", ("N", 5)))
    assert opened(made).traits.resolution == 1e-3
