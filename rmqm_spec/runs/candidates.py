"""Which encoders are meant: files, folders, globs, results, and a file of settings."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from rmqm_spec.contracts.registry import load_all
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.regular_files import check_regular
from rmqm_spec.runs.fields import settings_of
from rmqm_spec.runs.hub import hub_model, is_hub_id
from rmqm_spec.runs.own_documents import document_words, documents_in
from rmqm_spec.runs.request import ModelSettings, RunRequest
from rmqm_spec.runs.values import NO_FILE

__all__ = ["Candidate", "Selection", "find_candidates", "folder_name", "select_candidates"]

_PREPROCESSING = ("preprocess", "scale", "mean", "std", "channel_order")
_PATHS = ("preprocess",)
_DIGEST = re.compile(r"-[0-9a-f]{8}$")
"""What `score` puts behind the name of a model in the name of its folder."""


@frozen(kw_only=True)
class Candidate:
    """
    An encoder that was named.

    Parameters
    ----------
    path : Path
        A model, or a folder with its result.
    request : RunRequest
        How to score the model.
    is_result : bool
        Whether it was scored already.
    name : str
        What tables call it; empty until it is known to be unlike all others.
    """

    path: Path
    request: RunRequest
    is_result: bool = False
    name: str = ""


@frozen(kw_only=True)
class _LeftOut:
    """Something that was named and is no encoder, in `words`."""

    path: Path
    words: str


@frozen(kw_only=True)
class Selection:
    """The encoders that were named, each once, and `findings` about what else was named."""

    candidates: tuple[Candidate, ...]
    findings: tuple[Finding, ...] = ()


def find_candidates(
    given: Sequence[str], common: RunRequest, settings: Path | None = None
) -> list[Candidate]:
    """Find what was named, as `select_candidates` does; returns the encoders alone."""
    return list(select_candidates(given, common, settings).candidates)


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
    named = [entry for text in given for entry in _named(text, common)]
    if settings is not None:
        named += _tables(settings, common)
    left_out = [entry for entry in named if isinstance(entry, _LeftOut)]
    distinct: dict[tuple[object, ...], Candidate] = {}
    again: list[Candidate] = []
    for entry in named:
        if isinstance(entry, _LeftOut):
            continue
        key = (entry.path.resolve(), repr(entry.request.opening), entry.name)
        if distinct.setdefault(key, entry) is not entry:
            again.append(entry)
    if not distinct:
        raise _nothing_named(left_out)
    findings = (*_named_again(again), *map(_document_left_out, left_out))
    return Selection(candidates=tuple(_with_names(list(distinct.values()))), findings=findings)


def _nothing_named(left_out: Sequence[_LeftOut]) -> UsageError:
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


def _document_left_out(entry: _LeftOut) -> Finding:
    return Finding(
        code="ARG009",
        level="warn",
        message=f"{entry.path} is no model but {entry.words}: it is left out",
        fix="Name models and folders of results alone.",
    )


def folder_name(name: str) -> str:
    """
    Return the name of an encoder as the name of a folder or file.

    Examples
    --------
    >>> folder_name("my best/one"), folder_name("..")
    ('my best-one', '-')
    """
    plain = name.replace("/", "-").replace("\\", "-").replace("\0", "-")
    return plain if plain.strip(".") else "-"


def _named(text: str, common: RunRequest) -> Iterator[Candidate | _LeftOut]:
    """Yield what one argument names; a path that does not exist is met again when it is opened."""
    if not text:
        raise UsageError(
            "ARG001", "a model must be named by its path; got an empty text", fix="Name it."
        )
    path = Path(text)
    if is_hub_id(text):
        fetched, name = hub_model(text)
        yield _model(fetched, evolve(common, name=name), name)
    elif not path.exists() and any(sign in text for sign in "*?["):
        matches = sorted(glob(text, recursive=True))  # noqa: PTH207 - absolute patterns too
        if not matches:
            raise UsageError(
                "ARG001",
                f"a pattern must match something; got none for {text!r}",
                fix="Check the pattern; quote it so that the shell leaves it alone.",
            )
        for match in matches:
            yield from _named(match, common)
    elif path.is_dir() and not _is_result(path):
        yield from _inside(path, common)
    elif _is_result(path):
        folder = path if path.is_dir() else path.parent
        yield Candidate(path=folder, request=common, is_result=True)
    elif (words := document_words(path)) is not None:
        yield _LeftOut(path=path, words=words)
    else:
        yield _model(path, common)


def _model(path: Path, request: RunRequest, name: str = "") -> Candidate:
    return Candidate(path=path, request=evolve(request, model=str(path)), name=name)


def _is_result(path: Path) -> bool:
    return path.name == "result.json" or (path / "result.json").is_file()


def _inside(folder: Path, common: RunRequest) -> Iterator[Candidate | _LeftOut]:
    """Yield the model of a folder, else all models of it, else the results in it."""
    backends = load_all("backend")[0].values()
    patterns = [pattern for backend in backends for pattern in backend.patterns]
    places = [place for backend in backends for place in backend.usual_places]
    models = sorted({path for pattern in patterns for path in folder.glob(pattern)})
    if len(models) < 2 or any((folder / place).is_file() for place in places):
        results = sorted(folder.glob("*/result.json"))
        if not models and results:
            for result in results:
                yield Candidate(path=result.parent, request=common, is_result=True)
            return
        nested = [place for place in places if (folder / place).is_file()]
        words = None if models or nested else next(documents_in(folder), None)
        if words is not None:
            yield _LeftOut(path=folder, words=f"a folder with {words}")
        else:
            yield _model(folder, common)
        return
    yield from (_model(path, common) for path in models)


def _tables(settings: Path, common: RunRequest) -> Iterator[Candidate]:
    try:
        check_regular(settings)
        tables = tomllib.loads(settings.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableError(
            "RNK004",
            f"--models must be a TOML file; got {settings}: {error}",
            fix="Write a table for each model: [name], then path = and its options.",
        ) from error
    for name, table in tables.items():
        if not isinstance(table, dict) or not isinstance(table.get("path"), str):
            raise _wrong(settings, name, 'have a path = "..."', table)
        own = {key.replace("-", "_"): value for key, value in table.items() if key != "path"}
        if is_hub_id(table["path"]):
            path = hub_model(table["path"])[0]
        else:
            path = settings.parent / table["path"]
        if _is_result(path):
            if own:
                raise _wrong(settings, name, "have no options beside the path of a result", own)
            yield Candidate(path=path, request=common, is_result=True, name=name)
        else:
            opening = _own(settings, name, common.opening, own)
            yield _model(path, evolve(common, opening=opening, name=name), name)


def _own(settings: Path, name: str, opening: ModelSettings, own: dict[str, Any]) -> ModelSettings:
    """Put a model's own options in the place of those of all models."""
    known = settings_of(ModelSettings)
    unknown = sorted(own.keys() - known.keys())
    if unknown:
        raise _wrong(settings, name, f"know only path, {', '.join(known)}", unknown[0])
    if own.keys() & set(_PREPROCESSING):
        cleared: dict[str, Any] = dict.fromkeys(_PREPROCESSING)
        opening = evolve(opening, **cleared)
    beside = {
        key: settings.parent / own[key]
        for key in _PATHS
        if isinstance(own.get(key), str) and own[key] != NO_FILE
    }
    try:
        return evolve(opening, **{**own, **beside})
    except UsageError as error:
        raise UsageError(
            error.code, f"table [{name}] of {settings}: {error.message}", fix=error.fix
        ) from error


