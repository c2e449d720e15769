"""Detectors and segmenters: answers are said to be that, and what the heads share is offered."""

from __future__ import annotations

import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.choices.heads import heads_of
from rmqm_onnx.reading.signature import tensor_info
from rmqm_spec.errors import UsageError


def conv(make, source, target, channels, *, width=8):
    weight = make.random(f"w_{target}", channels, width, 1, 1)
    return make.node("Conv", f"{source} w_{target}", target), weight


def detector(make, outputs):
    """A map of features, 8 x 4 x 4, and a convolution for each output."""
    layers = [make.node("Conv", "x w", "c"), make.node("Relu", "c", "map")]
    stored = [make.random("w", 8, 3, 1, 1)]
    for name, channels in outputs.items():
        node, weight = conv(make, "map", name, channels)
        layers.append(node)
        stored.append(weight)
    values = [make.value(name, ("N", channels, 4, 4)) for name, channels in outputs.items()]
    return make.model(layers, [make.value("x", ("N", 3, 4, 4))], values, stored)


def list_of_places(make):
    """The usual end of a one-stage detector: a map of 12 channels, laid out as 16 places."""
    nodes = [make.node("Conv", "x w", "c"), make.node("Relu", "c", "map")]
    head, weight = conv(make, "map", "raw", 12)
    nodes += [head, make.node("Reshape", "raw list", "output0")]
    stored = [make.random("w", 8, 3, 1, 1), weight, make.constant("list", [0, 12, 16], "int64")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("output0", ("N", 12, 16))]
    return make.model(nodes, inputs, outputs, stored)


def labels(make):
    """A classifier that gives nothing but the number of the class."""
    nodes = [
        make.node("Flatten", "x", "f"),
        make.node("MatMul", "f v", "feat"),
        make.node("MatMul", "feat u", "lg"),
        make.node("ArgMax", "lg", "y", axis=1, keepdims=0),
    ]
    stored = [make.random("v", 48, 6), make.random("u", 6, 10)]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", ("N",), "int64")]
    return make.model(nodes, inputs, outputs, stored)


def looked_at(made):
    return heads_of(made.graph, [tensor_info(value) for value in made.graph.output])


def test_outputs_with_the_names_of_answers_are_heads(make):
    heads = looked_at(detector(make, {"boxes": 4, "scores": 80, "kps": 10}))
    assert heads.names == ("boxes", "scores", "kps")
    assert heads.advice == ("Score the features that its heads share: --output map --pooling mean")


@pytest.mark.parametrize("outputs", [{"p3": 8, "p4": 8}, {"features": 8, "scores": 4}])
def test_maps_of_features_are_none(make, outputs):
    assert looked_at(detector(make, outputs)) is None


def test_the_outputs_of_a_detector_are_refused_with_what_its_heads_share(refused, saved, make):
    path = saved(detector(make, {"boxes": 4, "scores": 80}))
    error = refused(path)
    assert (type(error), error.code) == (UsageError, "OUT002")
    assert "the 2 outputs of what looks like a detector or segmenter" in error.message
    assert error.fix.endswith("--output map --pooling mean")


def test_the_offered_features_are_taken_without_a_warning(opened, saved, make):
    path = saved(detector(make, {"boxes": 4, "scores": 80}))
    encoder = opened(path, output="map", pooling="mean")
    assert not [one for one in encoder.findings if one.code[:3] == "OUT" and one.level == "warn"]


def test_an_answer_that_is_named_is_noted_but_not_warned_of(opened, saved, make):
    path = saved(detector(make, {"boxes": 4, "scores": 80}))
    notes = [one for one in opened(path, output="boxes").findings if one.code == "OUT008"]
    assert [(one.level, one.fix) for one in notes] == [
        ("ok", "Score the features that its heads share: --output map --pooling mean")
    ]
    assert notes[0].message == (
        "boxes looks like the answer of a detector or segmenter, not encodings; it is taken, "
        "because --output names it"
    )


def test_a_map_that_is_laid_out_as_a_list_of_places_is_a_head(opened, saved, make):
    warning = next(one for one in opened(list_of_places(make)).findings if one.code == "OUT008")
    assert (warning.level, warning.fix) == (
        "warn",
        "Score the features that its head takes: --output map --pooling mean",
    )


def test_the_scores_behind_a_label_are_said_to_be_scores(opened, make):
    findings = {one.code: one for one in opened(labels(make)).findings}
    assert findings["OUT003"].fix == (
        "Scores are not encodings. Score what the last layer takes: --output feat"
    )
    assert findings["OUT008"].level == "warn"
    assert "OUT008" not in {one.code for one in opened(labels(make), output="feat").findings}
