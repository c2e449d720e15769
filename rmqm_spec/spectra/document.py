"""The spectra of a model as plain data: the document ``rmqm-spectrum/1``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from attrs import field, frozen

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.identity import digest_of_ids, digest_of_json
from rmqm_spec.probes.encoding import LeftOutInput
from rmqm_spec.probes.pairing import paired
from rmqm_spec.results.document import plain, versions
from rmqm_spec.spectra.columns import Columns, quantities
from rmqm_spec.spectra.regressions import regressions_of
from rmqm_spec.spectra.sections import numbers_of

__all__ = [
    "SCHEMA",
    "MeasuredSet",
    "NullOutcome",
    "digest_of_spectrum",
    "null_of",
    "spectrum_document",
    "task_digest",
]

SCHEMA: Final = "rmqm-spectrum/1"
"""Name of the document; ``schemas/spectrum.schema.json`` describes it."""

_MODEL = (
    "latent", "decoder", "model", "input", "output", "preprocessing", "geometry", "runtime",
)  # fmt: skip
_NOT_IDENTITY = ("created", "seconds", "runtime", "versions", "spectrum_sha256", "given_name")


@frozen(kw_only=True, eq=False)
class MeasuredSet:
    """
    A set of inputs, as readers would name it.

    Parameters
    ----------
    source : str
        Where the inputs come from.
    labels : str, optional
        Where their labels come from.
    columns : Columns
        What was measured.
    left_out : sequence of LeftOutInput
        Inputs that were offered and are left out.
    n_offered : int
        Number of inputs offered.
    """

    source: str
    labels: str | None
    columns: Columns
    left_out: Sequence[LeftOutInput]
    n_offered: int


@frozen(kw_only=True, eq=False)
class NullOutcome:
    """
    What became of the encoder with permuted weights.

    Parameters
    ----------
    sets : mapping of str to Columns
        What was measured of it, by set; empty where there is nothing.
    error : RmqmError, optional
        Why there is nothing.
    made : mapping
        How it was made: ``seed``, ``tensors``, ``values``.
    """

    sets: Mapping[str, Columns] = field(factory=dict)
    error: RmqmError | None = None
    made: Mapping[str, int] = field(factory=dict)


def spectrum_document(
    sets: Mapping[str, MeasuredSet],
    description: Mapping[str, Any],
    findings: Sequence[Finding],
    *,
    null: NullOutcome | None,
    seconds: float,
    created: str,
) -> dict[str, Any]:
    """
    Return the spectra of a model as plain data, ready for JSON.

    Parameters
    ----------
    sets : mapping of str to MeasuredSet
        What was measured, by the name of the set of inputs.
    description : mapping
        What was opened, as plain data.
    findings : sequence of Finding
        Findings about model and inputs.
    null : NullOutcome, optional
        The same encoder with permuted weights.
    seconds : float
        Time it took.
    created : str
        Time of day, ISO 8601.
    """
    columns = {name: one.columns for name, one in sets.items()}
    document: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "rmqm": None,
            "interval": None,
            **numbers_of_all(columns),
            "task_sha256": task_digest(columns),
            "sets": [
                {**_origin(name, one), **numbers_of(one.columns)} for name, one in sets.items()
            ],
            "null": None if null is None else null_of(columns, null),
            **{key: description.get(key) for key in _MODEL},
            "findings": [finding.to_dict() for finding in findings],
            "versions": versions() | {"scipy": version("scipy")},
            "created": created,
            "seconds": round(seconds, 3),
        }
    )
    document["spectrum_sha256"] = digest_of_spectrum(document)
    return document


def numbers_of_all(sets: Mapping[str, Columns]) -> dict[str, Any]:
    """Return what follows from the columns of all sets together."""
    some = next(iter(sets.values()))
    return {
        "mode": "encoder" if some.autoencoder is None else "autoencoder",
        "dimension": some.dimension,
        "regressions": regressions_of(sets),
    }


def null_of(sets: Mapping[str, Columns], null: NullOutcome) -> dict[str, Any]:
    """Return the section of the encoder with permuted weights, beside the trained encoder."""
    error = null.error
    return {
        "status": "ok" if error is None else "failed",
        "error": None
        if error is None
        else {"code": error.code, "message": error.message, "fix": error.fix},
        "sets": {name: numbers_of(columns) for name, columns in null.sets.items()},
        "differences": {
            name: _differences(sets[name], columns) for name, columns in null.sets.items()
        },
        **null.made,
    }


def _differences(trained: Columns, permuted: Columns) -> dict[str, Any]:
    others = quantities(permuted)
    differences = {name: paired(one, others.get(name)) for name, one in quantities(trained).items()}
    return {name: one.to_dict() for name, one in differences.items() if one is not None}


def _origin(name: str, measured: MeasuredSet) -> dict[str, Any]:
    left_out = measured.left_out
    return {
        "name": name,
        "source": measured.source,
        "labels": measured.labels,
        "ids_sha256": digest_of_ids(measured.columns.ids),
        "offered": measured.n_offered,
        "left_out_by_code": dict(sorted(Counter(one.code for one in left_out).items())),
        "left_out": [
            {"name": one.name, "code": one.code, "message": one.message} for one in left_out
        ],
    }


def task_digest(sets: Mapping[str, Columns]) -> str:
    """Name the inputs of all sets and their labels, whatever their order."""
    return digest_of_json(
        {
            name: sorted(
                [identity, label]
                for identity, label in zip(
                    columns.ids, columns.labels or ("",) * len(columns), strict=True
                )
            )
            for name, columns in sets.items()
        }
    )


def digest_of_spectrum(document: Mapping[str, Any]) -> str:
    """Name the spectra of a model by all but time, place and versions."""
    named = {key: value for key, value in document.items() if key not in _NOT_IDENTITY}
    return digest_of_json(named)
