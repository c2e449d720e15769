"""The linear probe: the optimum that it claims, convergence told, C chosen."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info, threadpool_limits

from rmqm_spec.errors import UsageError
from rmqm_spec.probes import linear
from rmqm_spec.probes.linear import fit_linear_probe
from rmqm_spec.probes.logistic import few_threads


def clusters(seed, n=120, n_classes=3, e=4, spread=0.6):
    rng = np.random.default_rng(seed)
    classes = np.arange(n) % n_classes
    vectors = 2 * np.eye(n_classes, e)[classes] + spread * rng.normal(size=(n, e))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, classes, [f"{seed}-{k}" for k in range(n)]


def optimum(vectors, classes, C):
    """Minimise the stated loss by another optimiser, vectors not centred; return its logits."""
    n, e = vectors.shape
    n_classes = classes.max() + 1

    def loss(flat):
        weights = flat.reshape(n_classes, e + 1)
        logits = vectors @ weights[:, :e].T + weights[:, e]
        mean = (logsumexp(logits, axis=1) - logits[np.arange(n), classes]).mean()
        return mean + (weights[:, :e] ** 2).sum() / (2 * C * n)

    found = minimize(loss, np.zeros(n_classes * (e + 1)), method="BFGS", options={"gtol": 1e-7})
    return lambda test: (
        test @ found.x.reshape(n_classes, e + 1)[:, :e].T + found.x.reshape(n_classes, e + 1)[:, e]
    )


def test_predictions_are_those_of_the_stated_optimum():
    vectors, classes, ids = clusters(0)
    test = clusters(1)[0]
    logits = optimum(vectors, classes, 10.0)(test)
    clear = np.diff(np.sort(logits, axis=1)[:, -2:], axis=1)[:, 0] > 1e-2
    found = fit_linear_probe(vectors, classes, ids, test, [10.0])
    assert clear.sum() > 100
    assert (found.predictions == logits.argmax(axis=1))[clear].all()
    assert found.converged
    assert found.gradient <= 1e-7
    assert found.held_out is None


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_gradient_vanishes_at_the_optimum_alone(n_classes, monkeypatch):
    vectors, classes, ids = clusters(2, n_classes=n_classes)
    assert fit_linear_probe(vectors, classes, ids, vectors, [1.0]).gradient <= 1e-7
    monkeypatch.setattr(linear, "MAX_ITERATIONS", 1)
    stopped = fit_linear_probe(vectors, classes, ids, vectors, [1.0])
    assert not stopped.converged
    assert stopped.gradient > 1e-4
    assert stopped.iterations == 1


def test_c_is_chosen_on_what_was_held_out_the_smallest_of_equals():
    vectors, classes, ids = clusters(3, spread=0.9)
    found = fit_linear_probe(vectors, classes, ids, vectors, [100.0, 0.001, 1.0, 1000.0])
    assert list(found.held_out) == [0.001, 1.0, 100.0, 1000.0]
    best = max(found.held_out.values())
    assert min(C for C, accuracy in found.held_out.items() if accuracy == best) == found.C


def test_the_test_part_takes_no_part_in_the_choice():
    vectors, classes, ids = clusters(4)
    one = fit_linear_probe(vectors, classes, ids, vectors)
    other = fit_linear_probe(vectors, classes, ids, vectors[::-1].copy())
    assert one.held_out == other.held_out
    assert one.predictions.tolist() == other.predictions[::-1].tolist()


def test_the_same_answers_each_time():
    vectors, classes, ids = clusters(5)
    first, second = (fit_linear_probe(vectors, classes, ids, vectors) for _ in range(2))
    assert (first.gradient, first.C) == (second.gradient, second.C)
    assert first.predictions.tolist() == second.predictions.tolist()


def test_a_class_with_one_training_input_can_still_be_learnt():
    vectors, classes, ids = clusters(6)
    kept = (classes != 2) | (np.cumsum(classes == 2) == 1)
    found = fit_linear_probe(vectors[kept], classes[kept], np.array(ids)[kept].tolist(), vectors)
    assert found.converged


def test_one_training_input_of_each_class_leaves_nothing_to_choose_C_by():
    vectors, classes = np.eye(2), np.array([0, 1])
    with pytest.raises(UsageError, match="held out") as caught:
        fit_linear_probe(vectors, classes, "ab", vectors)
    assert caught.value.code == "PRB015"
    assert fit_linear_probe(vectors, classes, "ab", vectors, [1.0]).predictions.tolist() == [0, 1]


def decaying(n=400, e=64, seed=7):
    """Encodings whose singular values span eight orders, with labels no hyperplane separates."""
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(e, e)))[0]
    vectors = np.ones(e) / 8 + (rng.normal(size=(n, e)) * np.logspace(-1, -9, e)) @ axes
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, rng.permutation(np.arange(n) % 5), [str(k) for k in range(n)]


def test_a_spectrum_of_eight_orders_takes_tens_of_iterations():
    vectors, classes, ids = decaying()
    found = fit_linear_probe(vectors, classes, ids, vectors, [10000.0])
    assert found.converged
    assert found.iterations < 100  # 1,700 in the coordinates as they are


def test_the_optimum_is_that_of_scikit_learn_where_there_are_fewer_inputs_than_values():
    vectors, classes, ids = decaying(n=40)
    found = fit_linear_probe(vectors, classes, ids, decaying(seed=8)[0], [100.0])
    theirs = LogisticRegression(C=100.0, tol=1e-9, max_iter=10**5).fit(
        vectors - vectors.mean(axis=0), classes
    )
    scores = theirs.decision_function(decaying(seed=8)[0] - vectors.mean(axis=0))
    clear = np.diff(np.sort(scores, axis=1)[:, -2:], axis=1)[:, 0] > 1e-4
    assert clear.sum() > 300
    assert (found.predictions == scores.argmax(axis=1))[clear].all()


def test_other_candidates_do_not_move_the_last_fit():
    vectors, classes, ids = decaying()
    several = fit_linear_probe(vectors, classes, ids, vectors)
    alone = fit_linear_probe(vectors, classes, ids, vectors, [several.C])
    assert alone.gradient == several.gradient
    assert alone.predictions.tolist() == several.predictions.tolist()


def test_a_small_fit_keeps_to_one_thread():
    with few_threads(1000):
        assert {one["num_threads"] for one in threadpool_info()} == {1}
    with threadpool_limits(2), few_threads(10**9):
        assert 2 in {one["num_threads"] for one in threadpool_info()}
