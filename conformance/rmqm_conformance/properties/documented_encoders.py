"""Laws of what documents say of an encoder and its value map: RMQM-DOC-003, RMQM-PRO-004."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.properties.reading import at, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_equal
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "documents"


def _short() -> dict[str, Any]:
    """Return an evaluation of a single input at a single level."""
    usual = sound("document")
    return usual | {"inputs": usual["inputs"][:1], "ids": ["alpha"], "n_levels": 1}


def _told(subject: Subject, name: str, **asked: Any) -> Any:
    """Return what the document of a request says under a name."""
    document = parsed(subject.perform("document", **sound("document") | asked))
    return at(document, subject.description.pointers[name])


def _changed(values: Array) -> Iterator[Array]:
    """Yield values that differ in a single value, in order, or in signs."""
    last = values.size - 1
    changes = [(place, 1.25) for place in sorted({0, 3, last // 2, last - 1, last})]
    for place, factor in (*changes, (0, -1.0), (last, -1.0), (1, 1 + 2.0**-40)):
        other = values.copy()
        other.flat[place] *= factor
        yield other
    yield from (values[::-1].copy(), np.roll(values, 1), -values)


@walk("RMQM-DOC-003/every-weight", needs=NEEDS)
def every_weight(subject: Subject) -> None:
    """The identity of an encoder depends on each of its weights, on their order and their signs."""
    network = _short()["network"]
    encoders = [network, network | {"weight": network["weight"][:, ::-1].copy()}]
    for key in ("weight", "bias"):
        encoders += [network | {key: other} for other in _changed(network[key])]
    seen: dict[str, int] = {}
    for place, encoder in enumerate(encoders):
        said = str(_told(subject, "encoder", **_short() | {"network": encoder}))
        other = seen.setdefault(said, place)
        require(other == place, f"another weight is another encoder; got {said:.80} twice")


@walk("RMQM-DOC-003/same-encoder", needs=NEEDS)
def same_encoder(subject: Subject) -> None:
    """The identity of an encoder is the same over other inputs, levels, seeds and variants."""
    inputs = sound("document")["inputs"][:1]
    usual = _told(subject, "encoder")
    for asked in (
        {"inputs": inputs, "ids": ["gamma"]},
        {"n_levels": 5},
        {"seed": 9},
        {"variant": "authors-2022"},
        {"high": 2.0},
    ):
        require_equal(
            f"encoder with other {' and '.join(asked)}",
            _told(subject, "encoder", **asked),
            usual,
        )


@walk("RMQM-PRO-004/every-digit", needs=NEEDS, also="RMQM-DOC-003 RMQM-DOC-005")
def every_digit(subject: Subject) -> None:
    """Scale, mean and standard deviation are recorded with their signs, and to the last digit."""
    network = _short()["network"]
    seen: dict[str, tuple[str, float]] = {}
    for key in ("scale", "mean", "std"):
        values = [1 + 2.0**-50, 1.001, 1.0000001]
        values += [-1.0] if key != "std" else []
        for factor in values:
            other = network | {key: network[key] * factor}
            said = str(_told(subject, "preprocessing", **_short() | {"network": other}))
            owner = seen.setdefault(said, (key, factor))
            same = owner == (key, factor)
            require(same, f"{key} times {factor!r} must stand in the document; got {said:.120}")


CHECKS = (every_weight, same_encoder, every_digit)
