"""What holds of every ranking, whatever the encoders."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec import characterize
from rmqm_spec.errors import UsageError
from rmqm_spec.ranking import NEGLIGIBLE, rank_encoders

VARIANTS = ["paper", "authors-2022"]
FEW = settings(max_examples=25, deadline=None)


def walks(rng, n_inputs, unevenness, common=None, n_levels=12):
    """Distances of inputs with own speed and unevenness; `common` makes encoders alike."""
    speed = rng.uniform(0.01, 0.05, (n_inputs, 1)) if common is None else common
    noise = rng.lognormal(
        0, unevenness * rng.uniform(0.8, 1.25, (n_inputs, 1)), (n_inputs, n_levels)
    )
    return np.minimum(np.cumsum(speed * noise, axis=1), 2.0), np.minimum(speed * noise, 2.0)


@st.composite
def encoders(draw, least=2):
    """Two to five encoders on up to 40 inputs, in either variant."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, 40))
    variant = draw(st.sampled_from(VARIANTS))
    k = draw(st.integers(least, 5))
    return {
        f"e{i}": characterize(*walks(rng, n, draw(st.floats(0.1, 0.8))), variant=variant)
        for i in range(k)
    }


@FEW
@given(encoders())
def test_the_order_is_that_of_the_scores(found):
    ranking = rank_encoders(found)
    scores = [one.rmqm for one in ranking.ranked]
    assert scores == sorted(scores, reverse=True)
    assert [one.interval for one in ranking.ranked] == [
        found[one.name].interval for one in ranking.ranked
    ]


@FEW
@given(encoders())
def test_a_pair_is_the_paired_student_interval_of_the_difference(found):
    ranking = rank_encoders(found)
    n = ranking.n_inputs
    for pair in ranking.pairs:
        apart = found[pair.first].per_input.contribution - found[pair.second].per_input.contribution
        error = apart.std(ddof=1) / math.sqrt(n)
        assert pair.difference == pytest.approx(apart.mean(), abs=1e-9)
        half = pair.interval[1] - pair.difference
        assert half == pytest.approx(ranking.quantile * error, rel=1e-9, abs=1e-12)
        assert pair.alone[0] >= pair.interval[0] - 0.02 * half


@FEW
@given(encoders(), st.randoms(use_true_random=False))
def test_other_names_and_another_order_of_encoders_change_nothing_else(found, random):
    names = list(found)
    random.shuffle(names)
    renamed = {f"x{found[name].rmqm:.12f}": found[name] for name in names}
    one, other = rank_encoders(found), rank_encoders(renamed)
    assert [a.best for a in one.ranked] == [b.best for b in other.ranked]
    assert [a.letters for a in one.ranked] == [b.letters for b in other.ranked]
    assert [a.interval for a in one.pairs] == [b.interval for b in other.pairs]


@FEW
@given(st.integers(0, 2**32 - 1), st.integers(3, 30), st.sampled_from(VARIANTS))
def test_the_order_of_the_inputs_does_not_matter(seed, n, variant):
    rng = np.random.default_rng(seed)
    pairs = [walks(rng, n, 0.3), walks(rng, n, 0.4)]
    mixed = rng.permutation(n)
    one = rank_encoders(
        {k: characterize(*p, variant=variant) for k, p in zip("ab", pairs, strict=True)}
    )
    other = rank_encoders(
        {
            k: characterize(d[mixed], s[mixed], variant=variant)
            for k, (d, s) in zip("ab", pairs, strict=True)
        }
    )
    assert one.pairs[0].difference == other.pairs[0].difference
    np.testing.assert_allclose(one.pairs[0].interval, other.pairs[0].interval, rtol=1e-9)


@FEW
@given(encoders(least=1))
def test_a_copy_ties_with_a_difference_of_exactly_zero(found):
    name = next(iter(found))
    ranking = rank_encoders({**found, "copy": found[name]})
    pair = ranking.pair(name, "copy")
    assert (pair.difference, pair.interval, pair.probability) == (0, (0, 0), 0.5)
    assert pair.tied
    assert pair.inputs_needed is None
    assert set(pair.parts.values()) == {0.0}
    by_name = {one.name: one for one in ranking.ranked}
    assert by_name[name].letters == by_name["copy"].letters
    assert by_name[name].probabilities == pytest.approx(by_name["copy"].probabilities)


