"""Encoders compared input by input, whatever the order of their answers."""

from rmqm_spec.probes import Answers, Judgement
from rmqm_spec.probes.comparing import compare_probes, tied_with_best

LABELS = {f"{k:03}": "xy"[k % 2] for k in range(200)}


def judgement(wrong, ids=tuple(LABELS), labels=LABELS):
    """Answers that are wrong on some inputs."""
    said = {one: labels[one] if one not in wrong else "z" for one in ids}
    answers = Answers(
        ids=tuple(ids),
        names=tuple(ids),
        labels=tuple(labels[one] for one in ids),
        predictions=tuple(said[one] for one in ids),
    )
    return Judgement(answers={"1-nn": answers}, linear=None)


def first(n):
    return set(list(LABELS)[:n])


def test_answers_are_paired_by_input():
    other_way = judgement(first(30), tuple(reversed(LABELS)))
    [pair] = compare_probes({"worse": other_way, "better": judgement(first(20))})
    assert (pair.first, pair.second) == ("better", "worse")
    assert (pair.difference.only_first, pair.difference.only_second) == (10, 0)
    assert pair.difference.value == 0.05


def test_answers_to_other_inputs_or_labels_are_not_compared():
    fewer = judgement(set(), tuple(LABELS)[1:])
    relabelled = judgement(set(), labels=LABELS | {"000": "y"})
    judged = {"all": judgement(set()), "fewer": fewer, "relabelled": relabelled}
    assert compare_probes(judged) == []


def test_those_that_cannot_be_told_from_the_best_are_tied_with_it():
    judged = {
        "best": judgement(first(5)),
        "close": judgement(first(6)),
        "far": judgement(first(60)),
    }
    pairs = compare_probes(judged)
    assert tied_with_best("1-nn", judged, pairs) == {"best", "close"}
    assert tied_with_best("1-nn", {"far": judged["far"]}, []) == {"far"}
