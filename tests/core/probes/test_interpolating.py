"""NNK beside k-NN rules, the linear probe and the model's softmax, on the same inputs."""

import numpy as np
import pytest

from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.nnk import Gaussian, are_wrong, softmax_votes, votes_of_rules
from rmqm_spec.probes import Labelled, TrainTestSplit, fit_linear_probe
from rmqm_spec.probes.interpolating import held_out_errors, leave_one_out_errors

RULES = ("nnk", "k-nn", "kernel-k-nn", "softmax-k-nn")


def part(n, seed, prefix):
    random = np.random.default_rng(seed)
    classes = np.arange(n) % 3
    rows = random.standard_normal((n, 6)) + 2 * np.eye(3, 6)[classes]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    names = tuple(f"{prefix}{i:03}" for i in range(n))
    labels = tuple(np.array(["ant", "bee", "cow"])[classes])
    return Labelled(vectors=rows, ids=names, names=names, labels=labels, left_out=()), classes


@pytest.fixture
def split():
    return TrainTestSplit(train=part(60, 0, "a")[0], test=part(30, 1, "b")[0])


def test_each_rule_is_judged_on_the_same_inputs(split):
    logits = np.random.default_rng(0).standard_normal((30, 3))
    errors = held_out_errors(split, [5, 20], candidates=[1.0], logits=logits)
    known, classes = part(60, 0, "a")[1], part(30, 1, "b")[1]
    names = {f"{rule}@{k}" for rule in RULES for k in (5, 20)}
    assert set(errors) == names | {"linear", "model"}
    for k in (5, 20):
        votes = votes_of_rules(split.test.vectors, split.train.vectors, known, k)
        for rule in RULES:
            one = errors[f"{rule}@{k}"]
            assert (one.wrong == are_wrong(votes[rule], classes)).all()
            soft = 1 - votes[rule][np.arange(30), classes]
            np.testing.assert_allclose(one.soft, soft, atol=1e-12)
            assert one.soft_error == pytest.approx(soft.mean())
            assert one.accuracy.correct == 30 - one.wrong.sum()
    probe = fit_linear_probe(split.train.vectors, known, split.train.ids, split.test.vectors, [1.0])
    assert (errors["linear"].wrong == (probe.predictions != classes)).all()
    assert errors["linear"].soft_error is None
    assert (errors["model"].wrong == are_wrong(softmax_votes(logits), classes)).all()
    assert 0.4 < errors["model"].soft_error < 0.9


def test_what_is_not_asked_for_is_not_judged(split):
    assert set(held_out_errors(split, [3], candidates=[])) == {f"{rule}@3" for rule in RULES}


def test_leave_one_out_never_asks_the_input_itself(split):
    inputs, classes = part(60, 0, "a")
    errors = leave_one_out_errors(inputs, [1, 10])
    for k in (1, 10):
        votes = votes_of_rules(inputs.vectors, inputs.vectors, classes, k, own=np.arange(60))
        assert (errors[f"nnk@{k}"].wrong == are_wrong(votes["nnk"], classes)).all()
    together = held_out_errors(TrainTestSplit(train=inputs, test=inputs), [1], candidates=[])
    assert errors["nnk@1"].wrong.any()
    assert not together["nnk@1"].wrong.any()


def test_equally_near_inputs_come_in_the_order_of_their_ids():
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    for ids, label in (("abc", "x"), ("acb", "y")):
        train = Labelled(
            vectors=rows, ids=tuple(ids), names=tuple(ids), labels=("x", "x", "y"), left_out=()
        )
        test = Labelled(vectors=rows[1:2], ids=("q",), names=("q",), labels=(label,), left_out=())
        errors = held_out_errors(TrainTestSplit(train=train, test=test), [1], candidates=[])
        assert not errors["k-nn@1"].wrong[0]


def test_the_kernel_of_nnk_can_be_chosen(split):
    wide = held_out_errors(split, [10], candidates=[], kernel=Gaussian(bandwidth=0.2))
    cosine = held_out_errors(split, [10], candidates=[])
    assert (wide["nnk@10"].soft != cosine["nnk@10"].soft).any()
    assert (wide["k-nn@10"].soft == cosine["k-nn@10"].soft).all()


def test_what_cannot_be_judged_is_refused(split):
    with pytest.raises(UsageError, match="between 1 and the 60 inputs") as caught:
        held_out_errors(split, [61], candidates=[])
    assert caught.value.code == "PRB006"
    with pytest.raises(UsageError, match="between 1 and the 59 inputs"):
        leave_one_out_errors(split.train, [60])
    with pytest.raises(ShapeError, match=r"30 test inputs and one column for each of the 3"):
        held_out_errors(split, [3], candidates=[], logits=np.ones((30, 10)))
