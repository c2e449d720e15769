"""What must hold for every measure of the path of encodings, and whether intervals cover."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from rmqm_spec.errors import EncodingError
from rmqm_spec.measures.paths.curvature import PATH_CURVATURE
from rmqm_spec.measures.paths.displacement import RELATIVE_DISPLACEMENT
from rmqm_spec.measures.paths.neighbours import INSTANCE_RETRIEVAL, NEIGHBOURHOOD_PRESERVATION
from rmqm_spec.measures.paths.scatter import FISHER_RATIO, LIDAR
from rmqm_spec.neighbours import chances

VIEWED = (
    RELATIVE_DISPLACEMENT,
    INSTANCE_RETRIEVAL,
    NEIGHBOURHOOD_PRESERVATION,
    LIDAR,
    FISHER_RATIO,
)
every = pytest.mark.parametrize("measure", [*VIEWED, PATH_CURVATURE], ids=lambda m: m.name)
quick = settings(max_examples=10, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def walk(seed, n=25, e=4, levels=11):
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((n, levels + 1, e)) * rng.uniform(0.05, 0.3, (n, 1, 1))
    steps[:, 0] = rng.standard_normal((n, e)) + 0.5
    return steps.cumsum(axis=1)


def columns_of(measure, paths, cuts=()):
    meter = measure.start(len(paths), paths.shape[1] - 1, [str(i) for i in range(len(paths))])
    for block in np.split(paths, sorted(cuts), axis=1):
        meter.update(block)
    return meter.columns()


def value_of(measure, paths):
    return measure.summarise(columns_of(measure, paths)).value


@every
@quick
@given(seed=seeds)
def test_rotation_scale_and_order_change_nothing(measure, seed):
    paths, rng = walk(seed), np.random.default_rng(seed)
    value = value_of(measure, paths)
    turned = paths @ ortho_group.rvs(4, random_state=rng)
    assert value_of(measure, turned) == pytest.approx(value, rel=1e-8)
    scaled = paths * rng.uniform(0.01, 100, (*paths.shape[:2], 1))
    assert value_of(measure, scaled) == pytest.approx(value, rel=1e-8)
    assert value_of(measure, rng.permutation(paths)) == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("measure", [LIDAR, PATH_CURVATURE], ids=lambda m: m.name)
@quick
@given(seed=seeds, cuts=st.sets(st.integers(1, 11)))
def test_blocks_of_levels_give_the_same_columns(measure, dtype, seed, cuts):
    paths = walk(seed, n=7).astype(dtype)
    whole, cut = columns_of(measure, paths), columns_of(measure, paths, cuts)
    assert whole.keys() == cut.keys() == {column.name for column in measure.kept}
    assert all(np.array_equal(whole[name], cut[name]) for name in whole)


@pytest.mark.parametrize("measure", [LIDAR, PATH_CURVATURE], ids=lambda m: m.name)
def test_columns_depend_on_no_later_change_of_the_block(measure):
    paths = walk(1)
    meter = measure.start(25, 11, [""] * 25)
    given_first = paths[:, :4].copy()
    meter.update(given_first)
    given_first[:] = -1
    meter.update(paths[:, 4:])
    whole = columns_of(measure, paths)
    assert all(np.array_equal(whole[name], rows) for name, rows in meter.columns().items())


@quick
@given(seed=seeds)
def test_bounds(seed):
    paths = walk(seed)
    assert 0 <= value_of(PATH_CURVATURE, paths) <= np.pi
    for measure in (INSTANCE_RETRIEVAL, NEIGHBOURHOOD_PRESERVATION):
        assert 0 <= value_of(measure, paths) <= 1
    assert 1 <= value_of(LIDAR, paths) <= 4 * (1 + 1e-5)
    assert value_of(FISHER_RATIO, paths) > 0


@every
def test_neighbours_at_one_distance_do_not_depend_on_order(measure):
    paths = np.repeat(walk(3, n=10), 2, axis=0)
    order = np.random.default_rng(0).permutation(20)
    first = measure.summarise(columns_of(measure, paths))
    second = measure.summarise(columns_of(measure, paths[order]))
    assert first.status == second.status
    assert second.value == pytest.approx(first.value, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("measure", [LIDAR, PATH_CURVATURE], ids=lambda m: m.name)
def test_lengths_must_not_change(measure):
    meter = measure.start(2, 3, ["a", "b"])
    with pytest.raises(RuntimeError):
        meter.columns()
    meter.update(np.ones((2, 1, 4)))
    with pytest.raises(EncodingError, match="same length"):
        meter.update(np.ones((2, 1, 1)))


def test_blocks_of_distances_change_no_value(monkeypatch):
    paths = walk(0)
    whole = [value_of(measure, paths) for measure in VIEWED[:3]]
    monkeypatch.setattr("rmqm_spec.neighbours.search._BLOCK", 70)
    assert len(list(chances(np.eye(25), np.eye(25), 1))) == 13
    assert [value_of(measure, paths) for measure in VIEWED[:3]] == pytest.approx(whole, rel=1e-12)


def test_a_median_has_no_interval():
    assert (
        RELATIVE_DISPLACEMENT.summarise(columns_of(RELATIVE_DISPLACEMENT, walk(0))).interval is None
    )


@pytest.mark.parametrize("measure", [*VIEWED[1:], PATH_CURVATURE], ids=lambda m: m.name)
def test_intervals_cover(measure):
    """Nominally 95 %; 80 draws of 60 inputs, the truth being the mean over all draws."""
    summaries = [measure.summarise(columns_of(measure, walk(seed, n=60))) for seed in range(80)]
    truth = np.mean([summary.value for summary in summaries])
    covered = [summary.interval[0] <= truth <= summary.interval[1] for summary in summaries]
    assert np.mean(covered) >= 0.88
    widths = [summary.interval[1] - summary.interval[0] for summary in summaries]
    spread = np.std([summary.value for summary in summaries])
    assert 2 * spread < np.mean(widths) < 8 * spread  # 4 to 4.2 for a perfect interval
