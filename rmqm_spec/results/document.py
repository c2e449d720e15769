"""The result document ``rmqm-result/1``: the number, how it was made, and how sure it is."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.clauses import NUMBERS_VERSION
from rmqm_spec.evaluation.evaluate import Evaluation
from rmqm_spec.findings import Finding
from rmqm_spec.identity import digest_of_ids, digest_of_json
from rmqm_spec.results.measures import measures_of

__all__ = [
    "NOT_IDENTITY",
    "SCHEMA",
    "digest_of_result",
    "numbers_of",
    "plain",
    "protocol_of",
    "result_document",
    "versions",
]

SCHEMA = "rmqm-result/1"
"""Name of the document; ``schemas/result.schema.json`` describes it."""

NOT_IDENTITY = (
    "created",
    "seconds",
    "runtime",
    "versions",
    "run_sha256",
    "result_sha256",
    "null",
    "given_name",
)
"""What may differ between two runs that gave the same numbers; a null has a digest of its own."""


def protocol_of(
    variant: str,
    alteration: Mapping[str, Any],
    resolution: float | None,
    encoder: Mapping[str, Any],
) -> dict[str, Any]:
    """
    Collect every choice that changes a number; results with different protocols do not compare.

    Parameters
    ----------
    variant : str
        Which formulas.
    alteration : mapping
        The alteration with all its parameters.
    resolution : float, optional
        Distances below it count as zero.
    encoder : mapping
        The encoder's description; its ``geometry`` is what inputs go through before the alteration.

    Returns
    -------
    dict
        Plain data. Neither the inputs nor the encoder with its value map are part of it.

    Notes
    -----
    Clauses RMQM-PRO-002 to RMQM-PRO-004.
    """
    return {
        "specification": NUMBERS_VERSION,
        "variant": variant,
        "alteration": dict(alteration),
        "resolution": resolution,
        "inputs": encoder.get("geometry"),
    }


def result_document(
    evaluation: Evaluation,
    encoder: Mapping[str, Any],
    findings: Sequence[Finding],
    *,
    data: str,
    seconds: float,
    created: str,
    run_sha256: str | None = None,
) -> dict[str, Any]:
    """
    Return the result as plain data, ready for JSON.

    Parameters
    ----------
    evaluation : Evaluation
        What was measured.
    encoder : mapping
        The encoder's description: model, input, output, preprocessing, runtime.
    findings : sequence of Finding
        Findings about the encoder, the inputs and the score.
    data : str
        Where the inputs came from, for people.
    seconds : float
        Time the evaluation took.
    created : str
        Time of day, ISO 8601.
    run_sha256 : str, optional
        Digest of everything that the numbers depend on, by which a later run finds the result.

    Returns
    -------
    dict
        Undefined numbers are None. ``result_sha256`` names all but time, place and versions.
    """
    characteristics = evaluation.characteristics
    protocol = protocol_of(
        characteristics.variant, evaluation.alteration, characteristics.resolution, encoder
    )
    numbers = numbers_of(characteristics)
    curves = numbers.pop("curves")  # long: it follows what readers look for
    document = {
        "schema": SCHEMA,
        **numbers,
        "protocol": protocol,
        "protocol_sha256": digest_of_json(protocol),
        "counts": _counts(evaluation),
        "inputs": {
            "source": data,
            "ids_sha256": digest_of_ids(evaluation.ids),
            "skipped": [
                {"name": skipped.name, "code": skipped.code, "message": skipped.message}
                for skipped in evaluation.skipped
            ],
        },
        "curves": curves,
        **({"measures": measures_of(evaluation.measured)} if evaluation.measured else {}),
        **{key: encoder.get(key) for key in ("model", "input", "output", "preprocessing")},
        "runtime": _runtime(evaluation, encoder),
        "null": None,
        "findings": [finding.to_dict() for finding in findings],
        "versions": versions(),
        "created": created,
        "seconds": round(seconds, 3),
        "run_sha256": run_sha256,
    }
    result: dict[str, Any] = plain(document)
    result["result_sha256"] = digest_of_result(result)
    return result


def numbers_of(characteristics: Characteristics) -> dict[str, Any]:
    """Return the characteristics as a document states them; undefined numbers are NaN."""
    return {
        "rmqm": characteristics.rmqm,
        "interval": None
        if math.isnan(characteristics.interval[0])
        else list(characteristics.interval),
        "status": characteristics.status,
        "components": {
            "D": characteristics.D,
            "D_RC": characteristics.D_RC,
            "P_RC": characteristics.P_RC,
            "S": characteristics.S,
        },
        "weighted_rmqm": characteristics.weighted_rmqm,
        "curves": {
            "levels": list(range(1, characteristics.n_levels + 1)),
            **characteristics.curves.to_dict(),
        },
    }


def digest_of_result(document: Mapping[str, Any]) -> str:
    """Name a result by all but `NOT_IDENTITY`."""
    named = {key: value for key, value in document.items() if key not in NOT_IDENTITY}
    return digest_of_json(named)


def versions() -> dict[str, str]:
    """Return the versions of everything that takes part in a number."""
    return dict(_versions())


@cache  # the files of the packages are slow to read, and they stay while a process runs
def _versions() -> dict[str, str]:
    releases = {"python": platform.python_version(), "platform": platform.platform()}
    for name in ("rmqm-spec", "numpy", "scipy", "onnx", "Pillow", "onnxruntime", "onnxruntime-gpu"):
        try:
            releases[name] = version(name)
        except PackageNotFoundError:
            continue
    return releases


def _runtime(evaluation: Evaluation, encoder: Mapping[str, Any]) -> Any:
    """Return what the encoder ran on, and how its gradients were made where they were."""
    runtime = encoder.get("runtime")
    if evaluation.gradient_route is None:
        return runtime
    return {**(runtime or {}), "gradient": evaluation.gradient_route}


def _counts(evaluation: Evaluation) -> dict[str, Any]:
    characteristics = evaluation.characteristics
    return {
        "offered": evaluation.n_offered,
        "seen": evaluation.n_seen,
        "used": characteristics.n_inputs,
        "duplicates": evaluation.n_duplicates,
        "unreadable": len(evaluation.skipped),
        "levels": characteristics.n_levels,
        "encodings": characteristics.n_inputs * (characteristics.n_levels + 1),
        "undefined_terms": characteristics.undefined_terms,
        "left_out_of_spike_means": int((~characteristics.per_input.kept).sum()),
        "stopped_early": evaluation.stopped_early,
    }


def plain(value: Any) -> Any:
    """
    Return lists for tuples and None for numbers that are not finite, all the way down.

    Odd bytes in the names of files, which no UTF-8 can hold, become escapes.

    Examples
    --------
    >>> plain({"mean": (1.0, float("nan"))})
    {'mean': [1.0, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
