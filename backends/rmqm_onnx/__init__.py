"""ONNX Runtime as a backend: any ONNX model as an encoder."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rmqm_onnx.opening import open_encoder
    from rmqm_onnx.running.encoder import OnnxEncoder
    from rmqm_spec.contracts.backend import OpenOptions

# Imported when asked for: the backend is listed without onnx and its runtime.
_HOMES = {
    "OnnxEncoder": "rmqm_onnx.running.encoder",
    "OpenOptions": "rmqm_spec.contracts.backend",
    "open_encoder": "rmqm_onnx.opening",
}

__all__ = ["OnnxEncoder", "OpenOptions", "open_encoder"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
