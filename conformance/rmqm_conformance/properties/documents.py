"""Laws of result documents: families RMQM-DOC and RMQM-PRO."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.expectation import expected
from rmqm_conformance.properties.free_forms import require_count, require_text
from rmqm_conformance.properties.reading import at, document_of, number, parsed
from rmqm_conformance.require import require, require_equal, require_near
from rmqm_conformance.strategies import Batch, Network, evaluations, seeds, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "documents"
DRAWN = evaluations(max_values=16)
LEVELS = st.integers(2, 6)


@law(
    "RMQM-DOC-001/strict",
    needs=NEEDS,
    also="RMQM-DOC-002 RMQM-DEG-009 RMQM-INT-003",
    drawn=DRAWN,
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
    still=st.booleans(),
)
def strict(
    subject: Subject,
    drawn: tuple[Batch, Network],
    n_levels: int,
    seed: int,
    variant: str,
    still: bool,
) -> None:
    """A document is strict JSON with rmqm, interval and status; what is undefined is null."""
    batch, network = drawn
    if still:
        network = network | {"weight": np.zeros_like(network["weight"])}
    answer = document_of(subject, (batch, network), n_levels, seed, variant)
    document = parsed(answer)
    status, score = at(document, "/status"), number(at(document, "/rmqm"), "rmqm")
    interval = at(document, "/interval")
    known = {"ok", "collapsed", "undefined-terms", "constant-steps"}
    require(status in known, f"status must be one of {sorted(known)}; got {status!r}")
    require(status == "collapsed" or not still, f"a constant encoder has the status {status!r}")
    require_equal("rmqm is null", math.isnan(score), status != "ok")
    require_equal("rmqm is undefined", math.isnan(answer["rmqm"]), math.isnan(score))
    should_be_null = status != "ok" or len(batch.ids) < 2
    require_equal("interval is null", interval is None, should_be_null)
    if interval is not None:
        require(
            isinstance(interval, list) and len(interval) == 2,
            f"interval must be [low, high]; got {interval!r}",
        )
        low, high = (number(end, "an end of the interval") for end in interval)
        require(low <= score <= high, f"{score} must lie in its interval [{low}, {high}]")


@law(
    "RMQM-DOC-005/same-bits",
    needs=NEEDS,
    also="RMQM-DOC-002 RMQM-DOC-003",
    drawn=DRAWN,
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def same_bits(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """D and rmqm read from a document have the bits of the numbers that were computed."""
    answer = document_of(subject, drawn, n_levels, seed, variant)
    document = parsed(answer)
    places = {"D": subject.description.pointers["D"], "rmqm": "/rmqm"}
    for name, place in places.items():
        got = number(at(document, place), name)
        require_near(f"{name} in the document", got, answer[name], atol=0.0)


@law(
    "RMQM-DOC-003/components",
    needs=NEEDS,
    also="RMQM-MET-001 RMQM-MET-002 RMQM-MET-004 RMQM-DOC-005",
    drawn=DRAWN,
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def components(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """The score of a document follows from its components and the name of its variant."""
    document = parsed(document_of(subject, drawn, n_levels, seed, variant))
    pointers = subject.description.pointers
    require_text("variant", at(document, pointers["variant"]), variant)
    names = ("D", "S", "D_RC", "P_RC") if variant != "paper" else ("D", "D_RC", "P_RC")
    values = {name: number(at(document, pointers[name]), name) for name in names}
    if at(document, "/status") == "ok":
        for name in ("D_RC", "P_RC"):
            require(values[name] > 0, f"the status cannot be ok with {name}={values[name]}")
        should = oracle.metric(
            variant, values["D"], values.get("S", 0.0), values["D_RC"], values["P_RC"]
        )
        require_near("rmqm", number(at(document, "/rmqm"), "rmqm"), should, atol=1e-14, rtol=1e-14)


@law(
    "RMQM-DOC-004/duplicates-told",
    needs=NEEDS,
    also="RMQM-INP-004 RMQM-DOC-003",
    drawn=DRAWN,
    n_levels=LEVELS,
    extra=st.lists(st.integers(0, 1000), max_size=4),
)
def duplicates_stated(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, extra: list[int]
) -> None:
    """A document says how many inputs were offered, how many were used, and why not the others."""
    batch, network = drawn
    n = len(batch.ids)
    offered = batch.of([*range(n), *(k % n for k in extra)])
    document = parsed(document_of(subject, (offered, network), n_levels, 0, "paper"))
    should = {"offered": n + len(extra), "N": n, "duplicates": len(extra), "unreadable": 0}
    for name, count in should.items():
        require_count(name, at(document, subject.description.pointers[name]), count)


@law(
    "RMQM-DOC-003/undefined-told",
    needs="documents noise",
    also="RMQM-DEG-002 RMQM-DEG-004 RMQM-DOC-001",
    n=st.integers(1, 3),
    n_levels=st.integers(6, 12),
    seed=seeds(),
    variant=variants(),
)
def undefined_terms_stated(
    subject: Subject, n: int, n_levels: int, seed: int, variant: str
) -> None:
    """A document says how many terms are undefined and how many inputs left the spike means."""
    # Inputs of a single value are often clipped twice in a row: a step of length zero.
    batch = Batch(np.full((n, 1), 0.5), [f"photo-{k}" for k in range(n)], 0.0, 1.0)
    flat = {"scale": 1.0, "mean": 0.0, "std": 1.0, "activation": "identity"}
    network = {"weight": np.array([[1.0], [2.0], [-1.0]]), "bias": np.array([1.0, 0.0, 0.5])} | flat
    if should := expected(subject, (batch, network), n_levels, seed, variant):
        document = parsed(document_of(subject, (batch, network), n_levels, seed, variant))
        counts = {"left_out": should.exact.left_out}
        if variant == "paper":
            counts["undefined_terms"] = sum(should.exact.undefined)
        for name, count in counts.items():
            got = at(document, subject.description.pointers[name])
            unknown = name == "left_out" and variant == "paper"
            require_count(name, got, count, or_null=unknown)
        require_equal("status", at(document, "/status"), should.exact.status)


CHECKS = (
    strict,
    same_bits,
    components,
    duplicates_stated,
    undefined_terms_stated,
)
