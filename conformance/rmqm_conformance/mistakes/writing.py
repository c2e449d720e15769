"""Known mistakes of result documents that the text itself betrays: family RMQM-DOC."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_conformance.mistakes.contents import mistakes_of_contents
from rmqm_conformance.recording import Exchange

__all__ = ["mistakes_of_document", "read"]

_COMMA = re.compile(r",\s*([}\]])")


def mistakes_of_document(exchange: Exchange, pointers: Mapping[str, str]) -> list[str]:
    """Return what is wrong with a document, given what was asked for it."""
    if exchange.answer is None:
        return []
    text = exchange.answer["document"]
    document = read(text)
    if not isinstance(document, dict):
        return [*_form(text)]
    return [
        *_form(text),
        *_interval(document),
        *_undefined(document),
        *mistakes_of_contents(document, exchange.arguments, exchange.answer, pointers),
    ]


def read(text: str) -> Any:
    """Read a document as leniently as possible; None if nothing can be read."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        return None


def _form(text: str) -> Iterator[str]:
    bare = text.removeprefix("\ufeff")
    if bare != text:
        yield "begins documents with a byte order mark"
    if read(text) is not None:
        yield from _tokens(bare)
    elif read(_COMMA.sub(r"\1", bare)) is not None:
        yield "leaves a comma at the end of an object or a list"
    elif _is_python(bare):
        yield "writes Python literals (None, single quotes) instead of JSON"


def _tokens(text: str) -> Iterator[str]:
    """Yield what a lenient reader overlooks."""
    constants: list[str] = []
    repeated: list[str] = []

    def collected(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        repeated.extend(key for key in keys if keys.count(key) > 1)
        return dict(pairs)

    document = json.loads(text, parse_constant=constants.append, object_pairs_hook=collected)
    if repeated:
        yield f"writes the key {repeated[0]!r} twice"
    if constants:
        yield f"writes {constants[0]}, which JSON does not have, for an undefined number"
    if any(math.isinf(value) for value in _leaves(document)):
        yield "writes an undefined number as a number too large to read"


def _is_python(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return True


def _leaves(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    elif isinstance(value, float):
        yield value


def _interval(document: dict[str, Any]) -> Iterator[str]:
    if isinstance(document.get("rmqm"), dict):
        yield "nests the score under a key of its own"
        return
    for key in ("rmqm", "interval", "status"):
        if key not in document:
            yield f"leaves `{key}` out of documents"
    interval, score = document.get("interval"), document.get("rmqm")
    if isinstance(interval, dict):
        yield "writes the interval as an object instead of [low, high]"
    if not isinstance(interval, list) or len(interval) != 2:
        return
    if interval == [None, None]:
        yield "writes an undefined interval as two nulls instead of null"
    elif interval[0] == score and score is not None:
        yield "writes the score and half the width for the interval"
    elif all(isinstance(end, float) and round(end, 4) == end for end in interval):
        yield "rounds the ends of the interval"


def _undefined(document: dict[str, Any]) -> Iterator[str]:
    score = document.get("rmqm")
    if document.get("status") not in {"ok", None} and score == 0:
        yield "writes 0 for an undefined score"
    if isinstance(score, str):
        yield "writes undefined numbers as text instead of null"
