"""The probes of one encoder as plain data: the document ``rmqm-probe/1``, and its files."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.identity import digest_of_ids, digest_of_json
from rmqm_spec.probes.judging import Answers, Judgement
from rmqm_spec.probes.labelled import Parts
from rmqm_spec.probes.linear import MAX_ITERATIONS, TOLERANCE, LinearProbe
from rmqm_spec.result import plain, versions
from rmqm_spec.storage import check_writable, read_json, write_atomically

__all__ = ["SCHEMA", "Task", "probe_document", "write_probe"]

SCHEMA: Final = "rmqm-probe/1"
"""Name of the document; ``schemas/probe.schema.json`` describes it."""

_ENCODER = ("model", "input", "output", "preprocessing", "geometry")
_NOT_IDENTITY = ("created", "seconds", "runtime", "versions")


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
    found["probe_sha256"] = digest_of_json(
        {key: value for key, value in found.items() if key not in _NOT_IDENTITY}
    )
    return found


def write_probe(
    folder: Path, document: Mapping[str, Any], judgement: Judgement, *, force: bool = False
) -> Path:
    """
    Write ``answers.csv`` and, last, ``probe.json``; return the latter's path.

    A folder with other probes is left alone, unless `force`: a new one beside it is taken, named by
    the digest.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to.
    """
    known = _known(folder / "probe.json")
    if known is not None and not force and known != document["probe_sha256"]:
        folder = folder.resolve()
        folder = folder.with_name(f"{folder.name}-{document['probe_sha256'][:8]}")
    check_writable(folder)
    write_atomically(folder / "answers.csv", _table(judgement).encode("utf-8", "backslashreplace"))
    text = json.dumps(document, indent=2, allow_nan=False) + "\n"
    write_atomically(folder / "probe.json", text.encode())
    return folder / "probe.json"


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


def _known(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        return str(read_json(path).get("probe_sha256", ""))
    except UnreadableError:
        return ""


def _table(judgement: Judgement) -> str:
    """Return one line per input that was judged, sorted by id; a probe may leave a field empty."""
    rows: dict[str, dict[str, str]] = {}
    for probe, answers in judgement.answers.items():
        for identity, name, label, said in zip(
            answers.ids, answers.names, answers.labels, answers.predictions, strict=True
        ):
            rows.setdefault(identity, {"id": identity, "name": name, "label": label})[probe] = said
    stream = io.StringIO()
    columns = ["id", "name", "label", *judgement.answers]
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[identity] for identity in sorted(rows))
    return stream.getvalue()
