"""A network that draws at random is no function of its input: it gets no encodings."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import helper

pytest.importorskip("onnxruntime")

from rmqm_onnx.reading.model_file import read_model
from rmqm_onnx.reading.randomness import unsteady_operators
from rmqm_spec.errors import SubjectError


def encoder(make, *nodes, weights=(), output="y", opset=17, **parts):
    """A dense layer x -> e, and what comes behind it."""
    layers = [make.node("Flatten", "x", "f"), make.node("MatMul", "f w", "e"), *nodes]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value(output, ("N", 5))]
    stored = [make.random("w", 48, 5), *weights]
    return make.model(layers, inputs, outputs, stored, opset=opset, **parts)


def dropout(make, training=True):
    weights = [make.constant("half", 0.5), make.constant("on", training, "bool")]
    return encoder(make, make.node("Dropout", "e half on", "y"), weights=weights)


def dropout_by_constant(make):
    node = make.node("Constant", "", "on", value=make.constant("v", True, "bool"))
    half = [make.constant("half", 0.5)]
    return encoder(make, node, make.node("Dropout", "e half on", "y", seed=3), weights=half)


def sampled(make, **attributes):
    nodes = [
        make.node("RandomNormalLike", "e", "eps", **attributes),
        make.node("Mul", "eps s", "scaled"),
        make.node("Add", "e scaled", "y"),
    ]
    return encoder(make, *nodes, weights=[make.constant("s", 0.3)])


def uniform(make):
    nodes = [make.node("RandomUniform", "", "u", shape=[5]), make.node("Mul", "e u", "y")]
    return encoder(make, *nodes)


def bernoulli(make):
    nodes = [
        make.node("Sigmoid", "e", "p"),
        make.node("Bernoulli", "p", "b"),
        make.node("Mul", "e b", "y"),
    ]
    return encoder(make, *nodes)


def inside_a_branch(make):
    branch = helper.make_graph(
        [make.node("RandomNormalLike", "e", "r")], "drawn", [], [make.value("r", ("N", 5))]
    )
    other = helper.make_graph(
        [make.node("Identity", "e", "i")], "plain", [], [make.value("i", ("N", 5))]
    )
    node = make.node("If", "on", "y", then_branch=branch, else_branch=other)
    return encoder(make, node, weights=[make.constant("on", True, "bool")])


def inside_a_function(make):
    body = [make.node("RandomNormalLike", "a", "r"), make.node("Add", "a r", "b")]
    drawn = helper.make_function("own", "Drawn", ["a"], ["b"], body, [helper.make_opsetid("", 17)])
    node = make.node("Drawn", "e", "y", domain="own")
    return encoder(make, node, domains=["own"], functions=[drawn])


@pytest.mark.parametrize(
    ("made", "named", "without"),
    [
        (dropout, "Dropout (y)", "--output e."),
        (dropout_by_constant, "Dropout (y)", "--output e."),
        (sampled, "RandomNormalLike (eps)", "--output e."),
        (uniform, "RandomUniform (u)", None),
        (bernoulli, "Bernoulli (b)", None),
        (inside_a_branch, "RandomNormalLike inside If (y)", None),
        (inside_a_function, "RandomNormalLike inside Drawn (y)", None),
    ],
)
def test_a_network_that_draws_is_refused_by_operator(opened, make, made, named, without):
    with pytest.raises(SubjectError) as caught:
        opened(made(make))
    assert caught.value.code == "DET001"
    assert f"{named} draws at random" in caught.value.message
    assert "evaluation mode" in caught.value.fix
    assert ("--output" in caught.value.fix) == (without is not None)
    assert without is None or without in caught.value.fix


def test_a_seed_in_the_graph_does_not_make_it_a_function(opened, make):
    with pytest.raises(SubjectError, match="draws at random"):
        opened(sampled(make, seed=7.0))


@pytest.mark.parametrize("made", [dropout, sampled])
def test_the_tensor_that_the_fix_names_has_encodings(opened, make, images, made):
    encoder = opened(made(make), output="e")
    inputs = images(encoder, 3)
    np.testing.assert_array_equal(encoder.encode(inputs), encoder.encode(inputs))


def test_several_operators_are_listed_and_none_is_offered_instead(opened, make):
    half, on = make.constant("half", 0.5), make.constant("on", True, "bool")
    nodes = [make.node("Dropout", "e half on", "d"), make.node("Dropout", "d half on", "y")]
    with pytest.raises(SubjectError) as caught:
        opened(encoder(make, *nodes, weights=[half, on]))
    assert "Dropout (d), Dropout (y) draw at random" in caught.value.message
    assert "--output" not in caught.value.fix


def test_dropout_in_evaluation_mode_is_nothing(opened, make, codes):
    assert codes(opened(dropout(make, training=False))) == ["PRE001"]


def test_randomness_beside_the_encodings_is_nothing(opened, make, codes):
    made = encoder(make, make.node("RandomNormalLike", "e", "z"), make.node("Tanh", "e", "y"))
    assert codes(opened(made)) == ["PRE001"]


def test_randomness_that_a_trial_does_not_show_is_a_warning(opened, make):
    nodes = [
        make.node("RandomNormalLike", "e", "r"),
        make.node("Mul", "r nothing", "n"),
        make.node("Add", "e n", "y"),
    ]
    findings = opened(encoder(make, *nodes, weights=[make.constant("nothing", 0.0)])).findings
    (finding,) = [finding for finding in findings if finding.code == "DET002"]
    assert (finding.level, "RandomNormalLike (r)" in finding.message) == ("warn", True)


@pytest.mark.parametrize("training", [True, False])
def test_a_training_mode_outside_the_model_is_read(saved, make, training, tmp_path):
    made = dropout(make, training)
    path = tmp_path / "model.onnx"
    onnx.save_model(made, path, save_as_external_data=True, location="x.data", size_threshold=0)
    model = read_model(path)
    found = unsteady_operators(model.proto, "y", path.parent)
    assert [one.operator for one in found] == (["Dropout"] if training else [])
    (tmp_path / "x.data").write_bytes(b"")
    assert [one.operator for one in unsteady_operators(model.proto, "y", path.parent)] == [
        "Dropout"
    ]
