"""Does the environment work: builds, threads, and providers, tried on a model of a single node."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from rmqm_onnx.running.plugins import devices_of, installed_plugin, is_built_in
from rmqm_onnx.running.provider_choice import ProviderChoice
from rmqm_onnx.running.providers import PROVIDERS, Provider
from rmqm_onnx.running.runtime import import_runtime, installed_builds
from rmqm_onnx.running.session import open_session
from rmqm_spec.errors import RmqmError
from rmqm_spec.processors import cgroup_quota, usable_cpus

__all__ = ["diagnose"]

_REMOTE = "AzureExecutionProvider"
"""In every build; it calls services and runs no node of a model."""


def diagnose() -> dict[str, Any]:
    """
    Try everything that scoring needs.

    Returns
    -------
    dict
        ``runtime`` and each of ``providers`` with ``ok`` and a message, and ``threads``. A provider
        has a ``source``, the build or a plugin, and a plugin its ``devices``.
    """
    threads = {
        "machine": os.cpu_count(),
        "usable": usable_cpus(),
        "quota": cgroup_quota(),
    }
    try:
        runtime = import_runtime()
    except RmqmError as error:
        failed = {"ok": False, "message": error.message, "fix": error.fix, "code": error.code}
        return {
            "runtime": {**failed, "builds": installed_builds()},
            "providers": {},
            "threads": threads,
        }
    return {
        "runtime": {"ok": True, "version": runtime.__version__, "builds": installed_builds()},
        "providers": {entry.name: _try(entry, runtime) for entry in _providers(runtime)},
        "threads": threads,
    }


def _providers(runtime: Any) -> list[Provider]:
    """Return our providers, then those of the build that have no short name."""
    known = {entry.ep for entry in PROVIDERS.values()} | {_REMOTE}
    others = [name for name in runtime.get_available_providers() if name not in known]
    return [*PROVIDERS.values(), *(Provider(name=name, ep=name) for name in others)]


def _try(provider: Provider, runtime: Any) -> dict[str, Any]:
    """Open a session and run it; a provider that is not there is absent, not broken."""
    found: dict[str, Any] = {"source": "built in"}
    if not is_built_in(runtime, provider):
        plugin = installed_plugin(provider)
        if plugin is None:
            return {"ok": None, "message": _absent(provider)}
        found = {"source": str(plugin)}
        try:
            found["devices"] = [_words(device) for device in devices_of(runtime, provider)]
        except Exception as error:
            message = f"{plugin} cannot be loaded: {error}"
            return {"ok": False, "message": message, "fix": _fix(provider), **found}
        if not found["devices"]:
            message = f"{plugin} is installed, and offers no device on this machine"
            return {"ok": None, "message": message, **found}
    return {**_opened(provider, found), **found}


def _opened(provider: Provider, found: dict[str, Any]) -> dict[str, Any]:
    try:
        session = open_session(_one_node(), folder=None, provider=ProviderChoice(provider))
        (doubled,) = session.run(None, {"x": np.ones(2, dtype=np.float32)})
    except Exception as error:
        runs_nothing = isinstance(error, RmqmError) and error.code == "ENV013"
        ok = None if runs_nothing else False  # it may decline so small a model, and run others
        return {"ok": ok, "message": str(error), "fix": getattr(error, "fix", "")}
    if not np.array_equal(doubled, [2.0, 2.0]):
        return {"ok": False, "message": "wrong result", "fix": _fix(provider)}
    where = f" on {', '.join(found['devices'])}" if found.get("devices") else ""
    origin = "" if found["source"] == "built in" else f" ({found['source']})"
    return {"ok": True, "message": f"opened a session and ran a node{where}{origin}"}


def _absent(provider: Provider) -> str:
    wheels = [distribution for distribution, _ in provider.plugins]
    return f"not in this build; no plugin {' or '.join(wheels)}" if wheels else "not in this build"


def _fix(provider: Provider) -> str:
    instead = "" if provider.is_cpu else ", or use --provider cpu"
    return f"{provider.install[0].upper()}{provider.install[1:]}{instead}."


def _words(device: Any) -> str:
    """Name a device by its kind and its maker."""
    return f"{device.device.type.name} {device.device.vendor}".strip()


def _one_node() -> bytes:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "y")]
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])], "doctor", value[:1], value[1:]
    )
    opset = [helper.make_opsetid("", 17)]
    model: bytes = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    return model
