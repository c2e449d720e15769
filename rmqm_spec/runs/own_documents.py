"""Documents that rmqm-spec writes lie beside models and results: they are no models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rmqm_spec.errors import UsageError
from rmqm_spec.regular_files import check_regular

__all__ = ["document_words", "documents_in", "refuse_document"]

_SCHEMA = re.compile(rb'"schema"\s*:\s*"(rmqm-[a-z-]+/\d+)"')
"""At the head of a document, also of one that was cut short."""

_HEAD = 4096
_MOST_FILES = 1000

_WORDS = {
    "rmqm-result": "a result",
    "rmqm-rank": "a ranking",
    "rmqm-probe": "probes",
    "rmqm-probes": "probes",
    "rmqm-geometry": "a geometry",
    "rmqm-geometries": "geometries",
    "rmqm-spectrum": "a spectrum",
    "rmqm-spectra": "spectra",
    "rmqm-check": "a check",
    "rmqm-correlation": "a correlation",
    "rmqm-diff": "a comparison of results",
}


def document_words(path: Path) -> str | None:
    """Say which document of ours a file is; None where it is something else."""
    if path.suffix.lower() != ".json":
        return None
    try:
        check_regular(path)
        with path.open("rb") as file:
            match = _SCHEMA.search(file.read(_HEAD))
    except OSError:
        return None
    if match is None:
        return None
    schema = match[1].decode()
    kind = _WORDS.get(schema.partition("/")[0], "a document")
    return f"{kind} of rmqm-spec ({schema})"


def documents_in(folder: Path) -> Iterator[str]:
    """Yield which documents of ours lie in a folder, or one below."""
    for pattern in ("*.json", "*/*.json"):
        for path in islice(folder.glob(pattern), _MOST_FILES):
            words = document_words(path)
            if words is not None:
                yield words


def refuse_document(path: Path) -> None:
    """
    Refuse a document as a model.

    Raises
    ------
    UsageError
        ARG009 if the file is one of ours.
    """
    words = document_words(path)
    if words is not None:
        raise UsageError(
            "ARG009",
            f"{path} must be a model; got {words}",
            fix="Name the file of a model. rank and diff also take the folders of results, and "
            "validate and correlate take documents.",
        )
