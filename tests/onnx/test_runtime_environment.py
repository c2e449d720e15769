"""Threads, builds of the runtime, providers, and the doctor: with fakes where machines differ."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

import onnxruntime

from rmqm_onnx.running import diagnosis, runtime, session
from rmqm_onnx.running.diagnosis import diagnose
from rmqm_onnx.running.provider_choice import read_provider
from rmqm_onnx.running.refusals import plain_message
from rmqm_onnx.running.runtime import import_runtime, installed_builds
from rmqm_onnx.running.session import open_session
from rmqm_spec import processors
from rmqm_spec.errors import SubjectError, UnavailableError
from rmqm_spec.processors import cgroup_quota, usable_cpus

# Threads.


@pytest.fixture
def group(tmp_path):
    """Write the files of a control group and return its root."""

    def write(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_max", ".max").replace("cfs", ".cfs")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("content", "quota"),
    [
        ("200000 100000\n", 2.0),
        ("150000 100000\n", 1.5),
        ("50000 100000", 0.5),
        ("max 100000\n", None),
        ("max", None),
        ("", None),
        ("nonsense here", None),
        ("100000 0", None),
        ("0 100000", None),
        ("-1 100000", None),
        ("nan 1", None),
        ("inf 1", None),
    ],
)
def test_the_quota_of_version_2_is_read(group, content, quota):
    assert cgroup_quota(group(cpu_max=content)) == quota


@pytest.mark.parametrize(
    ("quota", "period", "expected"),
    [
        ("250000\n", "100000\n", 2.5),
        ("-1\n", "100000\n", None),
        ("200000", "0", None),
        ("", "100000", None),
        ("many", "100000", None),
    ],
)
def test_the_quota_of_version_1_is_read(group, quota, period, expected):
    root = group(cpu__cpucfs_quota_us=quota, cpu__cpucfs_period_us=period)
    assert cgroup_quota(root) == expected


def test_without_a_control_group_there_is_no_quota(tmp_path):
    assert cgroup_quota(tmp_path) is None


def test_a_control_group_that_is_half_there_has_no_quota(group):
    assert cgroup_quota(group(cpu__cpucfs_quota_us="1")) is None


@pytest.mark.parametrize(
    ("affinity", "quota", "expected"),
    [(8, None, 8), (8, 2.0, 2), (8, 2.5, 3), (8, 0.1, 1), (2, 64.0, 2), (1, None, 1)],
)
def test_affinity_and_quota_bound_the_processors(monkeypatch, affinity, quota, expected):
    monkeypatch.setattr(
        processors.os, "sched_getaffinity", lambda _: set(range(affinity)), raising=False
    )
    monkeypatch.setattr(processors, "cgroup_quota", lambda: quota)
    assert usable_cpus() == expected


@pytest.mark.parametrize(("count", "expected"), [(6, 6), (None, 1)])
def test_systems_without_affinity_count_processors(monkeypatch, count, expected):
    monkeypatch.delattr(processors.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(processors.os, "cpu_count", lambda: count)
    monkeypatch.setattr(processors, "cgroup_quota", lambda: None)
    assert usable_cpus() == expected


# Builds.


@pytest.fixture
def installed(monkeypatch):
    """Pretend that certain distributions are installed."""

    def pretend(**versions):
        def version(name):
            if name.replace("-", "_") not in versions:
                raise PackageNotFoundError(name)
            return versions[name.replace("-", "_")]

        monkeypatch.setattr(runtime, "version", version)

    return pretend


def unavailable(call, *arguments, **options):
    with pytest.raises(UnavailableError) as caught:
        call(*arguments, **options)
    assert caught.value.exit_code == 4
    return caught.value


def test_installed_builds_are_listed_with_their_versions(installed):
    installed(onnxruntime_gpu="1.31.1")
    assert installed_builds() == {"onnxruntime-gpu": "1.31.1"}


def test_two_builds_are_refused_with_the_commands_to_run(installed):
    installed(onnxruntime="1.32.0", onnxruntime_gpu="1.31.1")
    error = unavailable(import_runtime)
    assert (error.code, error.message, error.fix) == (
        "ENV002",
        (
            "exactly one build of ONNX Runtime must be installed; got onnxruntime 1.32.0, "
            "onnxruntime-gpu 1.31.1"
        ),
        (
            "pip uninstall -y onnxruntime onnxruntime-gpu, then pip install 'rmqm-spec[cpu]' "
            "or 'rmqm-spec[gpu]'"
        ),
    )


def test_a_missing_runtime_is_refused_with_the_command_to_run(installed, monkeypatch):
    installed()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    error = unavailable(import_runtime)
    assert error.code == "ENV001"
    assert error.message.startswith("ONNX Runtime must be installed to open a model; got ")
    assert error.fix == "pip install 'rmqm-spec[cpu]' (or 'rmqm-spec[gpu]' on a machine with CUDA)"


def test_what_an_uninstalled_build_left_behind_is_no_runtime(installed, monkeypatch):
    installed(onnxruntime_gpu="1.31.1")
    rest = ModuleType("onnxruntime")
    rest.__path__ = ["/site-packages/onnxruntime"]
    monkeypatch.setitem(sys.modules, "onnxruntime", rest)
    error = unavailable(import_runtime)
    assert (error.code, error.message) == (
        "ENV001",
        (
            "ONNX Runtime must be complete; got a package without InferenceSession in "
            "/site-packages/onnxruntime"
        ),
    )
    assert error.fix.startswith("pip uninstall -y onnxruntime-gpu, then pip install ")


def test_a_runtime_without_metadata_is_taken(installed):
    installed()
    assert import_runtime() is onnxruntime


# Providers.


class FakeRuntime:
    """A runtime whose sessions open on the providers that it is told, or raise."""

    SessionOptions = onnxruntime.SessionOptions

    def __init__(self, available, opens):
        self.available, self.opens, self.calls = available, opens, []

    def get_available_providers(self):
        return self.available

    def preload_dlls(self, directory):
        sys.stdout.write("Failed to load libcudnn.so.9")

    def InferenceSession(self, source, options, **arguments):
        self.calls.append(arguments)
        if isinstance(self.opens, Exception):
            raise self.opens
        return SimpleNamespace(get_providers=lambda: self.opens)


CPU, CUDA, TENSORRT = (f"{name}ExecutionProvider" for name in ("CPU", "CUDA", "Tensorrt"))


@pytest.fixture
def fake(monkeypatch):
    def install(opens, available=(TENSORRT, CUDA, CPU)):
        made = FakeRuntime(available, opens)
        monkeypatch.setattr(session, "import_runtime", lambda: made)
        return made

    return install


FIX = (
    "Run rmqm-spec doctor; install the GPU build (pip uninstall -y onnxruntime, then "
    "pip install 'rmqm-spec[gpu]') and a driver that fits, or use --provider cpu."
)


@pytest.mark.skipif(
    CUDA in onnxruntime.get_available_providers(), reason="needs a build without CUDA"
)
@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_a_provider_that_the_build_lacks_is_refused_with_the_remedy(opened, make, capfd, provider):
    error = unavailable(opened, make.dense(), provider=provider)
    named = ", ".join(f"{name} {release}" for name, release in installed_builds().items())
    assert (error.code, error.message, error.fix) == (
        "ENV003",
        f"provider {provider} must open; got: {named} was built without it",
        FIX,
    )
    assert capfd.readouterr().out == ""


def test_a_session_that_fell_back_is_refused(fake, capfd):
    fake([CPU])
    error = unavailable(open_session, b"", folder=None, provider=read_provider("cuda"))
    assert (error.code, error.message, error.fix) == (
        "ENV003",
        "provider cuda must open; got: the session fell back to CPUExecutionProvider",
        FIX,
    )
    assert capfd.readouterr().out == ""


def test_a_tensorrt_session_that_fell_back_to_cuda_is_refused(fake):
    fake([CUDA, CPU])
    error = unavailable(open_session, b"", folder=None, provider=read_provider("tensorrt"))
    assert error.message == (
        "provider tensorrt must open; got: the session fell back to CUDAExecutionProvider"
    )


@pytest.mark.parametrize("kind", [RuntimeError, type("EPFail", (Exception,), {})])
def test_an_error_of_the_provider_is_not_one_of_the_model(fake, kind):
    fake(kind("CUDA failure 100: no CUDA-capable device is detected"))
    error = unavailable(open_session, b"", folder=None, provider=read_provider("cuda"))
    assert error.message == (
        "provider cuda must open; got: CUDA failure 100: no CUDA-capable device is detected"
    )


@pytest.mark.parametrize(
    ("provider", "expected"),
    [("cpu", [CPU]), ("cuda", [CUDA, CPU]), ("tensorrt", [TENSORRT, CUDA, CPU])],
)
def test_short_names_ask_for_providers_in_order_and_for_no_fall_back(fake, provider, expected):
    made = fake(expected)
    open_session(b"", folder=None, provider=read_provider(provider))
    (call,) = made.calls
    assert ([name for name, _ in call["providers"]], call["enable_fallback"]) == (expected, 0)


def test_the_short_mantissa_of_tf32_is_off(fake):
    made = fake([CUDA])
    open_session(b"", folder=None, provider=read_provider("cuda"))
    assert dict(made.calls[0]["providers"])[CUDA]["use_tf32"] == "0"


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("NotImplemented", "no kernel", "MOD004"),
        ("InvalidGraph", "no type", "MOD004"),
        ("Fail", "Fatal error: a:B(-1) is not a registered function/op", "MOD004"),
        ("Fail", "Deserialize tensor w failed", "MOD003"),
        ("RuntimeException", "out of memory", "MOD003"),
    ],
)
def test_refusals_of_the_runtime_are_told_apart(fake, kind, text, code):
    fake(type(kind, (Exception,), {})(text))
    with pytest.raises(SubjectError) as caught:
        open_session(b"", folder=None)
    assert (caught.value.code, caught.value.message) == (
        code,
        f"ONNX Runtime must be able to open the model; it says {text}",
    )


def test_refusing_a_model_prints_nothing(refused, make, capfd):
    made = make.dense()
    made.graph.node[1].op_type = "NoSuchOperator"
    refused(made)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "[ONNXRuntimeError] : 10 : INVALID_GRAPH : This is : wrong",
            "INVALID_GRAPH: This is : wrong",
        ),
        ("plain\n  words", "plain words"),
        ("x" * 401, "x" * 397 + "..."),
    ],
)
def test_messages_of_the_runtime_become_one_line(text, plain):
    assert plain_message(Exception(text)) == plain


# The doctor.


def test_the_doctor_opens_a_session_on_the_processor():
    found = diagnose()
    assert found["providers"]["cpu"] == {
        "ok": True,
        "message": "opened a session and ran a node",
        "source": "built in",
    }
    assert found["runtime"] == {
        "ok": True,
        "version": onnxruntime.__version__,
        "builds": installed_builds(),
    }


def test_the_doctor_counts_processors(monkeypatch):
    monkeypatch.setattr(diagnosis, "usable_cpus", lambda: 3)
    monkeypatch.setattr(diagnosis, "cgroup_quota", lambda: 2.5)
    assert diagnose()["threads"] == {"machine": os.cpu_count(), "usable": 3, "quota": 2.5}


def test_the_doctor_tells_of_two_builds_instead_of_failing(installed):
    installed(onnxruntime="1", onnxruntime_gpu="2")
    found = diagnose()
    assert (found["runtime"]["ok"], found["runtime"]["code"], found["providers"]) == (
        False,
        "ENV002",
        {},
    )


def test_a_provider_that_the_build_lacks_is_absent_not_broken(monkeypatch):
    monkeypatch.setattr(diagnosis, "import_runtime", lambda: FakeRuntime([CPU], [CPU]))
    monkeypatch.setattr(FakeRuntime, "__version__", "0", raising=False)
    assert diagnose()["providers"]["tensorrt"] == {"ok": None, "message": "not in this build"}


def test_a_provider_that_does_not_open_is_broken_and_comes_with_a_fix(fake, monkeypatch):
    made = fake([CPU])
    made.__version__ = "0"
    monkeypatch.setattr(diagnosis, "import_runtime", lambda: made)
    assert diagnose()["providers"]["cuda"] == {
        "ok": False,
        "message": "provider cuda must open; got: the session fell back to CPUExecutionProvider",
        "fix": FIX,
        "source": "built in",
    }


def test_a_provider_that_computes_nonsense_is_broken(monkeypatch):
    session = SimpleNamespace(run=lambda *_: [np.array([1.0, 1.0])])
    monkeypatch.setattr(diagnosis, "open_session", lambda *_, **__: session)
    assert diagnose()["providers"]["cpu"] == {
        "ok": False,
        "message": "wrong result",
        "fix": "Reinstall: pip install 'rmqm-spec[cpu]'.",
        "source": "built in",
    }


def test_the_system_itself_has_at_least_one_processor():
    assert 1 <= usable_cpus() <= (os.cpu_count() or 1)
    assert cgroup_quota(Path("/sys/fs/cgroup")) == cgroup_quota()
