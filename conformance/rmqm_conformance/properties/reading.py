"""What the laws of documents share: asking for a document, and reading it strictly."""

from __future__ import annotations

import json
import math
from typing import Any

from rmqm_conformance.document_places import ABSENT, standing_at
from rmqm_conformance.problems import Violation
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Batch, Network
from rmqm_conformance.subject import Subject

__all__ = ["at", "document_of", "number", "parsed"]


def document_of(
    subject: Subject,
    drawn: tuple[Batch, Network],
    n_levels: int | None,
    seed: int | None,
    variant: str | None,
) -> dict[str, Any]:
    """Ask for the result document of an evaluation."""
    batch, network = drawn
    return subject.perform(
        "document",
        network=network,
        n_levels=n_levels,
        seed=seed,
        variant=variant,
        **batch.arguments,
    )


def _constant(token: str) -> Any:
    raise Violation(f"a document must not hold {token}", got=token, should=None)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its keys and values; each key may stand there once."""
    keys = [key for key, _ in pairs]
    for key in keys:
        require(keys.count(key) == 1, f"a document must not hold the key {key!r} twice")
    return dict(pairs)


def parsed(answer: dict[str, Any]) -> Any:
    """Read the document of an answer; it must be a strict JSON object in UTF-8, each key once."""
    text = answer["document"]
    try:
        text.encode("utf-8")
        document = json.loads(text, parse_constant=_constant, object_pairs_hook=_object)
    except ValueError as error:
        raise Violation(f"a document must be valid JSON in UTF-8: {error}") from error
    require(isinstance(document, dict), "a document must be a JSON object")
    return document


def at(document: Any, pointer: str) -> Any:
    """Return what a JSON pointer points to."""
    place = standing_at(document, pointer)
    require(
        place is not ABSENT,
        f"the document must hold something at {pointer}",
        mistake=f"leaves {pointer} out of documents",
    )
    return place


def number(value: Any, what: str) -> float:
    """Return a number of a document; NaN for null."""
    real = isinstance(value, int | float) and not isinstance(value, bool)
    require(real or value is None, f"{what} must be a number or null; got {value!r:.80}")
    return float(value) if real else math.nan
