"""Versions of ai.onnx."""

from __future__ import annotations

from onnx import ModelProto

__all__ = ["MIN_OPSET", "opset_of"]

MIN_OPSET = 18
"""The oldest opset that the rules are written for."""


def opset_of(model: ModelProto) -> int:
    """Return the version of ``ai.onnx`` that a model uses."""
    known = ("", "ai.onnx")
    return max((opset.version for opset in model.opset_import if opset.domain in known), default=0)
