"""The geometry of an encoder as plain data: the document ``rmqm-geometry/1``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from attrs import field, frozen

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.geometries.columns import Columns
from rmqm_spec.geometries.quantities import quantities
from rmqm_spec.geometries.sections import numbers_of
from rmqm_spec.identity import digest_of_ids, digest_of_json
from rmqm_spec.probes.encoding import LeftOutInput
from rmqm_spec.probes.pairing import paired
from rmqm_spec.results.document import plain, versions

__all__ = ["SCHEMA", "Asked", "NullOutcome", "digest_of_geometry", "geometry_document", "null_of"]

SCHEMA: Final = "rmqm-geometry/1"
"""Name of the document; ``schemas/geometry.schema.json`` describes it."""

_ENCODER = ("model", "input", "output", "preprocessing", "geometry", "runtime")
_NOT_IDENTITY = ("created", "seconds", "runtime", "versions", "geometry_sha256", "given_name")


@frozen(kw_only=True)
class Asked:
    """
    What was asked, as readers would name it.

    Parameters
    ----------
    data : str
        Where the inputs come from.
    labels : str, optional
        Where their labels come from.
    kernel : str
        As it was typed.
    alteration : mapping, optional
        Its rule with all parameters.
    scores : str, optional
        The output whose largest value is the model's own answer.
    linear : mapping, optional
        How the linear probe was fitted.
    """

    data: str
    labels: str | None
    kernel: str
    alteration: Mapping[str, Any] | None = None
    scores: str | None = None
    linear: Mapping[str, Any] | None = None


@frozen(kw_only=True, eq=False)
class NullOutcome:
    """
    What became of the network with permuted weights.

    Parameters
    ----------
    columns : Columns, optional
        Its geometry.
    error : RmqmError, optional
        Why there is none.
    made : mapping
        How it was made: ``seed``, ``tensors``, ``values``.
    """

    columns: Columns | None = None
    error: RmqmError | None = None
    made: Mapping[str, int] = field(factory=dict)


def geometry_document(
    asked: Asked,
    columns: Columns,
    encoder: Mapping[str, Any],
    findings: Sequence[Finding],
    *,
    null: NullOutcome | None,
    left_out: Sequence[LeftOutInput],
    n_offered: int,
    seconds: float,
    created: str,
) -> dict[str, Any]:
    """
    Return the geometry of an encoder as plain data, ready for JSON.

    Parameters
    ----------
    asked : Asked
        What was asked.
    columns : Columns
        What was measured.
    encoder : mapping
        The encoder's description.
    findings : sequence of Finding
        Findings about the encoder and the inputs.
    null : NullOutcome, optional
        The same network with permuted weights.
    left_out : sequence of LeftOutInput
        Inputs that were offered and are left out.
    n_offered : int
        Number of inputs offered.
    seconds : float
        Time it took.
    created : str
        Time of day, ISO 8601.
    """
    numbers = numbers_of(columns)
    numbers["neighbourhoods"]["kernel"] = asked.kernel
    document: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "rmqm": None,
            "interval": None,
            "task_sha256": task_digest(columns),
            **numbers,
            "alteration": asked.alteration,
            "linear": asked.linear,
            "scores": asked.scores,
            "null": None if null is None else null_of(columns, null),
            "inputs": {
                "source": asked.data,
                "labels": asked.labels,
                "ids_sha256": digest_of_ids(columns.ids),
                "offered": n_offered,
                "left_out_by_code": dict(sorted(Counter(one.code for one in left_out).items())),
                "left_out": [
                    {"name": one.name, "code": one.code, "message": one.message} for one in left_out
                ],
            },
            **{key: encoder.get(key) for key in _ENCODER},
            "findings": [finding.to_dict() for finding in findings],
            "versions": versions() | {"scipy": version("scipy")},
            "created": created,
            "seconds": round(seconds, 3),
        }
    )
    document["geometry_sha256"] = digest_of_geometry(document)
    return document


def null_of(columns: Columns, null: NullOutcome) -> dict[str, Any]:
    """Return the section of the network with permuted weights, beside the trained network."""
    error = null.error
    section: dict[str, Any] = {
        "status": "ok" if null.columns is not None else "failed",
        "error": None
        if error is None
        else {"code": error.code, "message": error.message, "fix": error.fix},
        "neighbourhoods": None,
        "labelled": None,
        "altered": None,
        "differences": {},
        **null.made,
    }
    if null.columns is None:
        return section
    own, others = quantities(columns), quantities(null.columns)
    differences = {name: paired(one, others.get(name)) for name, one in own.items()}
    return section | {
        **numbers_of(null.columns),
        "differences": {
            name: difference.to_dict()
            for name, difference in differences.items()
            if difference is not None
        },
    }


def task_digest(columns: Columns) -> str:
    """Name the inputs and their labels, whatever their order."""
    labels = columns.labels or ("",) * len(columns.ids)
    return digest_of_json(sorted([list(pair) for pair in zip(columns.ids, labels, strict=True)]))


def digest_of_geometry(document: Mapping[str, Any]) -> str:
    """Name the geometry of an encoder by all but time, place and versions."""
    named = {key: value for key, value in document.items() if key not in _NOT_IDENTITY}
    return digest_of_json(named)
