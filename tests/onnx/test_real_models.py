"""Real models of many exporters: each opens, or is refused with the right code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_spec import evaluate
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import RmqmError
from rmqm_spec.inputs.prepared import open_inputs

SHARED = Path(__file__).parents[3] / "shared"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (SHARED / "models").is_dir(), reason="needs the folder shared/models beside the project"
    ),
]

OPENS = {
    "audio_speech_embedding_96d": ("nhwc", (1, 76, 32)),
    "cifar10_mobilenetv2_224_dynint8": ("nchw", (3, 224, 224)),
    "cifar10_resnet_4b": ("nchw", (3, 32, 32)),
    "cifar10_tf2onnx_nhwc_large": ("nhwc", (3, 32, 32)),
    "cifar10_vit_pgd_2_3_16": ("nchw", (3, 32, 32)),
    "cifar10_wide_kw_ir3": ("nchw", (3, 32, 32)),
    "face_antispoof_minifasnet": ("nchw", (3, 128, 128)),
    "face_mobilefacenet": ("nchw", (3, 112, 112)),
    "gtsrb_tf2onnx_fast": ("nhwc", (3, 32, 32)),
    "imagenet_mobilenetv2_dynuint8": ("nchw", (3, 224, 224)),
    "imagenet_squeezenet_fp16_caffe2": ("nchw", (3, 224, 224)),
    "mnist_cntk_opset8": ("nchw", (1, 28, 28)),
    "mnist_keras2onnx_nhwc": ("nhwc", (1, 28, 28)),
    "mnist_latent_radio_encoder": ("nchw", (1, 28, 28)),
    "mnist_lenet1_keras2onnx": ("nhwc", (1, 28, 28)),
    "mnist_matlab_tansig": ("flat", (1, 28, 28)),
    "mnist_mlp_dynbatch": ("flat", (1, 28, 28)),
    "mnist_tf2onnx_selfattention": ("nhwc", (1, 28, 28)),
    "mnist_winmltools_coreml": ("nchw", (1, 28, 28)),
    "signal_encoder_64d": ("array", (1, 512)),
    "sr_subpixel_opset10": ("nchw", (1, 224, 224)),
    "tab_mlnet_breast_cancer": ("array", (8,)),
    "tab_skl2onnx_rf_iris": ("array", (4,)),
    "taxinet_tiny_tf": ("nhwc", (1, 8, 16)),
    "mnist_dynamo_external_data": ("nchw", (1, 28, 28)),
}

REFUSED = {
    "bytes_magika_v3_3": ("INP003", 1),
    "det_picodet_xs_paddle": ("OUT002", 2),
    "facedet_yunet_dynamic_hw": ("OUT002", 2),
    "facedet_yunet_int8_dq_opset21": ("OUT002", 2),
    "garbage_resnet18_missing_external": ("MOD005", 3),
    "mnist_cntk_opset1": ("MOD004", 1),
    "snn_lenet1_unknown_op": ("MOD004", 1),
    "tab_skl2onnx_tfidf_string": ("INP003", 1),
    "track_vit_two_image_inputs": ("OUT002", 2),
}


def path_of(name):
    folder = SHARED / "models" / name
    return folder if folder.is_dir() else folder.with_suffix(".onnx")


@pytest.mark.parametrize(("name", "expected"), OPENS.items())
def test_a_real_model_opens_with_its_layout(name, expected):
    encoder = open_encoder(path_of(name))
    assert (encoder.arrangement.layout.layout, encoder.spec.shape) == expected


@pytest.mark.parametrize(("name", "expected"), REFUSED.items())
def test_a_model_that_cannot_serve_is_refused_with_its_code(name, expected):
    with pytest.raises(RmqmError) as caught:
        open_encoder(path_of(name))
    assert (caught.value.code, caught.value.exit_code) == expected
    assert caught.value.fix


def test_a_model_that_opens_but_fails_to_run_is_refused():
    options = OpenOptions(output="bbox_8")
    with pytest.raises(RmqmError) as caught:
        open_encoder(path_of("facedet_yunet_int8_dq_opset21"), options)
    assert caught.value.code == "MOD007"


@pytest.mark.parametrize(
    "name", ["cifar10_mobilenetv2_224_dynint8", "imagenet_mobilenetv2_dynuint8"]
)
def test_a_quantised_model_encodes_every_input_alone(name):
    encoder = open_encoder(path_of(name))
    images = np.random.default_rng(0).random((3, 3, 224, 224), dtype=np.float32)
    together = encoder.encode(images)
    alone = np.concatenate([encoder.encode(one[None]) for one in images])
    assert encoder.description["runtime"]["one_at_a_time"]
    np.testing.assert_array_equal(together, alone)


def accuracy(name, preprocessing, n=500):
    data = np.load(SHARED / "data" / "mnist.npz", allow_pickle=False)
    images = data["test_images"][:n, None].astype(np.float32) / 255
    encoder = open_encoder(path_of(name), OpenOptions(preprocessing=preprocessing))
    return (encoder.encode(images).argmax(axis=1) == data["test_labels"][:n]).mean()


@pytest.mark.parametrize(
    ("name", "preprocessing", "published"),
    [
        ("mnist_cntk_opset8", Preprocessing(scale=255), 0.984),
        ("mnist_keras2onnx_nhwc", Preprocessing(scale=255), 0.9735),
        ("mnist_tf2onnx_selfattention", Preprocessing(), 0.961),
        ("mnist_matlab_tansig", Preprocessing(scale=255), 0.9655),
        ("mnist_mlp_dynbatch", Preprocessing(), 0.9535),
        ("mnist_dynamo_external_data", Preprocessing(mean=0.1307, std=0.3081), 0.989),
    ],
)
def test_the_network_sees_what_it_was_trained_on(name, preprocessing, published):
    # The published accuracy is that of 2000 images; 500 have a standard error below 0.01.
    assert accuracy(name, preprocessing) > published - 0.03


def test_the_layer_before_the_softmax_has_a_score_where_probabilities_have_none():
    options = OpenOptions(output="activation_3_output")
    encoder = open_encoder(path_of("mnist_winmltools_coreml"), options)
    data = f"{SHARED / 'data' / 'mnist.npz'}:test_images"
    inputs = open_inputs(data, encoder.spec, Preprocessing(), n=16)
    assert evaluate(encoder, inputs).status == "ok"


def test_a_layer_inside_a_model_with_external_weights_can_be_scored():
    path = path_of("mnist_dynamo_external_data")
    from rmqm_onnx.inspection import inspect_model

    names = [one["name"] for one in inspect_model(path)["candidates"]]
    encoder = open_encoder(path, OpenOptions(output=names[-1]))
    assert encoder.output != "output"
    assert np.isfinite(encoder.encode(np.full((3, 1, 28, 28), 0.5, dtype=np.float32))).all()
