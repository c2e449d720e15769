"""Models that contradict themselves: told apart from errors of our own by ONNX's own checker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rmqm_spec.errors import RmqmError, SubjectError

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["refusing_broken"]

_LONGEST = 300


@contextmanager
def refusing_broken(path: Path) -> Iterator[None]:
    """
    Refuse a model on which reading stumbled, where it breaks the rules of ONNX.

    A sound model on which our own code stumbles stays what it is: an error of ours.

    Raises
    ------
    SubjectError
        MOD011, with what the checker of ONNX says.
    """
    try:
        yield
    except (RmqmError, MemoryError):
        raise
    except Exception as error:
        reason = _broken_rule(path)
        if reason is None:
            raise
        raise SubjectError(
            "MOD011",
            f"{path.name} must follow the rules of ONNX; got a model of which its checker says: "
            f"{reason}",
            fix="Export the model again; onnx.checker.check_model says the same.",
        ) from error


def _broken_rule(path: Path) -> str | None:
    """Return what the checker says; None where it finds nothing."""
    from onnx import checker
    from onnx.shape_inference import infer_shapes

    from rmqm_onnx.reading.model_file import read_model

    try:
        file = read_model(path)
    except RmqmError as error:
        return error.message
    part = _without_open_shapes(file.proto)
    for rule in (checker.check_model, partial(infer_shapes, check_type=True, strict_mode=True)):
        try:
            rule(part)
        except Exception as error:
            text = " ".join(str(error).split()) or type(error).__name__
            return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    return None


def _without_open_shapes(proto: ModelProto) -> ModelProto:
    """Leave out outputs of open shape: the checker asks for more than runtimes do."""
    part = type(proto)()
    part.CopyFrom(proto)
    declared = [value for value in part.graph.output if value.type.tensor_type.HasField("shape")]
    del part.graph.output[:]
    part.graph.output.extend(declared)
    return part
