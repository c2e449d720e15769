"""What ranked encoders have in common, and what the verdict makes of it."""

import pytest

from rmqm_spec.ranking.evidence import EVIDENCE
from rmqm_spec.ranking.likeness import Likeness, likeness


def encoder(operators=None, shape=None):
    return {
        "model": None if operators is None else {"operators": operators},
        "output": None if shape is None else {"shape": shape},
    }


LENET = {"Conv": 2, "Gemm": 4, "MaxPool": 2, "Relu": 5}


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([encoder(LENET, [64])], Likeness(True, True)),
        ([encoder({**LENET, "Identity": 4, "Constant": 1}, [8, 8])], Likeness(True, True)),
        ([encoder(LENET, [128])], Likeness(True, False)),
        ([encoder({**LENET, "Tanh": 1}, [64])], Likeness(False, True)),
        ([encoder({**LENET, "Conv": 3}, [64])], Likeness(False, True)),
        ([encoder({"MatMul": 2}, [16])], Likeness(False, False)),
        ([encoder(LENET, [64]), encoder(LENET, [32])], Likeness(True, False)),
        ([encoder(None, [64])], Likeness(None, True)),
        ([encoder(LENET, None)], Likeness(True, None)),
    ],
)
def test_operators_and_size_are_compared(others, expected):
    assert likeness([encoder(LENET, [64]), *others]) == expected
    assert likeness([*others, encoder(LENET, [64])]) == expected


@pytest.mark.parametrize(
    ("alike", "quoted", "words"),
    [
        (Likeness(True, True), "of_both", "(one architecture, one embedding size)"),
        (Likeness(True, False), "of_one_architecture", "(one architecture, several embedding"),
        (Likeness(True, None), "of_one_architecture", "like these (one architecture)"),
        (Likeness(False, True), "of_one_size", "(several architectures, one embedding size)"),
        (Likeness(False, False), "among_all", "(several architectures, several embedding sizes)"),
        (Likeness(None, True), "among_all", "those of 6 architectures"),
    ],
)
def test_the_verdict_quotes_encoders_that_are_as_much_alike(alike, quoted, words):
    said = EVIDENCE.words(alike)
    assert words in said
    assert f"{getattr(EVIDENCE.neighbours, quoted):.2f} with nearest-neighbour" in said
    assert f"{getattr(EVIDENCE.probe, quoted):.2f} with that of a linear probe" in said
