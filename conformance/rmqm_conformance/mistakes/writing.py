"""Known mistakes of result documents that the text itself betrays: family RMQM-DOC."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rmqm_conformance.mistakes.inputs import Naming
from rmqm_conformance.recording import Exchange

__all__ = ["mistakes_of_document", "read", "standing_at"]

_COMMA = re.compile(r",\s*([}\]])")
ABSENT = object()


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
        *_places(document, exchange.arguments, pointers),
        *_counts(document, exchange.arguments, pointers),
        *_digits(document, exchange.answer, pointers),
    ]


def read(text: str) -> Any:
    """Read a document as leniently as possible; None if nothing can be read."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        return None


def standing_at(document: Any, pointer: str) -> Any:
    """Return what stands at a pointer, or `ABSENT`."""
    place = document
    for raw in pointer.split("/")[1:]:
        key = raw.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(key)] if isinstance(place, list) else place[key]
        except (KeyError, IndexError, ValueError, TypeError):
            return ABSENT
    return place


def _form(text: str) -> Iterator[str]:
    if text.startswith("\ufeff"):
        yield "begins documents with a byte order mark"
    constants: list[str] = []
    try:
        repeated: list[str] = []

        def collected(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            keys = [key for key, _ in pairs]
            repeated.extend(key for key in keys if keys.count(key) > 1)
            return dict(pairs)

        document = json.loads(
            text.removeprefix("\ufeff"),
            parse_constant=lambda token: constants.append(token),
            object_pairs_hook=collected,
        )
        if repeated:
            yield f"writes the key {repeated[0]!r} twice"
        if constants:
            yield f"writes {constants[0]}, which JSON does not have, for an undefined number"
        if any(value in {float("inf"), float("-inf")} for value in _leaves(document)):
            yield "writes an undefined number as a number too large to read"
        return
    except ValueError:
        pass
    if read(_COMMA.sub(r"\1", text)) is not None:
        yield "leaves a comma at the end of an object or a list"
        return
    try:
        ast.literal_eval(text)
        yield "writes Python literals (None, single quotes) instead of JSON"
    except (ValueError, SyntaxError):
        pass


def _leaves(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    elif isinstance(value, float):
        yield value


def _interval(document: dict[str, Any]) -> Iterator[str]:
    for key in ("rmqm", "interval", "status"):
        if key not in document:
            yield f"leaves `{key}` out of documents"
    if isinstance(document.get("rmqm"), dict):
        yield "nests the score under a key of its own"
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


def _places(
    document: dict[str, Any], asked: dict[str, Any], pointers: Mapping[str, str]
) -> Iterator[str]:
    variant = asked.get("variant") or "paper"
    for name, pointer in pointers.items():
        if standing_at(document, pointer) is ABSENT and (name != "S" or variant != "paper"):
            yield f"leaves `{name}` out of documents (at {pointer})"
    given = {
        "variant": (asked.get("variant"), "paper"),
        "J": (asked.get("n_levels"), 99),
        "seed": (asked.get("seed"), 0),
        "bounds": ([asked["low"], asked["high"]], None),
        "resolution": (1e-12, None),
    }
    for name, (value, default) in given.items():
        found = standing_at(document, pointers[name])
        should = default if value is None else value
        if found is ABSENT or found == should:
            continue
        if value is None:
            yield f"takes another default of `{name}` ({found!r}) than {default!r}"
        elif name == "J" and found == should + 1:
            yield "counts level 0 in the J of documents"
        elif name == "bounds" and found == [float(np.float32(bound)) for bound in value]:
            yield "rounds the bounds to float32 in documents"
        elif found == default or (name == "bounds" and found == [0.0, 1.0]):
            yield f"writes the default of `{name}` into documents, whatever was asked for"
        else:
            yield f"writes another `{name}` into documents than it was asked for"


def _counts(
    document: dict[str, Any], asked: dict[str, Any], pointers: Mapping[str, str]
) -> Iterator[str]:
    ids = asked["ids"]
    offered, used = len(ids), len(set(ids))
    found = {
        name: standing_at(document, pointers[name]) for name in ("offered", "N", "duplicates")
    }
    if offered != used and found["N"] == offered:
        yield "counts duplicates as inputs that were used"
    if offered != used and found["offered"] == used:
        yield "counts what was offered after the duplicates are gone"
    if offered != used and found["duplicates"] == 0:
        yield "writes that there were no duplicates"
    if offered > 255 and found["offered"] == offered % 256:
        yield "counts inputs in a byte"
    digest = standing_at(document, pointers["set_of_inputs"])
    naming = Naming()
    ways = {"": sorted(set(ids)), "as they came": list(dict.fromkeys(ids)), "as offered": ids}
    for words, names in ways.items():
        if digest == naming.digest(names):
            if words:
                yield f"names the set of inputs by its ids {words}, not in order"
            return


def _digits(
    document: dict[str, Any], answer: dict[str, Any], pointers: Mapping[str, str]
) -> Iterator[str]:
    for key, pointer in (("D", pointers["D"]), ("rmqm", "/rmqm")):
        found, computed = standing_at(document, pointer), answer[key]
        if not isinstance(found, float) or found == computed:
            continue
        if found == float(np.float32(computed)):
            yield "writes numbers in float32"
            return
        for digits in range(1, 17):
            if found == float(f"{computed:.{digits}g}"):
                yield f"writes numbers with {digits} digits instead of all that they need"
                return
