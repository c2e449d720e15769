"""Declared shapes against the memory that there is: before anything of that size is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.reading.signature import TensorInfo
from rmqm_spec.errors import SubjectError
from rmqm_spec.memory import available_memory, in_words

__all__ = ["require_room"]

_ROWS = 3
"""How many inputs a model is tried on at once, where its batch is not fixed."""

_BYTES = 16
"""Per value of an input: drawn in float64, converted to float32, and arranged for the network."""

_ENOUGH = 2**28
"""Bytes that are not worth asking for."""


def require_room(altered: TensorInfo, layout: InputLayout, others: Iterable[TensorInfo]) -> None:
    """
    Refuse a model whose inputs, as declared, do not fit into memory.

    Raises
    ------
    SubjectError
        MOD010, with the declared shape and the sizes.
    """
    rows = max(_ROWS, layout.batch or 1)
    needed: Mapping[TensorInfo, int] = {
        altered: rows * prod(layout.network_shape) * _BYTES,
        **{info: rows * prod(length or 1 for length in info.dims or ()) * 8 for info in others},
    }
    largest = max(needed, key=lambda info: needed[info])
    total = sum(needed.values())
    if total <= _ENOUGH:
        return
    available = available_memory()
    if available is not None and total > available:
        raise SubjectError(
            "MOD010",
            f"the model must fit into memory; got {largest}: trying it on {rows} inputs takes "
            f"{in_words(total)}, and {in_words(available)} are free",
            fix="Export it with smaller dimensions if these are not meant (--size where they are "
            "open); else use a machine with more memory.",
        )
