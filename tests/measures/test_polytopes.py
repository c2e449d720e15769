"""Measures of NNK polytopes against their definitions, by explicit features and in loops."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls
from scipy.stats import ortho_group

from rmqm_spec.contracts.measure import keeper
from rmqm_spec.contracts.registry import measure
from rmqm_spec.errors import EncodingError
from rmqm_spec.evaluation.measure_contract import require_summary
from rmqm_spec.measures.neighbourhoods import polytopes as among_inputs
from rmqm_spec.measures.neighbourhoods.polytopes import NNK_DIAMETER, NNK_ERROR, NNK_NEIGHBOURS
from rmqm_spec.measures.paths.polytopes import NNK_VIEW_DIAMETER, NNK_VIEW_NEIGHBOURS
from rmqm_spec.nnk import all_neighbourhoods

UNALTERED = (NNK_NEIGHBOURS, NNK_ERROR, NNK_DIAMETER)
OF_VIEWS = (NNK_VIEW_DIAMETER, NNK_VIEW_NEIGHBOURS)
J = 20

quick = settings(max_examples=8, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
each = pytest.mark.parametrize("one", UNALTERED, ids=lambda one: one.name)
each_of_views = pytest.mark.parametrize("one", OF_VIEWS, ids=lambda one: one.name)


def drawn(seed=0, shape=(30, 5)):
    return np.random.default_rng(seed).standard_normal(shape) + 0.3


def walk(n=6, e=5, levels=J, noise=0.1, seed=0):
    """Paths (N, J + 1, E) of a random walk from normal starts, with lengths that vary."""
    random = np.random.default_rng(seed)
    steps = random.standard_normal((n, levels + 1, e)) * noise
    steps[:, 0] = random.standard_normal((n, e))
    return steps.cumsum(axis=1) * random.uniform(0.5, 2, (n, levels + 1, 1))


def shape_the_long_way(query, others):
    """Number of neighbours, error and diameter, by the features (1, x) / sqrt 2 of the kernel."""
    units = [row / math.sqrt(math.fsum(row**2)) for row in (query, *others)]
    own, *features = [np.append(1.0, row) / math.sqrt(2) for row in units]
    weights, left = nnls(np.stack(features, axis=1), own)
    corners = [row for row, weight in zip(units[1:], weights, strict=True) if weight > 0]
    width = max((math.dist(a, b) for a in corners for b in corners), default=0.0)
    return len(corners), left**2, width


def among_others_the_long_way(rows, k):
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    shapes = []
    for i in range(len(rows)):
        near = sorted(set(range(len(rows))) - {i}, key=lambda j: math.dist(units[i], units[j]))[:k]
        shapes.append(shape_the_long_way(rows[i], rows[near]))
    return dict(zip(UNALTERED, np.mean(shapes, axis=0), strict=True))


def summary_of(one, rows):
    return require_summary(one, one.summarise({"encodings": rows}))


def of_paths(one, paths):
    meter = one.start(len(paths), paths.shape[1] - 1, [str(i) for i in range(len(paths))])
    meter.update(paths)
    return require_summary(one, one.summarise(meter.columns()))


@pytest.mark.parametrize(("n", "e", "k"), [(30, 5, 29), (70, 12, 50), (3, 4, 2)])
def test_among_others_the_long_way(n, e, k):
    rows = drawn(n, (n, e)) * np.linspace(0.5, 2, n)[:, None]
    for one, expected in among_others_the_long_way(rows, k).items():
        summary = summary_of(one, rows)
        assert summary.value == pytest.approx(expected, rel=1e-9), one.name
        assert summary.details["candidates"] == k


def test_details_name_the_fewest_and_the_most_neighbours():
    rows = drawn()
    counts = [shape_the_long_way(rows[i], np.delete(rows, i, axis=0))[0] for i in range(len(rows))]
    details = summary_of(NNK_NEIGHBOURS, rows).details
    assert (details["fewest"], details["most"]) == (min(counts), max(counts))


@each
@quick
@given(seed=seeds)
def test_the_same_turned_scaled_and_permuted(one, seed):
    rows = drawn(seed)
    value = one.function(rows)
    random = np.random.default_rng(seed)
    turned = rows @ ortho_group.rvs(rows.shape[1], random_state=random)
    scaled = turned * random.uniform(0.1, 10, (len(rows), 1))
    assert one.function(scaled) == pytest.approx(value, rel=1e-9)
    assert one.function(random.permutation(rows)) == pytest.approx(value, rel=1e-9)


def test_what_mistakes_would_give_is_something_else(monkeypatch):
    rows = drawn() * np.linspace(0.5, 9, 30)[:, None]
    right = {one: one.function(rows) for one in UNALTERED}

    def with_itself(queries, gallery, k, *, own):
        return all_neighbourhoods(queries, gallery, k)

    monkeypatch.setattr(among_inputs, "_shapes", type(among_inputs._shapes)())
    monkeypatch.setattr(among_inputs, "all_neighbourhoods", with_itself)
    assert NNK_NEIGHBOURS.function(rows) == 1
    assert NNK_ERROR.function(rows) == pytest.approx(0, abs=1e-12)
    assert NNK_DIAMETER.function(rows) == 0
    assert right[NNK_NEIGHBOURS] > 2
    assert right[NNK_ERROR] > 1e-3
    assert right[NNK_DIAMETER] > 0.5


def test_three_measures_solve_once(monkeypatch):
    calls = []

    def counted(queries, gallery, k, *, own):
        calls.append(len(queries))
        return all_neighbourhoods(queries, gallery, k, own=own)

    monkeypatch.setattr(among_inputs, "_shapes", type(among_inputs._shapes)())
    monkeypatch.setattr(among_inputs, "all_neighbourhoods", counted)
    for one in UNALTERED:
        summary_of(one, drawn(5))
    assert sorted(calls) == [28] * 10 + [29] * 10 + [30]
    assert NNK_ERROR.function(drawn(6)) != NNK_ERROR.function(drawn(5))


@pytest.mark.parametrize("one", UNALTERED, ids=lambda one: one.name)
def test_intervals_hold_the_mean_over_draws_and_are_too_wide(one):
    random = np.random.default_rng(7)
    summaries = [
        one.summarise({"encodings": random.standard_normal((60, 32)) * np.arange(1, 33) ** -0.5})
        for _ in range(30)
    ]
    values = np.array([summary.value for summary in summaries])
    ends = np.array([summary.interval for summary in summaries])
    held = (ends[:, 0] <= values.mean()) & (values.mean() <= ends[:, 1])
    assert held.mean() >= 0.9
    width = (ends[:, 1] - ends[:, 0]).mean() / (2 * 1.96 * values.std(ddof=1))
    assert 0.8 < width < 4


def test_results_that_are_kept_are_few(monkeypatch):
    monkeypatch.setattr(among_inputs, "_shapes", type(among_inputs._shapes)())
    for seed in range(among_inputs._KEPT + 5):
        NNK_ERROR.function(drawn(seed, (4, 3)))
    assert len(among_inputs._shapes) == among_inputs._KEPT


@each
def test_where_there_is_no_value_a_word_says_why(one):
    rows = drawn()
    zero, infinite = rows.copy(), rows.copy()
    zero[3], infinite[3, 0] = 0, np.inf
    for given_rows, status in (
        (rows[:2], "too-few-inputs"),
        (np.ones((9, 3)) * np.arange(1, 10)[:, None], "constant"),
        (np.zeros((9, 3)), "all-zero"),
        (zero, "zero"),
        (infinite, "not-finite"),
    ):
        summary = summary_of(one, given_rows)
        assert np.isnan(summary.value)
        assert summary.status == status


def test_a_copy_is_the_neighbour_of_its_copy():
    rows = np.concatenate([drawn(), 3 * drawn()])
    assert NNK_ERROR.function(rows) == pytest.approx(0, abs=1e-12)
    assert NNK_DIAMETER.function(rows) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("noise", [0.05, 0.5])
def test_views_the_long_way(noise):
    paths = walk(noise=noise)
    curves = {
        tenths: [shape_the_long_way(path[0], path[1 : tenths * J // 10 + 1]) for path in paths]
        for tenths in range(1, 11)
    }
    for one, place in zip(OF_VIEWS, (2, 0), strict=True):
        summary = of_paths(one, paths)
        for tenths, shapes in curves.items():
            expected = np.mean([shape[place] for shape in shapes])
            detail = summary.details[f"at-{tenths / 10:g}"]
            assert detail == pytest.approx(expected, rel=1e-9), (one.name, tenths)
        assert summary.value == summary.details["at-1"]


def test_views_are_told_from_mistakes():
    paths = walk()
    value = of_paths(NNK_VIEW_DIAMETER, paths).value
    with_the_query = [
        max(math.dist(a, b) for a in units for b in units)
        for units in (path / np.linalg.norm(path, axis=1, keepdims=True) for path in paths)
    ]
    assert abs(value - np.mean(with_the_query)) > 0.01
    backwards = np.mean([shape_the_long_way(path[-1], path[:-1])[2] for path in paths])
    assert abs(value - backwards) > 0.01


@each_of_views
@quick
@given(seed=seeds)
def test_views_turn_scale_and_forget_the_order_of_levels(one, seed):
    paths = walk(4, seed=seed)
    value = of_paths(one, paths).value
    random = np.random.default_rng(seed)
    turned = paths @ ortho_group.rvs(5, random_state=random)
    turned *= random.uniform(0.1, 10, (4, J + 1, 1))
    assert of_paths(one, turned).value == pytest.approx(value, rel=1e-9)
    order = np.append(0, 1 + random.permutation(J))
    assert of_paths(one, paths[:, order]).value == pytest.approx(value, rel=1e-9)


def has_no_polytopes(measure, path):
    found = of_paths(measure, path)
    return math.isnan(found.value) and found.interval is None and found.status == "no-polytopes"


def test_an_encoder_that_does_not_move_has_no_polytopes():
    """It would come first among the most invariant, although it may have collapsed."""
    still = np.repeat(drawn(0, (5, 1, 4)), J + 1, axis=1)
    rounded = still.astype(np.float32)
    rounded += np.random.default_rng(0).uniform(-1e-7, 1e-7, rounded.shape).astype(np.float32)
    rounded[:, 0] = still[:, 0]
    for view in (NNK_VIEW_DIAMETER, NNK_VIEW_NEIGHBOURS):
        assert has_no_polytopes(view, still)
        assert has_no_polytopes(view, rounded)
        assert has_no_polytopes(view, walk(levels=1))


def test_an_input_that_does_not_move_counts_beside_those_that_do():
    paths = walk()
    paths[0] = paths[0, :1]
    for view, of_a_point in ((NNK_VIEW_DIAMETER, 0), (NNK_VIEW_NEIGHBOURS, 1)):
        others = of_paths(view, paths[1:]).value
        expected = (of_a_point + (len(paths) - 1) * others) / len(paths)
        assert of_paths(view, paths).value == pytest.approx(expected)


def test_rounding_of_half_precision_makes_no_corners():
    """At a resolution of 0.001 two versions at 0.0005 on either side have not moved."""
    path = np.array([[1, 0, 0], [1, 5e-4, 0], [1, -5e-4, 0], [1, 0, 5e-4]])[None]
    assert of_paths(NNK_VIEW_NEIGHBOURS, path).value == 2
    assert has_no_polytopes(NNK_VIEW_NEIGHBOURS, path.astype(np.float16))


def test_versions_that_moved_together_have_no_width():
    path = np.array([[1, 0, 0], [1, 2e-3, 3e-4], [1, 2e-3, -3e-4]])[None]
    width = of_paths(NNK_VIEW_DIAMETER, path)
    assert width.value == pytest.approx(6e-4, rel=1e-3)
    assert of_paths(NNK_VIEW_NEIGHBOURS, path.astype(np.float16)).value == 2
    assert has_no_polytopes(NNK_VIEW_DIAMETER, path.astype(np.float16))


def test_a_wide_alteration_is_wider_than_a_narrow_one():
    widths = [of_paths(NNK_VIEW_DIAMETER, walk(noise=noise)).value for noise in (0.01, 0.1, 1)]
    assert widths == sorted(widths)
    assert widths[2] > 10 * widths[0]


@pytest.mark.parametrize("levels", [1, 3, 7, 45])
def test_any_number_of_levels_gives_ten_places(levels):
    meter = NNK_VIEW_DIAMETER.start(2, levels, ["a", "b"])
    meter.update(walk(2, levels=levels))
    columns = meter.columns()
    assert {name: column.shape for name, column in columns.items()} == {
        "diameters": (2, 10),
        "neighbours": (2, 10),
    }
    assert {column.name for column in NNK_VIEW_DIAMETER.kept} == set(columns)
    assert (columns["neighbours"][:, -1] >= 1).all()
    if levels == 1:  # one version: a neighbour, and no width; before it no version at all
        assert not columns["diameters"].any()
        assert columns["neighbours"][0].tolist() == [0] * 5 + [1] * 5


def test_columns_depend_on_no_other_input_and_on_no_division_of_levels():
    paths = walk(7).astype(np.float32)
    whole = NNK_VIEW_DIAMETER.start(7, J, ["x"] * 7)
    whole.update(paths)
    for part in (slice(0, 3), slice(3, 7)):
        meter = NNK_VIEW_NEIGHBOURS.start(7, J, ["x"] * 7)
        for levels in (slice(0, 1), slice(1, 9), slice(9, J + 1)):
            meter.update(paths[part, levels])
        for name, column in meter.columns().items():
            assert (column == whole.columns()[name][part]).all()


def test_both_measures_of_views_share_one_meter():
    assert keeper(NNK_VIEW_DIAMETER) == keeper(NNK_VIEW_NEIGHBOURS)


def test_intervals_are_those_of_a_mean():
    values = np.random.default_rng(0).uniform(0, 2, (40, 10))
    summary = NNK_VIEW_DIAMETER.summarise({"diameters": values, "neighbours": values})
    error = values[:, -1].reshape(2, 20).mean(axis=0).std(ddof=1) / math.sqrt(20)
    assert summary.interval[1] - summary.value == pytest.approx(2.093 * error, rel=1e-3)
    nearly = np.full((5, 10), 2.0)
    nearly[0] = 0
    low, high = NNK_VIEW_DIAMETER.summarise({"diameters": nearly, "neighbours": nearly}).interval
    assert high == 2
    assert low > 0
    low, high = NNK_VIEW_NEIGHBOURS.summarise({"diameters": nearly, "neighbours": nearly}).interval
    assert high > 2


def test_a_meter_refuses_what_is_no_walk():
    meter = NNK_VIEW_DIAMETER.start(2, 4, ["a", "b"])
    with pytest.raises(RuntimeError, match="before the last level"):
        meter.columns()
    meter.update(np.ones((2, 2, 3)))
    with pytest.raises(RuntimeError, match="before the last level"):
        meter.columns()
    with pytest.raises(EncodingError, match="same length; got 4 after 3") as caught:
        meter.update(np.ones((2, 3, 4)))
    assert caught.value.code == "ENC004"
    meter.update(np.zeros((2, 3, 3)))
    with pytest.raises(EncodingError):
        meter.columns()


def test_they_are_plugs():
    for one in (*UNALTERED, *OF_VIEWS):
        assert measure(one.name) is one
