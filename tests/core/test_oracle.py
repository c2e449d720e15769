"""The formulas once more, as plain loops: distances, characteristics, metric and interval."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from rmqm_spec import characterize, displacements, rmqm, step_lengths

VARIANTS = ["paper", "authors-2022"]
CIRCLE = np.array([[[1, 0], [0.6, 0.8], [0, 1], [-0.6, 0.8]]])
ANGLES = 0.1 * np.arange(10)
GREAT_CIRCLE = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=-1)[np.newaxis]


def unit(vector):
    largest = max(abs(value) for value in vector)
    scaled = [value / largest for value in vector]
    length = math.sqrt(math.fsum(value * value for value in scaled))
    return [value / length for value in scaled]


def distance(one, other):
    return math.sqrt(math.fsum((a - b) ** 2 for a, b in zip(one, other, strict=True)))


def distances(trajectories):
    paths = [[unit(vector) for vector in path] for path in trajectories.tolist()]
    d = [[distance(path[0], point) for point in path[1:]] for path in paths]
    s = [[distance(a, b) for a, b in pairwise(path)] for path in paths]
    return d, s


def paper_changes(row, before, n_levels):
    """Sum over abs(now - before) / now, the number of undefined terms, and their mean."""
    total, undefined = [], 0
    for now in row:
        if now > 0:
            total.append(abs(now - before) / now)
        elif before > 0:
            undefined += 1
        before = now
    return math.fsum(total) / (n_levels - undefined), undefined


def authors_changes(row):
    terms, undefined = [], 0
    for before, now in pairwise(row):
        if before > 0:
            terms.append(abs(now - before) / before)
        else:
            undefined += 1
    return math.fsum(terms) / (len(row) - 1), undefined


def mean(values):
    return math.fsum(values) / len(values) if values else math.nan


def oracle(d, s, variant, resolution=1e-12):
    """SPEC, section 2, of nested lists d and s: every number that a result holds."""
    d, s = ([[x if x >= resolution else 0.0 for x in row] for row in table] for table in (d, s))
    n, n_levels = len(d), len(d[0])
    if variant == "paper":
        d_rc = [paper_changes(row, 0.0, n_levels) for row in d]
        p_rc = [paper_changes(row[1:], row[0], n_levels) for row in s]
        kept = [True] * n
    else:
        d_rc, p_rc = [authors_changes(row) for row in d], [authors_changes(row) for row in s]
        kept = [a[1] + b[1] == 0 for a, b in zip(d_rc, p_rc, strict=True)]
    rows = {"D": [mean(row) for row in d], "S": [mean(row) for row in s]}
    rows |= {"D_RC": [value for value, _ in d_rc], "P_RC": [value for value, _ in p_rc]}
    found = {"D": mean(rows["D"]), "S": mean(rows["S"])}
    for name in ("D_RC", "P_RC"):
        found[name] = mean([x for x, k in zip(rows[name], kept, strict=True) if k])
    for name in ("D", "D_RC", "P_RC"):
        found[name] = 0.0 if found[name] < resolution else found[name]
    undefined = [sum(count for _, count in found_in) for found_in in (d_rc, p_rc)]
    shares = undefined[0] / (n * n_levels), undefined[1] / max(n * (n_levels - 1), 1)
    found |= {"status": status(found, shares, variant), "undefined": undefined}
    nothing = {"rmqm": math.nan, "weighted": math.nan, "low": math.nan, "high": math.nan}
    return found | (scores(found, rows, kept, variant) if found["status"] == "ok" else nothing)


def status(found, shares, variant):
    if found["D"] == 0:
        return "collapsed"
    if math.isnan(found["D_RC"]) or (variant == "paper" and max(shares) > 0.01):
        return "undefined-terms"
    return "constant-steps" if 0 in (found["D_RC"], found["P_RC"]) else "ok"


def scores(found, rows, kept, variant):
    D, S, R, P = (found[name] for name in ("D", "S", "D_RC", "P_RC"))
    with_s = variant == "authors-2022"
    total = math.fsum([1, D, S if with_s else 0, 1 / R, 1 / P])
    weighted = math.log(math.fsum([1, 0.95 * D, 0.74 / R, 0.11 / P]))
    n = len(kept)
    squares = []
    for i in range(n):
        psi = rows["D"][i] - D
        if with_s:
            psi += rows["S"][i] - S
        if kept[i]:
            psi -= n / sum(kept) * ((rows["D_RC"][i] - R) / R**2 + (rows["P_RC"][i] - P) / P**2)
        squares.append((psi / total) ** 2)
    half = math.nan
    if n > 1:
        half = stats.t.ppf(0.975, n - 1) * math.sqrt(math.fsum(squares) / (n * (n - 1)))
    score = math.log(total)
    return {
        "rmqm": score,
        "weighted": math.nan if with_s else weighted,
        "low": score - half,
        "high": score + half,
    }


def numbers(found):
    """The same numbers out of a `Characteristics`."""
    low, high = found.interval
    return [found.D, found.S, found.D_RC, found.P_RC, found.rmqm, found.weighted_rmqm, low, high]


def expected_numbers(d, s, variant):
    found = oracle(d, s, variant)
    return [found[name] for name in ("D", "S", "D_RC", "P_RC", "rmqm", "weighted", "low", "high")]


# A distance may be any number in [0, 2]; zeros and equal neighbours are as likely as not.
DISTANCE = st.floats(0, 2, allow_subnormal=False) | st.sampled_from([0.0, 0.0, 0.5, 1.0])
TABLES = st.tuples(st.integers(1, 5), st.integers(2, 7)).flatmap(
    lambda shape: st.tuples(
        arrays(float, shape, elements=DISTANCE), arrays(float, shape, elements=DISTANCE)
    )
)
ENCODINGS = array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=5).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(-1e9, 1e9, allow_subnormal=False))
)
# Directions of small whole numbers lie far apart or coincide: no distance is ill-conditioned.
LATTICE = array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=6).flatmap(
    lambda shape: arrays(float, shape, elements=st.integers(-9, 9))
)


def moving(trajectories):
    return bool(np.abs(trajectories).max(axis=-1).min() > 0)


@pytest.mark.parametrize("variant", VARIANTS)
@given(tables=TABLES)
@settings(max_examples=300)
def test_characteristics_agree_with_plain_loops(variant, tables):
    found = characterize(*tables, variant=variant)
    expected = expected_numbers(*(table.tolist() for table in tables), variant)
    # Clause RMQM-AGG-004: 1e-12 times the larger of 1 and the value.
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
@given(tables=TABLES)
def test_status_and_undefined_terms_agree_with_plain_loops(variant, tables):
    found = characterize(*tables, variant=variant)
    expected = oracle(*(table.tolist() for table in tables), variant)
    got = [found.status, found.undefined_terms["D_RC"], found.undefined_terms["P_RC"]]
    assert got == [expected["status"], *expected["undefined"]]


@given(trajectories=ENCODINGS.filter(moving))
@example(trajectories=np.array([[[3e300, 4e300], [4e-300, -3e-300]]]))
def test_distances_agree_with_plain_loops(trajectories):
    found = displacements(trajectories, resolution=0), step_lengths(trajectories, resolution=0)
    # A few roundings of vectors of length one, each at most 1.1e-16.
    np.testing.assert_allclose(found, distances(trajectories), rtol=0, atol=2e-15)


@pytest.mark.parametrize("variant", VARIANTS)
@given(trajectories=LATTICE.filter(moving).filter(lambda t: t.shape[1] > 2))
def test_the_whole_way_from_encodings_to_the_interval_agrees(variant, trajectories):
    found = characterize(displacements(trajectories), step_lengths(trajectories), variant=variant)
    expected = expected_numbers(*distances(trajectories), variant)
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_whole_way_agrees_for_many_inputs_and_levels(variant):
    trajectories = np.random.default_rng(0).normal(size=(40, 100, 16)).cumsum(axis=1)
    found = characterize(displacements(trajectories), step_lengths(trajectories), variant=variant)
    expected = expected_numbers(*distances(trajectories), variant)
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("variant", "name", "value"),
    [
        ("paper", "D", 1.365832),
        ("paper", "D_RC", 0.525658),
        ("paper", "P_RC", 0.138071),
        ("paper", "rmqm", 2.443290),
        ("authors-2022", "D", 1.365832),
        ("authors-2022", "D_RC", 0.423025),
        ("authors-2022", "P_RC", 0.146447),
        ("authors-2022", "S", 0.719779),
        ("authors-2022", "rmqm", 2.507806),
    ],
)
def test_the_check_values_of_the_unit_circle_hold(variant, name, value):
    found = characterize(displacements(CIRCLE), step_lengths(CIRCLE), variant=variant)
    # The values are printed with six decimals.
    np.testing.assert_allclose(getattr(found, name), value, rtol=0, atol=5.1e-7)


@pytest.mark.parametrize(("variant", "d_rc"), [("paper", 0.311252), ("authors-2022", 0.334570)])
def test_the_check_values_of_the_great_circle_hold(variant, d_rc):
    found = characterize(displacements(GREAT_CIRCLE), step_lengths(GREAT_CIRCLE), variant=variant)
    got = [found.D, found.D_RC, found.P_RC]
    np.testing.assert_allclose(got, [0.490695, d_rc, 0], rtol=0, atol=5.1e-7)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_great_circle_has_constant_steps_and_no_score(variant):
    found = characterize(displacements(GREAT_CIRCLE), step_lengths(GREAT_CIRCLE), variant=variant)
    assert (found.status, found.P_RC, math.isnan(found.rmqm)) == ("constant-steps", 0, True)


@pytest.mark.parametrize(
    ("D", "S", "D_RC", "P_RC", "score"),
    [
        (0.769675, 0.471164, 0.307087, 0.757235, 1.9198),
        (1.391115, 0.561003, 0.080715, 0.687866, 2.821),
    ],
)
def test_the_rows_of_the_authors_notebook_are_reproduced(D, S, D_RC, P_RC, score):
    # Half a unit of the third decimal: the first row as published is 2.6e-4 off its own terms.
    np.testing.assert_allclose(rmqm(D, D_RC, P_RC, S=S), score, rtol=0, atol=5e-4)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [("paper", [0.539728, 0.277778]), ("authors-2022", [0.861887, 0.5])],
)
def test_a_geometric_path_has_its_known_relative_changes(variant, expected):
    position = 1.5 ** np.arange(7) / 16
    found = characterize([position[1:] - position[0]], [np.diff(position)], variant=variant)
    # The values are printed with six decimals.
    np.testing.assert_allclose([found.D_RC, found.P_RC], expected, rtol=0, atol=5.1e-7)
