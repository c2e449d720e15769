"""A ranking on disk: its document, which takes nothing else's place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.documents.reading import read_json
from rmqm_spec.errors import UnreadableError
from rmqm_spec.results.files import check_writable, write_document

__all__ = ["write_ranking"]


def write_ranking(folder: Path, document: Mapping[str, Any], *, force: bool = False) -> Path:
    """
    Write ``rank.json``; return its path.

    An older ranking is replaced where the new one holds all of its results. Anything else that has
    that name is left alone, unless `force`: a folder beside it is taken, named by the digest.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to.
    """
    if not force and not _holds_all_of(document, folder / "rank.json"):
        folder = folder.resolve()  # the name of "." is empty
        folder = folder.with_name(f"{folder.name}-{document['ranking_sha256'][:8]}")
    check_writable(folder)
    write_document(folder / "rank.json", document)
    return folder / "rank.json"


def _holds_all_of(document: Mapping[str, Any], path: Path) -> bool:
    if not path.exists():
        return True
    try:
        known = read_json(path)
        return known["schema"] == document["schema"] and _results(known) <= _results(document)
    except (UnreadableError, KeyError, TypeError):  # no document, or one that somebody changed
        return False


def _results(document: Mapping[str, Any]) -> set[str]:
    return {one["result_sha256"] for one in [*document["ranked"], *document["unranked"]]}
