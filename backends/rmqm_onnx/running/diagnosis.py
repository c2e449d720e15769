"""Does the environment work: builds, threads, and providers, tried on a model of a single node."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from rmqm_onnx.running.providers import PROVIDERS, Provider
from rmqm_onnx.running.runtime import import_runtime, installed_builds
from rmqm_onnx.running.session import open_session
from rmqm_spec.errors import RmqmError
from rmqm_spec.processors import cgroup_quota, usable_cpus

__all__ = ["diagnose"]


def diagnose() -> dict[str, Any]:
    """
    Try everything that scoring needs.

    Returns
    -------
    dict
        ``runtime`` and each of ``providers`` with ``ok`` and a message, and ``threads``.
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
        "providers": {name: _try(name, runtime) for name in PROVIDERS},
        "threads": threads,
    }


def _try(provider: Provider, runtime: Any) -> dict[str, Any]:
    """Open a session and run it; a provider that the build lacks is absent, not broken."""
    if PROVIDERS[provider] not in runtime.get_available_providers():
        return {"ok": None, "message": "not in this build"}
    try:
        session = open_session(_one_node(), folder=None, provider=provider)
        (doubled,) = session.run(None, {"x": np.ones(2, dtype=np.float32)})
    except Exception as error:
        return {"ok": False, "message": str(error), "fix": getattr(error, "fix", "")}
    works = bool(np.array_equal(doubled, [2.0, 2.0]))
    return {"ok": works, "message": "opened a session and ran a node" if works else "wrong result"}


def _one_node() -> bytes:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "y")]
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])], "doctor", value[:1], value[1:]
    )
    opset = [helper.make_opsetid("", 17)]
    model: bytes = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    return model
