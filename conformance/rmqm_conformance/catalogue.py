"""All checks, in the order of the clauses; and the clauses that no program can check."""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from rmqm_conformance.checks import Check
from rmqm_conformance.operations import CAPABILITIES, EXTENSIONS
from rmqm_conformance.problems import UnknownNameError
from rmqm_conformance.properties import PROPERTIES
from rmqm_conformance.vectors import vectors
from rmqm_conformance.version import SUITE_VERSION
from rmqm_spec.clauses import SPEC_VERSION, specification

__all__ = ["checks", "expected_ids", "in_order_of_run", "select", "uncheckable"]


@cache
def checks() -> tuple[Check, ...]:
    """
    Return every check of this version of the suite.

    Raises
    ------
    ValueError
        If two checks share an id, or a check names a clause or a need that does not exist.
    """
    order = {clause.id: place for place, clause in enumerate(specification().clauses)}
    needs = {*CAPABILITIES, *EXTENSIONS, "generator"}
    unordered = [*vectors(), *PROPERTIES]
    twice = [name for name, count in Counter(check.id for check in unordered).items() if count > 1]
    if twice:
        raise ValueError(f"every check must have an id of its own; got twice {twice}")
    for check in unordered:
        if not set(check.clauses) <= set(order) or check.id.split("/")[0] != check.clauses[0]:
            raise ValueError(f"{check.id} must name clauses that exist; got {check.clauses}")
        if not check.needs or not check.needs <= needs:
            raise ValueError(f"{check.id} must need known capabilities; got {sorted(check.needs)}")
    return tuple(
        sorted(unordered, key=lambda check: (order[check.clauses[0]], check.kind != "vector"))
    )


@cache
def expected_ids() -> tuple[str, ...]:
    """Return the ids that a complete run accounts for, from the shipped list."""
    text = files("rmqm_conformance").joinpath("checks.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["checks"])


@cache
def uncheckable() -> dict[str, str]:
    """
    Return the MUST clauses that no check can reach, each with the reason.

    Examples
    --------
    >>> "RMQM-LIM-001" in uncheckable()
    True
    """
    text = files("rmqm_conformance").joinpath("uncheckable.toml").read_text(encoding="utf-8")
    return {name: entry["reason"] for name, entry in tomllib.loads(text).items()}


def select(names: Iterable[str]) -> tuple[Check, ...]:
    """
    Return the checks of these ids; a clause stands for all of its checks.

    Raises
    ------
    UnknownNameError
        If no check has that id or clause.
    """
    chosen: dict[str, Check] = {}
    for name in names:
        matching = [check for check in checks() if name in {check.id, *check.clauses}]
        if not matching:
            raise UnknownNameError(f"--only must name a check or a clause; got {name!r}")
        chosen |= {check.id: check for check in matching}
    return tuple(check for check in checks() if check.id in chosen)


def in_order_of_run(chosen: Iterable[Check]) -> tuple[Check, ...]:
    """
    Return checks in the order in which a run does best.

    Golden vectors take a fraction of a second together, and catch most mistakes: a first failure
    shows at once. Laws of documents take longest, so they must not be the last to start where
    several processes share the work.
    """
    return tuple(
        sorted(chosen, key=lambda check: (check.kind == "property", "documents" not in check.needs))
    )


def _listing() -> dict[str, Any]:
    ids = [check.id for check in checks()]
    return {"suite": SUITE_VERSION, "spec": SPEC_VERSION, "total": len(ids), "checks": ids}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_listing(), indent=1) + "\n")
