"""Measures with labels as plugs: what they are given, and why a value is missing."""

import numpy as np
import pytest

from rmqm_spec import evaluate
from rmqm_spec.contracts.registry import measure
from rmqm_spec.errors import UsageError
from rmqm_spec.measures.labelled.h_score import h_score
from rmqm_spec.measures.labelled.log_me import log_me
from rmqm_spec.measures.labelled.trans_rate import trans_rate
from rmqm_spec.probes.measuring import labelled_measures

NAMES = ["logme", "h-score", "transrate"]
FUNCTIONS = dict(zip(NAMES, [log_me, h_score, trans_rate], strict=True))


def drawn(n, e, n_classes=3):
    rng = np.random.default_rng(0)
    classes = np.arange(n) % n_classes
    return rng.normal(size=(n, e)) + np.eye(n_classes, e)[classes], classes


def summary(name, encodings, classes):
    return measure(name).summarise({"encodings": encodings, "classes": classes})


@pytest.mark.parametrize("name", NAMES)
def test_the_plug_gives_the_function_and_says_of_how_many(name):
    encodings, classes = drawn(60, 5)
    found = summary(name, encodings, classes)
    assert found.value == FUNCTIONS[name](encodings, classes)
    assert (found.status, found.interval) == ("ok", None)
    assert found.details == {"inputs": 60, "classes": 3}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda z, y: (z, np.zeros_like(y)), "one-class"),
        (lambda z, y: (np.ones_like(z), y), "constant"),
        (lambda z, y: (z, np.arange(len(y))), "one-per-class"),
        (lambda z, y: (z[:1], y[:1]), "one-class"),
        (lambda z, y: (np.where(z > 2, np.inf, z), y), "not-finite"),
    ],
)
def test_where_there_is_no_value_a_word_says_why(name, change, status):
    found = summary(name, *change(*drawn(60, 5)))
    assert np.isnan(found.value)
    assert found.status == status


@pytest.mark.parametrize("name", NAMES)
def test_a_class_with_one_member_does_no_harm(name):
    encodings, classes = drawn(60, 5)
    classes[0] = 7
    assert summary(name, encodings, classes).status == "ok"


def test_with_fewer_inputs_than_values_the_h_score_alone_has_no_value():
    for n in (20, 21):
        found = {name: summary(name, *drawn(n, 20)).status for name in NAMES}
        assert found == {"logme": "ok", "h-score": "too-few-inputs", "transrate": "ok"}
    assert summary("h-score", *drawn(22, 20)).status == "ok"


def test_all_are_those_with_labels():
    assert {one.name for one in labelled_measures(["all"])} >= set(NAMES)
    assert all("labels" in one.needs for one in labelled_measures(["all"]))


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        (["rankme"], "ARG001", "score: --measure rankme"),
        (["logme@8"], "ARG001", "without a size"),
        (["logme", "logme"], "ARG001", "again"),
        (["logmee"], "ARG003", "logmee"),
        (["all", "logmee"], "ARG003", "logmee"),
    ],
)
def test_what_a_probe_cannot_measure_is_refused(names, code, said):
    with pytest.raises(UsageError) as caught:
        labelled_measures(names)
    assert caught.value.code == code
    assert said in caught.value.message + caught.value.fix


def test_a_score_refuses_them_and_names_the_command_that_does_not():
    with pytest.raises(UsageError, match="labels") as caught:
        evaluate(lambda x: x, np.eye(4, dtype="f4"), measures=[measure("logme")])
    assert caught.value.code == "MEA001"
    assert "probe --measure logme" in caught.value.fix
