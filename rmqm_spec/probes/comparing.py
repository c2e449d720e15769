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
    """Two encoders by one probe, the one with the higher accuracy first."""

    probe: str
    first: str
    second: str
    difference: Difference


def compare_probes(judged: Mapping[str, Judgement]) -> list[Compared]:
    """
    Compare each two encoders by each probe.

    Parameters
    ----------
    judged : mapping
        Judgements of one task by the name of the encoder.

    Returns
    -------
    list of Compared
        Pairs whose answers are to the same inputs; others do not compare and are not there.
    """
    found = []
    for (one, first), (other, second) in combinations(judged.items(), 2):
        for probe in first.answers.keys() & second.answers.keys():
            a, b = first.answers[probe], second.answers[probe]
            if dict(zip(a.ids, a.labels, strict=True)) != dict(zip(b.ids, b.labels, strict=True)):
                continue
            place = {identity: position for position, identity in enumerate(b.ids)}
            paired = paired_difference(a.correct, b.correct[[place[name] for name in a.ids]])
            if paired.value >= 0:
                pair = Compared(probe=probe, first=one, second=other, difference=paired)
            else:
                pair = Compared(probe=probe, first=other, second=one, difference=paired.turned())
            found.append(pair)
    return sorted(found, key=lambda pair: (pair.probe, -pair.difference.value))


def tied_with_best(
    probe: str, judged: Mapping[str, Judgement], pairs: list[Compared]
) -> frozenset[str]:
    """Return the best encoder by a probe and those that cannot be told apart from it."""
    accuracies = {name: one.answers[probe].accuracy.value for name, one in judged.items()}
    best = max(accuracies, key=lambda name: accuracies[name])
    tied = {
        other
        for pair in pairs
        if pair.probe == probe and pair.difference.tied and best in {pair.first, pair.second}
        for other in (pair.first, pair.second)
    }
    return frozenset(tied | {best})
