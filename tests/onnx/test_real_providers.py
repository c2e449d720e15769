"""Providers other than the CPU that run on any processor, each where its wheel is installed."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

import onnxruntime

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_onnx.gradients import GradientSession
from rmqm_onnx.running import plugins, provider_choice, providers
from rmqm_onnx.running.diagnosis import diagnose
from rmqm_onnx.running.providers import PROVIDERS, Provider
from rmqm_spec import score
from rmqm_spec.errors import UnavailableError, UsageError

NTXENT = Path(__file__).parents[2] / "examples/digits_ntxent.onnx"
OPENVINO = "OpenVINOExecutionProvider"

needs_openvino = pytest.mark.skipif(
    OPENVINO not in onnxruntime.get_available_providers(),
    reason="needs the build onnxruntime-openvino in place of onnxruntime",
)
needs_ggml = pytest.mark.skipif(
    find_spec("onnxruntime_ggml") is None, reason="needs the plugin wheel onnxruntime-ggml"
)


def units(encoder, inputs):
    encodings = encoder.encode(inputs).astype(np.float64)
    return encodings / np.linalg.norm(encodings, axis=1, keepdims=True)


@pytest.fixture
def digits():
    return np.random.default_rng(1).random((23, 1, 8, 8), dtype=np.float32)


# OpenVINO, as a build of its own.


@needs_openvino
def test_openvino_runs_all_nodes_and_stays_near_the_cpu(digits):
    encoders = [open_encoder(NTXENT, OpenOptions(provider=name)) for name in ("cpu", "openvino")]
    runtime = encoders[1].description["runtime"]
    assert runtime["nodes"] == {OPENVINO: 9}
    assert runtime["provider_options"][OPENVINO]["precision"] == "ACCURACY"
    assert 0 < runtime["cpu_deviation"] < 1e-5 < runtime["cpu_tolerance"]
    for n_inputs in (1, 5, 23):
        first, second = (units(encoder, digits[:n_inputs]) for encoder in encoders)
        assert np.linalg.norm(first - second, axis=1).max() < 1e-5


@needs_openvino
def test_a_score_on_openvino_agrees_with_the_cpu_and_says_where_it_ran(tmp_path):
    scored = [
        score(NTXENT, n=8, null=False, provider=name, out=tmp_path / name)
        for name in ("cpu", "openvino")
    ]
    first, second = (one.stored.document for one in scored)
    assert abs(first["rmqm"] - second["rmqm"]) < 1e-4
    assert first["protocol_sha256"] == second["protocol_sha256"]
    assert json.loads((tmp_path / "openvino/result.json").read_text())["runtime"]["nodes"]


@needs_openvino
@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ("nonsense=1", UsageError, "got nonsense=1: Invalid OpenVINO EP option: nonsense"),
        ("num_of_threads=x", UnavailableError, "Number of threads should be a number"),
        ("precision=FP16", UnavailableError, "CPU only supports FP32, ACCURACY"),
    ],
)
def test_options_that_openvino_refuses_are_named_with_its_reason(options, kind, words):
    with pytest.raises(kind) as caught:
        open_encoder(NTXENT, OpenOptions(provider=f"openvino:{options}"))
    assert words in caught.value.message
    open_encoder(NTXENT, OpenOptions(provider="openvino:precision=FP32,num_of_threads=1"))


@needs_openvino
def test_gradients_run_on_openvino_where_it_knows_their_operators(make):
    model = make.dense(shape=("N", 3, 4, 4))
    inputs = np.random.default_rng(0).random((5, 3, 4, 4), dtype=np.float32)
    pulled = []
    for name in ("cpu", "openvino"):
        encodings, pullback = GradientSession(model, provider=name).vjp(inputs)
        pulled.append(pullback(np.ones_like(encodings)))
    np.testing.assert_allclose(*pulled, rtol=1e-4, atol=1e-6)


@needs_openvino
def test_a_gradient_that_openvino_cannot_compile_is_no_fault_of_the_model(digits):
    with pytest.raises(UnavailableError) as caught:
        GradientSession(NTXENT, provider="openvino", example=digits).vjp(digits)
    assert caught.value.code == "ENV003"
    assert "ScatterND" in caught.value.message
    assert caught.value.fix == "Use --provider cpu, on which this model opens."
    GradientSession(NTXENT, provider="cpu", example=digits).vjp(digits)


@needs_openvino
def test_the_doctor_opens_openvino():
    assert diagnose()["providers"]["openvino"]["ok"] is True


# ggml: a plugin library that offers the processor as its device, with weights in float16.


@pytest.fixture
def ggml(monkeypatch):
    """Put the wheel into our table; its module names the library in a way of its own."""
    import onnxruntime_ggml

    entry = Provider(
        name="ggml", ep="ggml", plugins=(("onnxruntime-ggml", "ggml_library"),), then=()
    )
    table = {**PROVIDERS, "ggml": entry}
    for module in (providers, provider_choice):
        monkeypatch.setattr(module, "PROVIDERS", table)
    library = SimpleNamespace(get_library_path=onnxruntime_ggml.library_path)
    monkeypatch.setattr(plugins, "import_module", lambda name: library)
    return entry


@needs_ggml
def test_a_real_plugin_is_registered_opened_and_compared_with_the_cpu(ggml, make, saved):
    path = saved(make.dense())
    encoder = open_encoder(path, OpenOptions(provider="ggml"))
    runtime = encoder.description["runtime"]
    assert runtime["plugin"].startswith("onnxruntime-ggml ")
    assert runtime["providers"][0] == "ggml"
    assert runtime["nodes"]["ggml"] > 0
    assert runtime["cpu_deviation"] > 1e-5, "weights in float16 must show"
    again = open_encoder(path, OpenOptions(provider="ggml:device=0"))
    assert again.description["runtime"]["plugin"] == runtime["plugin"]
    inputs = np.random.default_rng(0).random((3, 3, 4, 4), dtype=np.float32)
    np.testing.assert_array_equal(again.encode(inputs), encoder.encode(inputs))


@needs_ggml
def test_a_real_plugin_that_takes_no_node_is_refused(ggml):
    with pytest.raises(UnavailableError) as caught:
        open_encoder(NTXENT, OpenOptions(provider="ggml"))
    assert (caught.value.code, caught.value.message) == (
        "ENV013",
        (
            "provider ggml must run a part of the model; it opened, and runs none of its nodes "
            "(9 on CPUExecutionProvider)"
        ),
    )
