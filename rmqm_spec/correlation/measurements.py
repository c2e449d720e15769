"""What was measured of one encoder: its scores, or its probes in one task."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from rmqm_spec.contracts.preprocessing import LATER_GEOMETRY
from rmqm_spec.errors import UnreadableError
from rmqm_spec.identity import digest_of_json

__all__ = ["SCORES", "Measurement", "from_probe", "from_result"]

SCORES = ("rmqm", "weighted_rmqm", "D", "1/D_RC", "1/P_RC", "D_RC", "P_RC", "S")
"""Names of the columns that a result gives; in a table they are taken for scores."""

_SAME_PREPROCESSING = ("scale", "mean", "std", "channel_order", "resize", "crop", "interpolation")


@frozen(kw_only=True, eq=False)
class Measurement:
    """
    One document, or one row of a table.

    Parameters
    ----------
    encoder : str
        What tells encoders apart: a digest, or the name in a table.
    name : str
        What people call it.
    source : str
        The file, with the row.
    task : str, optional
        The task, where the values are of one.
    task_sha256 : str, optional
        Digest of its inputs, labels and sides.
    values : dict of str to float
        Scores and probes by the name of their column.
    scores : frozenset of str
        Which of them are scores.
    document : mapping, optional
        The whole result, where it is one.
    """

    encoder: str
    name: str
    source: str
    task: str | None = None
    task_sha256: str | None = None
    values: dict[str, float] = field(factory=dict)
    scores: frozenset[str] = frozenset()
    document: Mapping[str, Any] | None = None


def from_result(document: Mapping[str, Any], source: str) -> Measurement:
    """
    Return the scores of a result (``rmqm-result/1``), with its further measures.

    What is undefined is not among them.
    """
    parts = document["components"]
    scores = {
        "rmqm": document["rmqm"],
        "weighted_rmqm": document["weighted_rmqm"],
        **{name: parts[name] for name in ("D", "D_RC", "P_RC", "S")},
        **{f"1/{name}": 1 / parts[name] for name in ("D_RC", "P_RC") if parts[name]},
    }
    if document["rmqm"] is None:
        scores = {}
    measures = document.get("measures", {})
    scores |= {name: section["value"] for name, section in measures.items()}
    return Measurement(
        encoder=_identity(document, document["protocol"].get("inputs"), source),
        name=_name(document, source),
        source=source,
        values={name: float(value) for name, value in scores.items() if value is not None},
        scores=frozenset((*SCORES, *measures)),
        document=document,
    )


def from_probe(document: Mapping[str, Any], source: str) -> Measurement:
    """Return the accuracies of probes (``rmqm-probe/1``) in their task, and measures as scores."""
    measured = {
        name: float(section["value"])
        for name, section in document.get("measures", {}).items()
        if section["value"] is not None
    }
    return Measurement(
        encoder=_identity(document, document["geometry"], source),
        name=_name(document, source),
        source=source,
        task=str(document["task"]),
        task_sha256=str(document["task_sha256"]),
        values={name: float(probe["accuracy"]) for name, probe in document["probes"].items()}
        | measured,
        scores=frozenset(measured),
    )


def _identity(document: Mapping[str, Any], geometry: Mapping[str, Any] | None, source: str) -> str:
    """Return the digest of all that the encodings of an encoder depend on, except the runtime."""
    model, model_input, encodings, preprocessing = (
        document[section] or {} for section in ("model", "input", "output", "preprocessing")
    )
    if "sha256" not in model:
        raise UnreadableError(
            "COR001",
            f"{source} must name its model by content (model.sha256); it names none",
            fix="Score the model file with rmqm-spec: an encoder that is an object has none.",
        )
    return digest_of_json(
        [
            model["sha256"],
            [model_input.get(name) for name in ("name", "layout", "feeds")],
            [encodings.get(name) for name in ("name", "pooling")],
            [
                *(preprocessing.get(name) for name in _SAME_PREPROCESSING),
                *([name, preprocessing[name]] for name in LATER_GEOMETRY if name in preprocessing),
            ],
            (geometry or {}).get("shape"),
        ]
    )


def _name(document: Mapping[str, Any], source: str) -> str:
    """Name an encoder as its user did, else by its file, or by the folder of a file ``model``."""
    if document.get("given_name"):
        return str(document["given_name"])
    name = str(document["model"]["name"]).removesuffix(".onnx")
    return (Path(source).parent.name or name) if name == "model" else name
