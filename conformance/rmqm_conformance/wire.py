"""Values in messages: floats as hexadecimal text, arrays as base64, everything else as JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from rmqm_conformance.operations import Operation, Slot

__all__ = [
    "DTYPES",
    "SINGLE_BYTES",
    "decode_arguments",
    "decode_results",
    "encode_arguments",
    "encode_results",
]

DTYPES: Final = (
    "|u1", "|i1", "|b1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8",
)  # fmt: skip
"""Types of arrays in messages: little-endian, in C order."""

SINGLE_BYTES: Final = ("<u1", "<i1", "<b1")
"""Types of one byte with an order of bytes, which they do not have: read, but not written."""

_IN_NETWORK = {  # and in a layer, which has fewer of them
    "weight": "array",
    "bias": "array",
    "scale": "float",
    "mean": "float",
    "std": "float",
}


def encode_arguments(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return arguments as JSON data.

    Examples
    --------
    >>> from rmqm_conformance.operations import operation
    >>> encode_arguments(operation("content_id"), {"input": np.array([1, 2], dtype=np.uint8)})
    {'input': {'dtype': '|u1', 'shape': [2], 'base64': 'AQI='}}
    """
    return {key: _encoded(operation.takes[key].kind, value) for key, value in arguments.items()}


def decode_arguments(operation: Operation, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Undo `encode_arguments`."""
    return {key: _decoded(operation.takes[key].kind, value) for key, value in raw.items()}


def encode_results(operation: Operation, results: Mapping[str, Any]) -> dict[str, Any]:
    """Return results as JSON data."""
    return {key: _encoded(_kind(operation.gives, key), value) for key, value in results.items()}


def decode_results(operation: Operation, raw: Mapping[str, Any]) -> dict[str, Any]:
    """
    Undo `encode_results`; a float may also be a JSON number or decimal text.

    Raises
    ------
    ValueError
        If a text is not a number, or the bytes of an array do not fit its shape.
    """
    return {key: _decoded(_kind(operation.gives, key), value) for key, value in raw.items()}


def _kind(slots: Mapping[str, Slot], key: str) -> str:
    return slots[key].kind if key in slots else "unknown"


def _encoded(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "array":
        array = np.asarray(value)
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        return {
            "dtype": little.dtype.str.replace("=", "<"),
            "shape": list(array.shape),
            "base64": base64.b64encode(little.tobytes()).decode("ascii"),
        }
    if kind == "float":
        return float(value).hex()
    if kind == "network":
        return {key: _encoded(_IN_NETWORK.get(key, "text"), item) for key, item in value.items()}
    if kind == "layers":
        return [_encoded("network", layer) for layer in value]
    return value


def _decoded(kind: str, raw: Any) -> Any:
    if raw is None:
        return None
    if kind == "array":
        return _array(raw)
    if kind == "float":
        return _float(raw)
    if kind == "network":
        return {key: _decoded(_IN_NETWORK.get(key, "text"), item) for key, item in raw.items()}
    if kind == "layers":
        return [_decoded("network", layer) for layer in raw]
    return raw


def _array(raw: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    text = "".join(raw["base64"].split())  # some encoders break their lines
    values = np.frombuffer(base64.b64decode(text, validate=True), dtype=raw["dtype"])
    return values.reshape([int(length) for length in raw["shape"]]).copy()


def _float(raw: Any) -> float:
    if not isinstance(raw, str):
        return float(raw)
    return float.fromhex(raw) if "x" in raw.lower() else float(raw)
