"""What a ranking computes beside RMQM, and what it is ordered by: names, seen by all candidates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import evolve, frozen

from rmqm_spec.contracts.measure import Measure
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.measures.between.candidates import AT_LEAST
from rmqm_spec.measures.named import ALL, SMALLEST, measure_named, measures_named
from rmqm_spec.ranking.ends import RMQM_FIRST, Asked, asked_order, first_end
from rmqm_spec.ranking.support import GROWING
from rmqm_spec.runs.candidates import Candidate
from rmqm_spec.runs.models import open_model
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.results.stored import StoredResult

__all__ = ["RankMeasures", "check_order", "rank_measures", "size_findings"]

_AT_SMALLEST = f"@{SMALLEST}"


@frozen
class RankMeasures:
    """Further measures of all candidates by name, and what orders the ranking."""

    names: tuple[str, ...]
    asked: Asked

    def of(self, request: RunRequest) -> RunRequest:
        """Return a candidate's request with these measures."""
        return evolve(request, protocol=evolve(request.protocol, measure=self.names))


def check_order(by: str) -> Asked:
    """
    Read what a ranking is to be ordered by, before any work.

    Raises
    ------
    UsageError
        ARG001 or ARG003 for what is no measure, MEA001 for a measure with labels, RNK006 for a
        measure of which no end is known.
    """
    asked = asked_order(by)
    if not asked.is_usual:
        measure = measure_named(asked.measure.removesuffix(_AT_SMALLEST))
        _refuse_labels(measure)
        at_study = evolve(asked, measure=asked.measure.replace(_AT_SMALLEST, "@16"))
        try:
            first_end(at_study, measure.direction)
        except UsageError as error:
            plain = {"@16": _AT_SMALLEST} if asked.measure.endswith(_AT_SMALLEST) else {}
            raise _renamed(error, plain) from error
    return asked


def _refuse_labels(measure: Measure) -> None:
    if "labels" in measure.needs:
        raise UsageError(
            "MEA001",
            f"a ranking must be ordered by a measure of encodings alone; {measure.name} needs "
            "labels",
            fix=f"Show it beside the order: --labels FILE --probe --measure {measure.name}.",
        )


def _renamed(error: UsageError, names: Mapping[str, str]) -> UsageError:
    message, fix = error.message, error.fix
    for old, new in names.items():
        message, fix = message.replace(old, new), fix.replace(old, new)
    return UsageError(error.code, message, fix=fix)


def rank_measures(
    common: RunRequest, asked: Asked, candidates: Sequence[Candidate]
) -> RankMeasures:
    """
    Name the measures that every candidate has.

    Parameters
    ----------
    common : RunRequest
        What all candidates are asked; its measures may be ``all`` and ``NAME@smallest``.
    asked : Asked
        What orders the ranking.
    candidates : sequence of Candidate
        Models and results; they are opened only where a size is to be the smallest of them.

    Raises
    ------
    UsageError
        ARG001 where no candidate has a size, MEA001 for measures between fewer than 3 candidates.
    """
    texts = list(common.protocol.measure)
    if any(text.endswith(_AT_SMALLEST) for text in (*texts, asked.measure)):
        size = _smallest(candidates)
        texts = [_at(text, size) for text in texts]
        asked = evolve(asked, measure=_at(asked.measure, size))
    if asked.measure not in {RMQM_FIRST.measure, *texts} and not _is_of_all(asked, texts):
        texts.append(asked.measure)
    _require_others(measures_named(texts), candidates)
    return RankMeasures(tuple(texts), asked)


def _is_of_all(asked: Asked, texts: Sequence[str]) -> bool:
    return ALL in texts and asked.measure in {one.name for one in measures_named(texts)}


def _at(text: str, size: int) -> str:
    return text.replace(_AT_SMALLEST, f"@{size}") if text.endswith(_AT_SMALLEST) else text


def _require_others(measures: Sequence[Measure], candidates: Sequence[Candidate]) -> None:
    for measure in measures:
        if "encoders" in measure.needs and len(candidates) < AT_LEAST:
            raise UsageError(
                "MEA001",
                f"{measure.name} compares encoders and must have at least {AT_LEAST} of them; got "
                f"{len(candidates)}",
                fix="Name more encoders, or leave the measure out.",
            )


def _smallest(candidates: Sequence[Candidate]) -> int:
    """Return the smallest number of values of an encoding; models that do not open say so later."""
    sizes = []
    refused: RmqmError | None = None
    for candidate in candidates:
        try:
            sizes.append(
                _size_of_result(candidate.path)
                if candidate.is_result
                else _size_of_model(candidate.request)
            )
        except RmqmError as error:
            refused = error
    if not sizes and refused is not None:
        raise refused
    return min(sizes)


def _size_of_model(request: RunRequest) -> int:
    encoder = open_model(request)
    one = np.zeros((1, *encoder.spec.shape), dtype=np.float32)
    return int(encoder.encode(one).shape[1])


def _size_of_result(path: Path) -> int:
    from rmqm_spec.results.stored import read_result

    output = read_result(path).document.get("output") or {}
    if output.get("pooling") != "flatten" or not output.get("shape"):
        raise UsageError(
            "ARG001",
            f"{_AT_SMALLEST} must find the embedding size of every candidate; {path} does not "
            "state it",
            fix="Type the size, for example rankme@32, or name the model instead of its result.",
        )
    return math.prod(output["shape"])


def _size_of(result: StoredResult, columns: Mapping[str, AnyArray]) -> int:
    """Return the embedding size of a result: as it is stated, or else of what the measure keeps."""
    output = result.document.get("output") or {}
    if output.get("pooling") == "flatten" and output.get("shape"):
        return math.prod(output["shape"])
    return int(next(iter(columns.values())).shape[-1])


def size_findings(asked: Asked, results: Mapping[str, StoredResult]) -> list[Finding]:
    """Warn where a measure that grows with the embedding size orders encoders of several sizes."""
    from rmqm_spec.ranking.columns import common_columns

    if asked.measure not in GROWING:
        return []
    kept = common_columns(measure_named(asked.measure), results, ())
    sizes = {name: _size_of(results[name], columns) for name, columns in kept.items()}
    if len(set(sizes.values())) < 2:
        return []
    listed = ", ".join(f"{name} {size}" for name, size in sizes.items())
    end = f":{asked.end}" if asked.end else ""
    return [
        Finding(
            code="RNK008",
            level="warn",
            message=f"{asked.measure} grows with the embedding size, and the embedding "
            f"sizes of the encoders differ ({listed})",
            fix="Rank the models, not their results, at one size: "
            f"--by {asked.measure}@{min(sizes.values())}{end}",
        )
    ]
