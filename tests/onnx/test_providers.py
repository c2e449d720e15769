"""Providers: how they are asked for, plugins, read-back, options; with a fake runtime."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

import onnxruntime

from rmqm_onnx.running import diagnosis, plugins, session
from rmqm_onnx.running.diagnosis import diagnose
from rmqm_onnx.running.feeding import share_out
from rmqm_onnx.running.placement import placement_findings, placement_of
from rmqm_onnx.running.plugins import devices_of, installed_plugin
from rmqm_onnx.running.provider_choice import ON_CPU, read_provider
from rmqm_onnx.running.providers import PROVIDERS
from rmqm_onnx.running.runtime import installed_builds
from rmqm_onnx.running.session import open_session, options_in_force
from rmqm_spec.errors import RmqmError, UnavailableError, UsageError

CPU, CUDA, TENSORRT = (f"{name}ExecutionProvider" for name in ("CPU", "CUDA", "Tensorrt"))
OPENVINO, WEBGPU = "OpenVINOExecutionProvider", "WebGpuExecutionProvider"

# What --provider takes.


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_read_by_its_short_name_and_by_the_runtimes_own(name):
    assert read_provider(name).provider is PROVIDERS[name]
    assert read_provider(PROVIDERS[name].ep).provider is PROVIDERS[name]


def test_options_are_read_in_order_and_may_hold_colons_and_equals_signs():
    choice = read_provider("tensorrt:trt_engine_cache_path=C:\\a=b, device_id = 1")
    assert dict(choice.given) == {"trt_engine_cache_path": "C:\\a=b", "device_id": "1"}
    assert str(read_provider(str(choice))) == str(choice)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("cuda:", "'' is no key=value"),
        ("cuda:device_id", "'device_id' is no key=value"),
        ("cuda:device_id=", "'device_id=' is no key=value"),
        ("cuda:=1", "'=1' is no key=value"),
        ("cuda:a=1,,b=2", "'' is no key=value"),
        ("cuda:a=1,a=2", "a is given twice"),
    ],
)
def test_options_of_another_form_are_refused(text, why):
    with pytest.raises(UsageError) as caught:
        read_provider(text)
    assert caught.value.message == (
        f"--provider must be NAME or NAME:key=value,...; got {text!r}, where {why}"
    )
    assert read_provider(caught.value.fix.split("--provider ")[1].rstrip(".")).given


@pytest.mark.parametrize("text", ["tpu", "", "CUDA", "NoSuchExecutionProvider", "tpu:a=1"])
def test_an_unknown_name_is_refused_with_all_names(text):
    with pytest.raises(UsageError) as caught:
        read_provider(text)
    listed = ", ".join(PROVIDERS)
    assert caught.value.message == (
        f"--provider must be one of {listed}; got {text.partition(':')[0]!r}"
    )


def test_a_builds_own_provider_without_a_short_name_is_taken(monkeypatch):
    runtime = SimpleNamespace(get_available_providers=lambda: ["XnnpackExecutionProvider", CPU])
    monkeypatch.setattr("rmqm_onnx.running.provider_choice.import_runtime", lambda: runtime)
    choice = read_provider("XnnpackExecutionProvider:intra_op_num_threads=2")
    assert (choice.provider.ep, choice.options(1)) == (
        "XnnpackExecutionProvider",
        {"intra_op_num_threads": "2"},
    )


def test_the_cpu_takes_no_options():
    with pytest.raises(UsageError, match=r"--provider cpu takes no options; got 'cpu:x=1'"):
        read_provider("cpu:x=1")


# Our options, and the user's.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cuda", {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}),
        ("cuda:use_tf32=1", {"use_tf32": "1", "cudnn_conv_algo_search": "HEURISTIC"}),
        ("tensorrt", {"trt_fp16_enable": "0", "trt_int8_enable": "0"}),
        (
            "tensorrt:trt_engine_cache_path=cache",
            {
                "trt_fp16_enable": "0",
                "trt_int8_enable": "0",
                "trt_engine_cache_enable": "1",
                "trt_engine_cache_path": "cache",
            },
        ),
        ("openvino", {"device_type": "CPU", "precision": "ACCURACY", "num_of_threads": "3"}),
        (
            "openvino:device_type=GPU,num_of_threads=1",
            {"device_type": "GPU", "precision": "ACCURACY", "num_of_threads": "1"},
        ),
    ],
)
def test_options_ask_for_float32_and_the_users_win(text, expected):
    assert read_provider(text).options(3) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("cpu", (6, 1)), ("cuda", (4, 1)), ("openvino", (2, 6))]
)
def test_processors_are_shared_out_by_provider(name, expected):
    assert share_out(PROVIDERS[name], 6) == expected


# A fake runtime.


class FakeOptions:
    """Session options that remember what they were given."""

    def __init__(self) -> None:
        self.entries, self.devices = {}, None
        self.use_deterministic_compute = False

    def add_session_config_entry(self, key, value):
        self.entries[key] = value

    def add_provider_for_devices(self, devices, options):
        if "nonsense" in options:
            raise RuntimeError("unknown option nonsense")
        self.devices = ([device.device.vendor for device in devices], dict(options))


class FakeRuntime:
    """A runtime whose sessions place nodes as they are told, and whose plugins offer devices."""

    __version__ = "9"
    SessionOptions = FakeOptions

    def __init__(self, available, opens, nodes, offers=(), reported=None):
        self.available, self.opens, self.nodes = available, opens, nodes
        self.offers, self.reported = list(offers), reported or {}
        self.libraries, self.calls = {}, []

    def get_available_providers(self):
        return [*self.libraries, *self.available]  # what a plugin brought is listed, too

    def register_execution_provider_library(self, name, path):
        assert name not in self.libraries, "the runtime raises where a name is registered twice"
        self.libraries[name] = path

    def get_ep_devices(self):
        return [_device(CPU, "AMD")] + (self.offers if self.libraries else [])

    def InferenceSession(self, source, options, **arguments):
        self.calls.append((options, arguments))
        if isinstance(self.opens, Exception):
            raise self.opens
        placed = [_part(ep, names) for ep, names in self.nodes]
        return SimpleNamespace(
            get_providers=lambda: self.opens,
            get_provider_options=lambda: self.reported,
            get_provider_graph_assignment_info=lambda: placed,
            run=lambda names, feeds: [2 * feeds["x"]],
        )


def _part(ep: str, operators: Sequence[str]) -> SimpleNamespace:
    nodes = [SimpleNamespace(op_type=name) for name in operators]
    return SimpleNamespace(ep_name=ep, get_nodes=lambda: nodes)


def _device(ep: str, vendor: str, kind: str = "CPU") -> SimpleNamespace:
    hardware = SimpleNamespace(type=SimpleNamespace(name=kind), vendor=vendor)
    return SimpleNamespace(ep_name=ep, device=hardware)


@pytest.fixture
def fake(monkeypatch):
    def install(opens, nodes: Sequence = (), available=(CUDA, CPU), **more):
        made = FakeRuntime(available, opens, nodes, **more)
        for module in (session, diagnosis):
            monkeypatch.setattr(module, "import_runtime", lambda: made)
        return made

    return install


@pytest.fixture
def wheels(monkeypatch):
    """Pretend that plugin wheels are installed."""
    monkeypatch.setattr(plugins, "_registered", set())

    def pretend(**versions):
        def version(name):
            if name.replace("-", "_") not in versions:
                raise PackageNotFoundError(name)
            return versions[name.replace("-", "_")]

        monkeypatch.setattr(plugins, "version", version)
        for name in versions:
            module = ModuleType(name)
            module.get_library_path = lambda name=name: f"/wheels/{name}.so"
            monkeypatch.setitem(sys.modules, name, module)

    return pretend


def refusal(provider: str) -> RmqmError:
    with pytest.raises(RmqmError) as caught:
        open_session(b"", folder=None, provider=read_provider(provider))
    return caught.value


# Read-back, and nodes.


def test_a_provider_that_runs_no_node_is_refused(fake):
    fake([CUDA, CPU], [(CPU, ["Conv", "Relu"])])
    error = refusal("cuda")
    assert isinstance(error, UnavailableError)
    assert (error.code, error.message, error.fix) == (
        "ENV013",
        (
            "provider cuda must run a part of the model; it opened, and runs none of its nodes "
            "(2 on CPUExecutionProvider)"
        ),
        (
            "Use --provider cpu, which is what ran; or export the model with operators that cuda "
            "supports."
        ),
    )
    fake([CPU], [(CPU, ["Conv", "Relu"])])
    open_session(b"", folder=None, provider=read_provider(error.fix.split()[2].rstrip(",")))


def test_tensorrt_that_leaves_all_to_cuda_is_refused(fake):
    fake([TENSORRT, CUDA, CPU], [(CUDA, ["Conv"])], available=(TENSORRT, CUDA, CPU))
    assert "runs none of its nodes (1 on CUDAExecutionProvider)" in refusal("tensorrt").message


def test_nodes_are_asked_for_before_opening_and_counted(fake):
    made = fake([CUDA, CPU], [(CUDA, ["Conv", "Relu"]), (CPU, ["Shape"]), (CUDA, ["Conv"])])
    opened = open_session(b"", folder=None, provider=read_provider("cuda"))
    options, _ = made.calls[0]
    assert options.entries["session.record_ep_graph_assignment_info"] == "1"
    assert options.use_deterministic_compute
    assert placement_of(opened) == {CUDA: {"Conv": 2, "Relu": 1}, CPU: {"Shape": 1}}


def test_nodes_on_the_cpu_are_counted_by_operator():
    (finding,) = placement_findings(
        read_provider("cuda"), {CUDA: {"Conv": 2}, CPU: {"Shape": 1, "Gather": 2}}
    )
    assert (finding.code, finding.level, finding.message) == (
        "PRV001",
        "warn",
        "3 of 5 nodes run on the CPU, not on cuda: Gather 2, Shape 1",
    )


def test_all_nodes_on_the_provider_are_fine_and_the_cpu_is_not_worth_a_word():
    (finding,) = placement_findings(read_provider("cuda"), {CUDA: {"Conv": 2}})
    assert (finding.level, finding.message) == ("ok", "all 2 nodes run on cuda")
    assert placement_findings(ON_CPU, {CPU: {"Conv": 2}}) == []


def test_a_runtime_that_does_not_say_where_nodes_run_is_reported():
    assert placement_of(SimpleNamespace()) is None
    (finding,) = placement_findings(read_provider("cuda"), None)
    assert (finding.code, finding.level) == ("PRV005", "warn")


def test_options_are_recorded_as_the_runtime_has_them(fake):
    reported = {CUDA: {"use_tf32": "0", "cudnn_conv_algo_search": "DEFAULT", "more": "x"}}
    fake([CUDA, CPU], [(CUDA, ["Conv"])], reported=reported)
    choice = read_provider("cuda:device_id=1")
    opened = open_session(b"", folder=None, provider=choice)
    assert options_in_force(opened, choice, 1) == {
        CUDA: {"use_tf32": "0", "cudnn_conv_algo_search": "DEFAULT", "device_id": "1"},
        CPU: {},
    }


def test_an_option_that_the_runtime_refuses_is_named(fake):
    fake(RuntimeError("/a/b.cc:12 int f(const x&) Invalid option: nonsense"))
    error = refusal("cuda:nonsense=1,device_id=0")
    assert isinstance(error, UsageError)
    assert error.message == (
        "--provider cuda must be given options that it knows; got nonsense=1: Invalid option: "
        "nonsense"
    )


def test_options_are_named_where_the_provider_does_not_open(fake):
    fake([CPU])
    error = refusal("cuda:device_id=7")
    assert error.message == (
        "provider cuda:device_id=7 must open; got: the session fell back to CPUExecutionProvider"
    )
    assert error.fix.startswith("Check the options device_id, and whether cuda opens without them")


def test_what_native_code_writes_is_the_reason(fake, monkeypatch, capfd):
    made = fake([CPU])
    usual = made.InferenceSession

    def speaking(*arguments, **named):
        import os

        os.write(2, b"\x1b[1;31m2026 [E:onnxruntime:Default, a.cc:1 f] [ERROR] No such GPU\x1b[m\n")
        return usual(*arguments, **named)

    monkeypatch.setattr(made, "InferenceSession", speaking)
    assert refusal("cuda").message.endswith("fell back to CPUExecutionProvider: No such GPU")
    assert capfd.readouterr() == ("", "")


def test_a_model_that_only_the_provider_refuses_is_not_blamed(monkeypatch, make):
    real = onnxruntime.InferenceSession

    def picky(source, options, providers, **arguments):
        if providers[0][0] != CPU:
            raise type("Fail", (Exception,), {})("cannot compile ScatterND")
        return real(source, options, providers=providers, **arguments)

    monkeypatch.setattr(onnxruntime, "InferenceSession", picky)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    model = make.dense().SerializeToString()
    with pytest.raises(UnavailableError) as caught:
        open_session(model, folder=None, provider=read_provider("cuda"))
    assert caught.value.message == (
        "provider cuda must open the model, as the CPU does; got: cannot compile ScatterND"
    )
    open_session(model, folder=None)  # the remedy: --provider cpu


# Plugins.


def test_a_plugin_is_registered_once_and_opened_by_its_device(fake, wheels):
    wheels(onnxruntime_ep_webgpu="0.4.0")
    device = _device(WEBGPU, "NVIDIA", "GPU")
    made = fake([WEBGPU, CPU], [(WEBGPU, ["Conv"])], available=[CPU], offers=[device])
    for _ in range(2):
        open_session(b"", folder=None, provider=read_provider("webgpu:a=1"))
    assert made.libraries == {WEBGPU: "/wheels/onnxruntime_ep_webgpu.so"}
    options, arguments = made.calls[0]
    assert (options.devices, arguments) == ((["NVIDIA"], {"a": "1"}), {"enable_fallback": 0})


def test_a_device_of_a_plugin_is_chosen_by_number(fake, wheels):
    wheels(onnxruntime_ep_webgpu="0.4.0")
    offers = [_device(WEBGPU, "Intel", "GPU"), _device(WEBGPU, "NVIDIA", "GPU")]
    made = fake([WEBGPU, CPU], [(WEBGPU, ["Conv"])], available=[CPU], offers=offers)
    open_session(b"", folder=None, provider=read_provider("webgpu:device=1"))
    assert made.calls[0][0].devices == (["NVIDIA"], {})
    error = refusal("webgpu:device=2")
    assert error.message == "--provider webgpu:device must be a number from 0 to 1; got '2'"


def test_an_option_that_a_plugin_refuses_is_named(fake, wheels):
    wheels(onnxruntime_ep_webgpu="0.4.0")
    fake([WEBGPU, CPU], available=[CPU], offers=[_device(WEBGPU, "Intel")])
    error = refusal("webgpu:nonsense=1")
    assert (error.code, error.message) == (
        "ARG001",
        (
            "--provider webgpu must be given options that it knows; got nonsense=1: unknown option "
            "nonsense"
        ),
    )


def test_a_plugin_without_a_device_is_refused(fake, wheels):
    wheels(onnxruntime_ep_openvino="1.8.1")
    made = fake([CPU], available=[CPU])
    error = refusal("openvino")
    assert (str(refusal("openvino")), len(made.libraries)) == (str(error), 1)
    assert (error.code, error.message) == (
        "ENV003",
        (
            "provider openvino must open; got: onnxruntime-ep-openvino 1.8.1 is installed, and "
            "offers no device on this machine"
        ),
    )


def test_a_plugin_that_cannot_be_loaded_is_refused(fake, wheels, monkeypatch):
    wheels(onnxruntime_ep_webgpu="0.4.0")
    made = fake([CPU], available=[CPU])

    def broken(name, path):
        raise RuntimeError("libvulkan.so.1: cannot open shared object file")

    monkeypatch.setattr(made, "register_execution_provider_library", broken)
    assert refusal("webgpu").message == (
        "provider webgpu must open; got: onnxruntime-ep-webgpu 0.4.0 cannot be loaded: "
        "libvulkan.so.1: cannot open shared object file"
    )
    found = diagnose()["providers"]["webgpu"]
    assert found["ok"] is False
    assert "libvulkan1" in found["fix"]


def test_without_a_plugin_the_build_is_named(fake, wheels):
    wheels()
    fake([CPU], available=[CPU])
    named = ", ".join(f"{name} {release}" for name, release in installed_builds().items())
    assert refusal("qnn").message == f"provider qnn must open; got: {named} was built without it"


def test_the_newer_of_two_wheels_is_taken(wheels):
    wheels(onnxruntime_ep_cuda12="1", onnxruntime_ep_cuda13="2")
    assert str(installed_plugin(PROVIDERS["cuda"])) == "onnxruntime-ep-cuda13 2"
    assert installed_plugin(PROVIDERS["cpu"]) is None


def test_a_runtime_that_knows_no_plugins_offers_no_device(wheels):
    wheels(onnxruntime_ep_webgpu="0.4.0")
    assert devices_of(SimpleNamespace(), PROVIDERS["webgpu"]) == []


# The doctor.


def test_the_doctor_lists_builds_plugins_and_devices(fake, wheels):
    wheels(onnxruntime_ep_webgpu="0.4.0", onnxruntime_ep_openvino="1.8.1")
    device = _device(WEBGPU, "NVIDIA", "GPU")
    fake([WEBGPU, CPU], [(WEBGPU, ["Add"])], available=[CPU], offers=[device])
    found = diagnose()
    assert found["runtime"]["ok"] is True
    assert found["providers"]["webgpu"] == {
        "ok": True,
        "message": "opened a session and ran a node on GPU NVIDIA (onnxruntime-ep-webgpu 0.4.0)",
        "source": "onnxruntime-ep-webgpu 0.4.0",
        "devices": ["GPU NVIDIA"],
    }
    assert found["providers"]["openvino"] == {
        "ok": None,
        "message": "onnxruntime-ep-openvino 1.8.1 is installed, and offers no device on this "
        "machine",
        "source": "onnxruntime-ep-openvino 1.8.1",
        "devices": [],
    }
    assert found["providers"]["qnn"] == {
        "ok": None,
        "message": "not in this build; no plugin onnxruntime-qnn",
    }


def test_the_doctor_tries_a_builds_own_provider_and_not_the_remote(fake, wheels):
    wheels()
    xnnpack = "XnnpackExecutionProvider"
    fake([xnnpack, CPU], [(xnnpack, ["Add"])], available=["AzureExecutionProvider", xnnpack, CPU])
    assert diagnose()["providers"].keys() == {*PROVIDERS, xnnpack}


def test_a_provider_that_declines_the_doctors_model_is_not_broken(fake, wheels):
    wheels()
    fake([CUDA, CPU], [(CPU, ["Add"])])
    found = diagnose()["providers"]["cuda"]
    assert (found["ok"], found["message"][:34]) == (None, "provider cuda must run a part of t")


def test_plugin_wheels_do_not_clash_with_the_build(monkeypatch):
    installed = {
        "onnxruntime": "1.32.0",
        "onnxruntime-ep-openvino": "1.8.1",
        "onnxruntime-qnn": "2.7.0",
    }

    def version(name):
        if name not in installed:
            raise PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr("rmqm_onnx.running.runtime.version", version)
    assert installed_builds() == {"onnxruntime": "1.32.0"}
    installed["onnxruntime-qnn"] = "1.24.1"
    assert installed_builds() == {"onnxruntime": "1.32.0", "onnxruntime-qnn": "1.24.1"}


def test_the_cpu_reports_its_nodes(opened, make):
    encoder = opened(make.dense())
    runtime = encoder.description["runtime"]
    assert (runtime["provider"], runtime["nodes"], runtime["provider_options"]) == (
        "cpu",
        {CPU: 2},
        {CPU: {}},
    )
    assert "cpu_deviation" not in runtime
    assert np.isfinite(encoder.encode(np.zeros((1, 3, 4, 4), np.float32))).all()
