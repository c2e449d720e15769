"""The score of the same network with permuted weights, beside the score of the trained one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from attrs import evolve

from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import note
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.cli.scoring import Scored, score_model
from rmqm_spec.errors import IncompleteError, RmqmError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder

__all__ = ["null_line", "with_null"]

FOLDER = "null"
"""Below the folder of the result: the result of its null, complete and usable on its own."""


def with_null(
    scored: Scored,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    force: bool = False,
) -> Scored:
    """
    Score the null of a model that was scored, on the same inputs; its result says so.

    Nothing is done for PGD scores, which rank no training. A null that cannot be scored is told,
    and is no failure.
    """
    if protocol.alteration == "pgd":
        return scored
    known = scored.stored.document.get("null") if scored.reused and not force else None
    if known is None or known["status"] == "failed":
        known = _null_of(scored, options, inputs, protocol, force=force)
        scored = evolve(scored, stored=_amended(scored, known))
    findings = [Finding(**one) for one in known["findings"]]
    return evolve(scored, findings=(*scored.findings, *findings))


def null_line(null: Mapping[str, Any]) -> str:
    """Return what a null says as one line."""
    if null["rmqm"] is None:
        return f"  null undefined ({null['status']})"
    line = f"  null {null['rmqm']:.3f}"
    if null["interval"]:
        line += f"  [{null['interval'][0]:.3f}, {null['interval'][1]:.3f}] 95 % CI"
    line += "      the same network with permuted weights"
    if null["difference"] is None:
        return line
    low, high = null["difference_interval"]
    return f"{line}; score minus null {null['difference']:+.3f} [{low:+.3f}, {high:+.3f}]"


def _null_of(
    scored: Scored,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    force: bool,
) -> dict[str, Any]:
    from rmqm_spec.ranking.null import failed_null, null_findings

    note("  and the same network with permuted weights (--no-null leaves it out)")
    if scored.stored.document["counts"]["stopped_early"]:
        inputs = evolve(inputs, n=scored.stored.document["counts"]["seen"])
        protocol = evolve(protocol, precision=None)
    try:
        found = _score(scored, options, inputs, protocol, force=force)
    except IncompleteError:
        raise
    except RmqmError as error:
        found = failed_null(error)
    return {**found, "findings": [one.to_dict() for one in null_findings(found)]}


def _score(
    scored: Scored,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    force: bool,
) -> dict[str, Any]:
    from rmqm_onnx.null_model import write_null
    from rmqm_spec.ranking.null import against_null

    with TemporaryDirectory(prefix="rmqm-null-") as folder:
        made = write_null(scored.model, Path(folder))
        encoder = _open_like(scored.encoder, made.path, options)
    # The runtime has read it: a file as large as the model does not wait for the end of the score.
    null = score_model(
        made.path,
        options,
        inputs,
        protocol,
        out=scored.folder / FOLDER,
        force=force,
        label="null",
        encoder=encoder,
    )
    return against_null(
        scored.stored,
        null.stored,
        seed=made.seed,
        tensors=made.tensors,
        values=made.values,
        folder=str(null.folder.relative_to(scored.folder)),
    )


def _open_like(encoder: OnnxEncoder, path: Path, options: ModelRequest) -> OnnxEncoder:
    """Open with all that was found in or beside the trained model's file."""
    from rmqm_onnx import open_encoder

    asked = options.open_options()
    return open_encoder(
        path,
        evolve(
            asked,
            input=encoder.input,
            output=encoder.output,
            preprocessing=encoder.arrangement.preprocessing,
        ),
    )


def _amended(scored: Scored, null: dict[str, Any]) -> Any:
    """Write what the null says into the result, whose digest does not depend on it."""
    from rmqm_spec.results.document import plain
    from rmqm_spec.results.files import still_there, write_document

    stored = scored.stored
    document = {**stored.document, "null": plain(null)}
    with still_there(stored.path, document["result_sha256"]) as is_there:
        if is_there:
            write_document(stored.path, document)
    return evolve(stored, document=document)
