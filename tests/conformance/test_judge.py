"""The judge is judged: every miniature is caught, every check is needed, nobody is accused."""

from __future__ import annotations

import warnings

import pytest
from attrs import evolve
from miniatures import ALLOWED, WRONG, Plain
from miniatures.allowed_generators import DrawsByZiggurat
from table import EFFORT, catches, read_table
from touching import judged_base, touching

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import PROFILES, Effort
from rmqm_conformance.judging import judge
from rmqm_conformance.running import run
from rmqm_conformance.subject import PythonSubject

TABLE = read_table()
CHECKS = {one.id: one for one in checks()}
BRIEF = Effort(profile="brief", examples=2, samples=1_000)
FAST = evolve(PROFILES["fast"], seed=1)
SEEDS = range(2, 5)


def test_the_table_names_every_miniature_and_every_check():
    assert list(TABLE) == [one.__name__ for one in WRONG]
    assert all(TABLE.values())
    assert {name for caught in TABLE.values() for name in caught} == set(CHECKS)


@pytest.mark.parametrize("miniature", WRONG, ids=lambda one: one.__name__)
def test_a_miniature_is_caught_by_the_checks_of_the_table(miniature):
    for name in TABLE[miniature.__name__]:
        assert catches(CHECKS[name], miniature), name


@pytest.mark.parametrize("miniature", WRONG, ids=lambda one: one.__name__)
def test_a_check_that_catches_a_miniature_uses_what_it_overrides(miniature):
    chosen = [CHECKS[name] for name in TABLE[miniature.__name__]]
    assert touching(chosen, miniature, FAST) == chosen


def test_the_correct_base_passes_every_check():
    report = run(Plain(), profile="fast", seed=1)
    assert [(one.id, one.message, one.example) for one in report.troubles] == []
    assert report.verdict == "conformant"


@pytest.mark.parametrize("variant", ALLOWED, ids=lambda one: one.__name__)
def test_a_correct_variant_passes_every_check_that_applies_to_what_it_does_otherwise(variant):
    chosen = touching(CHECKS.values(), variant, FAST)
    assert chosen
    report = run(variant(), profile="fast", seed=1, only=[one.id for one in chosen])
    assert [(one.id, one.message, one.example) for one in report.troubles] == []


def test_the_seeds_make_many_runs():
    own = sum(variant.__module__ == DrawsByZiggurat.__module__ for variant in ALLOWED)
    assert len(SEEDS) * (1 + len(ALLOWED) - own) + own >= 200


@pytest.mark.parametrize("seed", SEEDS)
def test_correct_variants_raise_no_alarm_whatever_the_seed(seed):
    """Vectors do not depend on the seed, so the laws alone are judged."""
    laws = [check for check in CHECKS.values() if check.kind == "property"]
    effort = evolve(BRIEF, seed=seed)
    outcomes = [("Plain", judged_base(law, effort)[0]) for law in laws]
    for variant in ALLOWED:
        if variant.__module__ == DrawsByZiggurat.__module__ and seed != SEEDS[0]:
            continue  # millions of draws each: false_alarms.py tries them with more seeds
        subject = PythonSubject(variant())
        chosen = touching(laws, variant, effort)
        outcomes += [(variant.__name__, judge(law, subject, effort)) for law in chosen]
    alarms = [
        (name, outcome.id, outcome.message, outcome.example)
        for name, outcome in outcomes
        if outcome.status not in {"passed", "not-claimed"}
    ]
    assert alarms == []


def test_a_partial_implementation_is_asked_for_what_it_claims_alone():
    claims = next(one for one in ALLOWED if one.__name__ == "ClaimsCharacteristicsOnly")
    report = run(claims(), profile="fast")
    asked = {one.id for one in report.outcomes if one.status == "passed"}
    claimed = report.description.claims
    assert claimed & {"inputs", "noise", "encoder", "pgd", "interval"} == set()
    assert asked == {one.id for one in checks() if one.needs <= claimed}
    assert report.counts["not-claimed"] == len(CHECKS) - len(asked)


def test_a_check_that_stumbles_over_an_answer_ends_alone():
    def stumble(subject, effort):
        raise IndexError("list index out of range")

    odd = evolve(next(iter(CHECKS.values())), judge=stumble, needs=frozenset(["noise"]))
    outcome = judge(odd, PythonSubject(Plain()), EFFORT)
    assert outcome.status == "errored"
    assert "stumbled over the answer: IndexError" in outcome.message
    assert "in stumble" in outcome.context


def test_an_implementation_that_crashes_is_no_proof_of_a_check():
    class Crashes(Plain):
        def distances(self, **_):
            raise RuntimeError("boom")

    check = CHECKS["RMQM-DIST-001/scale"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert judge(check, PythonSubject(Crashes()), EFFORT).status == "errored"
    assert not catches(check, Crashes)
