"""A ranking on disk: its document, which never replaces any other file unasked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.documents.reading import read_document
from rmqm_spec.documents.writing import write_beside
from rmqm_spec.errors import UnreadableError
from rmqm_spec.ranking.kind import RANKING
from rmqm_spec.results.files import write_document

__all__ = ["write_ranking"]


def write_ranking(folder: Path, document: Mapping[str, Any], *, force: bool = False) -> Path:
    """
    Write ``rank.json``; return its path.

    An older ranking is replaced where the new one holds all of its results. Any other file of
    that name is left alone, unless `force` is set: the ranking then goes into a folder beside it,
    named by the digest.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to; ARG006 if another process holds it.
    """

    def write(place: Path) -> Path:
        write_document(place / "rank.json", document)
        return place / "rank.json"

    return write_beside(
        folder,
        document["ranking_sha256"],
        may_replace=lambda place: force or _holds_all_of(document, place / "rank.json"),
        write=write,
    )


def _holds_all_of(document: Mapping[str, Any], path: Path) -> bool:
    if not path.exists():
        return True
    try:
        known, _ = read_document(path, RANKING)
    except UnreadableError:  # not a ranking, or one that was edited
        return False
    return _results(known) <= _results(document)


def _results(document: Mapping[str, Any]) -> set[str]:
    return {encoder["result_sha256"] for encoder in [*document["ranked"], *document["unranked"]]}
