"""
Laws of comparison where two protocols all but agree: RMQM-PRO-003.

Each value of a document's own protocol is changed a little, in every way in which a loose
comparison would take it for the same. What one protocol has and the other lacks is a difference.
"""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import json
import math
from collections.abc import Iterator
from copy import deepcopy
from itertools import cycle, permutations
from typing import Any

from rmqm_conformance.document_places import PROTOCOL
from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Errored, Refused
from rmqm_conformance.properties.changes import changes_of, odd_changes_of
from rmqm_conformance.properties.reading import at, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_refusal
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "comparison documents"


def _texts(subject: Subject) -> Iterator[str]:
    """Yield documents with unlike numbers: zeros, and numbers of several digits."""
    for request in ({"seed": 0}, {"seed": 1234567, "low": -0.25, "high": 1.375, "n_levels": 12}):
        yield subject.perform("document", **sound("document") | request)["document"]


def _places(value: Any, pointer: str) -> Iterator[str]:
    """Yield the pointers of a value and of all that it holds."""
    yield pointer
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in entries:
            escaped = str(key).replace("~", "~0").replace("/", "~1")
            yield from _places(inner, f"{pointer}/{escaped}")


def _holder(document: Any, pointer: str) -> tuple[Any, Any]:
    """Return the object or list that holds a place, and its key there."""
    parent, _, raw = pointer.rpartition("/")
    holder = at(document, parent)
    key = raw.replace("~1", "/").replace("~0", "~")
    return holder, int(key) if isinstance(holder, list) else key


def _changed(document: Any, pointer: str, value: Any) -> str:
    """Return the document with another value at a place."""
    copied = deepcopy(document)
    holder, key = _holder(copied, pointer)
    holder[key] = value
    return json.dumps(copied)


def _fields(subject: Subject, document: Any) -> Iterator[tuple[str, str]]:
    """Yield the name and the place of every value by which protocols and sets can differ."""
    for name in PROTOCOL:
        pointer = subject.description.pointers[name]
        for place in _places(at(document, pointer), pointer):
            yield name, place


@walk("RMQM-PRO-003/near-values", needs=NEEDS, also="RMQM-PRO-002")
def near_values(subject: Subject) -> None:
    """Protocols that differ by the last place of a number or a letter of a text are not alike."""
    orders = cycle((tuple, reversed))
    for text in _texts(subject):
        document = json.loads(text)
        for name, place in _fields(subject, document):
            value = at(document, place)
            for other in changes_of(value, any_case=name == "set_of_inputs"):
                changed = _changed(document, place, other)
                why = f"to compare {value!r:.80} with {other!r:.80} at {place}"
                first, second = next(orders)((text, changed))
                require_refusal(subject, "compare", why=why, first=first, second=second)


@walk("RMQM-PRO-003/odd-values", needs=NEEDS)
def odd_values(subject: Subject) -> None:
    """A value of another kind, or a list of another length, is a difference, or no document."""
    for text in _texts(subject):
        document = json.loads(text)
        for _, place in _fields(subject, document):
            value = at(document, place)
            for other in odd_changes_of(value):
                why = f"{value!r:.80} with {other!r:.80} at {place}"
                _require_no_difference(subject, why, text, _changed(document, place, other))


@walk("RMQM-PRO-003/only-in-one", needs=NEEDS, also="RMQM-ALT-006")
def only_in_one(subject: Subject) -> None:
    """A field that only one of two protocols has is a difference, whichever it is."""
    text = next(_texts(subject))
    document = json.loads(text)
    for place in _objects(subject, document):
        more = json.loads(text)
        at(more, place)["rmqm-conformance-field"] = 1
        why = f"a document with one that has another field at {place}"
        _require_no_difference(subject, why, text, json.dumps(more))
    for _, place in _fields(subject, document):
        holder, key = _holder(less := json.loads(text), place)
        if isinstance(holder, dict) and holder[key] is not None:
            del holder[key]
            why = f"a document with one that lacks {place}"
            _require_no_difference(subject, why, text, json.dumps(less))


