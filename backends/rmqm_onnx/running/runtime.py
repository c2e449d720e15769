"""Exactly one build of ONNX Runtime must be installed: two overwrite each other's files."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from rmqm_spec.errors import UnavailableError

__all__ = ["import_runtime", "installed_builds"]

# Wheels that add a provider (onnxruntime-ep-...) lie beside a build in folders of their own.
_BUILDS = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-directml",
    "onnxruntime-openvino",
    "onnxruntime-training",
    "onnxruntime-qnn",
    "onnxruntime-rocm",
    "onnxruntime-migraphx",
    "onnxruntime-silicon",
    "onnxruntime-cann",
    "onnxruntime-webgpu",
    "onnxruntime-windowsml",
    "ort-nightly",
    "ort-nightly-gpu",
)
_LAST_AS_BUILD = {"onnxruntime-qnn": 1}
"""The last major version in which a wheel was a build; later it adds a provider to one."""


def installed_builds() -> dict[str, str]:
    """Return the version of each installed distribution that provides ``onnxruntime``."""
    builds: dict[str, str] = {}
    for name in _BUILDS:
        try:
            release = version(name)
        except PackageNotFoundError:
            continue
        if name not in _LAST_AS_BUILD or int(release.split(".")[0]) <= _LAST_AS_BUILD[name]:
            builds[name] = release
    return builds


def import_runtime() -> ModuleType:
    """
    Import ONNX Runtime.

    Raises
    ------
    UnavailableError
        If no build or more than one is installed, or the import fails; with the command to run.
    """
    builds = installed_builds()
    if len(builds) > 1:
        listed = ", ".join(f"{name} {release}" for name, release in builds.items())
        raise UnavailableError(
            "ENV002",
            f"exactly one build of ONNX Runtime must be installed; got {listed}",
            fix=f"pip uninstall -y {' '.join(builds)}, then pip install 'rmqm-spec[cpu]' "
            "or 'rmqm-spec[gpu]'",
        )
    try:
        import onnxruntime
    except ImportError as error:
        raise UnavailableError(
            "ENV001",
            f"ONNX Runtime must be installed to open a model; got {error}",
            fix="pip install 'rmqm-spec[cpu]' (or 'rmqm-spec[gpu]' on a machine with CUDA)",
        ) from error
    except Exception as error:  # whatever a half-installed package raises
        named = " ".join(builds) or "onnxruntime"
        raise UnavailableError(
            "ENV001",
            f"ONNX Runtime must be importable to open a model; it is installed, but its import "
            f"fails: {type(error).__name__}: {error}",
            fix=f"Install it again: pip install --force-reinstall {named}",
        ) from error
    module: ModuleType = onnxruntime
    if not hasattr(module, "InferenceSession"):
        # What is left when one of two builds was uninstalled: a folder without a runtime.
        named = " ".join(builds) or "onnxruntime"
        raise UnavailableError(
            "ENV001",
            f"ONNX Runtime must be complete; got a package without InferenceSession in "
            f"{', '.join(module.__path__)}",
            fix=f"pip uninstall -y {named}, then pip install 'rmqm-spec[cpu]' or 'rmqm-spec[gpu]'",
        )
    return module
