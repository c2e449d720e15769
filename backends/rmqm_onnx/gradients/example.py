"""Example inputs, on which a graph is examined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from onnx import ModelProto

from rmqm_onnx.reading.signature import TensorInfo, declared_inputs
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import UsageError

__all__ = ["Example", "example_inputs"]

Example: TypeAlias = AnyArray | Mapping[str, AnyArray] | None


def example_inputs(model: ModelProto, name: str, example: Example) -> dict[str, AnyArray]:
    """
    Return a value per input: the given value, or else random numbers.

    Raises
    ------
    UsageError
        If an input that is not given leaves its shape open.
    """
    given = dict(example) if isinstance(example, Mapping) else {}
    if example is not None and not isinstance(example, Mapping):
        given = {name: example}
    wanted = declared_inputs(model.graph)
    return {
        info.name: np.asarray(given[info.name]).astype(info.dtype)
        if info.name in given
        else _random(info)
        for info in wanted
    }


def _random(info: TensorInfo) -> AnyArray:
    dims = info.dims
    if dims is None or any(length is None for length in dims[1:]):
        raise UsageError(
            "GRA006",
            f"an example must be given for an input whose shape is left open; got none for {info}",
            fix="Pass example={name: array} with one row.",
        )
    shape = tuple(length or 1 for length in dims)
    return np.random.default_rng(0).random(shape).astype(info.dtype)
