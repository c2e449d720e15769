"""Measures between candidates against their definitions, computed the long way, and their laws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space
from scipy.stats import ortho_group

from rmqm_spec.contracts.registry import measure as measure_plug
from rmqm_spec.errors import UsageError
from rmqm_spec.measures.between import ridge
from rmqm_spec.measures.between.candidates import consensus, information_sufficiency
from rmqm_spec.measures.between.neighbours import mutual_neighbours
from rmqm_spec.measures.between.ridge import ridge_r2
from rmqm_spec.measures.unaltered import Undefined

quick = settings(max_examples=15, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def pair(seed, n=60, e=4, f=3, noise=0.5):
    rng = np.random.default_rng(seed)
    source = rng.standard_normal((n, e)) * np.geomspace(1, 5, e) + 2
    return source, source @ rng.standard_normal((e, f)) + noise * rng.standard_normal((n, f))


def r2_the_long_way(source, target):
    """Solve for every penalty anew, in a basis of all that sums to zero over the training rows."""
    target = (target - target.mean(axis=0)) / target.std(axis=0)
    left = total = 0.0
    for fold in range(5):
        out = [i for i in range(len(source)) if i % 5 == fold]
        into = [i for i in range(len(source)) if i % 5 != fold]
        scaled = (source - source[into].mean(axis=0)) / source[into].std(axis=0)
        X, n = scaled[into], len(into)
        mean = target[into].mean(axis=0)
        Y = target[into] - mean
        unit = np.linalg.norm(X) ** 2 / min(n - 1, X.shape[1])
        Q = null_space(np.ones((1, n)))
        tried = []
        for exponent in range(-12, 13):
            penalty = 10 ** (exponent / 2) * unit
            inverse = np.linalg.inv(Q.T @ X @ X.T @ Q + penalty * np.eye(n - 1))
            rest = np.linalg.norm(penalty * inverse @ Q.T @ Y)
            gcv = rest**2 / (penalty * np.trace(inverse)) ** 2
            tried.append((gcv, scaled[out] @ X.T @ Q @ inverse @ Q.T @ Y))
        least = min(gcv for gcv, _ in tried)
        prediction = [values for gcv, values in tried if gcv <= least * (1 + 1e-6)][-1]
        left += np.linalg.norm(target[out] - mean - prediction) ** 2
        total += np.linalg.norm(target[out] - mean) ** 2
    return 1 - left / total


@pytest.mark.parametrize("noise", [0.1, 3.0, 100.0])
@pytest.mark.parametrize(("n", "e"), [(60, 4), (33, 12), (30, 70), (12, 9)])
def test_ridge_r2_the_long_way(n, e, noise):
    source, target = pair(n + e, n, e, noise=noise)
    assert ridge_r2(source, target) == pytest.approx(r2_the_long_way(source, target), abs=1e-6)


def test_ridge_r2_of_noise_is_near_zero_and_not_clipped():
    rng = np.random.default_rng(1)
    values = [
        ridge_r2(rng.standard_normal((80, 10)), rng.standard_normal((80, 5))) for _ in range(30)
    ]
    assert min(values) < 0
    assert abs(np.mean(values)) < 0.1


def test_ridge_r2_nears_the_share_of_variance_that_is_signal():
    rng = np.random.default_rng(2)
    source = rng.standard_normal((4000, 3))
    target = source + np.array([0.5, 1.0, 2.0]) * rng.standard_normal((4000, 3))
    assert ridge_r2(source, target) == pytest.approx((0.8 + 0.5 + 0.2) / 3, abs=0.02)


@settings(quick, max_examples=5)
@given(seeds, st.sampled_from([3, 70]))
def test_units_shifts_and_the_order_of_values_do_not_change_ridge_r2(seed, e):
    source, target = pair(seed, e=e)
    rng = np.random.default_rng(seed)
    value = pytest.approx(ridge_r2(source, target), abs=1e-7)
    assert ridge_r2(source * rng.uniform(0.1, 9, e) - 1, target * [1.0, 20.0, -0.3] + 4) == value
    assert ridge_r2(source[:, rng.permutation(e)], target[:, [2, 0, 1]]) == value
    assert ridge_r2(np.column_stack([source, np.full(60, 0.1)]), target) == value
    assert ridge_r2(source, np.column_stack([target, np.full(60, 0.1)])) == value
    order = np.concatenate([np.flatnonzero(np.arange(60) % 5 == fold) for fold in range(5)])
    within = np.concatenate([rng.permutation(part) for part in order.reshape(5, 12)])
    moved = np.empty(60, dtype=int)
    moved[order] = within
    assert ridge_r2(source[moved], target[moved]) == value


def test_a_value_that_varies_in_one_fold_alone_tells_nothing():
    source = np.zeros((20, 1))
    source[::5, 0] = [1, 2, 3, 4]
    assert ridge_r2(source, np.random.default_rng(0).standard_normal((20, 2))) <= 0.5


def neighbours_by_loops(rows, k):
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return [
        {
            j
            for _, j in sorted(
                (round(math.dist(units[i], units[j]), 12), j) for j in range(len(rows)) if j != i
            )[:k]
        }
        for i in range(len(rows))
    ]


@pytest.mark.parametrize("block", [1, 100, 2**22])
@pytest.mark.parametrize(("n", "k"), [(40, 10), (5, 1), (5, 4)])
def test_mutual_neighbours_by_loops(monkeypatch, n, k, block):
    monkeypatch.setattr("rmqm_spec.neighbours.search._BLOCK", block)
    source, target = pair(n, n)
    source[1] = 2 * source[0]
    first, second = neighbours_by_loops(source, k), neighbours_by_loops(target, k)
    expected = np.mean([len(a & b) / k for a, b in zip(first, second, strict=True)])
    assert mutual_neighbours(source, target, k) == pytest.approx(expected, abs=1e-12)


@quick
@given(seeds)
def test_rotation_length_order_and_exchange_do_not_change_mutual_neighbours(seed):
    first, second = pair(seed, e=5)
    rng = np.random.default_rng(seed)
    value = pytest.approx(mutual_neighbours(first, second, 7), abs=1e-12)
    order = rng.permutation(60)
    assert mutual_neighbours(second, first, 7) == value
    assert mutual_neighbours(first[order], second[order], 7) == value
    assert mutual_neighbours(first @ ortho_group.rvs(5, random_state=seed), second, 7) == value
    assert mutual_neighbours(first * rng.uniform(0.1, 9, (60, 1)), second, 7) == value
    assert mutual_neighbours(first, 3 * first, 7) == 1


def test_information_sufficiency_is_the_median_of_pairs():
    rng = np.random.default_rng(3)
    whole = rng.standard_normal((50, 6))
    encodings = {"whole": whole, "a": whole[:, :2], "b": whole[:, 1:4], "noise": pair(9, 50)[0]}
    values = information_sufficiency(encodings)
    assert list(values) == list(encodings)
    for name, rows in encodings.items():
        pairs = [ridge_r2(rows, other) for key, other in encodings.items() if key != name]
        assert values[name] == sorted(pairs)[1]
    assert max(values, key=values.get) == "whole"


def test_consensus_is_one_for_the_same_neighbours_and_zero_for_permuted_rows():
    first, second = pair(4, 40)
    assert consensus({"a": first, "b": 2 * first, "c": first * 3}) == {"a": 1, "b": 1, "c": 1}
    rng = np.random.default_rng(5)
    by_chance = []
    for _ in range(300):
        moved, again = rng.permutation(40), rng.permutation(40)
        by_chance.append(consensus({"a": first, "b": second[moved], "c": first[again]})["a"])
    assert abs(np.mean(by_chance)) < 4 * np.std(by_chance) / np.sqrt(300)
    assert np.std(by_chance) < 0.1


def test_consensus_is_the_rescaled_mean_of_pairs():
    first, second = pair(6, 30)
    third = pair(7, 30)[0]
    overlap = (mutual_neighbours(first, second, 4) + mutual_neighbours(first, third, 4)) / 2
    expected = (overlap - 4 / 29) / (1 - 4 / 29)
    values = consensus({"a": first, "b": second, "c": third}, k=4)
    assert values["a"] == pytest.approx(expected)


def three(measure):
    return lambda rows, other: measure({"a": rows, "b": other, "c": other})


ALL = [ridge_r2, mutual_neighbours, three(information_sufficiency), three(consensus)]


@pytest.mark.parametrize("measure", ALL)
def test_rows_must_match_and_be_finite(measure):
    source, target = pair(0)
    for bad in (target[:-1], target[:, 0], target[:, :, None]):
        with pytest.raises(UsageError, match="the same N inputs") as caught:
            measure(source, bad)
        assert caught.value.code == "ARG001"
    target[3, 1] = np.inf
    for pairs in [(source, target), (target, source)]:
        with pytest.raises(Undefined, match=r"^not-finite$"):
            measure(*pairs)
    with pytest.raises(Undefined, match=r"^too-few-inputs$"):
        measure(source[:9], source[:9])


@pytest.mark.parametrize("measure", [ALL[0], ALL[2]])
def test_what_does_not_vary_has_no_share_of_variance(measure):
    source, _ = pair(0)
    for pairs in [(source, np.full((60, 2), 0.1)), (np.full((60, 2), 0.1), source)]:
        with pytest.raises(Undefined, match=r"^constant$"):
            measure(*pairs)


@pytest.mark.parametrize("measure", [ALL[1], ALL[3]])
def test_an_encoding_of_norm_zero_has_no_neighbours(measure):
    source, target = pair(0)
    target[5] = 0
    with pytest.raises(Undefined, match=r"^zero$"):
        measure(source, target)


def test_the_number_of_neighbours_must_leave_others():
    source, target = pair(0, 12)
    assert mutual_neighbours(source, target, 11) == 1
    with pytest.raises(Undefined, match="too-few-inputs"):
        mutual_neighbours(source, target, 12)
    three_of_them = {"a": source, "b": target, "c": source}
    with pytest.raises(Undefined, match="too-few-inputs"):
        consensus(three_of_them, k=11)
    for k in (0, -1):
        with pytest.raises(UsageError, match="k must be at least 1"):
            mutual_neighbours(source, target, k)
        with pytest.raises(UsageError, match="k must be at least 1"):
            consensus(three_of_them, k=k)


@pytest.mark.parametrize("measure", [information_sufficiency, consensus])
def test_two_candidates_are_too_few(measure):
    source, target = pair(0)
    with pytest.raises(Undefined, match=r"^too-few-candidates$"):
        measure({"a": source, "b": target})


def test_a_source_is_decomposed_once_for_all_targets(monkeypatch):
    calls = []
    svd = np.linalg.svd
    monkeypatch.setattr(ridge.np.linalg, "svd", lambda *a, **k: calls.append(1) or svd(*a, **k))
    source, target = pair(0)
    ridge.held_out_r2(source, [target] * 4)
    assert len(calls) == 5


@pytest.mark.parametrize(
    "name", ["ridge-r2", "information-sufficiency", "mutual-neighbours", "consensus"]
)
def test_an_encoder_that_stands_still_changes_nothing_for_the_others(name):
    random = np.random.default_rng(0)
    kept = {one: {"encodings": random.standard_normal((30, 4))} for one in "abc"}
    still = {"encodings": np.ones((30, 3))}
    without = measure_plug(name).between(kept)
    found = measure_plug(name).between({"still": still, **kept})
    assert (found.pop("still").status, found) == ("constant", without)
    two = measure_plug(name).between({"still": still, "a": kept["a"], "b": kept["b"]})
    assert two["a"].status == "too-few-candidates"
