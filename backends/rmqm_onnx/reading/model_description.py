"""The model's file as plain data and on a single line: name, digest, size, opsets, producer."""

from __future__ import annotations

from typing import Any

from rmqm_onnx.reading.model_file import ModelFile

__all__ = ["describe_model", "summary"]


def summary(file: ModelFile) -> str:
    """Return size, opset and producer on a single line."""
    proto = file.proto
    opset = max(
        (entry.version for entry in proto.opset_import if entry.domain in ("", "ai.onnx")),
        default=0,
    )
    producer = f"{proto.producer_name} {proto.producer_version}".strip() or "unknown producer"
    return f"{file.path.name}: {file.n_bytes / 1e6:.2f} MB, opset {opset}, {producer}"


def describe_model(file: ModelFile) -> dict[str, Any]:
    """Return the name, the content hash and the origin of a model."""
    proto = file.proto
    return {
        "name": file.path.name,
        "sha256": file.sha256,
        "bytes": file.n_bytes,
        "external_data": [path.name for path in file.external],
        "producer": f"{proto.producer_name} {proto.producer_version}".strip(),
        "ir_version": proto.ir_version,
        "opsets": {entry.domain or "ai.onnx": entry.version for entry in proto.opset_import},
    }
