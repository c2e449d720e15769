"""Versions of ai.onnx."""

from __future__ import annotations

from onnx import ModelProto, NodeProto

__all__ = ["MIN_OPSET", "is_standard", "opset_of"]

MIN_OPSET = 18
"""The oldest opset that the rules are written for."""


def opset_of(model: ModelProto) -> int:
    """Return the version of ``ai.onnx`` that a model uses."""
    known = ("", "ai.onnx")
    return max((opset.version for opset in model.opset_import if opset.domain in known), default=0)


def is_standard(node: NodeProto) -> bool:
    """Return whether an operator belongs to ``ai.onnx``."""
    return node.domain in ("", "ai.onnx")
