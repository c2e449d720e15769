"""What a linear probe and the model itself say of inputs with labels, beside their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import evolve, frozen

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.geometry_request import GeometrySettings
from rmqm_spec.runs.geometry_set import InputSet, vectors_of
from rmqm_spec.runs.models import open_model
from rmqm_spec.runs.probe_doubts import linear_findings
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.arrays import Float64Array
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.probes import Labelled

__all__ = ["AUTO", "GivenAnswers", "linear_answers", "model_answers"]

AUTO: Final = "auto"
"""The model's output as it is chosen where none is named."""

_CLASS_SCORES: Final = {"OUT006", "OUT008"}
"""What is found of an output with probabilities, or with class scores."""


@frozen(kw_only=True, eq=False)
class GivenAnswers:
    """
    Answers to inputs, in their order.

    Parameters
    ----------
    labels : tuple of str
        The class that is named; "" for an input that was not judged.
    section : dict, optional
        How the linear probe was fitted, or which output answered.
    findings : tuple of Finding
        What is to be said of the fit.
    """

    labels: tuple[str, ...]
    section: dict[str, Any] | None = None
    findings: tuple[Finding, ...] = ()


def linear_answers(inputs: Labelled, candidates: tuple[float, ...]) -> GivenAnswers:
    """
    Fit a linear probe to half of the inputs, and let it answer to the others.

    Raises
    ------
    UsageError
        PRB004 for fewer than two classes with two inputs each.
    """
    from rmqm_spec.probes import divide, fit_linear_probe

    split = divide(inputs)
    numbers = {name: number for number, name in enumerate(split.classes)}
    known = np.array([numbers[label] for label in split.train.labels])
    fitted = fit_linear_probe(
        split.train.vectors, known, split.train.ids, split.test.vectors, candidates
    )
    said = {
        identity: split.classes[int(number)]
        for identity, number in zip(split.test.ids, fitted.predictions, strict=True)
    }
    return GivenAnswers(
        labels=tuple(said.get(identity, "") for identity in inputs.ids),
        section={
            "C": fitted.C,
            "converged": fitted.converged,
            "train": len(split.train),
            "test": len(split.test),
        },
        findings=tuple(linear_findings(fitted)),
    )


def model_answers(
    encoder: ModelEncoder,
    request: RunRequest,
    settings: GeometrySettings,
    inputs: InputSet,
    name: str,
    listener: Listener,
) -> GivenAnswers | Finding:
    """
    Let the model answer by the largest of its own class scores.

    Returns
    -------
    GivenAnswers or Finding
        A finding (GEO003) where the output was to be chosen, and is not known to hold class scores.

    Raises
    ------
    UsageError
        GEO002 if labels are no numbers of these classes; what opening the model raises, for an
        output that it does not have.
    """
    is_named = settings.scores != AUTO
    opening = evolve(request.opening, output=settings.scores if is_named else None, pooling=None)
    try:
        classifier = open_model(evolve(request, opening=opening))
    except UsageError as error:
        if not is_named:
            raise
        message = error.message.replace("--output", "--scores")  # the option that was given
        raise UsageError(error.code, message, fix=error.fix) from error
    if not is_named and not _CLASS_SCORES & {finding.code for finding in classifier.findings}:
        return Finding(
            code="GEO003",
            level="warn",
            message=f"the output {classifier.output} of {name} is not known to hold class scores, "
            "so the model gives no answers of its own",
            fix="Name the output with its class scores: --scores NAME. rmqm-spec inspect lists "
            "outputs.",
        )
    scores = inputs.chosen.vectors  # of length 1, which moves no largest value
    if classifier.output != encoder.output:
        scores = vectors_of(classifier, inputs, f"{name}: class scores", listener)
    _check_class_numbers(inputs.chosen, scores)
    section = {"output": classifier.output}
    return GivenAnswers(labels=tuple(_as_labelled(inputs.chosen, scores)), section=section)


def _as_labelled(chosen: Labelled, scores: Float64Array) -> list[str]:
    """Name classes as the labels do: ``7``, ``7.0`` or ``07``."""
    spelt = {_number(label): label for label in sorted(set(chosen.labels))}
    return [spelt.get(number, str(number)) for number in scores.argmax(axis=1).tolist()]


def _check_class_numbers(chosen: Labelled, scores: Float64Array) -> None:
    n_classes = scores.shape[1]
    for label in chosen.labels:
        number = _number(label)
        if number is None or not 0 <= number < n_classes:
            raise UsageError(
                "GEO002",
                f"labels must be the class numbers 0 to {n_classes - 1} of the model's scores; "
                f"got {label!r}",
                fix="Number the labels as the model does, name the output with its class scores, "
                "or leave --scores out.",
            )


def _number(label: str) -> int | None:
    try:
        value = float(label)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None
