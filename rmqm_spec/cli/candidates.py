"""Which encoders are meant: files, folders, globs, results, and a file of settings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import Any

from attrs import evolve, field, fields_dict, frozen

from rmqm_spec.cli.options import ModelRequest
from rmqm_spec.errors import UnreadableError, UsageError

__all__ = ["Candidate", "find_candidates"]

_PREPROCESSING = ("preprocess", "scale", "mean", "std", "channel_order")
_DIGEST = re.compile(r"-[0-9a-f]{8}$")
"""What `score` puts behind the name of a model in the name of its folder."""
_MODEL_PLACES = ("model.onnx", "onnx/model.onnx")


@frozen(kw_only=True)
class Candidate:
    """
    An encoder that was named.

    Parameters
    ----------
    path : Path
        A model, or a folder with its result.
    options : ModelRequest
        How to open the model.
    is_result : bool
        Whether it was scored already.
    name : str
        What tables call it; empty until it is known to be unlike all others.
    """

    path: Path
    options: ModelRequest = field(factory=ModelRequest)
    is_result: bool = False
    name: str = ""


def find_candidates(
    given: Sequence[str], options: ModelRequest, settings: Path | None
) -> list[Candidate]:
    """
    Find what was named, each once, in the order in which it was named.

    Parameters
    ----------
    given : sequence of str
        Models, folders, globs, results.
    options : ModelRequest
        Options of all models.
    settings : Path, optional
        TOML with a table for each model that needs its own: ``path`` and options.

    Raises
    ------
    UsageError
        ARG001 if nothing is found, or a table breaks a rule.
    UnreadableError
        RNK004 if the file of settings cannot be read.
    """
    found = [one for text in given for one in _named(text, options)]
    if settings is not None:
        found += _tables(settings, options)
    distinct: dict[tuple[object, ...], Candidate] = {}
    for one in found:
        distinct.setdefault((one.path.resolve(), repr(one.options), one.name), one)
    if not distinct:
        raise UsageError(
            "ARG001",
            "at least one model must be given; got none",
            fix="For example a.onnx b.onnx --data photos/, or --models FILE.toml.",
        )
    return _with_names(list(distinct.values()))


def _named(text: str, options: ModelRequest) -> Iterator[Candidate]:
    """Yield what one argument names; a path that does not exist is met again when it is opened."""
    path = Path(text)
    if not path.exists() and any(sign in text for sign in "*?["):
        matches = sorted(glob(text, recursive=True))  # noqa: PTH207 - absolute patterns too
        if not matches:
            raise UsageError(
                "ARG001",
                f"a pattern must match something; got none for {text!r}",
                fix="Check the pattern; quote it so that the shell leaves it alone.",
            )
        for match in matches:
            yield from _named(match, options)
    elif path.is_dir() and not _is_result(path):
        yield from _inside(path, options)
    elif _is_result(path):
        folder = path if path.is_dir() else path.parent
        yield Candidate(path=folder, is_result=True)
    else:
        yield Candidate(path=path, options=options)


def _is_result(path: Path) -> bool:
    return path.name == "result.json" or (path / "result.json").is_file()


def _inside(folder: Path, options: ModelRequest) -> Iterator[Candidate]:
    """Yield the model of a folder, else all models of it, else the results in it."""
    models = sorted(folder.glob("*.onnx"))
    if len(models) < 2 or any((folder / place).is_file() for place in _MODEL_PLACES):
        results = sorted(folder.glob("*/result.json"))
        if not models and results:
            yield from (Candidate(path=one.parent, is_result=True) for one in results)
        else:
            yield Candidate(path=folder, options=options)
        return
    yield from (Candidate(path=one, options=options) for one in models)


def _tables(settings: Path, options: ModelRequest) -> Iterator[Candidate]:
    try:
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
        given = {key.replace("-", "_"): value for key, value in table.items() if key != "path"}
        path = settings.parent / table["path"]
        if _is_result(path):
            if given:
                raise _wrong(settings, name, "have no options beside the path of a result", given)
            yield Candidate(path=path, is_result=True, name=name)
        else:
            yield Candidate(path=path, options=_own(settings, name, options, given), name=name)


def _own(settings: Path, name: str, options: ModelRequest, given: dict[str, Any]) -> ModelRequest:
    """Put a model's own options in the place of those of all models."""
    known = fields_dict(ModelRequest)
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise _wrong(settings, name, f"know only path, {', '.join(known)}", unknown[0])
    if given.keys() & set(_PREPROCESSING):
        cleared: dict[str, Any] = dict.fromkeys(_PREPROCESSING)
        options = evolve(options, **cleared)
    values = {key: _typed(settings, name, key, value) for key, value in given.items()}
    if "preprocess" in values:
        values["preprocess"] = str(settings.parent / values["preprocess"])
    return evolve(options, **values)


def _typed(settings: Path, name: str, key: str, value: Any) -> Any:
    """Return a value of TOML as it would have been typed."""
    if key == "feed":
        return [value] if isinstance(value, str) else value
    if key in {"threads", "batch_size"} and isinstance(value, int):
        return value
    if key == "scale" and isinstance(value, int | float):
        return float(value)
    separator = "x" if key == "size" else ","
    values = value if isinstance(value, list) else [value]
    if key in {"scale", "threads", "batch_size"} or not all(
        isinstance(one, str | int | float) and not isinstance(one, bool) for one in values
    ):
        raise _wrong(settings, name, f"have a value for {key} as it would be typed", value)
    return separator.join(map(str, values))


def _wrong(settings: Path, name: str, rule: str, value: object) -> UsageError:
    return UsageError(
        "ARG001",
        f"table [{name}] of {settings} must {rule}; got {value!r}",
        fix="docs/ranking.md shows a file of settings.",
    )


def _with_names(found: list[Candidate]) -> list[Candidate]:
    """Call each by as much of its path as tells it from the others."""
    named: list[Candidate] = []
    taken: set[str] = set()
    for one in found:
        names = [one.name] if one.name else list(_names(one))
        others = [name for other in found if other is not one for name in _shortest(other)]
        name = next((name for name in names if name not in others), names[-1])
        name = _unlike(name, taken)
        taken.add(name)
        named.append(evolve(one, name=name))
    return named


def _shortest(one: Candidate) -> Iterable[str]:
    return [one.name] if one.name else _names(one)


def _names(one: Candidate) -> Iterator[str]:
    """Yield names from the shortest on: file, then with the folders above it."""
    path = one.path.absolute()
    path = path if one.is_result or path.is_dir() else path.with_suffix("")
    parts = [part for part in path.parts if part != path.anchor]
    if parts and parts[-1] == "model" and len(parts) > 1:
        parts = parts[:-1]
    if parts and parts[-1] == "onnx" and len(parts) > 1:
        parts = parts[:-1]
    if one.is_result and (plain := _DIGEST.sub("", parts[-1])) != parts[-1]:
        yield plain
    for k in range(1, len(parts) + 1):
        yield "/".join(parts[-k:])


def _unlike(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found
