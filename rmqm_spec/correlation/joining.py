"""Scores and probes of the same encoders, matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from attrs import frozen

from rmqm_spec.correlation.measured import SCORES, Measured
from rmqm_spec.correlation.pairs import Pairs
from rmqm_spec.correlation.requirements import require_one_protocol, require_one_task_of_a_name
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding

__all__ = ["Joined", "join"]


@frozen(kw_only=True, eq=False)
class Joined:
    """
    What is known of each encoder.

    Parameters
    ----------
    names : dict of str to str
        Names of encoders, by what tells them apart.
    values : dict
        From (encoder, task or None, column) to a value. None stands for all tasks.
    score_columns, probe_columns, tasks : tuple of str
        What there is.
    findings : tuple of Finding
        What did not meet.
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
        Collect the encoders that have both, in some tasks.

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
        encoders = {one: number for number, one in enumerate(dict.fromkeys(row[0] for row in rows))}
        places = {one: number for number, one in enumerate(dict.fromkeys(row[1] for row in rows))}
        found = Pairs(
            encoders=np.array([encoders[row[0]] for row in rows], dtype=np.intp),
            tasks=np.array([places[row[1]] for row in rows], dtype=np.intp),
            x=np.array([row[2] for row in rows]),
            y=np.array([row[3] for row in rows]),
            pooled=pooled,
        )
        return found, [(row[0], row[1]) for row in rows]

    def _score(self, encoder: str, task: str, score: str) -> float | None:
        of_task = self.values.get((encoder, task, score))
        return self.values.get((encoder, None, score)) if of_task is None else of_task


def join(measured: Sequence[Measured]) -> Joined:
    """
    Match scores and probes by encoder.

    Raises
    ------
    UsageError
        CMP001 for results of other protocols or inputs, COR003 for two values of one thing, PRB010
        for a task that is not the same for all encoders.
    """
    require_one_protocol(measured)
    require_one_task_of_a_name(measured)
    known = _same_names(measured)
    values: dict[tuple[str, str | None, str], float] = {}
    sources: dict[tuple[str, str | None, str], str] = {}
    for one in measured:
        for column, value in one.values.items():
            key = known[one.encoder], one.task, column
            if values.setdefault(key, value) != value:
                raise UsageError(
                    "COR003",
                    f"{column} of {one.name}{f' in {one.task}' if one.task else ''} must have one "
                    f"value; got {values[key]:g} from {sources[key]} and {value:g} from "
                    f"{one.source}",
                    fix="Leave one of the two out.",
                )
            sources.setdefault(key, one.source)
    score_columns = _ordered({name for one in measured for name in one.scores & one.values.keys()})
    probe_columns = tuple(
        dict.fromkeys(name for one in measured for name in one.values if name not in one.scores)
    )
    return Joined(
        names=_names(measured, known),
        values=values,
        score_columns=score_columns,
        probe_columns=probe_columns,
        tasks=tuple(dict.fromkeys(one.task for one in measured if _is_probe(one) and one.task)),
        findings=tuple(_unmatched(measured, known)),
    )


def _is_probe(one: Measured) -> bool:
    return bool(one.values.keys() - one.scores)


def _ordered(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (*SCORES, name).index(name)))


def _same_names(measured: Sequence[Measured]) -> dict[str, str]:
    """Match the names in tables with encoders of documents that are called so."""
    called = defaultdict(set)
    for one in measured:
        if one.encoder != one.name:
            called[one.name].add(one.encoder)
    found = {}
    for one in measured:
        candidates = called.get(one.name.removesuffix(".onnx"), set())
        is_row = one.encoder == one.name
        if is_row and len(candidates) > 1:
            raise UsageError(
                "COR003",
                f"model {one.name} of {one.source} must be one encoder; got {len(candidates)} of "
                "that name among the documents",
                fix="Leave the other documents out.",
            )
        found[one.encoder] = next(iter(candidates)) if is_row and candidates else one.encoder
    return found


def _names(measured: Sequence[Measured], known: dict[str, str]) -> dict[str, str]:
    """Call encoders by their names; those of one name by the start of their digest too."""
    names: dict[str, str] = {}
    for one in measured:
        names.setdefault(known[one.encoder], one.name)
    called = list(names.values())
    return {
        key: name if called.count(name) == 1 else f"{name} ({key[:6]})"
        for key, name in names.items()
    }


def _unmatched(measured: Sequence[Measured], known: dict[str, str]) -> Iterator[Finding]:
    """Tell of encoders with one side alone, and why that may be."""
    scored = {known[one.encoder] for one in measured if one.values.keys() & one.scores}
    probed = {known[one.encoder] for one in measured if _is_probe(one)}
    undefined = {one.name for one in measured if one.document is not None and not one.values}
    for one in {known[one.encoder]: one for one in measured}.values():
        key = known[one.encoder]
        if key in scored and key in probed:
            continue
        others = {known[other.encoder] for other in measured if other.name == one.name} - {key}
        if one.name in undefined and key not in scored:
            why = ": its score is undefined"
        elif others:
            why = f"; {one.name} has the other with another output, input or preprocessing"
        else:
            why = ""
        has = "a score and no probe" if key in scored else "a probe and no score"
        yield Finding(
            code="COR006",
            level="warn",
            message=f"{one.name} ({one.source}) has {has}{why}",
            fix="Score and probe it with the same options, or leave it out.",
        )
