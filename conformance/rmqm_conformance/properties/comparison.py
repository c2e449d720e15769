"""Laws of comparisons: RMQM-PRO-003 and RMQM-PRO-004."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.reading import document_of
from rmqm_conformance.require import require_near, require_refusal
from rmqm_conformance.strategies import Batch, Network, evaluations, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "comparison documents"
DRAWN = evaluations(max_inputs=2, max_values=12)
PAIRS = evaluations(min_inputs=2, max_inputs=2, max_values=12, dtypes=("<f8",))
OTHERS: Final[dict[str, dict[str, Any]]] = {
    "J": {"n_levels": 17},
    "seed": {"seed": 31415},
    "variant": {"variant": "authors-2022"},
}
_SET = ["input", "ids", "set_of_inputs", "data", "digest", "sample", "image", "collection"]
_GEOMETRY = ["geometry", "input"]
NAMES: Final = {
    "J": ["J", "17", "level"],
    "seed": ["seed", "31415"],
    "bounds": ["bound", "1234.5", "range", "limit", "low", "high"],
    "variant": ["variant", "authors-2022"],
    "ids": _SET,
    "number": _SET,
    "shape": ["shape", "size", "dimension", *_GEOMETRY],
    "type": ["type", "float32", "f4", "float64", "f8", "precision", *_GEOMETRY],
}
"""For each way to differ, words; a message must hold any of them."""
PLACES: Final = {
    "ids": "set_of_inputs",
    "number": "set_of_inputs",
    "shape": "geometry",
    "type": "geometry",
}
"""Names under which the documents of an implementation hold what differs, unless the same."""


def _other_encoder(network: Network, seed: int) -> Network:
    weight = np.random.default_rng(seed).normal(size=network["weight"].shape)
    return network | {"weight": weight / np.sqrt(weight.shape[1])}


@law(
    "RMQM-PRO-003/difference",
    needs=NEEDS,
    also="RMQM-PRO-004",
    drawn=DRAWN,
    n_levels=st.integers(2, 6),
    seed=st.integers(0, 1000),
    variant=variants(),
)
def difference(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """Results of a protocol over the same inputs compare by the difference of their scores."""
    batch, network = drawn
    pairs = ((batch, network), (batch, _other_encoder(network, seed)))
    base, other = (document_of(subject, pair, n_levels, seed, variant) for pair in pairs)
    should = base["rmqm"] - other["rmqm"]
    if not math.isnan(should):
        for first, second, sign in ((base, other, 1), (other, base, -1), (base, base, 0)):
            got = subject.perform("compare", first=first["document"], second=second["document"])[
                "difference"
            ]
            require_near("difference", got, sign * should, atol=1e-14)


@law(
    "RMQM-PRO-004/other-value-map",
    at_most=25,
    needs=NEEDS,
    drawn=DRAWN,
    n_levels=st.integers(2, 6),
    keys=st.sets(st.sampled_from(["scale", "mean", "std"]), min_size=1),
)
def other_value_map(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, keys: set[str]
) -> None:
    """Another scale, mean or standard deviation after the alteration is the same protocol."""
    batch, network = drawn
    changed = network | {key: network[key] * 1.25 for key in keys}
    base, other = (
        document_of(subject, (batch, encoder), n_levels, 0, "paper")
        for encoder in (network, changed)
    )
    should = base["rmqm"] - other["rmqm"]
    if not math.isnan(should):
        got = subject.perform("compare", first=base["document"], second=other["document"])
        require_near("difference", got["difference"], should, atol=1e-14)


def _require_refused(
    subject: Subject, drawn: tuple[Batch, Network], keys: Sequence[str], swap: bool
) -> None:
    """Demand that a result is not compared with results that differ in one of `keys`."""
    usual: dict[str, Any] = {"n_levels": 5, "seed": 0, "variant": "paper"}
    base = document_of(subject, drawn, **usual)["document"]
    for key in keys:
        request = usual | OTHERS.get(key, {})
        other = document_of(subject, _changed(drawn, key), **request)["document"]
        first, second = (other, base) if swap else (base, other)
        require_refusal(
            subject,
            "compare",
            why=f"to compare results that differ in {key}",
            naming=[[*NAMES[key], *_own_names(subject, key)]],
            first=first,
            second=second,
        )


def _own_names(subject: Subject, key: str) -> list[str]:
    """Return how the documents of an implementation call what differs."""
    pointer = subject.description.pointers[PLACES.get(key, key)]
    last = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return [last] if last else []


def _changed(drawn: tuple[Batch, Network], key: str) -> tuple[Batch, Network]:
    """Return other inputs, with an encoder for them."""
    batch, network = drawn
    if key == "bounds":
        batch = evolve(batch, high=1234.5)
    elif key == "ids":
        batch = evolve(batch, ids=[batch.ids[0], "another"])
    elif key == "number":
        batch = batch.of([0])
    elif key == "shape":
        batch = evolve(batch, values=batch.values.reshape(len(batch.ids), 1, 1, -1))
    elif key == "type":
        batch = evolve(batch, values=batch.values.astype("<f4"))
    return batch, network


@law(
    "RMQM-PRO-003/unlike-protocols",
    at_most=25,
    needs=NEEDS,
    also="RMQM-PRO-002",
    drawn=PAIRS,
    swap=st.booleans(),
)
def unlike_protocols(subject: Subject, drawn: tuple[Batch, Network], swap: bool) -> None:
    """Results that differ in J, seed, bounds or variant are not compared; the error says why."""
    _require_refused(subject, drawn, ("J", "seed", "bounds", "variant"), swap)


@law(
    "RMQM-PRO-003/unlike-inputs",
    at_most=25,
    needs=NEEDS,
    also="RMQM-INP-010 RMQM-PRO-002",
    drawn=PAIRS,
    swap=st.booleans(),
)
def unlike_inputs(subject: Subject, drawn: tuple[Batch, Network], swap: bool) -> None:
    """Results over other inputs, or inputs of another shape or type, are not compared."""
    _require_refused(subject, drawn, ("ids", "number", "shape", "type"), swap)


CHECKS = (difference, unlike_protocols, unlike_inputs, other_value_map)
