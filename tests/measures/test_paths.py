"""Measures of the path of encodings against their definitions, computed the long way."""

import math
import warnings
from itertools import pairwise

import numpy as np
import pytest

from rmqm_spec.contracts.measure import keeper
from rmqm_spec.evaluation.measure_contract import require_summary
from rmqm_spec.evaluation.meters import Meters
from rmqm_spec.measures.paths.curvature import PATH_CURVATURE
from rmqm_spec.measures.paths.displacement import RELATIVE_DISPLACEMENT
from rmqm_spec.measures.paths.neighbours import INSTANCE_RETRIEVAL, NEIGHBOURHOOD_PRESERVATION
from rmqm_spec.measures.paths.scatter import FISHER_RATIO, LIDAR
from rmqm_spec.measures.paths.views import TENTHS, level_of

VIEWED = (
    RELATIVE_DISPLACEMENT,
    INSTANCE_RETRIEVAL,
    NEIGHBOURHOOD_PRESERVATION,
    LIDAR,
    FISHER_RATIO,
)
EVERY = (*VIEWED, PATH_CURVATURE)
SHARES = (0.1, 0.3, 0.5, 0.7, 1)
J = 20


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(all="raise", under="ignore"):
            yield


def walk(n=30, e=5, levels=J, noise=0.1, seed=0):
    """Paths (N, J + 1, E) of a random walk from normal starts, with lengths that vary."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((n, levels + 1, e)) * noise
    steps[:, 0] = rng.standard_normal((n, e)) * np.linspace(1, 2, e)
    return steps.cumsum(axis=1) * rng.uniform(0.5, 2, (n, levels + 1, 1))


def summary_of(measure, paths):
    meter = measure.start(len(paths), paths.shape[1] - 1, [str(i) for i in range(len(paths))])
    meter.update(paths)
    return require_summary(measure, measure.summarise(meter.columns()))


def unit(vector):
    return [float(x) / math.sqrt(sum(float(y) ** 2 for y in vector)) for x in vector]


def ratios_the_long_way(paths, level):
    values = []
    for i, path in enumerate(paths):
        start, end = unit(path[0]), unit(path[level])
        nearest = min(math.dist(start, unit(other[0])) for k, other in enumerate(paths) if k != i)
        values.append(math.dist(start, end) / nearest if nearest > 1e-12 else math.inf)
    return values


def median_ratio_the_long_way(paths, level):
    ratios = sorted(ratios_the_long_way(paths, level))
    return (ratios[(len(ratios) - 1) // 2] + ratios[len(ratios) // 2]) / 2


def retrieval_the_long_way(paths, level):
    found = 0
    for i, path in enumerate(paths):
        distances = [math.dist(unit(path[level]), unit(other[0])) for other in paths]
        found += distances.index(min(distances)) == i
    return found / len(paths)


def preservation_the_long_way(paths, level, k=10):
    def nearest(i, at):
        others = [m for m in range(len(paths)) if m != i]
        here = unit(paths[i][at])
        return set(sorted(others, key=lambda m: math.dist(here, unit(paths[m][at])))[:k])

    overlaps = [len(nearest(i, 0) & nearest(i, level)) / k for i in range(len(paths))]
    return sum(overlaps) / len(overlaps)


def scatters_the_long_way(paths):
    views = np.array([[unit(path[level]) for level in (0, 2, 6)] for path in paths])
    centre = sum(np.sum(v, axis=0) for v in views) / (3 * len(views))
    e = views.shape[-1]
    between, within = np.zeros((e, e)), np.zeros((e, e))
    for own in views:
        mean = own.sum(axis=0) / 3
        between += np.outer(mean - centre, mean - centre) / len(views)
        for view in own:
            within += np.outer(view - mean, view - mean) / (3 * len(views))
    return between, within


@pytest.mark.parametrize(
    ("measure", "oracle", "share"),
    [
        (RELATIVE_DISPLACEMENT, median_ratio_the_long_way, 0.7),
        (INSTANCE_RETRIEVAL, retrieval_the_long_way, 0.3),
        (NEIGHBOURHOOD_PRESERVATION, preservation_the_long_way, 0.3),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_neighbours_the_long_way(measure, oracle, share, seed):
    paths = walk(seed=seed, noise=0.25)
    summary = summary_of(measure, paths)
    assert summary.value == pytest.approx(oracle(paths, round(share * J)), rel=1e-9)
    for at in SHARES:
        detail = summary.details[f"at-{at:g}"]
        assert detail == pytest.approx(oracle(paths, round(at * J)), rel=1e-9)


@pytest.mark.parametrize(("n", "e"), [(30, 5), (8, 12)])
def test_scatter_the_long_way(n, e):
    paths = walk(n, e)
    between, within = scatters_the_long_way(paths)
    ratio = np.trace(between) / np.trace(within)
    assert summary_of(FISHER_RATIO, paths).value == pytest.approx(ratio, rel=1e-9)
    values, vectors = np.linalg.eigh(within + 1e-4 * np.eye(e))
    root = vectors @ np.diag(values**-0.5) @ vectors.T
    eigenvalues = np.abs(np.linalg.eigvalsh(root @ between @ root))
    entropy = 0.0
    for value in eigenvalues:
        share = value / sum(eigenvalues) + 1e-7
        entropy -= share * math.log(share)
    assert summary_of(LIDAR, paths).value == pytest.approx(math.exp(entropy), rel=1e-9)


def test_curvature_the_long_way():
    paths = walk(12, 4)
    paths[3, 5:8] = paths[3, 4]  # stands still: the steps around it are successive
    means = []
    for path in paths:
        units = [np.array(unit(vector)) for vector in path]
        steps = [b - a for a, b in pairwise(units)]
        steps = [step for step in steps if math.hypot(*step) > 1e-12]
        angles = [math.acos(a @ b / (math.hypot(*a) * math.hypot(*b))) for a, b in pairwise(steps)]
        means.append(sum(angles) / len(angles))
    assert summary_of(PATH_CURVATURE, paths).value == pytest.approx(np.mean(means), rel=1e-9)


def test_a_reversal_is_no_straight_line():
    angles = np.array([0, 0.1, 0.0, 0.1])
    back_and_forth = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[None]
    assert summary_of(PATH_CURVATURE, back_and_forth).value == pytest.approx(math.pi)
    angles = np.array([0, 0.1, 0.2, 0.3])
    onwards = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[None]
    assert summary_of(PATH_CURVATURE, onwards).value == pytest.approx(0.1)


@pytest.mark.parametrize("levels", [1, 2, 3, 5, 7, 45, 100])
def test_levels_of_views(levels):
    got = [level_of(tenths, levels) for tenths in TENTHS]
    assert np.abs(np.array(got) - np.array(TENTHS) * levels / 10).max() <= 0.5
    assert got[-1] == levels
    assert got == sorted(got)


def test_views_share_one_meter_and_keep_the_type():
    assert {keeper(measure) for measure in VIEWED} == {"views"}
    paths = walk(13).astype(np.float32)
    meters = Meters(EVERY, 13, J, [""] * 13)
    meters.update(paths)
    columns = meters.columns()
    assert len(columns) == 3
    [views] = [column for name, column in columns.items() if "views" in name]
    assert views.dtype == np.float32
    assert (views == paths[:, [0, 2, 6, 10, 14, 20]]).all()


def test_a_constant_encoder():
    paths = np.ones((15, J + 1, 4)) * np.arange(1, 16)[:, None, None]
    statuses = {measure.name: summary_of(measure, paths).status for measure in EVERY}
    assert statuses == {
        "relative-displacement": "duplicates",
        "instance-retrieval": "ok",
        "neighbourhood-preservation": "ok",
        "lidar": "constant",
        "fisher-ratio": "unmoved",
        "path-curvature": "too-few-steps",
    }
    retrieval = summary_of(INSTANCE_RETRIEVAL, paths)
    assert retrieval.value == pytest.approx(1 / 15)  # by chance
    assert summary_of(NEIGHBOURHOOD_PRESERVATION, paths).value == pytest.approx(10 / 14)


def test_duplicates_are_left_out_or_share():
    paths = walk(20, noise=1e-4)
    paths[1] = 2 * paths[0]
    displacement = summary_of(RELATIVE_DISPLACEMENT, paths)
    assert displacement.details["left-out"] == 2
    others = [ratio for ratio in ratios_the_long_way(paths, 14) if math.isfinite(ratio)]
    assert displacement.value == pytest.approx(np.median(others))
    assert summary_of(INSTANCE_RETRIEVAL, paths).value == pytest.approx(19 / 20)


@pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.name)
def test_one_level(measure):
    summary = summary_of(measure, walk(15, levels=1))
    undefined = {"path-curvature": "too-few-steps", "fisher-ratio": "unmoved"}
    assert summary.status == undefined.get(measure.name, "ok")
    if measure.name in {"instance-retrieval", "neighbourhood-preservation"}:
        assert summary.value == 1  # 0.3 of one level is level 0
        assert summary.interval is None


@pytest.mark.parametrize("n", [1, 2, 3, 11, 12, 13])
@pytest.mark.parametrize("measure", EVERY, ids=lambda measure: measure.name)
def test_few_inputs(measure, n):
    summary = summary_of(measure, walk(n))
    least = 12 if measure is NEIGHBOURHOOD_PRESERVATION else 1 if measure is PATH_CURVATURE else 2
    assert summary.status == ("ok" if n >= least else "too-few-inputs")
    if summary.is_defined and summary.interval is not None:
        assert summary.interval[0] <= summary.value <= summary.interval[1]


@pytest.mark.parametrize("measure", VIEWED, ids=lambda measure: measure.name)
def test_encodings_without_a_direction(measure):
    views = walk(12, levels=5)
    views[3, 2] = 0
    assert measure.summarise({"views": views}).status == "zero"
    views[3, 2, 0] = np.inf
    assert measure.summarise({"views": views}).status == "not-finite"
