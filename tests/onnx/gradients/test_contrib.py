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
    assert set(DEFINITIONS) - {("", name) for name in ("RNN", "GRU", "LSTM")} == tried


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
