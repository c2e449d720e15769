"""PyTorch modules as encoders, with gradients; and ONNX files through onnx2pytorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from rmqm_torch.converted import ConvertedGradients, from_onnx
    from rmqm_torch.encoder import TorchEncoder

__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "converted": ["ConvertedGradients", "from_onnx"],
        "encoder": ["TorchEncoder"],
    },
)

__all__ = ["ConvertedGradients", "TorchEncoder", "from_onnx"]
