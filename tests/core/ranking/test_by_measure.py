"""A ranking by another measure: ends, paired differences, and what is said without certainty."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec.contracts.measure import Summary
from rmqm_spec.errors import UsageError
from rmqm_spec.measures.jackknife import jackknife_interval, without_each_group
from rmqm_spec.measures.movement import RMQM
from rmqm_spec.measures.named import measure_named
from rmqm_spec.measures.spectrum.sphere import UNIFORMITY
from rmqm_spec.ranking import by_measure
from rmqm_spec.ranking.by_words import by_words
from rmqm_spec.ranking.document import by_section
from rmqm_spec.ranking.ends import Asked, asked_order, first_end
from rmqm_spec.ranking.order import rank_encoders


def columns(*encodings):
    return {name: {"encodings": rows} for name, rows in zip("abcdefgh", encodings, strict=False)}


@pytest.fixture
def rank_by(monkeypatch):
    """Rank encodings without files."""

    def run(measure, kept, asked):
        monkeypatch.setattr(by_measure, "measure_of_results", lambda *_: measure)
        monkeypatch.setattr(by_measure, "common_ids", lambda _: set(range(60)))
        monkeypatch.setattr(by_measure, "common_columns", lambda *_: kept)
        return by_measure.rank_by_measure(asked, {})

    return run


def clouds(n_inputs=60):
    rows = np.random.default_rng(0).standard_normal((n_inputs, 6))
    return rows, rows + 0.02 * np.random.default_rng(1).standard_normal(rows.shape) + 0.1


def test_a_difference_is_paired_by_input(rank_by):
    first, second = clouds()
    ranking = rank_by(UNIFORMITY, columns(first, second), Asked("uniformity"))
    pair = ranking.pairs[0]
    rows = {"a": first, "b": second}
    before, behind = rows[pair.first], rows[pair.second]

    def difference(x, y):
        return UNIFORMITY.function(y) - UNIFORMITY.function(x)

    expected = jackknife_interval(difference, before, behind, value=difference(before, behind))
    assert pair.interval == pytest.approx(expected)
    width = sum(place.interval[1] - place.interval[0] for place in ranking.ranked)
    assert pair.interval[1] - pair.interval[0] < 0.5 * width


def test_low_values_are_first_where_the_study_says_so(rank_by):
    first, second = clouds()
    low = rank_by(UNIFORMITY, columns(first, second), Asked("uniformity"))
    high = rank_by(UNIFORMITY, columns(first, second), Asked("uniformity", "high"))
    values = [place.value for place in low.ranked]
    assert values == sorted(values)
    assert [place.name for place in high.ranked] == [place.name for place in low.ranked][::-1]
    assert high.pairs[0].difference == pytest.approx(low.pairs[0].difference)
    assert high.first.is_contrary


def test_either_end_of_rmqm_has_the_pairs_of_the_usual_ranking(rank_by):
    steps = np.random.default_rng(2).uniform(0.01, 0.02, (2, 60, 9))
    steps[1] **= 1.1
    kept = {
        name: {"displacements": np.cumsum(each, axis=1), "step_lengths": each}
        for name, each in zip("ab", steps, strict=True)
    }
    usual = rank_encoders({name: RMQM.characteristics(each) for name, each in kept.items()})
    for end in ("low", "high"):
        (pair,) = rank_by(RMQM, kept, Asked("rmqm", end)).pairs
        (expected,) = usual.pairs
        assert {pair.first, pair.second} == {expected.first, expected.second}
        assert pair.interval == pytest.approx(expected.interval)
        assert pair.probability == pytest.approx(expected.probability)


def test_equal_encoders_are_tied_and_undefined_ones_come_last(rank_by):
    rows, _ = clouds()
    kept = columns(np.zeros_like(rows), rows, rows)
    ranking = rank_by(UNIFORMITY, kept, Asked("uniformity"))
    assert [place.name for place in ranking.ranked] == ["b", "c"]
    assert [place.position for place in ranking.ranked] == [1, 1]
    assert dict(ranking.unranked) == {"a": "all-zero"}
    document = {"by": by_section(ranking), "inputs": 60, "ranked": [], "findings": []}
    assert any("a comes last: it has no value" in sentence for sentence in by_words(document))


def test_without_an_interval_nothing_is_said_to_be_sure(rank_by):
    class Size:
        name, title, units, source, direction = "size", "Size", "1", "ours", "higher"
        needs = frozenset({"unaltered"})

        def summarise(self, kept):
            return Summary(value=float(np.abs(kept["encodings"]).sum()))

    first, second = clouds()
    ranking = rank_by(Size(), columns(first, 3 * second), Asked("size"))
    assert not ranking.is_certain
    assert [place.name for place in ranking.ranked] == ["b", "a"]
    assert ranking.pairs[0].tied is None
    assert ranking.ranked[0].best is None
    document = {"by": by_section(ranking), "inputs": 60, "ranked": [], "findings": []}
    said = " ".join(by_words(document))
    assert "No interval of differences is known for Size" in said
    assert "which encoders are tied, is not known" in said
    assert "Size itself declares" in said


def test_encoders_without_a_value_are_named_in_the_order_of_their_names(rank_by):
    rows, _ = clouds()
    kept = columns(rows, np.zeros_like(rows), np.zeros_like(rows))
    turned = dict(reversed(kept.items()))
    assert list(rank_by(UNIFORMITY, turned, Asked("uniformity")).unranked) == ["b", "c"]


def test_equal_values_without_certainty_share_the_first_place(rank_by):
    rows, _ = clouds()
    ranking = rank_by(
        measure_named("mutual-neighbours"),
        columns(rows, rows[:, :2], rows),
        asked_order("mutual-neighbours:high"),
    )
    document = {"by": by_section(ranking), "inputs": 60, "ranked": [], "findings": []}
    assert "a and c share the first place" in by_words(document)[0]


@pytest.mark.parametrize("asked", ["rankme@4", "rankme@4:low"])
def test_the_study_is_quoted_at_its_own_size(rank_by, asked):
    first, second = clouds()
    ranking = rank_by(measure_named("rankme@4"), columns(first, second), asked_order(asked))
    document = {"by": by_section(ranking), "inputs": 60, "ranked": [], "findings": []}
    assert "high values of RankMe at 16 values went with accuracy" in " ".join(by_words(document))


def test_what_weakens_the_comparison_is_said_in_any_order(rank_by):
    ranking = rank_by(UNIFORMITY, columns(*clouds()), Asked("uniformity"))
    document = {"by": by_section(ranking), "inputs": 60, "ranked": []}
    document["findings"] = [{"code": "RNK001"}, {"code": "RNK005"}]
    assert "inputs of different sizes and some give class scores" in " ".join(by_words(document))
    assert "weakens" not in " ".join(by_words({**document, "findings": []}))


def test_nothing_sends_to_a_probe_that_was_made(rank_by):
    ranking = rank_by(UNIFORMITY, columns(*clouds()), Asked("uniformity"))
    document = {"by": by_section(ranking), "inputs": 60, "ranked": [], "findings": []}
    assert "rmqm-spec probe" in " ".join(by_words(document))
    assert "rmqm-spec probe" not in " ".join(by_words(document, is_probed=True))


def test_an_end_that_nobody_knows_must_be_said():
    with pytest.raises(UsageError) as refused:
        first_end(asked_order("path-curvature"), None)
    assert refused.value.code == "RNK006"
    assert "--by path-curvature:high" in refused.value.fix
    assert first_end(asked_order("path-curvature:high"), None).basis == "given"
    with pytest.raises(UsageError, match="--by must be"):
        asked_order("rankme:up")


def test_intervals_within_a_jackknife_cost_nothing():
    seen = []

    def statistic(rows):
        seen.append(jackknife_interval(lambda v: float(v.mean()), rows, value=0.0))
        return float(rows.mean())

    without_each_group(statistic, np.arange(40.0))
    assert seen == [None] * 20
    assert jackknife_interval(lambda v: float(v.mean()), np.arange(40.0), value=19.5) is not None
