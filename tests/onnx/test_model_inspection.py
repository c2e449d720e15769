"""What inspection tells of a model without running it."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx import OpenOptions
from rmqm_onnx.choices.last_layers import layer_before
from rmqm_onnx.inspection import inspect_model
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UnreadableError


def classifier(make, *, quantised=False):
    end = "q" if quantised else "logits"
    nodes = [
        make.node("Sub", "x half", "shifted"),
        make.node("Conv", "shifted w", "map"),
        make.node("Relu", "map", "active"),
        make.node("GlobalAveragePool", "active", "pooled"),
        make.node("Flatten", "pooled", "features"),
        make.node("Gemm", "features v b", end),
    ]
    if quantised:
        nodes += [make.node("QuantizeLinear", "q s z", "u")]
        nodes += [make.node("DequantizeLinear", "u s z", "logits")]
    nodes += [make.node("Softmax", "logits", "probabilities")]
    weights = [make.constant("half", 0.5), make.random("w", 7, 3, 3, 3)]
    weights += [make.random("v", 7, 4), make.random("b", 4)]
    weights += [make.constant("s", 0.1), make.constant("z", 0, "uint8")]
    outputs = [make.value("probabilities", ("N", 4))]
    return make.model(nodes, [make.value("x", ("N", 3, 8, 8))], outputs, weights)


def test_a_classifier_is_told_with_the_layer_before_its_last(saved, make):
    found = inspect_model(saved(classifier(make)))
    assert found["candidates"] == [
        {"name": "probabilities", "what": "output", "dims": (None, 4)},
        {
            "name": "features",
            "what": "before the last layer of probabilities",
            "dims": (None, 7),
            "pooling": None,
        },
    ]
    assert found["chosen"]["output"]["probabilities_by"] == "Softmax"
    assert found["normalisation_in_graph"] == ["Sub"]
    assert found["preprocessing"] == {"source": "none"}
    assert found["operators"]["Conv"] == 1


def test_the_numbers_of_a_model_are_told(saved, make):
    found = inspect_model(saved(classifier(make)))["model"]
    assert (found["parameters"], found["weight_types"], found["opsets"]) == (
        1 + 7 * 27 + 28 + 4 + 1 + 1,
        {"FLOAT": 5, "UINT8": 1},
        {"ai.onnx": 17},
    )


@pytest.mark.parametrize("quantised", [True, False])
def test_the_layer_before_is_found_through_quantisation(make, quantised):
    assert layer_before(classifier(make, quantised=quantised).graph, "probabilities") == "features"


def test_choice_and_inspection_agree(saved, opened, make):
    path = saved(classifier(make))
    encoder, found = opened(path), inspect_model(path)["chosen"]
    assert (found["output"]["name"], found["input"]["name"], tuple(found["input"]["shape"])) == (
        encoder.output,
        encoder.input,
        encoder.spec.shape,
    )


def test_one_open_choice_does_not_hide_the_rest(saved, make):
    made = classifier(make)
    made.graph.output.append(make.value("logits", ("N", 4)))
    found = inspect_model(saved(made))
    assert found["chosen"]["output"]["error"]["code"] == "OUT002"
    assert found["chosen"]["input"]["layout"] == "nchw"
    assert [one["name"] for one in found["candidates"]] == ["probabilities", "logits", "features"]


def test_an_input_that_cannot_be_altered_is_told_as_an_error(saved, make):
    nodes = [make.node("Cast", "x", "y", to=1)]
    made = make.model(nodes, [make.value("x", ("N", 4), "int64")], [make.value("y", ("N", 4))])
    assert inspect_model(saved(made))["chosen"]["input"]["error"]["code"] == "INP003"


@pytest.mark.parametrize("beside", [True, False])
def test_an_open_size_is_that_of_the_preprocessing(saved, make, tmp_path, beside):
    nodes = [make.node("GlobalAveragePool", "x", "p"), make.node("Flatten", "p", "y")]
    inputs, outputs = [make.value("x", ("N", 3, None, None))], [make.value("y", ("N", 3))]
    path = saved(make.model(nodes, inputs, outputs))
    if beside:
        (tmp_path / "preprocessor_config.json").write_text(
            '{"image_processor_type": "ViTImageProcessor", "size": 32}'
        )
    options = OpenOptions(preprocessing=None if beside else Preprocessing(size=(32, 32)))
    found = inspect_model(path, options)["chosen"]["input"]
    assert (found["shape"], found["notes"]) == ([3, 32, 32], [])


def test_unreadable_preprocessing_is_told_as_an_error(saved, make, tmp_path):
    (tmp_path / "preprocessor_config.json").write_text("{")
    found = inspect_model(saved(make.dense()))
    assert found["preprocessing"]["error"]["code"] == "PRE004"
    assert found["chosen"]["input"]["shape"] == [3, 4, 4]


def test_operators_of_other_domains_are_told_with_their_domain(saved, make):
    nodes = [make.node("Sparkle", "x", "y", domain="com.acme"), make.node("Relu", "y", "z")]
    inputs, outputs = [make.value("x", ("N", 4))], [make.value("z", ("N", 4))]
    made = make.model(nodes, inputs, outputs, domains=["com.acme"])
    assert inspect_model(saved(made))["operators"] == {"com.acme.Sparkle": 1, "Relu": 1}


def test_everything_told_is_plain_data(saved, make):
    found = inspect_model(saved(classifier(make)))
    assert json.loads(json.dumps(found))["inputs"] == [
        {"name": "x", "type": "float32", "dims": [None, 3, 8, 8]}
    ]


def test_graphs_that_run_in_circles_can_be_inspected(saved, make):
    nodes = [make.node("Relu", "y", "z"), make.node("Add", "z x", "y")]
    made = make.model(nodes, [make.value("x", ("N", 4))], [make.value("y", ("N", 4))])
    assert inspect_model(saved(made))["chosen"]["output"]["name"] == "y"


def test_what_is_no_model_cannot_be_inspected(saved):
    with pytest.raises(UnreadableError):
        inspect_model(saved(b"no model"))
