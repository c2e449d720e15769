"""Scores and probes of the same encoders, matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from attrs import frozen

from rmqm_spec.correlation.measurements import SCORES, Measurement
from rmqm_spec.correlation.pairs import Pairs
from rmqm_spec.correlation.requirements import require_consistent_tasks, require_one_protocol
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding

__all__ = ["Joined", "join"]


@frozen(kw_only=True, eq=False)
class Joined:
    """
    Scores and probes of each encoder.

    Parameters
    ----------
    names : dict of str to str
        Names of encoders by their identity.
    values : dict
        From (encoder, task or None, column) to a value. None stands for all tasks.
    score_columns, probe_columns, tasks : tuple of str
        Those that occur.
    findings : tuple of Finding
        Encoders that lack a score or a probe.
    """

    names: dict[str, str]
    values: dict[tuple[str, str | None, str], float]
    score_columns: tuple[str, ...]
    probe_columns: tuple[str, ...]
    tasks: tuple[str, ...]
    findings: tuple[Finding, ...]

    def pairs(
        self, score: str, probe: str, tasks: Sequence[str], *, pooled: bool
    ) -> tuple[Pairs, list[tuple[str, str]]]:
        """
        Collect the encoders that have both a score and a probe in some tasks.

        Returns
        -------
        Pairs
        list of tuple
            Encoder and task of each pair.
        """
        rows = [
            (encoder, task, x, self.values[encoder, task, probe])
            for encoder in sorted(self.names)  # files come in any order; resamples are by position
            for task in sorted(tasks)
            if (encoder, task, probe) in self.values
            and (x := self._score(encoder, task, score)) is not None
        ]
        encoder_numbers = {
            encoder: number for number, encoder in enumerate(dict.fromkeys(row[0] for row in rows))
        }
        task_numbers = {
            task: number for number, task in enumerate(dict.fromkeys(row[1] for row in rows))
        }
        pairs = Pairs(
            encoders=np.array([encoder_numbers[row[0]] for row in rows], dtype=np.intp),
            tasks=np.array([task_numbers[row[1]] for row in rows], dtype=np.intp),
            x=np.array([row[2] for row in rows]),
            y=np.array([row[3] for row in rows]),
            pooled=pooled,
        )
        return pairs, [(row[0], row[1]) for row in rows]

    def lacking(self, score: str) -> list[str]:
        """Name the encoders that have a probe of some task, and not this score."""
        probed = {
            (encoder, task)
            for encoder, task, column in self.values
            if task in self.tasks and column in self.probe_columns
        }
        without = {
            encoder for encoder, task in probed if self._score(encoder, str(task), score) is None
        }
        return sorted(self.names[encoder] for encoder in without)

    def _score(self, encoder: str, task: str, score: str) -> float | None:
        of_task = self.values.get((encoder, task, score))
        return self.values.get((encoder, None, score)) if of_task is None else of_task


def join(measurements: Sequence[Measurement]) -> Joined:
    """
    Match scores and probes by encoder.

    Raises
    ------
    UsageError
        CMP001 for results of different protocols or inputs, COR003 for two values of one column,
        PRB010 for a task that is not the same for all encoders.
    """
    require_one_protocol(measurements)
    require_consistent_tasks(measurements)
    identities = _identities(measurements)
    values: dict[tuple[str, str | None, str], float] = {}
    sources: dict[tuple[str, str | None, str], str] = {}
    for measurement in measurements:
        for column, value in measurement.values.items():
            key = identities[measurement.encoder], measurement.task, column
            if values.setdefault(key, value) != value:
                where = f" in {measurement.task}" if measurement.task else ""
                raise UsageError(
                    "COR003",
                    f"{column} of {measurement.name}{where} must have one value; got "
                    f"{values[key]:g} from {sources[key]} and {value:g} from {measurement.source}",
                    fix="Leave one of the two out.",
                )
            sources.setdefault(key, measurement.source)
    score_columns = _ordered(
        {
            name
            for measurement in measurements
            for name in measurement.scores & measurement.values.keys()
        }
    )
    probe_columns = tuple(
        dict.fromkeys(
            name
            for measurement in measurements
            for name in measurement.values
            if name not in measurement.scores
        )
    )
    return Joined(
        names=_names(measurements, identities),
        values=values,
        score_columns=score_columns,
        probe_columns=probe_columns,
        tasks=tuple(
            dict.fromkeys(
                measurement.task
                for measurement in measurements
                if _is_probe(measurement) and measurement.task
            )
        ),
        findings=tuple(_unmatched(measurements, identities)),
    )


def _is_probe(measurement: Measurement) -> bool:
    return bool(measurement.values.keys() - measurement.scores)


def _ordered(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(sorted(names), key=lambda name: (*SCORES, name).index(name)))


def _identities(measurements: Sequence[Measurement]) -> dict[str, str]:
    """Match names in tables with the encoders of documents that have these names."""
    by_name = defaultdict(set)
    for measurement in measurements:
        if measurement.encoder != measurement.name:
            by_name[measurement.name].add(measurement.encoder)
    identities = {}
    for measurement in measurements:
        candidates = by_name.get(measurement.name.removesuffix(".onnx"), set())
        is_row = measurement.encoder == measurement.name
        if is_row and len(candidates) > 1:
            raise UsageError(
                "COR003",
                f"model {measurement.name} of {measurement.source} must be one encoder; got "
                f"{len(candidates)} of that name among the documents",
                fix="Leave the other documents out.",
            )
        identities[measurement.encoder] = (
            next(iter(candidates)) if is_row and candidates else measurement.encoder
        )
    return identities


def _names(measurements: Sequence[Measurement], identities: dict[str, str]) -> dict[str, str]:
    """Name the encoders; those that share a name get the start of their digest too."""
    names: dict[str, str] = {}
    for measurement in measurements:
        names.setdefault(identities[measurement.encoder], measurement.name)
    all_names = list(names.values())
    return {
        key: name if all_names.count(name) == 1 else f"{name} ({key[:6]})"
        for key, name in names.items()
    }


def _unmatched(
    measurements: Sequence[Measurement], identities: dict[str, str]
) -> Iterator[Finding]:
    """Warn of encoders that have only a score or only a probe, and say why that may be."""
    scored = {
        identities[measurement.encoder]
        for measurement in measurements
        if measurement.values.keys() & measurement.scores
    }
    probed = {
        identities[measurement.encoder] for measurement in measurements if _is_probe(measurement)
    }
    undefined = {
        measurement.name
        for measurement in measurements
        if measurement.document is not None and not measurement.values
    }
    for measurement in {
        identities[measurement.encoder]: measurement for measurement in measurements
    }.values():
        key = identities[measurement.encoder]
        if key in scored and key in probed:
            continue
        others = {
            identities[other.encoder] for other in measurements if other.name == measurement.name
        } - {key}
        if measurement.name in undefined and key not in scored:
            why = ": its score is undefined"
        elif others:
            why = f"; {measurement.name} has the other with another output, input or preprocessing"
        else:
            why = ""
        has = "a score and no probe" if key in scored else "a probe and no score"
        yield Finding(
            code="COR006",
            level="warn",
            message=f"{measurement.name} ({measurement.source}) has {has}{why}",
            fix="Score and probe it with the same options, or leave it out.",
        )
