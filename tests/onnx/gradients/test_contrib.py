"""Operators of other domains are written out: the encodings stay, the gradient is right."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import helper

pytest.importorskip("onnxruntime")

from rmqm_onnx.gradients import unsupported
from rmqm_onnx.gradients.contrib import DEFINITIONS

MS, ML = "com.microsoft", "ai.onnx.ml"


def f(*shape, seed=7):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


IMAGE, TOKENS = (2, 4, 5, 6), (2, 5, 8)
CASES = {
    "Gelu": (MS, "Gelu", (3, 7), [], {}),
    "BiasGelu": (MS, "BiasGelu", (3, 7), [f(7)], {}),
    "FastGelu": (MS, "FastGelu", (3, 7), [], {}),
    "FastGelu bias": (MS, "FastGelu", (3, 7), [f(7)], {}),
    "QuickGelu": (MS, "QuickGelu", (3, 7), [], {"alpha": 1.5}),
    "FusedConv": (MS, "FusedConv", IMAGE, [f(3, 4, 3, 3), f(3)], {"activation": "Relu"}),
    "FusedConv leaky": (
        MS,
        "FusedConv",
        IMAGE,
        [f(3, 4, 3, 3)],
        {"activation": "LeakyRelu", "activation_params": [0.2], "strides": [2, 2]},
    ),
    "FusedConv hard": (
        MS,
        "FusedConv",
        IMAGE,
        [f(3, 4, 3, 3)],
        {"activation": "HardSigmoid", "activation_params": [0.1, 0.4]},
    ),
    "FusedConv clip": (
        MS,
        "FusedConv",
        IMAGE,
        [f(3, 4, 3, 3)],
        {"activation": "Clip", "activation_params": [-6.0, 6.0]},
    ),
    "FusedConv sum": (
        MS,
        "FusedConv",
        IMAGE,
        [f(3, 4, 3, 3), f(3), f(2, 3, 3, 4)],
        {"activation": "Relu", "static": True},
    ),
    "FusedGemm": (MS, "FusedGemm", (3, 7), [f(5, 7), f(5)], {"transB": 1, "activation": "Tanh"}),
    "FusedGemm hard": (
        MS,
        "FusedGemm",
        (3, 7),
        [f(7, 5)],
        {"activation": "HardSigmoid", "activation_alpha": 0.1, "activation_beta": 0.4},
    ),
    "FusedMatMul": (MS, "FusedMatMul", TOKENS, [f(6, 8)], {"transB": 1, "alpha": 0.5}),
    "FusedMatMul A": (MS, "FusedMatMul", TOKENS, [f(2, 5, 3)], {"transA": 1, "static": True}),
    "SkipLayerNormalization": (
        MS,
        "SkipLayerNormalization",
        TOKENS,
        [f(2, 5, 8), f(8), f(8), f(8)],
        {"static": True},
    ),
    "SkipSimplifiedLayerNormalization": (
        MS,
        "SkipSimplifiedLayerNormalization",
        TOKENS,
        [f(2, 5, 8), f(8)],
        {"static": True},
    ),
    "SimplifiedLayerNormalization": ("", "SimplifiedLayerNormalization", TOKENS, [f(8)], {}),
    "Attention": (MS, "Attention", TOKENS, [f(8, 24), f(24)], {"num_heads": 2}),
    "MultiHeadAttention": (
        MS,
        "MultiHeadAttention",
        TOKENS,
        [f(2, 6, 8), f(2, 6, 8, seed=8), f(24)],
        {"num_heads": 4, "static": True},
    ),
    "Scaler": (ML, "Scaler", (3, 4), [], {"offset": [1.0, 2, 3, 4], "scale": [2.0, 3, 4, 5]}),
    "Normalizer": (ML, "Normalizer", (3, 4), [], {"norm": "L2"}),
    "Normalizer L1": (ML, "Normalizer", (3, 4), [], {"norm": "L1"}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_written_out_operator_agrees_with_the_runtime(name, build, check):
    domain, operator, shape, constants, attributes = CASES[name]
    x = build.spread(shape)
    check(build.one_node(operator, x, *constants, domain=domain, **attributes), x)


def test_every_definition_has_a_case():
    tried = {(domain, operator) for domain, operator, *_ in CASES.values()}
    elsewhere = {"RNN", "GRU", "LSTM", "DeformConv", "QGemm", "DynamicQuantizeMatMul"}
    own = {
        one
        for one in DEFINITIONS
        if one[1] not in elsewhere and not one[1].startswith(("QLinear", "MatMul"))
    }
    assert own == tried


@pytest.mark.parametrize("simplified", [False, True])
def test_the_sum_of_a_skipped_normalisation_can_be_used(simplified, make, build, check):
    operator = "SkipSimplifiedLayerNormalization" if simplified else "SkipLayerNormalization"
    names = "x skip g bias" if simplified else "x skip g b bias"
    weights = [make.constant(name, f(8, seed=k)) for k, name in enumerate(("g", "b", "bias"))]
    weights = [one for one in weights if one.name in names.split()]
    nodes = [
        make.node("Sin", "x", "skip"),
        make.node(operator, names, "n - - total", domain=MS),
        make.node("Exp", "total", "e"),
        make.node("Add", "n e", "y"),
    ]
    inputs, outputs = [make.value("x", ["N", 5, 8])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights, opset=18, domains=[MS])
    check(model, build.spread((2, 5, 8), low=-1, high=1))


def test_a_file_that_was_optimised_for_a_processor_says_so(make):
    from rmqm_onnx.gradients import operators_without_rule

    domain = "com.microsoft.nchwc"
    node = make.node("Conv", "x w", "y", domain=domain)
    inputs, outputs = [make.value("x", ["N", 8, 4, 4])], [make.value("y", None)]
    model = make.model([node], inputs, outputs, [make.random("w", 8, 8, 1, 1)], domains=[domain])
    (one,) = operators_without_rule(model, "x", "y")
    assert one.operator == "com.microsoft.nchwc.Conv"
    assert "take the file that it was made from" in one.reason


def test_what_a_definition_does_not_cover_is_named(build):
    x = build.spread((2, 5, 8))
    given = {"num_heads": 2, "unidirectional": 1}
    model = build.one_node("Attention", x, f(8, 24), f(24), domain=MS, **given)
    assert [one.operator for one in unsupported(model)] == ["com.microsoft.Attention"]


def test_image_scaler_is_written_out(make, build):
    from rmqm_onnx.gradients import vjp_model

    node = helper.make_node("ImageScaler", ["x"], ["y"], scale=2.0, bias=[1.0, 2.0, 3.0])
    shape = ["N", 3, 2, 2]
    model = make.model([node], [make.value("x", shape)], [make.value("y", shape)], opset=7)
    x = build.spread((2, 3, 2, 2))
    y, gradient = build.session(vjp_model(model)).run(None, {"x": x, "ct": x})
    np.testing.assert_allclose(y, 2 * x + np.arange(1, 4).reshape(1, 3, 1, 1), rtol=1e-6)
    np.testing.assert_allclose(gradient, 2 * x)
