"""``gradient``: the gradient of an encoder, written as a model that runs in any language."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from attrs import frozen

from rmqm_spec.contracts.backend import (
    Backend,
    GradientGiving,
    GradientKind,
    GradientModel,
    GradientWriting,
)
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.models import backend_of, open_model
from rmqm_spec.runs.request import RunRequest

__all__ = ["GradientRequest", "WrittenGradient", "write_gradient"]

SCHEMA = "rmqm-gradient/1"

_SAME = 1e-3
"""Encodings that differ by more than this share of the largest are those of another network."""


@frozen(kw_only=True, eq=False)
class GradientRequest:
    """
    Which gradient to write.

    Parameters
    ----------
    run : RunRequest
        The model, and how to open it.
    out : Path
        The file to write.
    kind : {"vjp", "jvp", "displacement"}
        A pullback, a derivative in a direction, or the gradient of the squared displacement.
    force : bool
        Whether a file may be replaced that is no gradient.
    """

    run: RunRequest
    out: Path
    kind: GradientKind = "vjp"
    force: bool = False


@frozen(kw_only=True, eq=False)
class WrittenGradient:
    """What was written (``document``, ``rmqm-gradient/1``), and the `findings` about it."""

    document: Mapping[str, Any]
    findings: tuple[Finding, ...]


def write_gradient(request: GradientRequest, listener: Listener | None = None) -> WrittenGradient:
    """
    Write the gradient of an encoder as a model file, after it was compared with the encoder.

    Parameters
    ----------
    request : GradientRequest
        The model and the file.
    listener : Listener, optional
        Hears what is done.

    Raises
    ------
    UsageError
        ARG001 if the backend writes no gradients, ARG005 or ARG007 where the file cannot be
        written.
    SubjectError
        GRA001 if an operator has no derivative rule, and as for opening the model.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from rmqm_spec.runs.flat import request_of
    >>> run = request_of("examples/digits_ntxent.onnx", {})
    >>> with TemporaryDirectory() as folder:
    ...     request = GradientRequest(run=run, out=Path(folder, "gradient.onnx"))
    ...     document = write_gradient(request).document
    >>> [entry["name"] for entry in document["inputs"]], document["error"] < 1e-3
    (['input', 'ct'], True)
    """
    listener = listener or Listener()
    backend = backend_of(request.run)
    if not isinstance(backend, GradientWriting):
        raise UsageError(
            "ARG001",
            f"gradient must be given a model of a backend that writes gradients; {backend.name} "
            "does not",
            fix="Take the gradient in the model's own framework.",
        )
    _check_out(request, backend)
    listener.note("opening the model")
    encoder = open_model(request.run, backend)
    listener.note("writing the gradient behind its graph, and comparing it with differences")
    made = backend.gradient_model(encoder, request.run.path, request.kind)
    findings = (*_not_within(encoder.preprocessing), *_doubts(made, backend))
    from rmqm_spec.documents.writing import write_atomically

    write_atomically(request.out, made.content)
    return WrittenGradient(document=_document(request, made, findings), findings=findings)


def _check_out(request: GradientRequest, backend: GradientWriting) -> None:
    """Refuse a file that cannot be written, or that is something else, before any work."""
    from rmqm_spec.documents.writing import check_writable

    out = request.out
    if out.is_dir():
        raise UsageError(
            "ARG005",
            f"--out must name a file; got the folder {out}",
            fix=f"For example --out {out / 'gradient.onnx'}.",
        )
    model = request.run.path
    if out.exists() and _is_of_the_model(out, model):
        raise UsageError(
            "ARG007",
            f"--out must be another file than the model and its parts; got {out}",
            fix="Choose another name.",
        )
    if out.exists() and not request.force and not _is_older(out, backend):
        raise UsageError(
            "ARG007",
            f"--out must name a new file or an older gradient; {out} is something else",
            fix="Choose another name; --force replaces it.",
        )
    try:
        check_writable(out.parent)
    except RmqmError as error:
        raise UsageError(
            "ARG005",
            f"--out must be in a folder that can be written to; got {out}",
            fix="Choose another folder.",
        ) from error


def _is_of_the_model(out: Path, model: Path) -> bool:
    """Whether a file is the model itself, or lies in the folder that is the model."""
    if not model.exists():
        return False
    return out.samefile(model) or (model.is_dir() and model.resolve() in out.resolve().parents)


def _is_older(out: Path, backend: GradientWriting) -> bool:
    try:
        return out.is_file() and backend.is_gradient_model(out)
    except OSError:
        return False


def _not_within(preprocessing: Any) -> list[Finding]:
    """Say that the preprocessing of the encoder is not part of the file."""
    if preprocessing.is_identity:
        return []
    return [
        Finding(
            code="GRA024",
            level="warn",
            message="the gradient is that of the network alone: its input is what the network is "
            f"handed after preprocessing ({preprocessing.source})",
            fix="Preprocess as the network expects it; multiply the gradient by scale / std for "
            "the gradient with respect to values before it.",
        )
    ]


def _doubts(made: GradientModel, backend: Backend | GradientWriting) -> list[Finding]:
    """Say where the file does not agree with the encoder."""
    findings = (
        list(backend.gradient_findings(made.route, made.error))
        if isinstance(backend, GradientGiving)
        else []
    )
    if not isfinite(made.deviation):
        findings.append(
            Finding(
                code="GRA025",
                level="warn",
                message="the encodings in the file could not be compared with the network's: at "
                "random inputs in [0, 1] they are not finite",
                fix="Compare both at inputs of your own before you use the file.",
            )
        )
    elif made.deviation > _SAME:
        findings.append(
            Finding(
                code="GRA025",
                level="warn",
                message=f"the encodings in the file differ from the network's by "
                f"{made.deviation:.2g} times the largest value",
                fix="Export the model in float32 and with a newer opset.",
            )
        )
    return findings


def _document(
    request: GradientRequest, made: GradientModel, findings: tuple[Finding, ...]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "ok": not findings,
        "rmqm": None,
        "interval": None,
        "model": str(request.run.path),
        "path": str(request.out),
        "bytes": len(made.content),
        **made.facts,
        "inputs": [dict(entry) for entry in made.inputs],
        "outputs": [dict(entry) for entry in made.outputs],
        "route": made.route,
        "deviation": made.deviation if isfinite(made.deviation) else None,
        "error": made.error if made.error is not None and isfinite(made.error) else None,
        "findings": [finding.to_dict() for finding in findings],
    }
