"""When the numbers of a geometry say little, a finding says so."""

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec.geometries import columns_of, kernel_named
from rmqm_spec.geometries.altered import altered_sets, ends_of_sets
from rmqm_spec.geometries.measuring import spread_of
from rmqm_spec.runs.geometry_doubts import geometry_doubts


def unit_rows(n=40, size=6, seed=0):
    rows = np.random.default_rng(seed).normal(size=(n, size))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def measured(rows, kernel="cosine", k=8):
    ids = tuple(f"{i:03d}" for i in range(len(rows)))
    return columns_of(rows, ids, ids, k, kernel_named(kernel))


def codes(columns):
    return [doubt.code for doubt in geometry_doubts(columns)]


def test_encodings_that_differ_raise_no_doubt():
    assert codes(measured(unit_rows(), k=12)) == []


@pytest.mark.parametrize("moved", [0.0, 1e-7])
def test_a_collapsed_encoder_is_noticed(moved):
    rows = unit_rows(1) + moved * unit_rows()
    columns = measured(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    [doubt] = geometry_doubts(columns)
    assert doubt.code == "GEO004"
    assert "40 of 40 inputs" in doubt.message


def test_bandwidths_that_are_far_off_are_noticed():
    assert codes(measured(unit_rows(), "gaussian:1e9")) == ["GEO004"]
    assert codes(measured(unit_rows(), "gaussian:1e-3")) == ["GEO005"]
    assert codes(measured(unit_rows(size=40), "gaussian:0.5")) == ["GEO001"]
    assert codes(measured(unit_rows(), "gaussian:2", k=12)) == []


@pytest.mark.parametrize(("n_levels", "expected"), [(1, ["GEO006"]), (2, [])])
def test_a_single_altered_version_is_noticed(n_levels, expected):
    versions = np.stack([unit_rows(5, seed=level) for level in range(n_levels + 1)], axis=1)
    altered = altered_sets(versions, ends_of_sets(n_levels))
    assert codes(evolve(measured(unit_rows(), k=12), altered=altered)) == expected


def test_the_spread_of_equal_encodings_is_exactly_zero():
    for seed in range(20):
        assert spread_of(np.repeat(unit_rows(1, 6, seed), 40, axis=0)) == 0
