"""Versions of ai.onnx."""

from __future__ import annotations

from onnx import ModelProto

__all__ = ["opset_of"]


def opset_of(model: ModelProto) -> int:
    """Return the version of ``ai.onnx`` that a model uses."""
    known = ("", "ai.onnx")
    return max((one.version for one in model.opset_import if one.domain in known), default=0)
