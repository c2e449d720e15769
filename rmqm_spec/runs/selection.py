"""Which encoders are meant: what was named, each once, and what is to be said about the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.candidate_names import with_names
from rmqm_spec.runs.candidates import Candidate, LeftOut, candidates_of, candidates_of_tables
from rmqm_spec.runs.request import RunRequest

__all__ = ["Selection", "select_candidates"]


@frozen(kw_only=True)
class Selection:
    """The encoders that were named, each once, and `findings` about what else was named."""

    candidates: tuple[Candidate, ...]
    findings: tuple[Finding, ...] = ()


def select_candidates(
    given: Sequence[str], common: RunRequest, settings: Path | None = None
) -> Selection:
    """
    Find what was named, each once, in the order in which it was named.

    Parameters
    ----------
    given : sequence of str
        Models, folders, globs, results.
    common : RunRequest
        What all models are asked; its own model says nothing.
    settings : Path, optional
        TOML with a table for each model that needs its own: ``path`` and options.

    Raises
    ------
    UsageError
        ARG001 if nothing is named, or a table breaks a rule; ARG009 if nothing but documents is.
    UnreadableError
        RNK004 if the file of settings cannot be read.
    """
    named = [entry for text in given for entry in candidates_of(text, common)]
    if settings is not None:
        named += candidates_of_tables(settings, common)
    left_out = [entry for entry in named if isinstance(entry, LeftOut)]
    distinct: dict[tuple[object, ...], Candidate] = {}
    again: list[Candidate] = []
    for entry in named:
        if isinstance(entry, LeftOut):
            continue
        key = (entry.path.resolve(), repr(entry.request.opening), entry.name)
        if distinct.setdefault(key, entry) is not entry:
            again.append(entry)
    if not distinct:
        raise _nothing_named(left_out)
    findings = (*_named_again(again), *map(_document_left_out, left_out))
    return Selection(candidates=tuple(with_names(list(distinct.values()))), findings=findings)


def _nothing_named(left_out: Sequence[LeftOut]) -> UsageError:
    fix = "For example a.onnx b.onnx --data photos/, or --models FILE.toml."
    if left_out:
        got = f"{left_out[0].path}, which is {left_out[0].words}"
        return UsageError("ARG009", f"at least one model must be given; got {got}", fix=fix)
    return UsageError("ARG001", "at least one model must be given; got none", fix=fix)


def _named_again(again: Sequence[Candidate]) -> Iterator[Finding]:
    """Say which encoders were named more than once, each path once."""
    for path, times in Counter(str(candidate.path) for candidate in again).items():
        count = "twice" if times == 1 else f"{times + 1} times"
        yield Finding(
            code="ARG008",
            level="warn",
            message=f"{path} is named {count}, with the same options: it counts once",
            fix="Name it once. Two variants of a model, such as two outputs, need options of their "
            "own: --models FILE.toml.",
        )


def _document_left_out(entry: LeftOut) -> Finding:
    return Finding(
        code="ARG009",
        level="warn",
        message=f"{entry.path} is no model but {entry.words}: it is left out",
        fix="Name models and folders of results alone.",
    )
