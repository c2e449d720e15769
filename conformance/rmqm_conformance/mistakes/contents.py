"""Known mistakes of result documents that what was asked betrays: RMQM-DOC-003 to 005."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rmqm_conformance.document_places import ABSENT, standing_at
from rmqm_conformance.mistakes.identifying import Naming

__all__ = ["mistakes_of_contents"]


def mistakes_of_contents(
    document: Any, asked: dict[str, Any], answer: dict[str, Any], pointers: Mapping[str, str]
) -> list[str]:
    """Return what a document says otherwise than it was asked for, or not at all."""
    return [
        *_places(document, asked, pointers),
        *_counts(document, asked, pointers),
        *_digits(document, answer, pointers),
    ]


def _places(
    document: dict[str, Any], asked: dict[str, Any], pointers: Mapping[str, str]
) -> Iterator[str]:
    variant = asked.get("variant") or "paper"
    for name, pointer in pointers.items():
        if standing_at(document, pointer) is ABSENT and (name != "S" or variant != "paper"):
            yield f"leaves `{name}` out of documents (at {pointer})"
    given: dict[str, tuple[Any, Any]] = {
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
    found = {name: standing_at(document, pointers[name]) for name in ("offered", "N", "duplicates")}
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
