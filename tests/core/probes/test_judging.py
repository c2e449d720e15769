"""All probes together, on encodings whose accuracies are known."""

import numpy as np
import pytest
from scipy import stats

from rmqm_spec.contracts.encoder import as_encoder
from rmqm_spec.errors import UsageError
from rmqm_spec.inputs.in_memory import ArrayInputs
from rmqm_spec.probes import divide, encode_inputs, judge, labelled, nearest


def parts_of(vectors, labels, share=0.5):
    ids = [f"{k:04}" for k in range(len(vectors))]
    encoded = encode_inputs(as_encoder(lambda x: x), ArrayInputs(vectors, (0, 1), ids))
    return divide(labelled(encoded, lambda position: labels[position]), share)


def clusters(n=90, n_classes=3, spread=0.3, seed=0):
    classes = np.arange(n) % n_classes
    noise = spread * np.random.default_rng(seed).normal(size=(n, n_classes))
    return np.eye(n_classes)[classes] + noise, [f"class {one}" for one in classes]


def test_clusters_are_told_apart_and_noise_is_not():
    found = judge(parts_of(*clusters()))
    assert list(found.answers) == ["1-nn", "5-nn", "linear"]
    assert all(one.accuracy.value > 0.9 for one in found.answers.values())
    vectors, labels = clusters(600)
    noise = judge(parts_of(np.random.default_rng(1).normal(size=vectors.shape), labels))
    for one in noise.answers.values():
        low, high = stats.binom.ppf([1e-5, 1 - 1e-5], one.accuracy.n, 1 / 3)
        assert low <= one.accuracy.correct <= high


def test_the_test_part_is_judged_by_the_training_part():
    parts = parts_of(*clusters(spread=0.8))
    found = judge(parts, k=[1], candidates=())
    assert found.linear is None
    assert found.answers["1-nn"].ids == parts.test.ids
    [first] = nearest(parts.test.vectors, parts.train.vectors, parts.train.ids, 1)
    expected = [parts.train.labels[g] for g in first.indices[:, 0]]
    assert list(found.answers["1-nn"].predictions) == expected


def test_leaving_one_out_judges_every_input_by_all_others():
    vectors, labels = clusters(spread=0.8)
    found = judge(parts_of(vectors, labels), k=[1], leave_one_out=True)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    right = 0
    for k, one in enumerate(unit):
        distances = np.linalg.norm(unit - one, axis=1)
        distances[k] = np.inf
        right += labels[int(distances.argmin())] == labels[k]
    assert found.answers["1-nn"].accuracy.correct == right
    assert found.answers["1-nn"].accuracy.n == 90
    assert found.answers["linear"].accuracy.n == 45


def test_all_neighbours_vote_for_the_largest_class():
    vectors, labels = clusters(40, 2)
    labels = ["a"] * 30 + ["b"] * 10
    parts = parts_of(vectors, labels)
    found = judge(parts, k=[20], candidates=())
    assert set(found.answers["20-nn"].predictions) == {"a"}


@pytest.mark.parametrize("k", [[], [0], [1, 1], [-3]])
def test_wrong_numbers_of_neighbours_are_refused(k):
    with pytest.raises(UsageError, match="k must be different numbers of at least 1"):
        judge(parts_of(*clusters()), k=k)


@pytest.mark.parametrize("candidates", [[0.0], [-1.0, 1.0], [float("nan")]])
def test_wrong_penalties_are_refused(candidates):
    with pytest.raises(UsageError, match="C must be above 0"):
        judge(parts_of(*clusters()), candidates=candidates)
