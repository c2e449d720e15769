"""The laws of own generators: the limits of RMQM-WN-010 are kept, the p-values are counted."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from rmqm_conformance.checks import PROFILES
from rmqm_conformance.judging import judge
from rmqm_conformance.problems import Violation
from rmqm_conformance.properties import generators, noise_statistics
from rmqm_conformance.properties.generators import evidence
from rmqm_conformance.properties.generators.coincidences import (
    SHARE,
    fewest,
    most_alike,
    pairs_of_equals,
)
from rmqm_conformance.subject import PythonSubject

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))
from miniatures import allowed_generators
from miniatures.plain_noise import quantile16


def test_the_specified_table_keeps_to_the_limits_of_another_generator():
    table = np.sort(quantile16().astype(float))
    assert abs(table.mean()) < 1e-4
    assert abs((table**2).mean() - 1) < 1e-4
    assert abs((table**3).mean()) < 5e-4
    assert abs((table**4).mean() - 3) < 5e-4
    shares, places = special.ndtr(table), np.arange(65536)
    assert max((shares - places / 65536).max(), ((places + 1) / 65536 - shares).max()) < 2e-5
    for limit in (1.0, 2.0, 3.0, 3.5, 4.0):
        share = special.ndtr(-limit)
        assert (table > limit).mean() == pytest.approx(share, rel=evidence.TOLERATED)
    assert np.unique(np.abs(table), return_counts=True)[1].max() / 65536 <= SHARE


def test_a_run_asks_for_less_than_600_p_values(monkeypatch):
    counted = []

    def count(p, what):
        counted.append(what)

    kit = [module for name, module in sys.modules.items() if name.startswith("rmqm_conformance.")]
    for module in kit:
        if getattr(module, "accept", None) is evidence.accept:
            monkeypatch.setattr(module, "accept", count)
    subject = PythonSubject(allowed_generators.DrawsByZiggurat())
    for check in (*noise_statistics.CHECKS, *generators.CHECKS):
        assert judge(check, subject, PROFILES["fast"]).status == "passed"
    assert 400 < len(counted) < 600


@pytest.mark.parametrize("sign", [-1, 1])
def test_both_sides_of_a_statistic_count(sign):
    evidence.accept_normal(7 * sign, "z")
    with pytest.raises(Violation, match="z: as far off by chance once in"):
        evidence.accept_normal(8 * sign, "z")


def test_cells_that_are_filled_too_evenly_are_no_chance():
    drawn = np.bincount(np.random.default_rng(0).integers(0, 64, 64_000), minlength=64)
    evidence.accept_cells(drawn, "draws")
    with pytest.raises(Violation, match=r"is 0\.0000 of what is expected"):
        evidence.accept_cells(np.full(64, 1000), "draws")


def test_rows_that_share_sizes_are_found():
    rows = np.random.default_rng(1).standard_normal((50, 64))
    assert most_alike(rows)[2] == 0
    rows[31] = -np.random.default_rng(2).permutation(rows[7])
    assert most_alike(rows) == (7, 31, 64)


def test_pairs_of_equal_sizes_are_all_found():
    first, second = pairs_of_equals(np.array([1.0, 2.0, -1.0, 3.0, 1.0]))
    assert sorted(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 2), (0, 4), (2, 4)]


def test_chance_is_ruled_out_from_the_right_number_on():
    limit = fewest(64, 64 * SHARE, 1000)
    assert 1000 * evidence.p_of_count(limit, 64, 64 * SHARE) < evidence.REJECTED
    assert 1000 * evidence.p_of_count(limit - 1, 64, 64 * SHARE) >= evidence.REJECTED
