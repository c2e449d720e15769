"""Real models of many exporters: which have gradients, and how far these are from quotients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx import open_encoder
from rmqm_onnx.gradients import self_check, staircase_check
from rmqm_spec.errors import SubjectError
from rmqm_spec.jacobians import pull_back, push_forward

SHARED = Path(__file__).parents[4] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (SHARED / "models").is_dir(), reason="needs the folder shared/models beside the project"
    ),
]

SMOOTH = [
    "cifar10_tf2onnx_nhwc_large",
    "cifar10_vit_pgd_2_3_16",
    "cifar10_wide_kw_ir3",
    "mnist_keras2onnx_nhwc",
    "mnist_latent_radio_encoder",
    "mnist_lenet1_keras2onnx",
    "mnist_matlab_tansig",
    "mnist_mlp_dynbatch",
    "mnist_cntk_opset8",
    "mnist_tf2onnx_selfattention",
    "mnist_winmltools_coreml",
    "signal_encoder_64d",
    "sr_subpixel_opset10",
    "taxinet_tiny_tf",
]
WITH_KINKS = [
    "audio_speech_embedding_96d",
    "cifar10_resnet_4b",
    "face_antispoof_minifasnet",
    "face_mobilefacenet",
    "gtsrb_tf2onnx_fast",
    "imagenet_squeezenet_fp16_caffe2",
    "mnist_dynamo_external_data",
]
STRAIGHT_THROUGH = ["cifar10_mobilenetv2_224_dynint8", "imagenet_mobilenetv2_dynuint8"]
WITHOUT = {
    "tab_mlnet_breast_cancer": "ai.onnx.ml.LinearClassifier",
    "tab_skl2onnx_rf_iris": "ai.onnx.ml.TreeEnsembleClassifier",
}


def opened(name):
    folder = SHARED / "models" / name
    return open_encoder(folder if folder.is_dir() else folder.with_suffix(".onnx"))


def inputs_of(encoder, n=2):
    return np.random.default_rng(0).random((n, *encoder.spec.shape), dtype=np.float32)


@pytest.mark.parametrize("name", [*SMOOTH, *WITH_KINKS])
def test_a_real_model_is_differentiated(name):
    encoder = opened(name)
    inputs = inputs_of(encoder)
    encodings, pullback = encoder.vjp(inputs)
    close = 5e-3 if "fp16" in name else 1e-5
    scale = np.abs(encodings).max()
    np.testing.assert_allclose(encodings, encoder.encode(inputs), atol=close * scale, rtol=0)
    assert pullback(np.ones_like(encodings)).shape == inputs.shape
    assert self_check(encoder, inputs) < (2e-3 if name in SMOOTH else 3e-2)


@pytest.mark.parametrize("name", [*SMOOTH, *WITH_KINKS])
def test_products_of_a_real_model_with_jacobian_and_transpose_agree(name):
    """<J v, w> = <v, J^T w>, with kinks too: both take the same side of each."""
    encoder = opened(name)
    inputs, random = inputs_of(encoder), np.random.default_rng(1)
    v = random.normal(size=(2, 3, *encoder.spec.shape)).astype(np.float32)
    pushed = push_forward(encoder, inputs, v)[1].astype(np.float64)
    w = random.normal(size=pushed.shape)
    pulled = pull_back(encoder, inputs, w)[1].reshape(2, 3, -1).astype(np.float64)
    flat = v.reshape(2, 3, -1)
    lengths = [np.linalg.norm(one, axis=-1) for one in (pushed, w, pulled, flat)]
    scale = np.minimum(lengths[0] * lengths[1], lengths[2] * lengths[3])
    apart = np.abs((pushed * w).sum(-1) - (pulled * flat).sum(-1)) / scale
    assert apart.max() < 1e-4


@pytest.mark.parametrize("name", STRAIGHT_THROUGH)
def test_a_quantised_model_is_differentiated_straight_through(name):
    encoder = opened(name)
    inputs = inputs_of(encoder, 1)
    encodings, pullback = encoder.vjp(inputs)
    gradient = pullback(np.ones_like(encodings))
    assert encoder.gradient_route.endswith("straight through DynamicQuantizeLinear")
    assert np.isfinite(gradient).all()
    assert staircase_check(encoder, inputs) < 0.6  # 1 would be not to move at all


@pytest.mark.parametrize(("name", "operator"), WITHOUT.items())
def test_a_model_without_gradients_names_its_operators(name, operator):
    encoder = opened(name)
    with pytest.raises(SubjectError) as caught:
        encoder.vjp(inputs_of(encoder))
    assert caught.value.code == "GRA001"
    assert operator in caught.value.message
