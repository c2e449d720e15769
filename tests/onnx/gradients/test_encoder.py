"""Gradients of opened encoders: with respect to the inputs in their declared range."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_onnx.gradients import self_check
from rmqm_spec.contracts.encoder import DifferentiableEncoder, jvp_checked, vjp_checked
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import ShapeError, SubjectError, UnreadableError
from rmqm_spec.jacobians import jacobian


def smooth(make, shape, width, of="float32", out="y", extra=()):
    n_values = int(np.prod(shape[1:]))
    nodes = [
        make.node("Flatten", "x", "f"),
        make.node("MatMul", "f w", "h"),
        make.node("Tanh", "h", out),
        *extra,
    ]
    weight = make.constant("w", np.random.default_rng(0).normal(size=(n_values, width)) / 4, of)
    inputs = [make.value("x", shape, of)]
    return make.model(nodes, inputs, [make.value("y", None, of)], [weight])


def check(encoder, n=3, within=1e-3):
    inputs = np.random.default_rng(1).random((n, *encoder.spec.shape), dtype=np.float32)
    assert isinstance(encoder, DifferentiableEncoder)
    encodings, pullback = vjp_checked(encoder, inputs)
    np.testing.assert_allclose(encodings, encoder.encode(inputs), rtol=1e-4, atol=1e-5)
    assert pullback(np.ones_like(encodings)).dtype == np.float32
    assert self_check(encoder, inputs) < within
    random = np.random.default_rng(3)
    tangents = random.normal(size=inputs.shape).astype(np.float32)
    cotangents = random.normal(size=encodings.shape).astype(np.float32)
    again, derivatives = jvp_checked(encoder, inputs, tangents)
    np.testing.assert_allclose(again, encodings, rtol=1e-5, atol=1e-6)
    pulled = (pullback(cotangents) * tangents).reshape(n, -1).sum(1)
    np.testing.assert_allclose((derivatives * cotangents).sum(1), pulled, rtol=1e-3, atol=1e-4)
    return inputs, encodings, pullback


NORMALISED = Preprocessing(
    scale=2.0, mean=(0.1, 0.2, 0.3), std=(0.5, 0.25, 0.4), channel_order="bgr"
)


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_the_chain_rule_goes_through_values_channels_and_layout(layout, make, opened):
    shape = ["N", 3, 4, 5] if layout == "nchw" else ["N", 4, 5, 3]
    check(opened(smooth(make, shape, 6), layout=layout, preprocessing=NORMALISED))


def test_a_negative_factor_turns_the_gradient_round(make, opened):
    plain = opened(smooth(make, ["N", 6], 4), layout="array")
    turned = opened(
        smooth(make, ["N", 6], 4), layout="array", preprocessing=Preprocessing(scale=-1.0)
    )  # the same file
    inputs = np.full((2, 6), 0.5, dtype=np.float32)
    (_, one), (_, other) = plain.vjp(-inputs), turned.vjp(inputs)
    ct = np.ones((2, 4), dtype=np.float32)
    np.testing.assert_allclose(one(ct), -other(ct), rtol=1e-5)


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_fixed_batch_is_padded_and_the_padding_taken_away(rows, make, opened, saved):
    fixed = opened(saved(smooth(make, [rows, 6], 4), "fixed.onnx"), layout="array")
    free = opened(saved(smooth(make, ["N", 6], 4), "free.onnx"), layout="array")
    inputs, encodings, pullback = check(fixed, n=5)
    ct = np.random.default_rng(2).normal(size=encodings.shape).astype(np.float32)
    np.testing.assert_allclose(pullback(ct), free.vjp(inputs)[1](ct), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("way", ["rows", "columns"])
def test_a_fixed_batch_gives_the_same_jacobians(rows, way, make, opened, saved):
    fixed = opened(saved(smooth(make, [rows, 6], 4), "fixed.onnx"), layout="array")
    free = opened(saved(smooth(make, ["N", 6], 4), "free.onnx"), layout="array")
    inputs = np.random.default_rng(1).random((5, 6), dtype=np.float32)
    found, wanted = (jacobian(encoder, inputs, way=way) for encoder in (fixed, free))
    np.testing.assert_allclose(found.matrices, wanted.matrices, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.encodings, fixed.encode(inputs), rtol=1e-5, atol=1e-6)


def test_a_tangent_of_another_shape_is_refused(make, opened):
    encoder = opened(smooth(make, ["N", 6], 4), layout="array")
    with pytest.raises(ShapeError, match="tangents must have the shape of the inputs"):
        encoder.jvp(np.zeros((2, 6), np.float32), np.zeros((1, 6), np.float32))


@pytest.mark.parametrize("pooling", ["flatten", "mean", "cls"])
def test_the_chain_rule_goes_through_pooling(pooling, make, opened):
    reshape = make.node("Reshape", "h2 s", "y")
    model = smooth(make, ["N", 6], 12, out="h2", extra=[reshape])
    model.graph.initializer.append(make.constant("s", [-1, 3, 4], "int64"))
    check(opened(model, layout="array", pooling=pooling))


def test_a_feature_map_is_pooled_over_its_positions(make, opened):
    nodes = [make.node("Conv", "x w", "c"), make.node("Sigmoid", "c", "y")]
    model = make.model(
        nodes,
        [make.value("x", ["N", 3, 6, 6])],
        [make.value("y", None)],
        [make.random("w", 5, 3, 3, 3)],
    )
    check(opened(model, pooling="mean"))


def test_half_precision_gives_gradients_in_single_precision(make, opened):
    encoder = opened(smooth(make, ["N", 6], 4, of="float16"), layout="array")
    inputs = np.random.default_rng(1).random((2, 6), dtype=np.float32)
    encodings, _ = encoder.vjp(inputs)
    assert encodings.dtype == np.float32
    np.testing.assert_allclose(encodings, encoder.encode(inputs), atol=5e-3)
    assert self_check(encoder, inputs) < 1e-2


def test_bytes_count_as_unrounded(make, opened):
    nodes = [
        make.node("Cast", "x", "f", to=1),
        make.node("Div", "f k", "s"),
        make.node("Tanh", "s", "y"),
    ]
    model = make.model(
        nodes,
        [make.value("x", ["N", 6], "uint8")],
        [make.value("y", ["N", 6])],
        [make.constant("k", 255.0)],
    )
    encoder = opened(model, layout="array")
    inputs = np.full((1, 6), 0.4, dtype=np.float32)
    gradient = encoder.vjp(inputs)[1](np.ones((1, 6), dtype=np.float32))
    np.testing.assert_allclose(gradient, 1 - np.tanh(0.4) ** 2, rtol=1e-4)


def test_other_inputs_are_fed(make, opened):
    nodes = [make.node("Mul", "x t", "m"), make.node("Tanh", "m", "y")]
    inputs = [make.value("x", ["N", 6]), make.value("t", ["N", 1])]
    model = make.model(nodes, inputs, [make.value("y", ["N", 6])])
    encoder = opened(model, input="x", layout="array", feeds=[("t", "0.5")])
    gradient = encoder.vjp(np.zeros((3, 6), np.float32))[1](np.ones((3, 6), np.float32))
    np.testing.assert_allclose(gradient, 0.5)


def test_an_operator_without_a_rule_is_named(make, opened):
    nodes = [
        make.node("Compress", "x first", "d", axis=1, name="the_first_row"),
        make.node("Flatten", "d", "y"),
    ]
    model = make.model(
        nodes,
        [make.value("x", ["N", 4, 4])],
        [make.value("y", ["N", 4])],
        [make.constant("first", [True, False, False, False], "bool")],
    )
    encoder = opened(model, layout="array")
    with pytest.raises(SubjectError) as caught:
        encoder.vjp(np.zeros((1, 4, 4), np.float32))
    assert caught.value.code == "GRA001"
    assert "Compress 'the_first_row'" in caught.value.message


def test_a_score_without_gradients_imports_none_of_this(make, saved):
    path = saved(smooth(make, ["N", 6], 4))
    program = (
        "import sys, numpy as np; from rmqm_onnx import open_encoder, OpenOptions\n"
        f"encoder = open_encoder({str(path)!r}, OpenOptions(layout='array'))\n"
        "encoder.encode(np.zeros((1, 6), np.float32))\n"
        "assert 'rmqm_onnx.gradients' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_file_that_changed_gives_no_gradient(make, opened, saved):
    encoder = opened(smooth(make, ["N", 6], 4), layout="array")
    saved(smooth(make, ["N", 6], 5))
    with pytest.raises(UnreadableError, match="must not change"):
        encoder.vjp(np.zeros((1, 6), np.float32))


def test_the_route_of_gradients_is_told(make, saved):
    encoder = open_encoder(saved(smooth(make, ["N", 6], 4)), OpenOptions(layout="array"))
    assert encoder.gradient_route == "onnx (reverse mode as a graph)"
