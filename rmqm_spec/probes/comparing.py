"""Encoders side by side: paired differences of each probe, where the test inputs are the same."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from attrs import frozen

from rmqm_spec.probes.accuracy import Difference, paired_difference
from rmqm_spec.probes.judging import Judgement

__all__ = ["Compared", "compare_probes", "tied_with_best"]


@frozen(kw_only=True)
class Compared:
    """Two encoders by one probe, the encoder with the higher accuracy first."""

    probe: str
    first: str
    second: str
    difference: Difference


def compare_probes(judgements: Mapping[str, Judgement]) -> list[Compared]:
    """
    Compare every pair of encoders by each probe.

    Parameters
    ----------
    judgements : mapping
        Judgements of one task by the name of the encoder.

    Returns
    -------
    list of Compared
        Pairs whose answers are for the same inputs; other pairs are left out.
    """
    pairs = []
    for (first_name, first_judgement), (second_name, second_judgement) in combinations(
        judgements.items(), 2
    ):
        for probe in first_judgement.answers.keys() & second_judgement.answers.keys():
            first_answers, second_answers = (
                first_judgement.answers[probe],
                second_judgement.answers[probe],
            )
            if dict(zip(first_answers.ids, first_answers.labels, strict=True)) != dict(
                zip(second_answers.ids, second_answers.labels, strict=True)
            ):
                continue
            place = {identity: position for position, identity in enumerate(second_answers.ids)}
            paired = paired_difference(
                first_answers.correct,
                second_answers.correct[[place[name] for name in first_answers.ids]],
            )
            if paired.value >= 0:
                pair = Compared(
                    probe=probe, first=first_name, second=second_name, difference=paired
                )
            else:
                pair = Compared(
                    probe=probe, first=second_name, second=first_name, difference=paired.turned()
                )
            pairs.append(pair)
    return sorted(pairs, key=lambda pair: (pair.probe, -pair.difference.value))


def tied_with_best(
    probe: str, judgements: Mapping[str, Judgement], pairs: list[Compared]
) -> frozenset[str]:
    """Return the best encoder by a probe and those that cannot be told apart from it."""
    accuracies = {
        name: judgement.answers[probe].accuracy.value for name, judgement in judgements.items()
    }
    best = max(accuracies, key=lambda name: accuracies[name])
    tied = {
        name
        for pair in pairs
        if pair.probe == probe and pair.difference.tied and best in {pair.first, pair.second}
        for name in (pair.first, pair.second)
    }
    return frozenset(tied | {best})
