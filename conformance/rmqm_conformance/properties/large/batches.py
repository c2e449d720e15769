"""Encoders and evaluations of many inputs: RMQM-ENC-003, RMQM-ENC-005, RMQM-DOC-004."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.expectation import evaluated, expected, require_evaluation
from rmqm_conformance.properties.free_forms import require_count
from rmqm_conformance.properties.helpers import own_inputs, units
from rmqm_conformance.properties.large.ladder import rungs
from rmqm_conformance.properties.reading import at, document_of, number, parsed
from rmqm_conformance.require import require_close, require_near
from rmqm_conformance.strategies import Batch, Network
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


def _set(n: int, n_values: int, seed: int) -> tuple[Batch, Network]:
    """Return inputs of few values with a dense layer whose representations stay away from 0."""
    rng = np.random.default_rng([seed, n, n_values])
    network = {
        "weight": rng.normal(size=(3, n_values)) / np.sqrt(n_values),
        "bias": np.array([1.5, -1.0, 0.75]),
        "scale": 1.0,
        "mean": 0.5,
        "std": 0.5,
        "activation": "tanh",
    }
    names = [f"set/{seed}/{k}" for k in range(n)]
    return Batch(rng.uniform(0.2, 0.8, (n, n_values)), names, 0.0, 1.0), network


@statistic("RMQM-ENC-003/many-inputs", needs="encoder")
def encodings_of_many(subject: Subject, effort: Effort) -> None:
    """An input has the encoding that it has alone, in however large a batch it stands."""
    own = subject.description.encoder
    tolerance = 10 * oracle.RESOLUTION.get(own.arithmetic if own else "float32", 1e-6)
    for size in rungs(effort, 17, 300, skip=2):
        inputs = own_inputs(subject, size, effort.seed)
        together = units(subject.perform("encode", inputs=inputs)["encodings"])
        rows = np.unique(np.linspace(0, size - 1, 9).astype(int))
        for row in rows:
            alone = subject.perform("encode", inputs=inputs[row : row + 1])["encodings"]
            what = f"unit encoding of input {row} of {size}"
            require_close(what, together[row], units(alone)[0], atol=tolerance)


@statistic("RMQM-ENC-008/many-inputs", needs="pgd", also="RMQM-ENC-003")
def gradients_of_many(subject: Subject, effort: Effort) -> None:
    """An input has the gradient that it has alone, in however large a batch it stands."""
    rng = np.random.default_rng([effort.seed, 5])
    for size in rungs(effort, 17, 140, skip=2):
        inputs = own_inputs(subject, size, effort.seed, margin=0.1)
        encodings = subject.perform("encode", inputs=inputs)["encodings"]
        cotangent = rng.normal(size=encodings.shape).astype(encodings.dtype)
        together = subject.perform("vjp", inputs=inputs, cotangent=cotangent)["gradient"]
        largest = float(np.abs(together).max())
        for row in np.unique(np.linspace(0, size - 1, 5).astype(int)):
            part = slice(row, row + 1)
            asked = {"inputs": inputs[part], "cotangent": cotangent[part]}
            alone = subject.perform("vjp", **asked)["gradient"][0]
            what = f"gradient of input {row} of {size}"
            require_close(what, together[row], alone, atol=1e-5 * largest)


@statistic(
    "RMQM-ENC-005/many-inputs", needs="encoder noise", also="RMQM-ENC-007 RMQM-AGG-001 RMQM-INP-004"
)
def evaluations_of_many(subject: Subject, effort: Effort) -> None:
    """Evaluations of many inputs, of many levels and of long inputs follow the definition."""
    many = [(size, 4, 2) for size in rungs(effort, 17, 300, skip=3)]
    long = [(2, 4, size) for size in rungs(effort, 26, 300, skip=3)]
    wide = [(2, size, 2) for size in rungs(effort, 60, 2100, skip=3)]
    for n, n_values, n_levels in (*many, *long, *wide):
        drawn = _set(n, n_values, effort.seed)
        if should := expected(subject, drawn, n_levels, 3, "paper"):
            require_evaluation(evaluated(subject, drawn, n_levels, 3, "paper"), should)


@statistic("RMQM-DOC-004/many-inputs", needs="documents noise", also="RMQM-DOC-003 RMQM-INP-004")
def documents_of_many(subject: Subject, effort: Effort) -> None:
    """Documents count more than a byte can: copies, levels and offered inputs."""
    batch, network = _set(2, 3, effort.seed)
    offered = batch.of([0, 1] * 150)
    document = parsed(document_of(subject, (offered, network), 300, 0, "paper"))
    pointers = subject.description.pointers
    counts = {"offered": 300, "N": 2, "duplicates": 298}
    for name, count in counts.items():
        require_count(name, at(document, pointers[name]), count)
    require_near("J", number(at(document, pointers["J"]), "J"), 300, atol=0)


CHECKS = (encodings_of_many, gradients_of_many, evaluations_of_many, documents_of_many)