@FEW
@given(encoders())
def test_probabilities_share_out_positions_and_encoders(found):
    places = np.array([one.probabilities for one in rank_encoders(found).ranked])
    np.testing.assert_allclose(places.sum(axis=0), 1)
    np.testing.assert_allclose(places.sum(axis=1), 1)


@FEW
@given(encoders())
def test_two_share_a_letter_if_and_only_if_they_are_tied(found):
    ranking = rank_encoders(found)
    by_name = {one.name: one for one in ranking.ranked}
    for pair in ranking.pairs:
        first, second = by_name[pair.first], by_name[pair.second]
        assert pair.tied == bool(set(first.letters) & set(second.letters))
        assert pair.tied == (second.name in first.same_as) == (first.name in second.same_as)
        contains_zero = pair.interval[0] <= 0 <= pair.interval[1]
        assert pair.tied == (contains_zero or pair.difference < NEGLIGIBLE)


@FEW
@given(encoders())
def test_positions_count_who_is_told_to_be_above_and_below(found):
    ranking = rank_encoders(found)
    told = [(pair.first, pair.second) for pair in ranking.pairs if not pair.tied]
    for one in ranking.ranked:
        above = sum(second == one.name for _, second in told)
        below = sum(first == one.name for first, _ in told)
        assert one.positions == (1 + above, len(found) - below)
        assert one.position == one.positions[0]


@FEW
@given(encoders())
def test_parts_sum_to_the_difference_and_shares_to_one(found):
    ranking = rank_encoders(found)
    for pair in ranking.pairs:
        assert math.fsum(pair.parts.values()) == pytest.approx(pair.difference, abs=1e-12)
    for one in ranking.ranked:
        inside = math.expm1(one.rmqm)
        assert math.fsum(one.shares.values()) == pytest.approx(1)
        assert one.shares["1/D_RC"] * inside == pytest.approx(1 / found[one.name].D_RC)
        assert ("S" in one.shares) == (found[one.name].variant == "authors-2022")


def test_encoders_without_a_score_are_named_apart_and_never_first():
    still = characterize(np.zeros((5, 4)), np.zeros((5, 4)))
    even = characterize(*(np.tile(np.arange(1, 5) * 0.1, (5, 1)), np.full((5, 4), 0.1)))
    good = characterize(*walks(np.random.default_rng(0), 5, 0.3, n_levels=4))
    ranking = rank_encoders({"still": still, "good": good, "even": even})
    assert [one.name for one in ranking.ranked] == ["good"]
    assert ranking.unranked == {"still": "collapsed", "even": "constant-steps"}
    assert ranking.ranked[0].best == 1
    assert ranking.pairs == ()
    nothing = rank_encoders({"still": still})
    assert nothing.ranked == ()
    assert math.isnan(nothing.order_probability)


@pytest.mark.parametrize("numbers", [[], [1], [3, 4]])
def test_too_few_inputs_or_unlike_numbers_are_refused(numbers):
    rng = np.random.default_rng(0)
    found = {str(n): characterize(*walks(rng, n, 0.3)) for n in numbers}
    with pytest.raises(UsageError) as caught:
        rank_encoders(found)
    assert caught.value.code == "CMP002"


def test_ties_need_not_be_transitive_and_are_shown_so():
    rng = np.random.default_rng(1)
    found = {
        name: characterize(*walks(rng, 60, unevenness, n_levels=30))
        for name, unevenness in (("a", 0.300), ("b", 0.325), ("c", 0.350))
    }
    ranking = rank_encoders(found)
    assert [one.letters for one in ranking.ranked] == [("a",), ("a", "b"), ("b",)]
    assert [one.position for one in ranking.ranked] == [1, 1, 2]
    assert [one.positions for one in ranking.ranked] == [(1, 2), (1, 3), (2, 3)]


def test_groups_cover_every_tie_graph_of_four():
    from rmqm_spec.ranking.ties import groups

    edges = list(itertools.combinations(range(4), 2))
    for chosen in itertools.product([False, True], repeat=len(edges)):
        apart = np.zeros((4, 4), dtype=bool)
        for (one, other), told in zip(edges, chosen, strict=True):
            apart[one, other] = apart[other, one] = told
        found = [set(group) for group in groups(apart)]
        for one, other in edges:
            assert apart[one, other] == (not any({one, other} <= group for group in found))
        assert set().union(*found) == set(range(4))
        assert not any(a < b for a in found for b in found)
