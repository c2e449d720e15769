"""Numbers of a geometry: means, differences, spread, and laws that they obey."""

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist

from rmqm_spec.errors import UsageError
from rmqm_spec.geometries import columns_of, difference_of, kernel_named, mean_of, numbers_of
from rmqm_spec.geometries.measuring import spread_of
from rmqm_spec.nnk import Cosine, Gaussian


def unit_rows(n, size, seed=0):
    rows = np.random.default_rng(seed).normal(size=(n, size))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def named(n):
    return tuple(f"{k:03d}" for k in range(n))


def measured(rows, k=8, **more):
    ids = named(len(rows))
    return columns_of(rows, ids, ids, k, Cosine(), **more)


def test_the_interval_of_a_mean_is_that_of_student():
    values = np.random.default_rng(1).exponential(size=40)
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean_of(values).interval == pytest.approx((low, high))
    assert mean_of(values[:1]).interval is None
    assert mean_of(np.array([0.0, 1.0])).interval[0] == 0  # no such mean can be negative


def test_the_interval_of_a_share_is_that_of_wilson():
    low, high = stats.binomtest(9, 12).proportion_ci(0.95, method="wilson")
    assert mean_of(np.arange(12) < 9).interval == pytest.approx((low, high))


@pytest.mark.parametrize("kind", [float, bool])
def test_a_difference_turns_with_its_order(kind):
    random = np.random.default_rng(2)
    one, other = (random.integers(0, 2, 60).astype(kind) for _ in range(2))
    forth, back = difference_of(one, other), difference_of(other, one)
    assert forth.turned().value == pytest.approx(back.value)
    assert forth.turned().interval == pytest.approx(back.interval)
    assert forth.value == pytest.approx(one.mean() - other.mean())
    assert difference_of(one, one).tied


def test_the_spread_is_the_root_mean_square_of_all_distances():
    rows = unit_rows(30, 5)
    assert spread_of(rows) == pytest.approx(np.sqrt(np.mean(pdist(rows) ** 2)))
    near = unit_rows(1, 5) + 1e-9 * unit_rows(30, 5)  # 1 - |mean|^2 would leave nothing of it
    assert spread_of(near) == pytest.approx(np.sqrt(np.mean(pdist(near) ** 2)), rel=1e-6)


def test_numbers_do_not_depend_on_the_order_of_inputs():
    rows = unit_rows(60, 6)
    labels = np.array(list("abc"))[np.arange(60) % 3]
    order = np.random.default_rng(3).permutation(60)
    ids = np.array(named(60))
    plain = numbers_of(columns_of(rows, ids, ids, 8, Cosine(), labels=labels))
    mixed = numbers_of(
        columns_of(rows[order], ids[order], ids[order], 8, Cosine(), labels=labels[order])
    )
    for name in ("neighbours", "error", "diameter"):
        assert mixed["neighbourhoods"][name]["value"] == pytest.approx(
            plain["neighbourhoods"][name]["value"]
        )
    assert mixed["labelled"]["answers"]["nnk"] == plain["labelled"]["answers"]["nnk"]
    assert mixed["labelled"]["mixed"] == plain["labelled"]["mixed"]


def test_clusters_of_a_class_each_have_no_mixed_polytopes_and_no_errors():
    centres = np.eye(3).repeat(12, axis=0)
    rows = centres + 0.05 * unit_rows(36, 3, seed=4)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = np.array(["a", "b", "c"]).repeat(12)
    labelled = numbers_of(measured(rows, labels=labels))["labelled"]
    assert labelled["mixed"]["value"] == 0
    assert {mean["value"] for mean in labelled["answers"].values()} == {1.0}
    turned = np.roll(labels, 12)
    wrong = numbers_of(measured(rows, labels=turned))["labelled"]
    assert wrong["answers"]["nnk"]["value"] == 1.0  # names of classes do not matter
    noisy = np.random.default_rng(5).permutation(labels)
    assert numbers_of(measured(rows, labels=noisy))["labelled"]["mixed"]["value"] > 0.5


def test_a_collapsed_encoder_has_neighbours_at_no_distance():
    own = numbers_of(measured(np.tile([1.0, 0.0], (9, 1)), k=4))["neighbourhoods"]
    assert own["error"]["value"] == pytest.approx(0, abs=1e-12)
    assert own["diameter"]["value"] == own["spread"] == 0
    assert own["without_neighbours"] == 0


@pytest.mark.parametrize("k", [0, 9, 10])
def test_more_candidates_than_other_inputs_are_refused(k):
    with pytest.raises(UsageError, match="k must be between 1 and the 8 inputs") as refused:
        measured(unit_rows(9, 3), k=k)
    assert refused.value.code == "PRB006"


def test_progress_ends_with_all_inputs():
    heard = []
    measured(unit_rows(30, 4), progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (30, 30)


@pytest.mark.parametrize(
    ("text", "kernel"),
    [
        ("cosine", Cosine()),
        ("gaussian:0.5", Gaussian(0.5)),
        ("gaussian:farthest-candidate", Gaussian("farthest-candidate")),
    ],
)
def test_kernels_by_name(text, kernel):
    assert kernel_named(text) == kernel


@pytest.mark.parametrize(
    "text", ["", "gaussian", "gaussian:", "gaussian:0", "gaussian:nan", "gaussian:wide", "cosine:2"]
)
def test_other_kernels_are_refused(text):
    with pytest.raises(UsageError, match=r"--kernel .*must") as refused:
        kernel_named(text)
    assert refused.value.code == "ARG001"
    remedy = refused.value.fix.rpartition("--kernel ")[2].rstrip(".")
    assert kernel_named(remedy)


def test_k_nn_counts_candidates_alike_and_weighted_k_nn_by_their_cosines():
    rows = unit_rows(50, 4, seed=6)
    classes = np.array([0] * 25 + [1] * 15 + [2] * 10)
    labels = np.array(["a", "b", "c"])[classes]
    k = 9
    right = {"k-nn": 0, "softmax-k-nn": 0}
    for query in range(50):
        cosines = rows @ rows[query]
        cosines[query] = -2
        nearest = np.argsort(-cosines)[:k]
        for name, weights in (
            ("k-nn", np.ones(k)),
            ("softmax-k-nn", np.exp(cosines[nearest] / 0.07)),
        ):
            votes = np.bincount(classes[nearest], weights, minlength=3)
            right[name] += votes.argmax() == classes[query]
    labelled = numbers_of(measured(rows, k=k, labels=labels))["labelled"]
    for name, n_right in right.items():
        assert labelled["answers"][name]["value"] == pytest.approx(n_right / 50)
    assert right["k-nn"] != right["softmax-k-nn"]
    assert labelled["answers"]["nnk"]["value"] != labelled["answers"]["k-nn"]["value"]
    assert labelled["chance"] == 0.5
    assert labelled["classes"][2] == {"label": "c", "inputs": 10}
