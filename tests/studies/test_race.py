"""The study of races: its simulation is that of the product, and its page says what came of it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec.characteristics.interval import influences
from rmqm_spec.ranking.race import Comparison, Rules, looks
from studies.race.__main__ import simulated
from studies.race.designs import SATURATED, designs
from studies.race.drawing import Drawn, seen_of
from studies.race.page import page, saved
from studies.race.pools import read_pools, scores_of
from studies.race.races import races

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "studies/race/results"
DOCUMENT = json.loads((RESULTS / "race.json").read_text())
USUAL = [one for one in DOCUMENT["scores"] if one["name"] not in SATURATED]


def of(kind, until="order"):
    return [one for one in DOCUMENT["races"] if (one["kind"], one["until"]) == (kind, until)]


def test_the_page_of_results_follows_from_the_numbers():
    assert page(DOCUMENT) == (RESULTS / "race.md").read_text()


def test_the_docs_quote_the_results():
    quoted = " ".join((ROOT / "docs/racing.md").read_text().split())
    points = re.findall(r"^- (.*)$", (RESULTS / "race.md").read_text(), flags=re.MULTILINE)
    assert len(points) == 3
    for point in points:
        assert point in quoted
    worst = min(one["fixed_100"] for one in DOCUMENT["scores"])
    assert f"in {worst:.3f} of the samples" in quoted


def test_the_study_is_as_large_as_it_says():
    assert DOCUMENT["runs"] == 2_000
    assert len(USUAL) >= 10
    assert len(of("real")) == len(of("real", "best")) >= 10
    assert all(one["runs"] == 2_000 for one in DOCUMENT["races"])


def test_intervals_cover_and_races_seldom_err():
    covered = [end["covered"] for one in USUAL for end in one["until"]]
    assert np.mean(covered) > 0.945
    assert min(covered) > 0.93
    assert all(one["wrong"] <= 0.05 for one in DOCUMENT["races"])


def test_a_precision_of_005_takes_fifty_times_fewer_inputs_than_the_paper():
    takes = [one["until"][0]["inputs"] for one in USUAL]
    assert sum(10_000 / number >= 50 for number in takes) >= 5


def test_a_race_takes_fewer_encodings():
    assert np.median([saved(one, 10_000) for one in of("real")]) >= 5
    assert np.median([saved(one) for one in of("real")]) > 1


def test_what_is_seen_by_counts_is_what_the_rows_show():
    design = designs(read_pools())[4]
    rows = np.random.default_rng(0).integers(0, len(design.pool), 50)
    names = [str(number) for number in range(design.pool.shape[1])]
    counts = np.bincount(rows, minlength=len(design.pool))
    seen = seen_of(design.pool, Drawn(50, counts), names, range(len(names)))
    contributions = []
    for encoder in range(len(names)):
        values = dict(zip(("D", "D_RC", "P_RC"), design.pool[rows, encoder].T, strict=True))
        means = {name: column.mean() for name, column in values.items()}
        score = scores_of(np.array(list(means.values())))
        contributions.append(score + influences(values, means, np.ones(50, dtype=bool)))
    expected = Comparison.of(names, np.stack(contributions, axis=1))
    for name in ("differences", "errors", "least"):
        np.testing.assert_allclose(getattr(seen, name), getattr(expected, name), atol=1e-9)


@pytest.mark.parametrize("design", [one for one in designs(read_pools()) if one.kind == "level"])
def test_encoders_that_are_said_to_be_level_are(design):
    assert (design.truth == 0).sum() > len(design.truth)


def test_a_quick_simulation_repeats_itself():
    first, again = (simulated(n_runs=5, quick=True) for _ in range(2))
    assert first == again
    assert page(first).startswith("# Races")


def test_a_race_without_a_bound_would_err():
    """Were each look judged as if it were the only one, level encoders would seem apart."""

    class Naive(Rules):
        def to_decide(self, n_open, n_active, n_encoders, n):
            return 1.96

    design = next(one for one in designs(read_pools()) if one.name == "2 level, paired")
    naive = races(design, Naive(until="order", looks=looks(1_000)), 60)
    right = races(design, Rules(until="order", looks=looks(1_000)), 60)
    assert naive["wrong"] > 0.2 > right["wrong"]
