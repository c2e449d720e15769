"""The probes of an encoder as plain data: the document ``rmqm-probe/1``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from attrs import frozen

from rmqm_spec.evaluation.statistic import Measured
from rmqm_spec.findings import Finding
from rmqm_spec.identity import digest_of_ids, digest_of_json
from rmqm_spec.probes.judging import Answers, Judgement
from rmqm_spec.probes.linear import MAX_ITERATIONS, TOLERANCE, LinearProbe
from rmqm_spec.probes.train_test import TrainTestSplit
from rmqm_spec.results.document import plain, versions
from rmqm_spec.results.measures import measures_of

__all__ = ["SCHEMA", "Task", "digest_of_probe", "probe_document"]

SCHEMA: Final = "rmqm-probe/1"
"""Name of the document; ``schemas/probe.schema.json`` describes it."""

_ENCODER = ("model", "input", "output", "preprocessing", "geometry")
_NOT_IDENTITY = ("created", "seconds", "runtime", "versions", "probe_sha256", "given_name")


@frozen(kw_only=True)
class Task:
    """
    What the probes were asked, as readers would name it.

    Parameters
    ----------
    name : str
        Name of the task.
    data, labels : str
        Where the inputs and their labels come from.
    train_data, train_labels : str, optional
        The same for the training part, where it has its own source.
    split : str
        The rule of the split, or ``"given"``.
    train_share : float, optional
        Share of each class in the training part, where a rule divides the inputs.
    leave_one_out : bool
        Whether neighbours are judged leave-one-out.
    """

    name: str
    data: str
    labels: str
    train_data: str | None = None
    train_labels: str | None = None
    split: str
    train_share: float | None = None
    leave_one_out: bool = False


def probe_document(
    task: Task,
    split: TrainTestSplit,
    judgement: Judgement,
    encoder: Mapping[str, Any],
    findings: Sequence[Finding],
    *,
    n_offered: int,
    seconds: float,
    created: str,
    measured: Mapping[str, Measured] | None = None,
) -> dict[str, Any]:
    """
    Return the probes of an encoder as plain data, ready for JSON.

    Parameters
    ----------
    task : Task
        What was asked.
    split : TrainTestSplit
        The training part and the test part.
    judgement : Judgement
        The answers.
    encoder : mapping
        The encoder's description.
    findings : sequence of Finding
        Findings about the encoder and the inputs.
    n_offered : int
        Number of inputs offered, for training and test together.
    seconds : float
        Time it took.
    created : str
        Time of day, ISO 8601.
    measured : mapping, optional
        Measures of the training part, by name.
    """
    left_out = _distinct([*split.train.left_out, *split.test.left_out])
    document: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "rmqm": None,
            "interval": None,
            "task": task.name,
            "task_sha256": split.sha256,
            "probes": {
                name: _probe(name, answers, judgement.linear)
                for name, answers in judgement.answers.items()
            },
            **({"measures": measures_of(measured), "measured_on": "train"} if measured else {}),
            "chance": _largest_share(split),
            "classes": _classes(split),
            "split": {
                "rule": task.split,
                "train_share": task.train_share,
                "neighbours": "leave-one-out" if task.leave_one_out else "train-test",
                "train": len(split.train),
                "test": len(split.test),
            },
            "inputs": {
                "source": task.data,
                "labels": task.labels,
                "train_source": task.train_data,
                "train_labels": task.train_labels,
                "ids_sha256": digest_of_ids(split.train.ids + split.test.ids),
                "offered": n_offered,
                "left_out_by_code": dict(sorted(Counter(entry.code for entry in left_out).items())),
                "left_out": [
                    {"name": entry.name, "code": entry.code, "message": entry.message}
                    for entry in left_out
                ],
            },
            **{key: encoder.get(key) for key in (*_ENCODER, "runtime")},
            "findings": [finding.to_dict() for finding in findings],
            "versions": versions() | {"scipy": version("scipy")},
            "created": created,
            "seconds": round(seconds, 3),
        }
    )
    document["probe_sha256"] = digest_of_probe(document)
    return document


def digest_of_probe(document: Mapping[str, Any]) -> str:
    """Name the probes of an encoder by all but time, place and versions."""
    named = {key: value for key, value in document.items() if key not in _NOT_IDENTITY}
    return digest_of_json(named)


def _probe(name: str, answers: Answers, linear: LinearProbe | None) -> dict[str, Any]:
    accuracy = answers.accuracy
    section: dict[str, Any] = {
        "accuracy": accuracy.value,
        "interval": list(accuracy.interval),
        "correct": accuracy.correct,
        "judged": accuracy.n,
    }
    if name != "linear" or linear is None:
        return section
    held_out = linear.held_out or {}
    return section | {
        "C": linear.C,
        "held_out": [{"C": C, "accuracy": value} for C, value in held_out.items()],
        "converged": linear.converged,
        "iterations": linear.iterations,
        "max_iterations": MAX_ITERATIONS,
        "gradient": linear.gradient,
        "tolerance": TOLERANCE,
    }


def _classes(split: TrainTestSplit) -> list[dict[str, Any]]:
    train, test = Counter(split.train.labels), Counter(split.test.labels)
    return [{"label": label, "train": train[label], "test": test[label]} for label in split.classes]


def _largest_share(split: TrainTestSplit) -> float:
    """Accuracy of always naming the class that is most frequent among the test inputs."""
    return max(Counter(split.test.labels).values()) / len(split.test)


def _distinct(left_out: Sequence[Any]) -> list[Any]:
    """Drop repetitions: both sides of a divided set name all that it left out."""
    return list(dict.fromkeys(left_out))
