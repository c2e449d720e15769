"""The model's file as plain data, and on a single line."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rmqm_onnx.reading.graph import all_nodes
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
    """Return the name, the content hash, the origin and the operators of a model."""
    proto = file.proto
    operators = Counter(node.op_type for node in all_nodes(proto))
    return {
        "name": file.path.name,
        "sha256": file.sha256,
        "bytes": file.n_bytes,
        "external_data": [path.name for path in file.external],
        "producer": f"{proto.producer_name} {proto.producer_version}".strip(),
        "ir_version": proto.ir_version,
        "opsets": {entry.domain or "ai.onnx": entry.version for entry in proto.opset_import},
        "operators": dict(sorted(operators.items())),
    }
