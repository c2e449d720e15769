"""What a trial run means: encode in batches, encode every input alone, or refuse the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import evolve
from onnx import ModelProto

from rmqm_onnx.reading.graph import operators
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.randomness import UnsteadyOperator, tensor_without, unsteady_operators
from rmqm_onnx.running.row_mixing import Mixing, find_mixing
from rmqm_onnx.running.session import open_session
from rmqm_onnx.running.trial_run import TrialRun, trial_inputs
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError
from rmqm_spec.findings import Finding

__all__ = ["DYNAMIC_QUANTISATION", "judged"]

DYNAMIC_QUANTISATION = frozenset(
    ["DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM"]
)
_STATIC_QUANTISATION = frozenset(["QuantizeLinear", "QLinearConv", "QLinearMatMul", "QGemm"])

_EVALUATION_MODE = (
    "Export the model again in evaluation mode (model.eval()), with stored statistics."
)

_TOO_LARGE_TO_TRACE = 1 << 30
"""Bytes of weights above which the tensors of a network are not all looked at."""


def judged(trial: TrialRun, file: ModelFile, *, bounds: tuple[float, float]) -> TrialRun:
    """
    Return a trial with the encoder called as it must be, or refuse the model.

    Parameters
    ----------
    trial : TrialRun
        What the model did.
    file : ModelFile
        The model, to name what is at fault.
    bounds : tuple of two floats
        Range of the inputs of the trial.

    Raises
    ------
    SubjectError
        DET001 if the model draws at random; BAT001 if its rows influence each other for another
        reason than dynamic quantisation.
    """
    unsteady = unsteady_operators(file.proto, trial.encoder.output, file.path.parent)
    _require_repeatable(trial, file, unsteady)
    findings = [*trial.findings, *_unseen_randomness(unsteady)]
    encoder = trial.encoder
    names = operators(file.proto)
    is_dynamic = bool(names & DYNAMIC_QUANTISATION)
    by_company = trial.batch.company > trial.tolerance
    by_size = trial.batch.size > trial.tolerance
    if is_dynamic:
        mixing = _mixing(trial, file, bounds) if by_company else None
        if mixing is not None and mixing.operator not in _of_quantisation(file.proto):
            raise _mixes(trial, mixing)
        encoder = evolve(encoder, one_at_a_time=True)
        findings.append(_alone("quantises its activations by the batch", trial))
    elif by_company:
        raise _mixes(trial, _mixing(trial, file, bounds))
    elif by_size and names & _STATIC_QUANTISATION:
        # A sum in another order can end in another step of the quantisation.
        encoder = evolve(encoder, one_at_a_time=True)
        findings.append(_alone("is quantised and rounds by the size of the batch", trial))
    elif by_size:
        raise _depends_on_size(trial)
    _require_stored_statistics(unsteady)
    return evolve(trial, encoder=encoder, findings=tuple(findings))


def _require_repeatable(
    trial: TrialRun, file: ModelFile, unsteady: Sequence[UnsteadyOperator]
) -> None:
    draws = any(operator.draws for operator in unsteady)
    if trial.is_repeatable or (not draws and trial.wavering < trial.tolerance):
        return
    measured = (
        "the same input must have the same encoding whenever it is encoded; encoded twice, its "
        f"unit encodings differ by {trial.wavering:.1e}"
    )
    if not unsteady:
        raise SubjectError(
            "DET001",
            f"{measured}, though no operator of the graph is known to draw at random",
            fix="Try --threads 1, --provider cpu, or another version of the runtime.",
        )
    fix = (
        "Export the model again in evaluation mode (model.eval()), without dropout, and with the "
        "mean in place of a sample."
    )
    before = tensor_without(file.proto.graph, unsteady[0]) if len(unsteady) == 1 else None
    if before is not None:
        fix += f" Or take the tensor without the randomness: --output {before}."
    raise SubjectError("DET001", f"{measured}: {_blamed(unsteady)}", fix=fix)


def _require_stored_statistics(unsteady: Sequence[UnsteadyOperator]) -> None:
    """Refuse a normalisation in training mode that no company betrays: the batch is fixed at 1."""
    learning = [operator for operator in unsteady if not operator.draws]
    if learning:
        raise SubjectError(
            "BAT001",
            "an encoder must normalise by the statistics of its training; "
            f"{_blamed(learning)}: it normalises every batch by the batch itself, which makes "
            "another encoder of it: the export is wrong",
            fix=_EVALUATION_MODE,
        )


def _blamed(unsteady: Sequence[UnsteadyOperator]) -> str:
    plural = len(unsteady) > 1
    if any(operator.draws for operator in unsteady):
        verb = "draw at random" if plural else "draws at random"
    else:
        verb = "are in training mode" if plural else "is in training mode"
    return f"{_listed(unsteady)} {verb}"


def _listed(unsteady: Sequence[UnsteadyOperator]) -> str:
    return ", ".join(map(str, unsteady[:3])) + (" and more" if len(unsteady) > 3 else "")


def _unseen_randomness(unsteady: Sequence[UnsteadyOperator]) -> list[Finding]:
    drawing = [operator for operator in unsteady if operator.draws]
    if not drawing:
        return []
    return [
        Finding(
            code="DET002",
            level="warn",
            message=f"the graph has operators that draw at random ({_listed(drawing)}); they "
            "changed no encoding in a trial",
            fix="Export the model again in evaluation mode, without dropout and sampling.",
        )
    ]


def _alone(reason: str, trial: TrialRun) -> Finding:
    return Finding(
        code="BAT003",
        level="warn",
        message=f"the model {reason}: an encoding alone and in a batch differ by "
        f"{trial.batch.size:.1e}; every input is encoded alone",
        fix="Nothing to do: the score is right, only slower.",
    )


def _mixes(trial: TrialRun, mixing: Mixing | None) -> SubjectError:
    by = f"{mixing} mixes the rows of a batch" if mixing else "an operator mixes the batch's rows"
    fix = "Export the model again: the batch must stay on the first axis from input to output."
    if mixing is not None and mixing.operator == "BatchNormalization":
        fix = _EVALUATION_MODE
    return SubjectError(
        "BAT001",
        "the encoding of an input must not depend on the inputs beside it; in other company its "
        f"unit encoding moves by {trial.batch.company:.1e}, because {by}: the export is wrong",
        fix=fix,
    )


def _depends_on_size(trial: TrialRun) -> SubjectError:
    return SubjectError(
        "BAT001",
        "the encoding of an input must not depend on the size of its batch; alone and in a batch "
        f"its unit encodings differ by {trial.batch.size:.1e}: the export is wrong",
        fix="Export the model again with a dynamic batch, and without anything that is computed "
        "from the number of inputs.",
    )


def _of_quantisation(model: ModelProto) -> set[str]:
    """Return the operators by which a dynamic quantisation shows first: its own, and functions."""
    functions = {function.name for function in model.functions}
    return {*DYNAMIC_QUANTISATION, *functions}


def _mixing(trial: TrialRun, file: ModelFile, bounds: tuple[float, float]) -> Mixing | None:
    """Name the operator that mixes rows; None where the network is too large or does not tell."""
    encoder = trial.encoder
    if file.n_bytes > _TOO_LARGE_TO_TRACE:
        return None
    inputs = trial_inputs(encoder, bounds)
    low, high = (np.full_like(inputs[0], bound) for bound in bounds)
    middle = (low + high) / 2
    batches = (
        encoder.feeds_of(inputs),
        encoder.feeds_of(np.stack([middle, *inputs[1:]])),
        encoder.feeds_of(np.stack([inputs[0], high, low])),
    )
    try:
        return find_mixing(file.proto, encoder.output, batches, _runner(file))
    except Exception:  # whatever keeps a network from being looked into, the refusal stands
        return None


def _runner(file: ModelFile) -> Callable[..., list[Any]]:
    sessions: dict[int, Any] = {}

    def run(model: ModelProto, names: Sequence[str], feeds: Mapping[str, AnyArray]) -> list[Any]:
        if not sessions:
            sessions[0] = open_session(
                model.SerializeToString(),
                folder=file.path.parent if file.external else None,
                optimised=False,
            )
        values: list[Any] = sessions[0].run(list(names), dict(feeds))
        return values

    return run
