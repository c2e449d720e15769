"""Class scores are said to be class scores, and the layer before them is offered."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("onnxruntime")


def classifier(make, n_classes=10, output="y", last="Gemm", hidden="t"):
    """A hidden layer of 6 values and a last layer."""
    nodes = [make.node("Flatten", "x", "f"), make.node("MatMul", "f w", "h")]
    nodes.append(make.node("Tanh", "h", hidden))
    if last == "Gemm":
        nodes.append(make.node("Gemm", f"{hidden} v b", output))
    elif last == "MatMul and Add":
        nodes += [make.node("MatMul", f"{hidden} v", "m"), make.node("Add", "m b", output)]
    elif last == "quantised":
        nodes += [
            make.node("DynamicQuantizeLinear", hidden, "q s z"),
            make.node("MatMulInteger", "q i z", "m"),
            make.node("Cast", "m", "c", to=1),
            make.node("Mul", "c s", "d"),
            make.node("Add", "d b", output),
        ]
    weights = [make.random("w", 48, 6), make.random("v", 6, n_classes)]
    weights += [make.random("b", n_classes), make.random("i", 6, n_classes, of="int8")]
    inputs = [make.value("x", ("N", 3, 4, 4))]
    return make.model(nodes, inputs, [make.value(output, ("N", n_classes))], weights)


def segmenter(make, n_classes=21, output="out"):
    nodes = [make.node("Conv", "x w", "c"), make.node("Tanh", "c", "t")]
    nodes.append(make.node("Conv", "t v", output))
    weights = [make.random("w", 6, 3, 1, 1), make.random("v", n_classes, 6, 1, 1)]
    inputs = [make.value("x", ("N", 3, 4, 4))]
    return make.model(nodes, inputs, [make.value(output, ("N", n_classes, 4, 4))], weights)


def score_findings(encoder):
    return [finding for finding in encoder.findings if finding.code == "OUT008"]


@pytest.mark.parametrize("last", ["Gemm", "MatMul and Add", "quantised"])
@pytest.mark.parametrize("n_classes", [10, 100, 1000, 21843])
def test_a_last_layer_as_wide_as_a_data_set_has_classes(opened, make, last, n_classes):
    (finding,) = score_findings(opened(classifier(make, n_classes, last=last)))
    operator = {"Gemm": "Gemm", "MatMul and Add": "MatMul", "quantised": "MatMulInteger"}[last]
    assert finding.level == "warn"
    assert f"the last layer, {operator}, gives {n_classes} values" in finding.message
    assert finding.fix == "Score what the last layer takes: --output t"
    healed = opened(classifier(make, n_classes, last=last), output="t")
    assert (score_findings(healed), healed.description["output"]["name"]) == ([], "t")


@pytest.mark.parametrize("output", ["logits", "class_scores", "cls_prob", "predictions", "label"])
def test_a_name_that_says_so(opened, make, output):
    (finding,) = score_findings(opened(classifier(make, 7, output=output)))
    assert "its name says so" in finding.message


@pytest.mark.parametrize("folder", ["", "onnx"])
def test_labels_in_the_config_of_the_model(saved, opened, make, folder, tmp_path):
    path = saved(classifier(make, 7))
    place = tmp_path / "published"
    (place / folder).mkdir(parents=True)
    model = place / folder / "model.onnx"
    model.write_bytes(path.read_bytes())
    labels = {str(k): f"class {k}" for k in range(7)}
    (place / "config.json").write_text(json.dumps({"id2label": labels}))
    (finding,) = score_findings(opened(model))
    assert "config.json names 7 labels" in finding.message


@pytest.mark.parametrize(
    ("n_classes", "output"),
    [(64, "y"), (5, "y"), (10, "embedding"), (100, "image_features"), (2, "latent"), (10, "z")],
)
def test_encodings_are_left_alone(opened, make, n_classes, output):
    assert score_findings(opened(classifier(make, n_classes, output=output))) == []


def test_an_output_that_was_named_is_noted_but_not_warned_of(opened, make):
    (finding,) = score_findings(opened(classifier(make, 10), output="y"))
    assert finding.level == "ok"
    assert finding.message.endswith("it is taken, because --output names it")


def test_a_map_of_scores_comes_from_a_segmenter(opened, make):
    (finding,) = score_findings(opened(segmenter(make)))
    assert "a map of class scores, from a segmenter or detector" in finding.message
    assert finding.fix == "Score what the last layer takes: --output t --pooling mean"
    healed = opened(segmenter(make), output="t", pooling="mean")
    assert [finding.code for finding in healed.findings if finding.level != "ok"] == ["PRE001"]


def test_probabilities_are_warned_of_once(opened, make):
    made = classifier(make, 10, output="m")
    made.graph.node.append(make.node("Softmax", "m", "probabilities"))
    del made.graph.output[:]
    made.graph.output.append(make.value("probabilities", ("N", 10)))
    warned = [finding.code for finding in opened(made).findings if finding.level != "ok"]
    assert warned == ["PRE001", "OUT006"]
