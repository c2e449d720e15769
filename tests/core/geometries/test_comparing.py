"""Encoders side by side: pairs, ties, and common neighbours."""

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec.geometries import agreements, best_of, columns_of, compare_geometries
from rmqm_spec.nnk import Cosine


def columns(seed, size=4, n=40, labels=None):
    rows = np.random.default_rng(seed).normal(size=(n, size))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids = [f"{k:03d}" for k in range(n)]
    return columns_of(rows, ids, ids, 10, Cosine(), labels=labels)


def test_the_larger_mean_comes_first_and_the_difference_is_that_of_pairs():
    known = {"flat": columns(0, 2), "deep": columns(1, 9)}
    pairs = {pair.quantity: pair for pair in compare_geometries(known)}
    assert set(pairs) == {"neighbours", "error", "diameter"}
    found = pairs["neighbours"]
    assert (found.first, found.second) == ("deep", "flat")
    counts = known["deep"].found.counts - known["flat"].found.counts
    assert found.difference.value == pytest.approx(counts.mean())
    assert not found.difference.tied


def test_pairs_are_matched_by_id_and_not_by_place():
    one = columns(0)
    order = np.random.default_rng(1).permutation(40)
    turned = evolve(
        one,
        ids=tuple(np.array(one.ids)[order].tolist()),
        found=type(one.found)(
            0, one.found.indices[order], one.found.weights[order], one.found.errors[order]
        ),
        diameters=one.diameters[order],
    )
    for pair in compare_geometries({"a": one, "b": turned}):
        assert pair.difference.value == 0
        assert pair.difference.interval == (0, 0)
        assert pair.difference.tied


def test_encoders_of_other_inputs_are_not_compared():
    one, fewer = columns(0), columns(0, n=39)
    assert compare_geometries({"a": one, "b": fewer}) == []
    assert agreements({"a": one, "b": fewer}) == []


def test_common_neighbours_are_all_of_them_for_the_same_encoder_and_few_by_chance():
    alike, unlike = agreements({"a": columns(0), "b": columns(0), "c": columns(1)})[:2]
    assert alike.jaccard.value == alike.overlap.value == pytest.approx(1)
    assert unlike.jaccard.value == pytest.approx(unlike.jaccard_by_chance, abs=0.08)
    one, other = columns(0).found.shares, columns(1).found.shares
    smaller = np.minimum(one[:, :, None], other[:, None]).sum(axis=(1, 2))
    assert unlike.overlap_by_chance == pytest.approx(smaller.mean() / 39)  # others of 40 inputs


def test_only_some_quantities_have_a_best():
    labels = ["a", "b"] * 20
    twins = {"one": columns(0, labels=labels), "two": columns(0, labels=labels)}
    tied = compare_geometries(twins)
    assert best_of("neighbours", {"one": 2.0, "two": 3.0}, tied) == frozenset()
    assert best_of("nnk", {"one": 0.6, "two": 0.5}, tied) == {"one", "two"}
    assert best_of("nnk", {"one": 0.6, "two": 0.5}, []) == {"one"}
    assert best_of("altered-diameter", {"one": 0.5, "two": 0.4}, []) == {"two"}
