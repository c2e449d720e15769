"""Every capability comes whole: clauses, operations, vectors, laws, and wrong implementations."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from rmqm_conformance.catalogue import checks
from rmqm_conformance.operations import CAPABILITIES, operations
from rmqm_spec.clauses import specification

CONFORMANCE = Path(__file__).parents[1] / "conformance"
BY_LAWS_ALONE = {"documents", "comparison"}
"""Documents hold what only the implementation knows: laws read them, and no fixed case can."""


def of(capability, kind):
    return [check for check in checks() if capability in check.needs and check.kind == kind]


@pytest.fixture(scope="module")
def table():
    """Which checks catch which miniature."""
    return json.loads((CONFORMANCE / "table.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plain():
    """The correct implementation in miniature."""
    sys.path.insert(0, str(CONFORMANCE))
    try:
        from miniatures import Plain
    finally:
        sys.path.remove(str(CONFORMANCE))
    return Plain


def test_the_kit_knows_the_capabilities_of_the_specification_in_its_order():
    assert tuple(specification().capabilities) == CAPABILITIES


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_has_clauses_operations_vectors_and_laws(capability):
    assert [clause for clause in specification().clauses if capability in clause.needs]
    assert [operation for operation in operations().values() if operation.needs == capability]
    assert of(capability, "property")
    assert bool(of(capability, "vector")) != (capability in BY_LAWS_ALONE)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_has_wrong_implementations_and_a_correct_one(capability, table, plain):
    asked = {check.id for kind in ("vector", "property") for check in of(capability, kind)}
    assert [name for name, caught in table.items() if asked & set(caught)]
    assert capability in plain.capabilities
