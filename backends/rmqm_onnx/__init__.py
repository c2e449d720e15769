"""ONNX Runtime as a backend: any ONNX model as an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

from rmqm_spec.contracts.backend import OpenOptions

if TYPE_CHECKING:
    from rmqm_onnx.autoencoders.opening import open_autoencoder
    from rmqm_onnx.opening import open_encoder
    from rmqm_onnx.running.encoder import OnnxEncoder

# Imported on first use, so that the backend can be listed without onnx and its runtime.
__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "autoencoders.opening": ["open_autoencoder"],
        "opening": ["open_encoder"],
        "running.encoder": ["OnnxEncoder"],
    },
)

__all__ = ["OnnxEncoder", "OpenOptions", "open_autoencoder", "open_encoder"]


def __dir__() -> list[str]:
    return __all__
