"""The rules of a race: bounds over looks, decisions that stay, and who goes on."""

import math

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec.errors import UsageError
from rmqm_spec.ranking.joint import JointScores
from rmqm_spec.ranking.race import (
    Comparison,
    Decision,
    RaceOutcome,
    Rules,
    Standings,
    boundary,
    crossing_probability,
    limit,
    looks,
)
from rmqm_spec.runs.race_plan import RacePlan
from rmqm_spec.runs.race_request import RaceSettings
from rmqm_spec.validation.races import check_race

EQUAL = (20, 40, 60, 80, 100)
NAMES = ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("number", "error", "bound"),
    [(1, 0.05, 1.960), (2, 0.05, 2.178), (5, 0.05, 2.413), (10, 0.05, 2.555), (5, 0.01, 2.986)],
)
def test_bounds_are_those_of_pococks_table(number, error, bound):
    """Jennison and Turnbull, Group Sequential Methods, 2000, Table 2.1."""
    assert boundary(error, tuple(range(10, 10 * number + 1, 10))) == pytest.approx(bound, abs=6e-4)


def test_paths_cross_a_bound_as_often_as_computed():
    plan = looks(400)
    steps = np.random.default_rng(0).standard_normal((20_000, 400))
    z = steps.cumsum(axis=1)[:, np.array(plan) - 1] / np.sqrt(plan)
    crossed = (np.abs(z) > 2.5).any(axis=1).mean()
    assert crossed == pytest.approx(crossing_probability(2.5, plan), abs=0.005)


def test_few_inputs_need_more_standard_errors():
    assert limit(2.5, 16) > limit(2.5, 100) > limit(2.5, 1_000_000) > 2.5 - 1e-9
    assert limit(2.5, 1_000_000) == pytest.approx(2.5, abs=1e-4)


@pytest.mark.parametrize("most", [1, 15, 16, 17, 18, 20, 100, 10_000, 50_001])
def test_looks_rise_to_the_last_input(most):
    plan = looks(most)
    assert plan[-1] == most
    assert plan[0] == min(16, most) or most < 19
    assert list(plan) == sorted(set(plan))


def seen(differences, n=64, error=0.01, names=NAMES, least=0.0):
    scores = np.array(differences, dtype=float)
    errors = np.full((len(scores), len(scores)), error)
    np.fill_diagonal(errors, 0)
    return Comparison(
        names=tuple(names),
        n=n,
        differences=scores[:, None] - scores,
        errors=errors,
        least=np.full_like(errors, least),
    )


def rules(until="order", **more):
    return Rules(until=until, looks=looks(1_000), **more)


def decided(standings):
    return [(one.first, one.second) for one in standings.decisions]


def test_clear_encoders_leave_and_close_ones_go_on():
    standings = Standings.start(NAMES).after(seen([4, 3, 1.01, 1]), rules())
    assert standings.active == ("c", "d")
    assert set(decided(standings)) == {("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}
    assert not standings.is_settled
    over = standings.after(seen([1.2, 1], names="cd"), rules())
    assert (over.is_settled, over.n_looks, over.active) == (True, 2, ())


def test_the_bound_falls_as_pairs_are_decided():
    bounds = [rules().to_decide(n_open, 4, 4, 64) for n_open in (6, 3, 2, 1)]
    assert bounds == sorted(bounds, reverse=True)
    between = (rules().to_decide(1, 4, 4, 64) + rules().to_decide(6, 4, 4, 64)) / 2
    close = [1 + 0.01 * between, 1]
    alone = Standings.start(NAMES).after(seen([9, 7, *close]), rules())
    assert ("c", "d") in decided(alone)  # the five clear pairs are decided first
    all_open = seen([1 + 0.001 * k for k in range(2)] + close, error=0.01)
    assert ("c", "d") not in decided(Standings.start(NAMES).after(all_open, rules()))


def test_of_the_best_no_more_pairs_count_than_encoders_that_could_put_it_out():
    best, order = rules("best"), rules("order")
    assert best.to_decide(6, 4, 4, 64) == order.to_decide(3, 4, 4, 64)
    assert best.to_decide(4, 2, 4, 64) == order.to_decide(1, 4, 4, 64)
    assert best.to_decide(2, 4, 4, 64) == order.to_decide(2, 4, 4, 64)


def test_of_many_encoders_the_last_to_leave_had_no_more_than_the_error_together():
    many = rules("best")
    bounds = [many.to_decide(45, n_active, 10, 10**9) for n_active in range(10, 1, -1)]
    together = sum(crossing_probability(bound, many.looks) / 2 for bound in bounds)
    assert together == pytest.approx(0.8 * 0.05, rel=1e-3)


def test_until_the_best_is_known_the_beaten_leave():
    standings = Standings.start(NAMES).after(seen([4.01, 4, 1.01, 1]), rules("best"))
    assert (standings.active, standings.best) == (("a", "b"), None)
    over = standings.after(seen([4, 4.5], names="ab"), rules("best"))
    assert (over.is_settled, over.best) == (True, "b")


def test_a_decision_stays_whatever_comes_later():
    first = Standings.start(("a", "b", "c")).after(seen([4, 1.01, 1], names="abc"), rules())
    later = first.after(seen([0, 1], names="bc"), rules())
    assert ("a", "b") in decided(later)
    assert ("c", "b") in decided(later)
    assert not {("b", "a"), ("b", "c")} & set(decided(later))


def test_skewed_differences_wait():
    clear = seen([4, 3, 2, 1], least=65)
    assert decided(Standings.start(NAMES).after(clear, rules())) == []
    assert Standings.start(NAMES).after(evolve(clear, n=65), rules()).is_settled


def test_copies_are_level_at_once_and_near_ones_within_the_margin():
    copies = seen([1, 1], error=0.0, names="ab")
    settled = Standings.start("ab").after(copies, rules())
    assert (settled.is_settled, settled.decisions) == (True, ())
    near = seen([1.004, 1], error=0.001, names="ab")
    assert not Standings.start("ab").after(near, rules(margin=0.002)).level
    assert Standings.start("ab").after(evolve(near, errors=near.errors / 1e3), rules()).decisions
    wide = Standings.start("ab").after(
        seen([1.001, 1], error=0.001, names="ab"), rules(margin=0.02)
    )
    assert (wide.is_settled, wide.level) == (True, {frozenset("ab")})


def test_all_wait_for_an_encoder_without_a_score_but_not_for_ever():
    few = Standings.start(NAMES).after(seen([4, 3, 2], names="abc"), rules())
    assert few.active == NAMES
    many = Standings.start(NAMES).after(seen([4, 3, 2], n=100, names="abc"), rules())
    assert many.is_settled


def outcome(**changes):
    standings = Standings.start(NAMES).after(seen([4, 3, 2, 1]), rules())
    known = {
        "rules": rules(),
        "stopped": "settled",
        "n_looks": 1,
        "numbers": dict.fromkeys(NAMES, 64),
        "decisions": standings.decisions,
    }
    return RaceOutcome(**known | changes)


def test_an_outcome_is_what_its_section_says():
    assert RaceOutcome.of_section(outcome().section()) == outcome()
    assert list(check_race(outcome().section())) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_looks": 99}, "looks_taken must be at most"),
        ({"numbers": dict.fromkeys("abc", 64)}, "both must be in the race"),
        ({"numbers": {**dict.fromkeys("abc", 64), "d": 16}}, "more than both were given"),
        ({"best": "b"}, "not all others are put out"),
    ],
)
def test_a_changed_section_is_noticed(change, words):
    assert words in " ".join(check_race(outcome(**change).section()))


