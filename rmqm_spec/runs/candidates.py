"""Encoders as they are named: files, folders, globs, results, and a file of settings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from rmqm_spec.contracts.registry import load_all
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.regular_files import check_regular
from rmqm_spec.runs.fields import settings_of
from rmqm_spec.runs.hub import hub_model, is_hub_id
from rmqm_spec.runs.own_documents import document_words, documents_in
from rmqm_spec.runs.request import ModelSettings, RunRequest
from rmqm_spec.runs.values import NO_FILE

__all__ = ["Candidate", "LeftOut", "candidates_of", "candidates_of_tables"]

_PREPROCESSING = ("preprocess", "scale", "mean", "std", "channel_order")
_PATHS = ("preprocess",)


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
class LeftOut:
    """Something that was named and is no encoder, in `words`."""

    path: Path
    words: str


def candidates_of(text: str, common: RunRequest) -> Iterator[Candidate | LeftOut]:
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
            yield from candidates_of(match, common)
    elif path.is_dir() and not _is_result(path):
        yield from _inside(path, common)
    elif _is_result(path):
        folder = path if path.is_dir() else path.parent
        yield Candidate(path=folder, request=common, is_result=True)
    elif (words := document_words(path)) is not None:
        yield LeftOut(path=path, words=words)
    else:
        yield _model(path, common)


def _model(path: Path, request: RunRequest, name: str = "") -> Candidate:
    return Candidate(path=path, request=evolve(request, model=str(path)), name=name)


def _is_result(path: Path) -> bool:
    return path.name == "result.json" or (path / "result.json").is_file()


def _inside(folder: Path, common: RunRequest) -> Iterator[Candidate | LeftOut]:
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
            yield LeftOut(path=folder, words=f"a folder with {words}")
        else:
            yield _model(folder, common)
        return
    yield from (_model(path, common) for path in models)


def candidates_of_tables(settings: Path, common: RunRequest) -> Iterator[Candidate]:
    """Yield the encoders of a file of settings, a table each."""
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
