"""Likely mistakes: named where the values give them away, and never for a right answer."""

import json
import math
from functools import cache

import numpy as np
import pytest

from rmqm_conformance import run
from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import PROFILES
from rmqm_conformance.formats.wording import first_line
from rmqm_conformance.mistakes.comparing import mistakes_of_comparison
from rmqm_conformance.mistakes.encoders import mistakes_of_encoder
from rmqm_conformance.mistakes.impossible import wrong_with
from rmqm_conformance.mistakes.naming import TABLES
from rmqm_conformance.mistakes.writing import mistakes_of_document
from rmqm_conformance.problems import Refused
from rmqm_conformance.recording import Exchange, Recording
from rmqm_conformance.subject import PythonSubject
from rmqm_spec.cli.conformance.own_implementation import OwnImplementation

POINTERS = PythonSubject(OwnImplementation()).description.pointers


class Unlimited(Recording):
    """Keeps all exchanges."""

    def __init__(self, subject):
        super().__init__(subject)
        self.exchanges = []


@cache
def exchanges():
    """Return all exchanges of the vectors with this installation."""
    recording = Unlimited(PythonSubject(OwnImplementation()))
    for check in checks():
        if check.kind == "vector":
            check.judge(recording, PROFILES["fast"])
    return tuple(recording.exchanges)


def asked(operation, arguments, **answer):
    return Exchange(operation=operation, arguments=arguments, answer=answer or None)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.operation)
def test_references_answer_rightly(table):
    mine = [
        one
        for one in exchanges()
        if one.operation == table.operation and one.answer and table.fits(one.arguments)
    ]
    judged = 0
    for one in mine:
        if (expected := table.answer(table.right, one)) is not None:
            assert table.same(one.answer, expected)
            judged += 1
    assert judged or table.operation == "document"  # no vector asks for a document
    assert table.likely(mine) == ()


def wrong(name, change):
    """Return this installation with another answer of an operation."""

    def method(self, **arguments):
        return change(getattr(OwnImplementation, name)(self, **arguments), arguments)

    return type("Wrong", (OwnImplementation,), {name: method})()


def to_base_10(answer, _):
    return answer | {"rmqm": answer["rmqm"] / math.log(10)}


def by_j_minus_1(answer, asked_for):
    n_levels = asked_for["displacements"].shape[1]
    found = answer | {"D": answer["D"] * n_levels / max(n_levels - 1, 1)}
    if answer["status"] == "ok":
        moved = math.exp(answer["rmqm"]) + found["D"] - answer["D"]
        found["rmqm"] = math.log(moved)
    return found


def squared(answer, _):
    return answer | {key: answer[key] ** 2 for key in ("displacements", "step_lengths")}


def twice(answer, _):
    return answer | {"gradient": answer["gradient"] / 2}


@pytest.mark.parametrize(
    ("operation", "change", "only", "words"),
    [
        ("characterize", to_base_10, ["RMQM-MET-001"], "takes the logarithm to the base 10"),
        (
            "characterize",
            by_j_minus_1,
            ["RMQM-D-001", "RMQM-D-002"],
            "divides D by J - 1 instead of J",
        ),
        ("distances", squared, ["RMQM-DIST-003"], "squares distances: forgets the root"),
        (
            "loss",
            twice,
            ["RMQM-LOSS-002"],
            "forgets the factor 2 in the gradient of the displacement",
        ),
    ],
)
def test_the_first_line_names_a_plain_mistake(operation, change, only, words):
    report = run(wrong(operation, change), only=only, profile="fast")
    line = first_line(report.outcomes)
    assert line.startswith(f"likely mistake: {words} (explains ")
    assert report.to_dict()["likely_mistakes"][0]["mistake"] == words


def test_without_a_failure_there_is_no_first_line():
    report = run(OwnImplementation(), only=["RMQM-MET-001"], profile="fast")
    assert first_line(report.outcomes) == ""
    assert report.to_dict()["likely_mistakes"] == []


def test_without_a_known_mistake_the_clauses_that_failed_come_first():
    odd = wrong("characterize", lambda answer, _: answer | {"S": answer["S"] + 0.123})
    report = run(odd, only=["RMQM-D-003"], profile="fast")
    assert first_line(report.outcomes).startswith("failed: RMQM-D-003 (")


