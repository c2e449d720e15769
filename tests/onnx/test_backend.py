"""The plug ``onnx`` of the group of backends: what commands ask of it, on tiny models."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_onnx.backend import ONNX
from rmqm_spec.contracts import backend as contract
from rmqm_spec.contracts import registry
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import SubjectError, UnavailableError, UnreadableError, UsageError

CAPABILITIES = (
    contract.Backend,
    contract.Inspecting,
    contract.NullWriting,
    contract.GradientGiving,
    contract.PreprocessingReading,
    contract.ProviderChecking,
    contract.Diagnosing,
)


def test_the_registry_loads_it():
    assert registry.backend("onnx") is ONNX


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_it_has_every_capability(capability):
    assert isinstance(ONNX, capability)


def test_importing_it_imports_no_runtime():
    report = "import sys, rmqm_onnx.backend; print(*sys.modules)"
    listed = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"numpy", "onnx", "onnxruntime", "scipy", "torch", "rmqm_onnx.opening"}
    assert heavy.isdisjoint(listed)


def test_the_package_names_what_is_public():
    import rmqm_onnx

    assert dir(rmqm_onnx) == ["OnnxEncoder", "OpenOptions", "open_encoder"]
    with pytest.raises(AttributeError, match="No rmqm_onnx attribute open"):
        rmqm_onnx.open  # noqa: B018


def test_it_opens_what_open_encoder_opens(make, saved):
    path = saved(make.dense())
    options = OpenOptions(threads=1)
    by_plug, by_function = ONNX.open(path, options), open_encoder(path, options)
    assert by_plug.description == by_function.description
    assert (by_plug.input, by_plug.output) == ("x", "y")


def test_an_encoder_says_its_preprocessing(opened, make):
    asked = Preprocessing(mean=0.5, std=0.25, source="flags")
    assert opened(make.dense(), preprocessing=asked).preprocessing is asked


@pytest.mark.parametrize("use", [ONNX.open, ONNX.inspect, open_encoder])
def test_an_unknown_provider_is_refused(make, saved, use):
    with pytest.raises(UsageError) as caught:
        use(saved(make.dense()), OpenOptions(provider="tpu"))
    assert str(caught.value) == (
        "--provider must be one of cpu, cuda, tensorrt, tensorrt-rtx, openvino, coreml, webgpu, "
        "directml, migraphx, qnn; got 'tpu'"
    )
    assert caught.value.code == "ARG001"


def test_it_inspects_a_file(make, saved):
    assert ONNX.inspect(saved(make.dense()), OpenOptions())["chosen"]["output"]["name"] == "y"


def test_it_writes_a_null(make, saved, tmp_path):
    (tmp_path / "null").mkdir()
    null = ONNX.write_null(saved(make.dense()), tmp_path / "null", seed=3)
    assert isinstance(null, contract.NullModel)
    assert (null.path, null.seed, null.tensors, null.values) == (
        tmp_path / "null/model.onnx", 3, 1, 240
    )  # fmt: skip


def test_the_usual_route_is_the_encoder_itself(opened, make, saved):
    encoder = opened(make.dense())
    assert ONNX.with_gradient(encoder, saved(make.dense()), "onnx") is encoder


def test_without_pytorch_its_route_is_unavailable(opened, make, saved, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("rmqm_torch")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UnavailableError, match="PyTorch must be installed") as caught:
        ONNX.with_gradient(opened(make.dense()), saved(make.dense()), "torch")
    assert caught.value.code == "ENV007"


def test_an_unknown_route_is_refused(opened, make, saved):
    with pytest.raises(UsageError, match=r"one of onnx, torch for .* got 'jax'") as caught:
        ONNX.with_gradient(opened(make.dense()), saved(make.dense()), "jax")
    assert caught.value.code == "ARG001"


def test_an_encoder_of_another_backend_is_refused(make, saved):
    with pytest.raises(UsageError, match="that it opened; got SimpleNamespace"):
        ONNX.with_gradient(SimpleNamespace(), saved(make.dense()), "onnx")
    with pytest.raises(UsageError, match="that it opened; got SimpleNamespace"):
        ONNX.arranged(SimpleNamespace(), np.zeros((1, 3, 4, 4)))


def test_the_outlook_for_a_gradient_is_good(opened, make, saved):
    path = saved(make.dense())
    outlook = ONNX.gradient_outlook(path, opened(path))
    assert (outlook.code, outlook.level) == ("GRA001", "ok")


def test_an_operator_without_a_rule_is_named(opened, make, saved):
    nodes = [make.node("Compress", "x first", "d", axis=1), make.node("Flatten", "d", "y")]
    inputs, outputs = [make.value("x", ["N", 3, 4, 4])], [make.value("y", ["N", 16])]
    constants = [make.constant("first", [True, False, False], "bool")]
    path = saved(make.model(nodes, inputs, outputs, constants))
    outlook = ONNX.gradient_outlook(path, opened(path))
    assert (outlook.code, outlook.level) == ("GRA001", "warn")
    assert outlook.message == "no derivative rule for Compress, first where 'd' is made: no PGD"


def test_a_true_gradient_agrees_with_differences(opened, make, images):
    encoder = opened(make.dense())
    error = ONNX.gradient_error(encoder, images(encoder, 1))
    assert error < 1e-3
    assert ONNX.gradient_findings(encoder.gradient_route, error) == ()


def test_without_inputs_there_is_no_error_and_no_finding(opened, make, images):
    encoder = opened(make.dense())
    assert ONNX.gradient_error(encoder, images(encoder, 1)[:0]) is None
    assert ONNX.gradient_findings(encoder.gradient_route, None) == ()


class Encoder:
    """Encodings in stairs of 1/512, with a gradient of `slope`."""

    def __init__(self, route, slope):
        self.gradient_route = route
        self.slope = slope

    def encode(self, inputs):
        return np.round(inputs * 512) / 512

    def vjp(self, inputs):
        return self.encode(inputs), lambda cotangent: self.slope * cotangent


@pytest.mark.parametrize(
    ("route", "slope", "codes"),
    [
        ("onnx, straight through QuantizeLinear", 1, ["GRA023"]),
        ("onnx, straight through QuantizeLinear", -1, ["GRA023"]),
        ("onnx", 3, ["GRA007"]),
    ],
)
def test_the_route_decides_what_a_gradient_is_held_against(route, slope, codes):
    inputs = np.linspace(0, 1, 500)[None]
    error = ONNX.gradient_error(Encoder(route, slope), inputs)
    assert [finding.code for finding in ONNX.gradient_findings(route, error)] == codes


@pytest.mark.parametrize(
    ("route", "check"),
    [("onnx", "self_check"), ("onnx, straight through QLinearConv", "staircase_check")],
)
def test_stairs_are_measured_over_one_grey_level(monkeypatch, route, check):
    from rmqm_onnx.gradients import checking

    for name in ("self_check", "staircase_check"):
        monkeypatch.setattr(checking, name, lambda *_, result=name: result)
    assert ONNX.gradient_error(Encoder(route, 1), np.ones((1, 2))) == check


def test_it_reads_a_file_of_preprocessing(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("scale = 255\n")
    assert ONNX.read_preprocessing(path).scale == 255
    with pytest.raises(UnreadableError):
        ONNX.read_preprocessing(tmp_path / "none.toml")


def test_it_shows_what_the_network_is_handed(opened, make, images):
    asked = Preprocessing(scale=255, mean=(1, 2, 3), channel_order="bgr")
    encoder = opened(make.dense(("N", 4, 4, 3)), layout="nhwc", preprocessing=asked)
    inputs = images(encoder, 2)
    arranged = ONNX.arranged(encoder, inputs)
    assert (arranged.layout, arranged.shape, arranged.values.dtype) == (
        "nhwc", (4, 4, 3), np.float32
    )  # fmt: skip
    handed = (255 * inputs[:, ::-1].transpose(0, 2, 3, 1)) - [1, 2, 3]
    np.testing.assert_allclose(arranged.values, handed, rtol=1e-5, atol=1e-4)
    assert np.abs(arranged.restored - inputs).max() <= arranged.rounding


def test_it_doubts_a_range_that_the_graph_would_flatten(make, saved, opened):
    nodes = [
        make.node("Sub", "x mean", "c"), make.node("Div", "c std", "n"),
        make.node("Flatten", "n", "y"),
    ]  # fmt: skip
    inputs, outputs = [make.value("x", ["N", 3, 4, 4])], [make.value("y", ["N", 48])]
    constants = [
        make.constant("mean", np.full((1, 3, 1, 1), 123.0)),
        make.constant("std", np.full((1, 3, 1, 1), 58.0)),
    ]
    path = saved(make.model(nodes, inputs, outputs, constants))
    encoder = opened(path)
    doubt = ONNX.range_finding(encoder, 0.0, 1.0)
    assert (doubt.code, doubt.level) == ("PRE007", "warn")
    assert ONNX.range_finding(encoder, 0.0, 255.0) is None


def test_it_diagnoses_the_environment():
    diagnosis = ONNX.diagnose()
    assert set(diagnosis) == {"runtime", "providers", "threads"}
    assert diagnosis["providers"].keys() == set(ONNX.providers)
    assert diagnosis["threads"]["machine"] == os.cpu_count()


def test_a_broken_file_is_refused_as_by_the_function(saved):
    with pytest.raises((UnreadableError, SubjectError)) as caught:
        ONNX.open(saved(b"no model"), OpenOptions())
    assert caught.value.code == "MOD002"
