"""What encoders are called: by as much of their paths as makes each unlike the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import evolve

from rmqm_spec.contracts.registry import load_all
from rmqm_spec.errors import UnreadableError
from rmqm_spec.runs.candidates import Candidate

__all__ = ["folder_name", "with_names"]

_DIGEST = re.compile(r"-[0-9a-f]{8}$")
"""What `score` puts behind the name of a model in the name of its folder."""


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


def with_names(candidates: Sequence[Candidate]) -> list[Candidate]:
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
