"""Laws of the protocol in result documents: RMQM-PRO-001 and RMQM-PRO-002."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import hashlib

from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.free_forms import (
    require_bounds,
    require_integer,
    require_text,
)
from rmqm_conformance.properties.reading import at, document_of, parsed
from rmqm_conformance.require import require, require_equal, require_near
from rmqm_conformance.strategies import Batch, Network, evaluations, seeds, variants
from rmqm_conformance.subject import Subject
from rmqm_spec.clauses import NUMBERS_VERSION, SPEC_VERSION

__all__ = ["CHECKS"]

NEEDS = "documents"
DRAWN = evaluations(max_values=16)
LEVELS = st.integers(2, 6)
DEFAULTS = ("variant", "J", "seed", "coupling", "bounds")
UNITS = st.just((0.0, 1.0))


@law(
    "RMQM-DOC-003/whole-protocol",
    needs=NEEDS,
    also="RMQM-PRO-002 RMQM-PRO-004 RMQM-RES-004 RMQM-ENC-009 RMQM-DOC-004 RMQM-INP-010 "
    "RMQM-WN-010",
    drawn=DRAWN,
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def whole_protocol(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """A document holds all that it must, and the protocol as it was asked for."""
    batch, _ = drawn
    document = parsed(document_of(subject, drawn, n_levels, seed, variant))
    pointers = subject.description.pointers
    optional = {"S"} if variant == "paper" else set()
    values = {name: at(document, place) for name, place in pointers.items() if name not in optional}
    once = sorted(set(batch.ids))
    digest = hashlib.sha256("".join(f"{name}\n" for name in once).encode()).hexdigest()
    should = {"J": n_levels, "resolution": 1e-12, "N": len(once)}
    for name, value in should.items():
        require_equal(f"{name} (at {pointers[name]})", values[name], value)
    names = {
        "variant": variant,
        "coupling": "independent",
        "generator": subject.description.generator,
        "set_of_inputs": digest,
    }
    for name, text in names.items():
        require_text(f"{name} (at {pointers[name]})", values[name], text)
    require_integer(f"seed (at {pointers['seed']})", values["seed"], seed)
    require_bounds(values["bounds"], batch.low, batch.high, place=pointers["bounds"])
    named = str(values["specification"])
    known = any(version in named for version in (NUMBERS_VERSION, SPEC_VERSION))
    require(known, f"specification must name version {NUMBERS_VERSION}; got {named!r}")
    for name in ("alteration", "schedule", "geometry", "encoder", "output", "preprocessing"):
        require(values[name] not in (None, "", [], {}), f"{name} must stand at {pointers[name]}")


@law(
    "RMQM-PRO-001/defaults",
    at_most=25,
    needs=NEEDS,
    also="RMQM-WN-002 RMQM-WN-003 RMQM-WN-008 RMQM-MET-004",
    drawn=evaluations(max_inputs=2, max_values=10, within=UNITS),
)
def defaults(subject: Subject, drawn: tuple[Batch, Network]) -> None:
    """By default the variant is `paper`, J is 99, the seed 0, and the draws are independent."""
    usual = document_of(subject, drawn, None, None, None)
    document, pointers = parsed(usual), subject.description.pointers
    values = {name: at(document, place) for name, place in pointers.items() if name in DEFAULTS}
    require_equal(f"J (at {pointers['J']})", values["J"], 99)
    require_integer(f"seed (at {pointers['seed']})", values["seed"], 0)
    require_bounds(values["bounds"], 0.0, 1.0, place=pointers["bounds"])
    for name, text in (("variant", "paper"), ("coupling", "independent")):
        require_text(f"{name} (at {pointers[name]})", values[name], text)
    authors = parsed(document_of(subject, drawn, None, None, "authors-2022"))
    require_equal("J of authors-2022", at(authors, pointers["J"]), 99)
    named = document_of(subject, drawn, 99, 0, "paper")
    require_near("D", usual["D"], named["D"], atol=1e-12)
    require_near("rmqm", usual["rmqm"], named["rmqm"], atol=1e-9)


CHECKS = (
    whole_protocol,
    defaults,
)
