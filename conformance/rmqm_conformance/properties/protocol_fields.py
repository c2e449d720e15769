"""
Laws of comparison, field by field: RMQM-PRO-003.

No field is listed here. The leaves of a document's own protocol are walked, and each is changed
alone, so that a field which a later version adds is compared as well.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.document_places import PROTOCOL
from rmqm_conformance.laws import law
from rmqm_conformance.problems import Refused
from rmqm_conformance.properties.reading import at, document_of, parsed
from rmqm_conformance.require import require, require_refusal
from rmqm_conformance.strategies import Batch, Network, evaluations
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "comparison documents"
DRAWN = evaluations(min_inputs=2, max_inputs=2, max_values=12, dtypes=("<f8",))


@law(
    "RMQM-PRO-003/every-field",
    at_most=25,
    needs=NEEDS,
    also="RMQM-PRO-002",
    drawn=DRAWN,
    swap=st.booleans(),
)
def every_field(subject: Subject, drawn: tuple[Batch, Network], swap: bool) -> None:
    """Two documents that differ in a single field of the protocol are not compared."""
    text = document_of(subject, drawn, 3, 7, "paper")["document"]
    for name in PROTOCOL:
        pointer = subject.description.pointers[name]
        for place in _leaves(at(json.loads(text), pointer), pointer):
            changed = json.dumps(_with_other(json.loads(text), place, name))
            first, second = (changed, text) if swap else (text, changed)
            why = f"to compare a document with one that differs at {place} alone"
            require_refusal(subject, "compare", why=why, first=first, second=second)


def _leaves(value: Any, pointer: str) -> Iterator[str]:
    """Yield the pointers of all values that hold no others."""
    if isinstance(value, dict | list) and value:
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in entries:
            yield from _leaves(inner, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    else:
        yield pointer


def _with_other(document: Any, pointer: str, name: str) -> Any:
    """Return the document with another value at a place that belongs to a field."""
    changed = deepcopy(document)
    parent, _, key = pointer.rpartition("/")
    holder = at(changed, parent)
    place = int(key) if isinstance(holder, list) else key.replace("~1", "/").replace("~0", "~")
    version = str(holder[place]) if name == "specification" else ""
    # The versions of one set of numbers may count as equal, so the other is no version of ours.
    other = re.sub(r"\b(1\.[01])\b", "0.9", version)
    holder[place] = other if other != version else _other(holder[place])
    return changed


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    return 224 if value is None else [value]


@law("RMQM-PRO-003/undefined-difference", at_most=25, needs=NEEDS, also="RMQM-DEG-009", drawn=DRAWN)
def undefined_difference(subject: Subject, drawn: tuple[Batch, Network]) -> None:
    """Against a result without a score there is no difference: it is undefined, or refused."""
    batch, network = drawn
    dead = network | {"weight": np.zeros_like(network["weight"])}
    scored, unscored = (
        document_of(subject, (batch, encoder), 3, 0, "paper") for encoder in (network, dead)
    )
    if parsed(unscored)["rmqm"] is not None:
        return  # another law demands that a dead encoder has no score
    for first, second in ((scored, unscored), (unscored, scored), (unscored, unscored)):
        try:
            answer = subject.perform("compare", first=first["document"], second=second["document"])
        except Refused:
            continue
        got = answer["difference"]
        require(math.isnan(got), f"difference={got!r}, but no score is defined", got=got)


CHECKS = (every_field, undefined_difference)
