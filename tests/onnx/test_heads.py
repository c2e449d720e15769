"""Detectors and segmenters: answers are said to be that, and what the heads share is offered."""

from __future__ import annotations

import numpy as np
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


@pytest.mark.parametrize(("named", "code"), [("boxes", "OUT008"), ("probabilities", "OUT006")])
def test_an_answer_that_is_named_is_warned_of(opened, saved, make, named, code):
    made = detector(make, {"boxes": 4, "scores": 80})
    made.graph.node.append(make.node("Sigmoid", "scores", "probabilities"))
    made.graph.output[1].CopyFrom(make.value("probabilities", ("N", 80, 4, 4)))
    warned = [one for one in opened(saved(made), output=named).findings if one.code == code]
    assert [(one.level, one.fix) for one in warned] == [
        ("warn", "Score the features that its heads share: --output map --pooling mean")
    ]


def decoded(make, *, ends):
    """Boxes by a distribution over distances, and scores, at two scales: one list of answers."""
    nodes = [make.node("Conv", "x w", "c"), make.node("Relu", "c", "map")]
    nodes += [make.node("MaxPool", "map", "small", kernel_shape=[2, 2], strides=[2, 2])]
    stored = [make.random("w", 8, 3, 1, 1), make.random("bins", 1, 2, 1, 1)]
    for scale, n_places in (("map", 16), ("small", 4)):
        for kind, channels in (("box", 8), ("cls", 3)):
            node, weight = conv(make, scale, f"{kind}_{scale}", channels)
            shape = make.constant(f"{kind}_{scale}_list", [0, channels, n_places], "int64")
            laid = make.node("Reshape", f"{kind}_{scale} {kind}_{scale}_list", f"{kind}_{n_places}")
            nodes += [node, laid]
            stored += [weight, shape]
    nodes += [
        make.node("Concat", "box_16 box_4", "box", axis=2),
        make.node("Concat", "cls_16 cls_4", "cls", axis=2),
        make.node("Reshape", "box as_bins", "b"),
        make.node("Transpose", "b", "t", perm=[0, 2, 1, 3]),
        make.node("Softmax", "t", "s", axis=1),
        make.node("Conv", "s bins", "d"),
        make.node("Reshape", "d as_boxes", "distances"),
        make.node("Mul", "distances stride", "places"),
        make.node("Sigmoid", "cls", "certain"),
    ]
    stored += [make.constant("as_bins", [0, 4, 2, 20], "int64"), make.constant("stride", 8.0)]
    stored += [make.constant("as_boxes", [0, 4, 20], "int64")]
    outputs = [make.value("places", ("N", 4, 20)), make.value("certain", ("N", 3, 20))]
    if ends == "one list":
        nodes.append(make.node("Concat", "places certain", "output0", axis=1))
        outputs = [make.value("output0", ("N", 7, 20))]
    return make.model(nodes, [make.value("x", ("N", 3, 4, 4))], outputs, stored)


@pytest.mark.parametrize("ends", ["one list", "two lists"])
def test_decoded_boxes_and_scores_are_answers(opened, refused, make, ends):
    made = decoded(make, ends=ends)
    assert looked_at(made).shared == "map"
    if ends == "two lists":
        assert refused(made).code == "OUT002"
        return
    warned = {one.code: one for one in opened(made).findings if one.level == "warn"}
    assert "looks like the answer of a detector" in warned["OUT008"].message


def test_the_map_that_heads_divide_among_them_is_not_what_is_offered(make):
    head, weight = conv(make, "map", "raw", 84)
    nodes = [make.node("Conv", "x w", "c"), make.node("Relu", "c", "map"), head]
    nodes.append(make.node("Split", "raw sizes", "boxes scores", axis=1))
    stored = [make.random("w", 8, 3, 1, 1), weight, make.constant("sizes", [4, 80], "int64")]
    outputs = [make.value("boxes", ("N", 4, 4, 4)), make.value("scores", ("N", 80, 4, 4))]
    made = make.model(nodes, [make.value("x", ("N", 3, 4, 4))], outputs, stored)
    assert looked_at(made).shared == "map"


def test_maps_of_anchors_are_answers_whatever_their_names(make):
    assert looked_at(detector(make, {"928": 255, "936": 255})).shared == "map"
    assert looked_at(detector(make, {"928": 256, "936": 256})) is None


def test_clipped_probabilities_are_probabilities(make):
    made = detector(make, {"a": 1, "b": 2})
    for name in ("a", "b"):
        made.graph.node.append(make.node("Sigmoid", name, f"s_{name}"))
        made.graph.node.append(make.node("Clip", f"s_{name}", f"clipped_{name}"))
    del made.graph.output[:]
    made.graph.output.extend(make.value(f"clipped_{name}", ("N", "C", 4, 4)) for name in "ab")
    assert looked_at(made).names == ("clipped_a", "clipped_b")


def test_tokens_of_a_feature_map_are_no_answers(make):
    nodes = [make.node("Conv", "x w", "c"), make.node("Relu", "c", "map")]
    nodes += [
        make.node("Reshape", "map list", "r"),
        make.node("Transpose", "r", "y", perm=[0, 2, 1]),
    ]
    stored = [make.random("w", 8, 3, 1, 1), make.constant("list", [0, 8, 16], "int64")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", ("N", 16, 8))]
    assert looked_at(make.model(nodes, inputs, outputs, stored)) is None


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


def test_inspect_lists_what_heads_share_as_it_is_typed(saved, make, rmqm, tmp_path):
    path = saved(detector(make, {"boxes": 4, "scores": 80}))
    said = rmqm("inspect", path, cwd=tmp_path).stdout
    assert "candidate  --output map --pooling mean  [?, 8, 4, 4]  shared by all heads" in said
    assert "before the last layer" not in said
    said = rmqm("inspect", saved(list_of_places(make)), cwd=tmp_path).stdout
    assert "the output looks like an answer of a detector or segmenter" in said
    assert "candidate  --output map --pooling mean  [?, 8, 4, 4]  taken by the head" in said


def test_check_ends_with_what_to_type(saved, make, rmqm, tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).random((4, 3, 4, 4), dtype="f4"))
    run = ("--data", "x.npy", "--scale", 1, "--json")
    done = rmqm("check", saved(list_of_places(make)), *run, cwd=tmp_path)
    (shortened,) = [one for one in done.document["findings"] if one["code"] == "RUN007"]
    assert shortened["fix"] == (
        "Score the features that its head takes: --output map --pooling mean. To score it all the "
        "same, name it with --output."
    )
