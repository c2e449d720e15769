"""The score of the same network with permuted weights, beside the score of the trained network."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rmqm_spec.contracts.backend import ModelEncoder, NullModel, NullWriting
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.documents.writing import make_folder
from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.models import open_model
from rmqm_spec.runs.opening import OpenedInputs, Run, open_run
from rmqm_spec.runs.request import ModelSettings, RunRequest
from rmqm_spec.runs.scores import Score

if TYPE_CHECKING:
    from rmqm_spec.results.stored import StoredResult

__all__ = [
    "FOLDER",
    "OpenNull",
    "null_words",
    "open_null",
    "opening_of_null",
    "wants_null",
    "with_null",
]

FOLDER = "null"
"""Below the folder of the result: the result of its null, complete and usable on its own."""


@frozen(kw_only=True, eq=False)
class OpenNull:
    """
    The null of a network, about to be computed.

    Parameters
    ----------
    model : NullModel
        What was permuted.
    run : Run
        Its run, on the inputs of the network.
    """

    model: NullModel
    run: Run

    @property
    def made(self) -> dict[str, int]:
        """How it was made."""
        model = self.model
        return {"seed": model.seed, "tensors": model.tensors, "values": model.values}


def wants_null(run: Run, stored: StoredResult | None) -> bool:
    """
    Whether the null of a run is to be computed.

    Nothing is done for alterations whose scores rank no encoders, nor where the backend writes no
    nulls, nor where a stored result has its null already.
    """
    request = run.request
    if not request.null or not run.kind.ranks or not isinstance(run.backend, NullWriting):
        return False
    known = None if stored is None or request.force else stored.document.get("null")
    return known is None or known["status"] == "failed"


def null_words(run: Run, stored: StoredResult | None) -> str:
    """Say that a model's null is scored too, and on how many inputs."""
    n_inputs = len(run.prepared) if stored is None else stored.document["counts"]["seen"]
    inputs = "input" if n_inputs == 1 else "inputs"
    return (
        f"  and the same network with permuted weights, on the same {n_inputs:,} {inputs} "
        "(--no-null leaves it out)"
    )


def open_null(
    run: Run,
    stored: StoredResult | None,
    listener: Listener,
    inputs: OpenedInputs,
    *,
    files: ExitStack,
    beside_result: bool = False,
) -> OpenNull:
    """
    Write the null of a model, and open it with all that was read in or beside the model.

    Parameters
    ----------
    run : Run
        The run of the trained network.
    stored : StoredResult, optional
        Its result, where there is one already.
    listener : Listener
        Hears of the step.
    inputs : OpenedInputs
        The inputs that are open.
    files : ExitStack
        Removes the model's file when it is closed.
    beside_result : bool
        Whether the file is written into the folder of the result, which workers on other machines
        share; otherwise among the temporary files of this one.

    Raises
    ------
    RmqmError
        If the null cannot be written or opened.
    """
    if not isinstance(run.backend, NullWriting):
        raise TypeError(f"{run.backend.name} writes no nulls")
    home = run.folder if stored is None else stored.path.parent
    if beside_result:
        make_folder(home)
    place = home if beside_result else None
    folder = files.enter_context(TemporaryDirectory(prefix="rmqm-null-", dir=place))
    model = run.backend.write_null(run.request.path, Path(folder))
    request = _request_of(run, stored, model.path, home / FOLDER)
    encoder = open_model(request)
    return OpenNull(model=model, run=open_run(request, listener, encoder=encoder, inputs=inputs))


def with_null(scored: Score, outcome: StoredResult | RmqmError, **made: int) -> Score:
    """
    Write what the null says into the result of its network.

    A null that cannot be scored is a finding, not a failure.

    Parameters
    ----------
    scored : Score
        The trained network's score.
    outcome : StoredResult or RmqmError
        What came of the null.
    **made
        How the null was made.
    """
    from rmqm_spec.ranking.null import against_null, failed_null, null_findings

    if isinstance(outcome, RmqmError):
        entry = failed_null(outcome)
    else:
        try:
            entry = against_null(
                scored.stored,
                outcome,
                folder=str(outcome.path.parent.relative_to(scored.folder)),
                **made,
            )
        except RmqmError as error:
            entry = failed_null(error)
    findings = null_findings(entry)
    entry = {**entry, "findings": [finding.to_dict() for finding in findings]}
    return evolve(scored, stored=_amended(scored.stored, entry))


def findings_of(stored: StoredResult) -> tuple[Finding, ...]:
    """Return what a stored result says is worth knowing, but for its null."""
    return tuple(Finding(**finding) for finding in stored.document["findings"])


def null_findings_of(stored: StoredResult) -> tuple[Finding, ...]:
    """Return what is worth knowing about the null that stands in a result."""
    null = stored.document.get("null") or {"findings": []}
    return tuple(Finding(**finding) for finding in null["findings"])


def _request_of(run: Run, stored: StoredResult | None, path: Path, folder: Path) -> RunRequest:
    """Return the request for the null: opened with all that was read in or beside the model."""
    request = run.request
    opening = opening_of_null(request.opening, run.encoder)
    inputs, protocol = request.inputs, request.protocol
    if stored is not None and stored.document["counts"]["stopped_early"]:
        inputs = evolve(inputs, n=stored.document["counts"]["seen"])
        protocol = evolve(protocol, precision=None)
    return evolve(
        request,
        model=str(path),
        name=None,
        opening=opening,
        inputs=inputs,
        protocol=protocol,
        out=folder,
        null=False,
    )


def opening_of_null(opening: ModelSettings, encoder: ModelEncoder) -> ModelSettings:
    """Return how to open the null of a model: with all that was read in or beside the model."""
    return evolve(
        opening,
        input=encoder.input,
        output=encoder.output,
        preprocess=None,
        scale=None,
        mean=None,
        std=None,
        channel_order=None,
        preprocessing=encoder.preprocessing,
    )


def _amended(stored: StoredResult, null: dict[str, Any]) -> StoredResult:
    """Write what the null says into the result, whose digest does not depend on it."""
    from rmqm_spec.results.document import plain
    from rmqm_spec.results.files import still_there, write_document

    document = {**stored.document, "null": plain(null)}
    with still_there(stored.path, document["result_sha256"]) as is_there:
        if is_there:
            write_document(stored.path, document)
    return evolve(stored, document=document)
