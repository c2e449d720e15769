"""Laws of what documents say, held against each other: RMQM-DOC-003, RMQM-PRO-002."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from rmqm_conformance.document_places import PROTOCOL
from rmqm_conformance.laws import walk
from rmqm_conformance.properties.expectation import expected
from rmqm_conformance.properties.free_forms import require_count
from rmqm_conformance.properties.reading import at, document_of, number, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_close, require_equal
from rmqm_conformance.strategies import Batch, Network
from rmqm_conformance.subject import Subject
from rmqm_spec.clauses import NUMBERS_VERSION

__all__ = ["CHECKS"]

NEEDS = "documents"
VERSION: Final = re.compile(rf"(?<![\d.]){re.escape(NUMBERS_VERSION)}(\.0)?(?![\d.]*\d)")
"""The version that last changed a number as it stands in a text, and not in a longer number."""


def _said(subject: Subject, names: tuple[str, ...], **asked: Any) -> dict[str, Any]:
    """Return what the document of a request says, name by name."""
    document = parsed(subject.perform("document", **sound("document") | asked))
    return {name: at(document, subject.description.pointers[name]) for name in names}


@walk("RMQM-PRO-002/names", needs=NEEDS)
def names_of_the_protocol(subject: Subject) -> None:
    """Specification, alteration and schedule are named as such, not by something else."""
    said = _said(subject, ("specification", "alteration", "schedule"))
    text = said["specification"]
    named = isinstance(text, str | float) and VERSION.search(str(text))
    require(named, f"specification must name version {NUMBERS_VERSION}; got {text!r:.80}")
    other = re.search("result|suite|numpy|python", str(text), re.IGNORECASE)
    require(not other, f"specification must name the specification alone; got {text!r:.80}")
    noise = "noise" in str(said["alteration"]).lower()
    require(noise, f"alteration must be white noise; got {said['alteration']!r:.80}")
    schedule = said["schedule"]
    described = isinstance(schedule, str | dict | list)
    require(described, f"schedule must say how the levels grow; got {schedule!r:.80}")


@walk("RMQM-PRO-002/geometry", needs=NEEDS, also="RMQM-DOC-003")
def geometry(subject: Subject) -> None:
    """The geometry is that of a single input: it changes with its shape, and not with N."""
    values = np.linspace(0.1, 0.9, 72).reshape(3, 24)
    network = sound("document")["network"] | {"weight": np.cos(np.arange(120.0)).reshape(5, 24)}
    seen: dict[str, tuple[int, ...]] = {}
    for shape in ((24,), (4, 6), (6, 4), (2, 3, 4), (4, 3, 2), (1, 24), (24, 1)):
        got = set()
        for n in (1, 3):
            inputs = values[:n].reshape(n, *shape)
            asked = {
                "inputs": inputs,
                "ids": ["a", "b", "c"][:n],
                "network": network,
                "n_levels": 1,
            }
            got.add(str(_said(subject, ("geometry",), **asked)["geometry"]))
        require(len(got) == 1, f"the geometry of {shape} must not depend on N; got {got}")
        other = seen.setdefault(got.pop(), shape)
        require(other == shape, f"the geometry of {shape} must not be that of {other}")


def _other_evaluations() -> Iterator[dict[str, Any]]:
    """Yield requests of the same protocol: other inputs, in another order, another encoder."""
    usual = sound("document")
    inputs, network = usual["inputs"], usual["network"]
    yield {"inputs": inputs[::-1] / 2, "ids": ["gamma", "delta"]}
    yield {"inputs": inputs[[0, 1, 0]], "ids": ["alpha", "beta", "alpha"]}
    yield {"inputs": inputs[:1], "ids": ["alpha"]}
    yield {"network": network | {"weight": np.zeros((5, 4))}}
    yield {"network": network | {"weight": network["weight"][:3], "bias": network["bias"][:3]}}
    yield {"network": network | {"activation": "identity", "scale": 1.0, "mean": 0.25, "std": 3.0}}


@walk("RMQM-PRO-002/nothing-else", needs=NEEDS, also="RMQM-PRO-004")
def nothing_else(subject: Subject) -> None:
    """Inputs of the same geometry, their number and the encoder leave the protocol as it is."""
    names = tuple(name for name in PROTOCOL if name != "set_of_inputs")
    usual = _said(subject, names)
    for asked in _other_evaluations():
        for name, value in _said(subject, names, **asked).items():
            require_equal(f"{name} with other {' and '.join(asked)}", value, usual[name])


_LINE: Final[Network] = {
    "weight": np.array([[1.0], [2.0], [-1.0]]),
    "bias": np.array([1.0, 0.0, 0.5]),
    "scale": 1.0,
    "mean": 0.0,
    "std": 1.0,
    "activation": "identity",
}


@walk("RMQM-DOC-003/some-left", needs="documents noise", also="RMQM-DEG-004 RMQM-DOC-004")
def some_left(subject: Subject) -> None:
    """Inputs that leave the spike means are counted, and stay among the inputs used."""
    values = np.array([0.0, 0.5, 1.0, 0.25, 0.75, 0.5])[:, None]
    batch = Batch(values, [f"photo-{k}" for k in range(6)], 0.0, 1.0)
    pointers, tried = subject.description.pointers, 0
    for seed in range(40):
        should = expected(subject, (batch, _LINE), 4, seed, "authors-2022")
        if should is None or not 0 < should.exact.left_out < 5:
            continue
        document = parsed(document_of(subject, (batch, _LINE), 4, seed, "authors-2022"))
        require_count("left_out", at(document, pointers["left_out"]), should.exact.left_out)
        require_equal("N", number(at(document, pointers["N"]), "N"), 6.0)
        tried += 1
        if tried == 4:
            return


@walk("RMQM-INP-004/document-with-copies", needs=NEEDS, also="RMQM-INT-002 RMQM-DOC-003")
def document_with_copies(subject: Subject) -> None:
    """Copies change what a document says was offered, and no other number of it."""
    usual = sound("document")
    pointers = subject.description.pointers
    places = [pointers[name] for name in ("D", "D_RC", "P_RC", "N")] + ["/rmqm", "/interval"]
    for variant in ("paper", "authors-2022"):
        asked = usual | {"variant": variant}
        alone = parsed(subject.perform("document", **asked))
        for rows in ([0, 1, 1], [1, 0, 0, 1, 1]):
            copies = {"inputs": usual["inputs"][rows], "ids": [usual["ids"][k] for k in rows]}
            document = parsed(subject.perform("document", **asked | copies))
            for place in places:
                got, should = at(document, place), at(alone, place)
                if should is None or got is None:
                    require_equal(f"{place} with copies", got, should)
                else:
                    require_close(f"{place} with copies", got, should, atol=1e-11)


CHECKS = (
    document_with_copies,
    names_of_the_protocol,
    geometry,
    nothing_else,
    some_left,
)