def _objects(subject: Subject, document: Any) -> list[str]:
    """Return the places of the objects that hold fields of the protocol and nothing else."""
    pointers = subject.description.pointers
    others = [place for name, place in pointers.items() if name not in PROTOCOL]
    others += ["/rmqm", "/interval", "/status", pointers["set_of_inputs"]]
    found = set()
    for name in PROTOCOL:
        steps = pointers[name].split("/")
        found |= {"/".join(steps[:end]) for end in range(2, len(steps) + 1)}
        found |= set(_places(at(document, pointers[name]), pointers[name]))
    own = (place for place in found if isinstance(at(document, place), dict))
    return sorted(
        place for place in own if not any(f"{one}/".startswith(f"{place}/") for one in others)
    )


def _require_no_difference(subject: Subject, why: str, text: str, changed: str) -> None:
    """Demand that no number comes of a comparison, in either order; an error will do."""
    for first, second in permutations((text, changed)):
        try:
            got = subject.perform("compare", first=first, second=second)["difference"]
        except (Refused, Errored):
            continue
        require(math.isnan(got), f"compare must refuse {why}; it answers {got!r}", got=got)


_BASE = {"seed": 12, "ids": ["alpha", "beta"]}


def _near_requests() -> Iterator[dict[str, Any]]:
    """Yield requests that are nearly the usual one; the inputs fit all of them."""
    yield from ({"seed": seed} for seed in (120, 21, 12 + 2**16, 12 + 2**32, 12 + 2**64))
    yield from ({"n_levels": 13}, {"low": -5e-324}, {"high": math.nextafter(1, 2)})
    yield {"low": -1e-7, "high": 1 - 1e-7}
    yield from ({"ids": ids} for ids in (["alpha", "Beta"], ["alpha", "beta "], ["alpha", "bet"]))
    values = sound("document")["inputs"]
    yield {"ids": ["alpha"], "inputs": values[:1]}
    for shape in ((4, 1), (1, 4), (2, 2)):
        yield {"inputs": values.reshape(2, *shape)}


@walk("RMQM-PRO-003/near-results", needs=NEEDS, also="RMQM-INP-010 RMQM-INP-011")
def near_results(subject: Subject) -> None:
    """Results of nearly the same seed, J, bounds, ids or shape are not compared."""
    usual = sound("document") | _BASE
    text = subject.perform("document", **usual)["document"]
    for request in _near_requests():
        other = subject.perform("document", **usual | request)["document"]
        shown = {key: getattr(value, "shape", value) for key, value in request.items()}
        for first, second in permutations((text, other)):
            why = f"to compare with a result of {shown}"
            require_refusal(subject, "compare", why=why, first=first, second=second)


@walk("RMQM-PRO-003/same-set", needs=NEEDS, also="RMQM-INP-004 RMQM-INP-010 RMQM-PRO-004")
def same_set(subject: Subject) -> None:
    """Order, copies, and the encoder with its E, make neither set nor protocol another."""
    usual = sound("document") | _BASE
    network, rows = usual["network"], [1, 0, 1, 1]
    again = {"inputs": usual["inputs"][rows], "ids": [usual["ids"][k] for k in rows]}
    shorter = {"weight": network["weight"][:3], "bias": network["bias"][:3]}
    plain = {"activation": "identity", "scale": 1.0, "mean": 0.0, "std": 1.0}
    first = subject.perform("document", **usual)
    for request in (again, {"network": network | shorter}, {"network": network | plain}):
        second = subject.perform("document", **usual | request)
        pair = {"first": first["document"], "second": second["document"]}
        got = subject.perform("compare", **pair)["difference"]
        scores = [parsed(answer)["rmqm"] for answer in (first, second)]
        if None not in scores:
            should = scores[0] - scores[1]
            message = f"difference={got!r}, but should be {should!r}"
            require(abs(got - should) <= 1e-14, message, got=got, should=should)


CHECKS = (near_values, odd_values, only_in_one, near_results, same_set)
