"""Agreement of neighbourhoods, computed set by set, and what chance gives."""

import numpy as np
import pytest

from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.nnk import Neighbourhoods, agreement, all_neighbourhoods


def found_in(rows, k):
    return all_neighbourhoods(rows, rows, k, own=np.arange(len(rows)))


def drawn(seed, shape=(30, 5)):
    return np.random.default_rng(seed).standard_normal(shape)


def shares_of(found, query):
    pairs = zip(found.indices[query], found.weights[query], strict=True)
    kept = {int(i): float(w) for i, w in pairs if w > 0}
    return {i: w / sum(kept.values()) for i, w in kept.items()}


@pytest.mark.parametrize(("k", "other_k"), [(12, 12), (6, 20)])
def test_set_by_set(k, other_k):
    rows = drawn(0)
    one, other = found_in(rows, k), found_in(rows + 0.3 * drawn(1), other_k)
    agreed = agreement(one, other, 29)
    for q in range(30):
        ours, theirs = shares_of(one, q), shares_of(other, q)
        jaccard = len(ours.keys() & theirs.keys()) / len(ours.keys() | theirs.keys())
        overlap = sum(min(ours[i], theirs[i]) for i in ours.keys() & theirs.keys())
        assert agreed.jaccard[q] == pytest.approx(jaccard, abs=1e-15)
        assert agreed.overlap[q] == pytest.approx(overlap, abs=1e-12)
    assert 0.1 < agreed.jaccard.mean() < 0.9


def test_chance_is_the_mean_over_random_places():
    """The second neighbourhood keeps its shares and draws its rows anew, many times."""
    random = np.random.default_rng(0)
    one, other = found_in(drawn(2, (12, 4)), 6), found_in(drawn(3, (12, 4)), 6)
    chance = agreement(one, other, 11)
    n_draws = 300
    jaccard, overlap = np.zeros((2, n_draws))
    for draw in range(n_draws):
        places = [random.permutation(np.delete(np.arange(12), q))[:6] for q in range(12)]
        moved = Neighbourhoods(0, np.array(places), other.weights, other.errors)
        agreed = agreement(one, moved, 11)
        jaccard[draw], overlap[draw] = agreed.jaccard.mean(), agreed.overlap.mean()
    for draws, expected in (
        (jaccard, chance.jaccard_by_chance.mean()),
        (overlap, chance.overlap_by_chance.mean()),
    ):
        assert abs(draws.mean() - expected) < 4 * draws.std() / np.sqrt(n_draws)


def test_the_same_neighbourhoods_agree_wholly_and_empty_ones_not_at_all():
    found = found_in(drawn(0), 10)
    agreed = agreement(found, found, 29)
    assert (agreed.jaccard == 1).all()
    np.testing.assert_allclose(agreed.overlap, 1, atol=1e-12)
    empty = Neighbourhoods(0, found.indices, np.zeros_like(found.weights), found.errors)
    for one, other in ((found, empty), (empty, empty)):
        agreed = agreement(one, other, 29)
        assert not agreed.jaccard.any()
        assert not agreed.overlap.any()
        assert not agreed.jaccard_by_chance.any()


def test_a_candidate_without_weight_is_no_common_neighbour():
    one = Neighbourhoods(0, np.array([[0, 1]]), np.array([[0.5, 0.0]]), np.zeros(1))
    other = Neighbourhoods(0, np.array([[0, 1]]), np.array([[0.5, 0.5]]), np.zeros(1))
    agreed = agreement(one, other, 2)
    assert agreed.jaccard.tolist() == [0.5]
    assert agreed.overlap.tolist() == [0.5]


def test_what_cannot_be_compared_is_refused():
    one, other = found_in(drawn(0), 10), found_in(drawn(0, (20, 5)), 10)
    with pytest.raises(ShapeError, match="must be those of the same queries; got 30"):
        agreement(one, other, 29)
    with pytest.raises(UsageError, match="n_others must be at least"):
        agreement(one, one, 1)
