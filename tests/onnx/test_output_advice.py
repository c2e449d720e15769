"""Every tensor that is offered instead of an output can be scored; where none is, that is said."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_spec.encoders.checks import check_encoder
from rmqm_spec.encoders.output_advice import naming_earlier
from rmqm_spec.errors import EncodingError

NO_LAYER = "No layer stands before these scores: this model has no encodings to score."


def rectified(make, *tail, output="y"):
    """Hidden values that are below zero for every input, behind a ReLU."""
    nodes = [make.node("Flatten", "x", "f"), make.node("Gemm", "f w b", "hidden")]
    nodes += [make.node("Relu", "hidden", "active"), *tail]
    stored = [make.constant("w", -np.ones((48, 5))), make.constant("b", -np.arange(1.0, 6.0))]
    stored.append(make.constant("axes", [1], "int64"))
    inputs = [make.value("x", ("N", 3, 4, 4))]
    return make.model(nodes, inputs, [make.value(output, None)], stored)


def failed(encoder, inputs):
    return [one for one in check_encoder(encoder, inputs) if one.level == "fail"]


def options_in(advice):
    words = advice.split()
    return {
        option: words[words.index(f"--{option}") + 1]
        for option in ("output", "pooling")
        if f"--{option}" in words
    }


@pytest.mark.parametrize("moves", [[], ["Identity"], ["Unsqueeze", "Squeeze"]])
def test_zeros_behind_a_relu_name_what_goes_into_it(opened, make, images, moves):
    nodes, name = [], "active"
    for k, op in enumerate(moves):
        nodes.append(make.node(op, f"{name} axes" if "queeze" in op else name, f"t{k}"))
        name = f"t{k}"
    made = rectified(make, *nodes, output=name)
    encoder = opened(made)
    inputs = images(encoder)
    (finding,) = failed(encoder, inputs)
    assert (finding.code, finding.fix) == ("ENC002", "Score an earlier tensor: --output hidden")
    assert failed(opened(made, **options_in(finding.fix)), inputs) == []


def test_zeros_of_a_pooled_map_name_the_map(opened, make, images):
    nodes = [make.node("Conv", "x w b", "map"), make.node("Relu", "map", "r")]
    nodes += [make.node("GlobalAveragePool", "r", "g"), make.node("Flatten", "g", "y")]
    weights = -np.random.default_rng(0).random((5, 3, 1, 1))
    stored = [make.constant("w", weights), make.constant("b", -np.arange(1.0, 6.0))]
    inputs = [make.value("x", ("N", 3, 4, 4))]
    made = make.model(nodes, inputs, [make.value("y", ("N", 5))], stored)
    encoder = opened(made)
    (finding,) = failed(encoder, images(encoder))
    assert finding.fix == "Score an earlier tensor: --output map --pooling mean"
    assert failed(opened(made, **options_in(finding.fix)), images(encoder)) == []


def test_an_encoding_of_zeros_in_the_middle_of_the_work_names_it_too(opened, make):
    encoder = opened(rectified(make, output="active"))
    with pytest.raises(EncodingError) as caught, naming_earlier(encoder):
        raise EncodingError("ENC002", "zero", fix="?")
    assert caught.value.fix == "Score an earlier tensor: --output hidden"
    with pytest.raises(EncodingError) as caught, naming_earlier(encoder):
        raise EncodingError("ENC001", "nan", fix="?")
    assert caught.value.fix == "?"


@pytest.mark.parametrize("command", ["score", "rank", "probe", "check"])
def test_every_command_names_it(rmqm, saved, make, tmp_path, command):
    """Zeros come with the noise, so that no trial sees them."""
    made = rectified(make, output="active")
    del made.graph.initializer[:]
    weights = np.where(np.arange(48)[:, None] < 24, 4.0, -4.0) * np.ones((48, 5))
    made.graph.initializer.extend(
        [make.constant("w", weights), make.constant("b", -np.linspace(50, 51, 5))]
    )
    given = np.random.default_rng(0).random((8, 48), dtype=np.float32) / 8
    given[:, :24] += 0.8
    if command == "probe":  # it adds no noise
        given[4:] = given[4:, ::-1]
    np.savez(tmp_path / "data.npz", x=given.reshape(8, 3, 4, 4), labels=[0, 1] * 4)
    labels = ("--labels", "data.npz:labels") if command == "probe" else ()
    others = ("--no-null",) if command in ("score", "rank") else ()
    run = (saved(made), "--data", "data.npz:x", "--scale", 1, *labels, *others)
    done = rmqm(command, *run, cwd=tmp_path)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "ENC002" in said
    assert "Score an earlier tensor: --output hidden" in said


def classifier(make, before):
    nodes = [*before, make.node("Gemm", "f w", "l"), make.node("Softmax", "l", "y")]
    stored = [make.random("w", 48, 10), make.constant("mean", 0.5)]
    stored.append(make.constant("flat", [0, 48], "int64"))
    inputs = [make.value("x", ("N", 3, 4, 4))]
    return make.model(nodes, inputs, [make.value("y", ("N", 10))], stored)


@pytest.mark.parametrize("scaled", [False, True])
def test_the_input_of_a_linear_classifier_is_not_offered(opened, make, images, scaled):
    before = [make.node("Flatten", "x", "f")]
    if scaled:
        before = [make.node("Sub", "x mean", "s"), make.node("Reshape", "s flat", "f")]
    encoder = opened(classifier(make, before))
    findings = [*encoder.findings, *check_encoder(encoder, images(encoder))]
    said = {one.code: one.fix for one in findings}
    assert (said["OUT006"], said["ENC007"]) == (NO_LAYER, NO_LAYER)


@pytest.mark.parametrize("hidden", [False, True])
def test_a_softmax_made_of_other_operators_is_looked_through(opened, make, images, hidden):
    nodes = [make.node("Flatten", "x", "f"), make.node("Gemm", "f w", "l")]
    if hidden:
        nodes[1:] = [make.node("MatMul", "f v", "h"), make.node("Tanh", "h", "t")]
        nodes.append(make.node("Gemm", "t u", "l"))
    nodes += [make.node("Exp", "l", "e"), make.node("ReduceSum", "e axes", "s")]
    nodes.append(make.node("Div", "e s", "y"))
    stored = [make.random("w", 48, 7), make.random("v", 48, 6), make.random("u", 6, 7)]
    stored.append(make.constant("axes", [1], "int64"))
    inputs = [make.value("x", ("N", 3, 4, 4))]
    made = make.model(nodes, inputs, [make.value("y", ("N", 7))], stored)
    encoder = opened(made)
    (finding,) = (one for one in check_encoder(encoder, images(encoder)) if one.code == "ENC007")
    assert finding.fix == ("Score the layer before: --output t" if hidden else NO_LAYER)
