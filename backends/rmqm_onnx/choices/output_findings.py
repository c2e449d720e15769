"""Warnings about the tensor that was chosen as the encodings."""

from __future__ import annotations

from onnx import GraphProto

from rmqm_onnx.choices.heads import Heads
from rmqm_onnx.choices.last_layers import layer_before, pooling_option, score_operator
from rmqm_onnx.choices.output_advice import score_advice
from rmqm_spec.contracts.backend import Pooling
from rmqm_spec.errors import SubjectError
from rmqm_spec.findings import Finding

__all__ = ["output_findings", "require_direction"]


def output_findings(
    graph: GraphProto,
    output: str,
    shape: tuple[int, ...],
    pooling: Pooling | None,
    heads: Heads | None = None,
) -> list[Finding]:
    """Warn of encodings (of this shape for each input) without pooling, and of probabilities."""
    findings: list[Finding] = []
    if sum(length != 1 for length in shape) > 1 and pooling is None:
        findings.append(
            Finding(
                code="OUT004",
                level="warn",
                message=f"the encodings of one input have shape {shape}: all values are taken",
                fix="Say --pooling cls or mean for tokens, mean for feature maps, or flatten.",
            )
        )
    operator = score_operator(graph, output)
    if operator is not None:
        findings.append(
            Finding(
                code="OUT006",
                level="warn",
                message=f"{output} comes out of {operator}: probabilities, not encodings",
                fix=score_advice(graph, output, heads),
            )
        )
    return findings


def require_direction(graph: GraphProto, output: str, n_values: int) -> None:
    """
    Refuse encodings of a single value.

    Raises
    ------
    SubjectError
        OUT009.
    """
    if n_values > 1:
        return
    before = layer_before(graph, output)
    raise SubjectError(
        "OUT009",
        "an encoding must have at least two values, because one value has no direction; got 1 from "
        f"{output}",
        fix=f"Score what the last layer takes: --output {before}{pooling_option(graph, before)}"
        if before
        else "Choose another --output; rmqm-spec inspect lists candidates.",
    )
