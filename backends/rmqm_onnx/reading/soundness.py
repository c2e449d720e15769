"""What a damaged file breaks without breaking its format: texts, and the size of stored tensors."""

from __future__ import annotations

import math
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from onnx import ModelProto, TensorProto, helper

from rmqm_onnx.reading.graph import all_tensors
from rmqm_onnx.reading.wording import shortened
from rmqm_spec.errors import SubjectError

__all__ = ["require_texts", "require_whole_tensors"]

_FIX = "Fetch or export the file again: a part of it was changed or lost."
_BITS = {"INT4": 4, "UINT4": 4, "FLOAT4E2M1": 4, "INT2": 2, "UINT2": 2}
"""Types that share bytes; the versions of onnx know them one after the other."""

_UNKNOWN_PACKING = {"FLOAT6E2M3", "FLOAT6E3M2"}


def require_texts(proto: ModelProto, path: Path) -> None:
    """
    Refuse a model in which a text is not UTF-8: protobuf then gives bytes instead.

    Raises
    ------
    SubjectError
        MOD011, naming the field and what it holds.
    """
    broken = _broken_text(proto)
    if broken is not None:
        field, value = broken
        raise SubjectError(
            "MOD011",
            f"every text in {path.name} must be UTF-8; got {value[:20]!r} as the {field}",
            fix=_FIX,
        )


def _broken_text(message: Message) -> tuple[str, bytes] | None:
    """Return the first field whose text is not UTF-8, and its bytes."""
    for field, content in message.ListFields():
        if field.type == FieldDescriptor.TYPE_STRING:
            for text in (content,) if isinstance(content, str | bytes) else content:
                if isinstance(text, bytes):
                    return f"{field.name} of a {message.DESCRIPTOR.name}", text
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            for part in (content,) if isinstance(content, Message) else content:
                if broken := _broken_text(part):
                    return broken
    return None


def require_whole_tensors(proto: ModelProto, path: Path) -> None:
    """
    Refuse a model whose stored tensors hold more or fewer bytes than their shapes need.

    Raises
    ------
    SubjectError
        MOD011, naming the tensor, its shape and both numbers.
    """
    for tensor in all_tensors(proto):
        kind = TensorProto.DataType.Name(tensor.data_type)
        outside = tensor.data_location == TensorProto.EXTERNAL
        if outside or kind == "STRING" or kind in _UNKNOWN_PACKING:
            continue
        size = math.prod(tensor.dims)
        typed = getattr(tensor, helper.tensor_dtype_to_field(tensor.data_type))
        if tensor.HasField("raw_data") or not typed:
            _require_bytes(tensor, _bytes_of(kind, tensor.data_type, size), path)


def _require_bytes(tensor: TensorProto, needed: int, path: Path) -> None:
    if len(tensor.raw_data) != needed:
        raise SubjectError(
            "MOD011",
            f"the stored tensor {shortened(tensor.name)} in {path.name} must have {needed} bytes, "
            f"as its shape {list(tensor.dims)} says; got {len(tensor.raw_data)}",
            fix=_FIX,
        )


def _bytes_of(kind: str, data_type: int, size: int) -> int:
    if kind in _BITS:
        return -(-size * _BITS[kind] // 8)
    return int(helper.tensor_dtype_to_np_dtype(data_type).itemsize) * size
