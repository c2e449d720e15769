"""The gradient of an encoder as a model file that ONNX Runtime runs in any language."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from onnx import ModelProto, helper

from rmqm_onnx.gradient_trial import trial
from rmqm_onnx.gradients import jvp_model, vjp_model
from rmqm_onnx.gradients.assembly import PRODUCER
from rmqm_onnx.gradients.execution import MAX_BYTES
from rmqm_onnx.reading.model_file import read_model
from rmqm_onnx.reading.signature import TensorInfo, declared_inputs, declared_outputs
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.session import open_session
from rmqm_onnx.running.trial_run import trial_inputs
from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.backend import GradientKind, GradientModel
from rmqm_spec.errors import SubjectError

__all__ = ["gradient_model", "is_gradient_model"]

_BOUNDS = (0.0, 1.0)
_BEGINNING = 256


def gradient_model(encoder: OnnxEncoder, path: Path, kind: GradientKind = "vjp") -> GradientModel:
    """
    Write the gradient of an encoder's network as a model of its own, and try it.

    Parameters
    ----------
    encoder : OnnxEncoder
        An opened encoder: it says which input, which output, and which lengths.
    path : Path
        Its model.
    kind : {"vjp", "jvp", "displacement"}
        A pullback, a derivative in a direction, or the gradient of the squared displacement.

    Returns
    -------
    GradientModel
        What it takes is what the network is handed, after any preprocessing of the encoder; what
        it gives is not pooled. Only the batch is free.

    Raises
    ------
    SubjectError
        GRA001, naming every operator without a rule; GRA005 from 2 GiB on; and as `vjp_model`.
    """
    file = read_model(path)
    feeds = encoder.feeds_of(trial_inputs(encoder, _BOUNDS)[: encoder.rows])
    chosen: dict[str, Any] = {
        "input": encoder.input,
        "output": encoder.output,
        "example": _first_rows(feeds, len(feeds[encoder.input]), encoder.rows or 1),
        "batch": encoder.rows,
    }
    if kind == "jvp":
        model = jvp_model(file.path, **chosen)
    else:
        model = vjp_model(file.path, loss=None if kind == "vjp" else kind, **chosen)
    facts = _facts(model, kind, encoder, file.sha256)
    helper.set_model_props(model, {f"rmqm.{key}": str(value) for key, value in facts.items()})
    content = _serialised(model)
    session = open_session(content, folder=None)
    deviation, error = trial(session, kind, encoder, feeds)
    return GradientModel(
        content=content,
        inputs=tuple(_declared(info) for info in declared_inputs(model.graph)),
        outputs=tuple(_declared(info) for info in declared_outputs(model.graph)),
        facts=facts | {"operators": dict(Counter(node.op_type for node in model.graph.node))},
        deviation=deviation,
        error=error,
        route=encoder.gradient_route,
    )


def is_gradient_model(path: Path) -> bool:
    """
    Tell by its first bytes whether a file is a gradient that was written here.

    Examples
    --------
    >>> is_gradient_model(Path("examples/digits_ntxent.onnx"))
    False
    """
    with path.open("rb") as stream:
        return PRODUCER.encode() in stream.read(_BEGINNING)


def _facts(
    model: ModelProto, kind: GradientKind, encoder: OnnxEncoder, sha256: str
) -> dict[str, Any]:
    return {
        "kind": kind,
        "of": encoder.output,
        "with_respect_to": encoder.input,
        "source_sha256": sha256,
        "opset": model.opset_import[0].version,
        "ir_version": model.ir_version,
        "description": model.doc_string,
    }


def _serialised(model: ModelProto) -> bytes:
    if model.ByteSize() > MAX_BYTES:
        raise SubjectError(
            "GRA005",
            f"a gradient must have less than 2 GiB to be one file; got {model.ByteSize()} bytes",
            fix="Choose an earlier layer with --output: the layers behind it are left out.",
        )
    content: bytes = model.SerializeToString()
    return content


def _first_rows(feeds: dict[str, AnyArray], n_rows: int, wanted: int) -> dict[str, AnyArray]:
    return {
        name: value[:wanted] if value.ndim and len(value) == n_rows else value
        for name, value in feeds.items()
    }


def _declared(info: TensorInfo) -> dict[str, Any]:
    return {"name": info.name, "type": info.type, "dims": info.dims}
