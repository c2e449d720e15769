"""PyTorch modules as encoders, with gradients; and ONNX files through onnx2pytorch."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rmqm_torch.converted import ConvertedGradients, from_onnx
    from rmqm_torch.encoder import TorchEncoder

_HOMES = {
    "ConvertedGradients": "converted",
    "TorchEncoder": "encoder",
    "from_onnx": "converted",
}

__all__ = ["ConvertedGradients", "TorchEncoder", "from_onnx"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
