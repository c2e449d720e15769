"""The probes of one encoder as plain data: the document ``rmqm-probe/1``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from attrs import frozen

from rmqm_spec.findings import Finding
from rmqm_spec.identity import digest_of_ids, digest_of_json
from rmqm_spec.probes.judging import Answers, Judgement
from rmqm_spec.probes.linear import MAX_ITERATIONS, TOLERANCE, LinearProbe
from rmqm_spec.probes.parts import Parts
from rmqm_spec.results.document import plain, versions

__all__ = ["SCHEMA", "Task", "digest_of_probe", "probe_document"]

SCHEMA: Final = "rmqm-probe/1"
"""Name of the document; ``schemas/probe.schema.json`` describes it."""

_ENCODER = ("model", "input", "output", "preprocessing", "geometry")
_NOT_IDENTITY = ("created", "seconds", "runtime", "versions", "probe_sha256")


@frozen(kw_only=True)
class Task:
    """
    What was asked, as people call it.

    Parameters
    ----------
    name : str
        Name of the task.
    data, labels : str
        Where the inputs and their labels come from.
    train_data, train_labels : str, optional
        The same of the training part, where it has a source of its own.
    split : str
        The rule of the split, or ``"given"``.
    train_share : float, optional
        Share of each class that is learnt from, where there is a rule.
    leave_one_out : bool
        Whether neighbours are judged by leaving one out.
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
    parts: Parts,
    judgement: Judgement,
    encoder: Mapping[str, Any],
    findings: Sequence[Finding],
    *,
    n_offered: int,
    seconds: float,
    created: str,
) -> dict[str, Any]:
    """
    Return what was found as plain data, ready for JSON.

    Parameters
    ----------
    task : Task
        What was asked.
    parts : Parts
        What was learnt from and judged on.
    judgement : Judgement
        The answers.
    encoder : mapping
        The encoder's description.
    findings : sequence of Finding
        What was noticed.
    n_offered : int
        Inputs that there were, on both sides.
    seconds : float
        Time it took.
    created : str
        Time of day, ISO 8601.
    """
    refused = _distinct([*parts.train.refused, *parts.test.refused])
    found: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "rmqm": None,
            "interval": None,
            "task": task.name,
            "task_sha256": parts.sha256,
            "probes": {
                name: _probe(name, answers, judgement.linear)
                for name, answers in judgement.answers.items()
            },
            "chance": _largest_share(parts),
            "classes": _classes(parts),
            "split": {
                "rule": task.split,
                "train_share": task.train_share,
                "neighbours": "leave-one-out" if task.leave_one_out else "train-test",
                "train": len(parts.train),
                "test": len(parts.test),
            },
            "inputs": {
                "source": task.data,
                "labels": task.labels,
                "train_source": task.train_data,
                "train_labels": task.train_labels,
                "ids_sha256": digest_of_ids(parts.train.ids + parts.test.ids),
                "offered": n_offered,
                "left_out_by_code": dict(sorted(Counter(one.code for one in refused).items())),
                "left_out": [
                    {"name": one.name, "code": one.code, "message": one.message} for one in refused
                ],
            },
            **{key: encoder.get(key) for key in (*_ENCODER, "runtime")},
            "findings": [one.to_dict() for one in findings],
            "versions": versions() | {"scikit-learn": version("scikit-learn")},
            "created": created,
            "seconds": round(seconds, 3),
        }
    )
    found["probe_sha256"] = digest_of_probe(found)
    return found


def digest_of_probe(document: Mapping[str, Any]) -> str:
    """Name the probes of an encoder by all but time, place and versions."""
    named = {key: value for key, value in document.items() if key not in _NOT_IDENTITY}
    return digest_of_json(named)


def _probe(name: str, answers: Answers, linear: LinearProbe | None) -> dict[str, Any]:
    accuracy = answers.accuracy
    found: dict[str, Any] = {
        "accuracy": accuracy.value,
        "interval": list(accuracy.interval),
        "correct": accuracy.correct,
        "judged": accuracy.n,
    }
    if name != "linear" or linear is None:
        return found
    held_out = linear.held_out or {}
    return found | {
        "C": linear.C,
        "held_out": [{"C": C, "accuracy": value} for C, value in held_out.items()],
        "converged": linear.converged,
        "iterations": linear.iterations,
        "max_iterations": MAX_ITERATIONS,
        "gradient": linear.gradient,
        "tolerance": TOLERANCE,
    }


def _classes(parts: Parts) -> list[dict[str, Any]]:
    train, test = Counter(parts.train.labels), Counter(parts.test.labels)
    return [{"label": one, "train": train[one], "test": test[one]} for one in parts.classes]


def _largest_share(parts: Parts) -> float:
    """Accuracy of always naming the class that is most frequent among the test inputs."""
    return max(Counter(parts.test.labels).values()) / len(parts.test)


def _distinct(refused: Sequence[Any]) -> list[Any]:
    """Both parts of one set name what that set left out: tell it once."""
    return list(dict.fromkeys(refused))