@pytest.mark.parametrize("change", [{"bound": 1.0}, {"difference": 0.02}, {"error": 1.0}])
def test_a_changed_decision_is_noticed(change):
    first, *others = outcome().decisions
    assert list(check_race(outcome(decisions=(evolve(first, **change), *others)).section()))


def test_a_decision_that_later_inputs_turn_round_is_a_tie():
    race = outcome(
        decisions=(Decision(first="a", second="b", n=64, difference=1, error=0.1, bound=4),)
    )
    assert race.tells_apart("a", "b", 0.01, 0.05)
    assert not race.tells_apart("b", "a", 0.01, 0.05)
    assert race.tells_apart("b", "a", 0.06, 0.05)


def test_scores_of_nested_inputs_have_the_spread_that_simulation_gives():
    """An encoder of 40 inputs beside two of 400: the difference of the two is the sharper."""
    random = np.random.default_rng(0)
    root = np.array([[1.0, 0, 0], [0.8, 0.6, 0], [0.3, 0.2, 0.9]])
    draws = random.standard_normal((4_000, 400, 3)) @ root.T
    wide, close = draws.mean(axis=1), draws[:, :40].mean(axis=1)
    above = np.stack([wide[:, 0] - wide[:, 1], close[:, 2] - close[:, 1]], axis=1)
    apart = draws[0][:, [0, 2]] - draws[0][:, [1]]
    covariance = np.zeros((3, 3))
    covariance[0, 0] = apart[:, 0].var(ddof=1) / 400
    covariance[2, 2] = apart[:, 1].var(ddof=1) / 40
    covariance[0, 2] = covariance[2, 0] = np.cov(apart.T)[0, 1] / 400
    joint = JointScores.of_nested(np.zeros(3), covariance, 1 - np.eye(3), 400)
    simulated = np.cov(above.T)
    found = np.cov(joint.deviations[:, [0, 2]].T)
    np.testing.assert_allclose(found, simulated, rtol=0.25, atol=3e-4)


def plan(budget, networks=1, looks=(16, 32, 64)):
    return RacePlan(
        seconds={"a": 0.5, "b": 0.25}, networks=dict.fromkeys("ab", networks), looks=looks,
        budget=budget, started=math.inf,
    )  # fmt: skip


def test_a_budget_counts_the_nulls_that_are_still_to_come():
    import time

    for networks, allowed in ((1, True), (2, False)):
        one = plan(40.0, networks)
        one._started = time.monotonic() - 12  # the first look took that long
        assert one.allows("ab", 0, 16)
        assert one.allows("ab", 16, 32) is allowed


def test_a_budget_is_said_before_the_start():
    said = " ".join(plan(24.0).words())
    assert "64 inputs for each of 2 encoders would take about 48.0 s" in said
    assert "buys about 32 inputs" in said
    assert "a 2.0, b 4.0" in said
    assert "nulls" not in said
    assert "nulls take as long again" in " ".join(plan(24.0, 2).words())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"confidence": 0.9}, "must come with a race"),
        ({"until": "order", "confidence": 1.5}, "a probability from 0.5 to 0.9999"),
        ({"until": "dawn"}, "--until"),
        ({"budget": "soon"}, "--budget"),
    ],
)
def test_what_a_race_cannot_be_asked(given, words):
    with pytest.raises(UsageError, match=words) as refused:
        RaceSettings(**given)
    assert refused.value.code == "ARG001"


def test_a_budget_alone_asks_for_a_race():
    assert RaceSettings(budget="10min").is_on
    assert RaceSettings(budget="10min").budget == 600
    assert not RaceSettings().is_on
