"""What a ranking with probes says: who leads by them, and whether RMQM agrees."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import pytest

from rmqm_spec.cli.probe_verdict import about_probes
from rmqm_spec.cli.verdict import verdict
from rmqm_spec.probes.comparing import Compared

LEVEL = {"rmqm": 2.6, "status": "ok", "difference": -0.1, "difference_interval": [-0.2, -0.05]}


def ranking(*, tied=(), null=None, **scores):
    names = sorted(scores, key=lambda name: -scores[name])
    ranked = [
        {
            "name": name, "rmqm": scores[name], "best": 0.6, "null": null, "measures": None,
            "same_as": [other for other in tied if other != name] if name in tied else [],
            "encodings_per_second": None,
        }
        for name in names
    ]  # fmt: skip
    pairs = [
        {
            "first": first, "second": second, "difference": scores[first] - scores[second],
            "interval": [-0.1, 0.2], "inputs_needed": 100, "parts": {"D": 0.1},
            "tied": {first, second} <= set(tied),
        }
        for first, second in combinations(names, 2)
    ]  # fmt: skip
    return {
        "inputs": 40, "ranked": ranked, "unranked": [], "pairs": pairs, "left_out": {},
        "order_probability": 0.9,
    }  # fmt: skip


def probes(apart=0.05, **accuracies):
    """Accuracies by 1-NN and linear probe; encoders are tied where they are closer than `apart`."""

    def answers(pair):
        return {
            probe: SimpleNamespace(accuracy=SimpleNamespace(value=value))
            for probe, value in zip(("1-nn", "linear"), pair, strict=True)
        }

    differences = []
    for first, second in combinations(accuracies, 2):
        for column, probe in enumerate(("1-nn", "linear")):
            one, two = sorted(
                (first, second), key=lambda name, column=column: -accuracies[name][column]
            )
            value = accuracies[one][column] - accuracies[two][column]
            difference = SimpleNamespace(value=value, tied=value < apart)
            differences.append(Compared(probe=probe, first=one, second=two, difference=difference))
    models = {
        name: SimpleNamespace(
            document={"split": {"test": 48}}, judgement=SimpleNamespace(answers=answers(pair))
        )
        for name, pair in accuracies.items()
    }
    return SimpleNamespace(models=models, failed={}, differences=tuple(differences))


@pytest.mark.parametrize(
    ("document", "probed", "expected"),
    [
        (
            ranking(a=2.5, b=2.1),
            probes(a=(0.9, 0.8), b=(0.5, 0.6)),
            [
                "On 48 labelled inputs, a leads by 1-NN (0.900) and the linear probe (0.800).",
                "RMQM and the probes agree on the leader.",
            ],
        ),
        (
            ranking(a=2.5, b=2.1),
            probes(a=(0.9, 0.6), b=(0.5, 0.8)),
            [
                ("On 48 labelled inputs, a leads by 1-NN (0.900); b leads by the linear probe "
                "(0.800)."),
                "RMQM and 1-NN agree on the leader.",
                ("RMQM and the linear probe disagree: RMQM puts a first. For this task the labels "
                "are the better evidence."),
            ],
        ),
        (
            ranking(a=2.5, b=2.49, tied=("a", "b")),
            probes(a=(0.7, 0.6), b=(0.71, 0.8)),
            [
                ("On 48 labelled inputs, a and b are tied for the lead by 1-NN (0.710); b leads by "
                "the linear probe (0.800)."),
                "RMQM and the probes do not contradict each other, but there is a tie.",
            ],
        ),
        (
            ranking(a=2.5, b=2.1, null=LEVEL),
            probes(a=(0.9, 0.8), b=(0.5, 0.6)),
            [
                "On 48 labelled inputs, a leads by 1-NN (0.900) and the linear probe (0.800).",
                "RMQM names no leader that could be compared with theirs.",
            ],
        ),
        (
            ranking(a=2.5, b=2.49, c=2.1, tied=("a", "b")),
            probes(a=(0.9, 0.8), b=(0.5, 0.6), c=(0.6, 0.62)),
            [
                "On 48 labelled inputs, a leads by 1-NN (0.900) and the linear probe (0.800).",
                "RMQM and the probes do not contradict each other, but there is a tie.",
                ("Pairs that 1-NN tells apart: 3; RMQM orders 1 of them the same way, 1 the other "
                "way and leaves 1 tied."),
                ("Pairs that the linear probe tells apart: 2; RMQM orders 1 of them the same way, "
                "0 the other way and leaves 1 tied."),
            ],
        ),
        (
            ranking(a=2.5, b=2.1),
            probes(a=(0.9, 0.8)),
            [
                "The probes compare nothing: of the encoders with a score, only a was probed.",
            ],
        ),
    ],
)  # fmt: skip
def test_the_sentences(document, probed, expected):
    assert list(about_probes(document, probed)) == expected


@pytest.mark.parametrize("tied", [(), ("a", "b")])
def test_a_probe_that_was_run_is_not_advised(tied):
    document = ranking(a=2.5, b=2.49, tied=tied)
    probed = probes(a=(0.9, 0.8), b=(0.5, 0.6))
    assert any("rmqm-spec probe measures it" in line for line in verdict(document))
    said = verdict(document, probed)
    assert not any("rmqm-spec probe measures it" in line for line in said)
    assert any("leads by 1-NN" in line for line in said)


def test_many_leaders_are_counted():
    names = "abcdefg"
    document = ranking(**{name: 2.5 - k / 10 for k, name in enumerate(names)})
    first = next(about_probes(document, probes(**dict.fromkeys(names, (0.9, 0.9)))))
    assert "a, b, c and 4 more are tied for the lead" in first