def _wrong(settings: Path, name: str, rule: str, value: object) -> UsageError:
    return UsageError(
        "ARG001",
        f"table [{name}] of {settings} must {rule}; got {value!r}",
        fix="docs/ranking.md shows a file of settings.",
    )


def _with_names(candidates: list[Candidate]) -> list[Candidate]:
    """Call each by as much of its path as makes it unlike the others."""
    named: list[Candidate] = []
    taken: set[str] = set()
    for candidate in candidates:
        names = [candidate.name] if candidate.name else list(_names(candidate))
        others = [
            name for other in candidates if other is not candidate for name in _shortest(other)
        ]
        name = next((name for name in names if name not in others), names[-1])
        name = _unlike(name, taken)
        taken.add(name)
        named.append(evolve(candidate, name=name))
    return named


def _shortest(candidate: Candidate) -> Iterable[str]:
    return [candidate.name] if candidate.name else _names(candidate)


def _names(candidate: Candidate) -> Iterator[str]:
    """Yield names from the shortest on: the file's, then with the folders above it."""
    if candidate.is_result and (given_name := _given_name(candidate.path)):
        yield given_name
    path = candidate.path.absolute()
    path = path if candidate.is_result or path.is_dir() else path.with_suffix("")
    parts = [part for part in path.parts if part != path.anchor]
    for usual in _usual_parts():
        if parts[-1:] == [usual] and len(parts) > 1:
            parts = parts[:-1]
    if candidate.is_result and (plain := _DIGEST.sub("", parts[-1])) != parts[-1]:
        yield plain
    for k in range(1, len(parts) + 1):
        yield "/".join(parts[-k:])


def _given_name(folder: Path) -> str:
    """Return what the user called the encoder of a result, "" where nothing is known."""
    from rmqm_spec.documents.reading import read_json

    try:
        return str(read_json(folder / "result.json").get("given_name") or "")
    except UnreadableError:  # met again, and named, when the result is read
        return ""


def _usual_parts() -> list[str]:
    """Return what says nothing at the end of a path: the usual places of models, from behind."""
    backends = load_all("backend")[0].values()
    places = [Path(place).with_suffix("") for backend in backends for place in backend.usual_places]
    names = [part for place in places for part in reversed(place.parts)]
    depths = {name: max(_depth(name, place) for place in places) for name in names}
    return sorted(depths, key=lambda name: depths[name])


def _depth(name: str, place: Path) -> int:
    """Return how far from the end of a place a part stands; 0 where it is not there."""
    parts = list(reversed(place.parts))
    return parts.index(name) if name in parts else 0


def _unlike(name: str, taken: set[str]) -> str:
    number, unlike = 1, name
    while unlike in taken:
        number += 1
        unlike = f"{name} ({number})"
    return unlike