def test_a_program_that_refuses_a_refusal_is_not_named_by_values():
    recording = Recording(PythonSubject(OwnImplementation()))
    with pytest.raises(Refused):
        recording.perform("pool", output=np.ones((1, 2, 2)), how="no-such-way")
    assert recording.exchanges[-1].answer is None


@pytest.mark.parametrize(
    ("operation", "arguments", "words"),
    [
        ("prepare", {"input": np.array([2.0]), "kind": "array", "low": 0.0, "high": 1.0}, "above"),
        ("white_noise", {"levels": [5], "n_levels": 4}, "beyond J"),
        ("characterize", {"resolution": 1.5}, "a resolution"),
        ("pool", {"output": np.ones((1, 2, 3)), "how": "max"}, "an unknown pooling"),
        ("loss", {"name": "none", "encodings": np.eye(2)}, "an unknown loss"),
        ("distances", {"trajectories": np.zeros((1, 2, 3)), "arithmetic": "float64"}, "norm zero"),
    ],
)
def test_an_impossible_request_says_what_is_wrong(operation, arguments, words):
    (found,) = wrong_with(operation, arguments)
    assert words in found


def test_nothing_is_wrong_with_the_requests_of_the_vectors():
    assert not [
        one for one in exchanges() if one.answer and wrong_with(one.operation, one.arguments)
    ]


DOCUMENT = {
    "rmqm": 1.5,
    "interval": None,
    "status": "ok",
    "components": {"D": 0.25, "D_RC": 1.0, "P_RC": 1.0},
}
ASKED = {"ids": ["a"], "low": 0.0, "high": 1.0, "n_levels": 3, "seed": 1, "variant": "paper"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\ufeff" + json.dumps(DOCUMENT), "begins documents with a byte order mark"),
        (json.dumps(DOCUMENT)[:-1] + ",}", "leaves a comma at the end of an object or a list"),
        (repr(DOCUMENT), "writes Python literals (None, single quotes) instead of JSON"),
        (json.dumps(DOCUMENT | {"rmqm": math.nan}), "writes NaN, which JSON does not have"),
        (json.dumps(DOCUMENT | {"interval": {"low": 1}}), "writes the interval as an object"),
        (json.dumps(DOCUMENT), "leaves `seed` out of documents (at /protocol/alteration/seed)"),
        (json.dumps(DOCUMENT)[:-1] + ', "status": "ok"}', "writes the key 'status' twice"),
    ],
)
def test_a_document_betrays_what_is_wrong_with_it(text, words):
    exchange = asked("document", ASKED, document=text, D=0.25, rmqm=1.5)
    assert any(found.startswith(words) for found in mistakes_of_document(exchange, POINTERS))


@pytest.mark.parametrize(
    ("change", "difference", "words"),
    [
        ({"seed": 2}, 0.0, "compares documents that differ in `seed`"),
        ({}, -1.0, "subtracts the first score from the second"),
    ],
)
def test_a_comparison_betrays_what_is_wrong_with_it(change, difference, words):
    alteration = {"name": "white-noise", "J": 3, "schedule": "j / J", "seed": 1, "bounds": [0, 1]}
    alteration |= {"coupling": "independent", "generator": "own"}
    protocol = {"specification": "1.1", "variant": "paper", "resolution": 1e-12, "inputs": {}}
    first, second = (
        {
            "rmqm": score,
            "protocol": protocol | {"alteration": alteration | changed},
            "inputs": {"ids_sha256": "0"},
        }
        for score, changed in ((2.0, {}), (1.0, change))
    )
    texts = {"first": json.dumps(first), "second": json.dumps(second)}
    found = mistakes_of_comparison([asked("compare", texts, difference=difference)], POINTERS)
    assert found == [words]


def test_encodings_betray_a_batch_that_comes_in_another_order():
    inputs = np.arange(6.0).reshape(3, 2)
    alone = [
        asked("encode", {"inputs": x[None]}, encodings=10 * x[None], inputs=x[None]) for x in inputs
    ]
    batch = asked("encode", {"inputs": inputs}, encodings=10 * inputs[::-1], inputs=inputs)
    assert mistakes_of_encoder([*alone, batch]) == [
        "returns the representations of a batch in another order"
    ]
