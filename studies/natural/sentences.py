"""What the tables say, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studies.natural.analysis import PREDICTOR

__all__ = [
    "checkpoints_in_words",
    "encoders_in_words",
    "ladder_in_words",
    "predictor_earns_its_place",
]

_WANTED = {"caltech101_1nn": 0.85, "caltech101_probe": 0.80}
_KINDS = {"caltech101_1nn": "one nearest neighbour", "caltech101_probe": "the linear probe"}


def predictor_earns_its_place(part: Mapping[str, Any]) -> bool:
    """Say whether the predictor meets the rule of studies/architectures."""
    by_name = {entry["measure"]: entry["targets"] for entry in part["measures"]}
    return all(
        by_name[PREDICTOR][target]["rho"] >= wanted
        and by_name[PREDICTOR][target]["interval"][0]
        > max(by_name["rmqm"][target]["rho"], by_name["rankme"][target]["rho"])
        for target, wanted in _WANTED.items()
    )


def encoders_in_words(part: Mapping[str, Any], judged: bool) -> list[str]:
    """Return sentences on encoders that are independent of one another."""
    by_name = {entry["measure"]: entry["targets"] for entry in part["measures"]}
    lines = []
    for target, kind in _KINDS.items():
        low, high = part["spread"][target]
        numbers = ", ".join(
            f"{word} {_with_interval(by_name[name][target])}"
            for name, word in (("rmqm", "RMQM"), ("rankme", "RankMe"), (PREDICTOR, "the predictor"))
        )
        best = max(by_name, key=lambda name: by_name[name][target]["rho"])
        lines.append(
            f"- With {kind} on Caltech-101 (accuracies from {low:.2f} to {high:.2f}): {numbers}; "
            f"the highest is `{best}` with {by_name[best][target]['rho']:.2f}."
        )
        lines.append(_better_or_worse(by_name, target))
    own = " and ".join(
        f"{by_name[name]['cifar10_1nn']['rho']:.2f} ({word})"
        for name, word in (("rmqm", "RMQM"), ("rankme", "RankMe"))
    )
    lines.append(f"- On CIFAR-10 itself, with neighbours: {own}.")
    if judged:
        verdict = "earns" if predictor_earns_its_place(part) else "does not earn"
        lines.append(
            f"- **The predictor chosen on MNIST {verdict} its place** by the rule of the protocol "
            "(.85 with neighbours, .80 with the probe, both intervals above RMQM and RankMe)."
        )
    else:
        lines.append(
            "- Few models, and several layers of one network among them: a description, not a test."
        )
    return lines


def _better_or_worse(by_name: Mapping[str, Any], target: str) -> str:
    intervals = {name: values[target]["minus_rmqm_interval"] for name, values in by_name.items()}
    better = [f"`{name}`" for name, (least, _) in intervals.items() if least > 0]
    worse = [f"`{name}`" for name, (_, most) in intervals.items() if most < 0]
    return (
        f"  Surely better than RMQM, with intervals for all together: {_listed(better)}; "
        f"surely worse: {_listed(worse)}."
    )


def checkpoints_in_words(part: Mapping[str, Any]) -> list[str]:
    """Return sentences on the checkpoints: what sees over- and underfitting."""
    lines = []
    for target, words in (("test_accuracy", "accuracy on the test set"), ("gap", "gap")):
        seen = [
            f"`{entry['measure']}`"
            for entry in part["measures"]
            if entry["targets"][target]["seen"]
        ]
        lines.append(
            f"- Measures that follow the {words} with one sign and at least .7 in every regime and "
            f"over all {part['checkpoints']}: {_listed(seen)}."
        )
    apart = [
        f"`{entry['measure']}`"
        for entry in part["measures"]
        if entry["targets"]["test_accuracy"]["pooled"] * entry["targets"]["gap"]["pooled"] < 0
        and entry["targets"]["test_accuracy"]["seen"]
        and entry["targets"]["gap"]["seen"]
    ]
    lines.append(
        f"- Measures that follow both, but with opposite signs, and so tell fitting from "
        f"overfitting: {_listed(apart)}."
    )
    for target, words in (("test_accuracy", "test accuracy"), ("gap", "gap")):
        right = [
            f"`{entry['measure']}`"
            for entry in part["measures"]
            if entry["order_of_last"][target] > 1 - 1e-9
        ]
        lines.append(
            f"- The {len(part['last'])} last checkpoints in the order of their {words} (by chance "
            f"one measure in six): {len(right)} of {len(part['measures'])}; RMQM: "
            f"{_yes(right, 'rmqm')}; RankMe: {_yes(right, 'rankme')}."
        )
    by_name = {entry["measure"]: entry["targets"] for entry in part["measures"]}
    for name, word in (("rmqm", "RMQM"), ("rankme", "RankMe"), (PREDICTOR, "The predictor")):
        values = by_name[name]
        lines.append(
            f"- {word}: rho with test accuracy {_listed_values(values['test_accuracy'])}; with the "
            f"gap {_listed_values(values['gap'])}; with neighbours on Caltech-101 "
            f"{_listed_values(values['caltech101_1nn'])}."
        )
    most = max(part["measures"], key=lambda entry: abs(entry["given_step"]))
    lines.append(
        f"- The number of steps alone has {_listed_values(by_name['step']['test_accuracy'])} with "
        f"test accuracy and {_listed_values(by_name['step']['gap'])} with the gap. Given the step "
        f"(decided after the protocol), the furthest from zero is `{most['measure']}` with "
        f"{most['given_step']:.2f}."
    )
    lines.append("- Checkpoints of one run are not independent, so there are no intervals.")
    return lines


def ladder_in_words(models: Mapping[str, list[float]]) -> list[str]:
    """Return a sentence on the depths of MobileNet v2; RMQM, RankMe and 1-NN come first."""
    steps = [(name, values) for name, values in sorted(models.items()) if "_blocks_" in name]
    if not steps:
        return []
    blocks = ", ".join(str(int(name.rsplit("_", 1)[1])) for name, _ in steps)
    rmqm, rankme, neighbours = zip(*(values[:3] for _, values in steps), strict=True)
    sentence = (
        f"- MobileNet v2 after {blocks} blocks is a ladder of known order: 1-NN accuracy "
        f"{_numbers(neighbours)}, RMQM {_numbers(rmqm)}, RankMe {_numbers(rankme)}."
    )
    return [sentence]


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def _yes(names: list[str], name: str) -> str:
    return "yes" if f"`{name}`" in names else "no"


def _listed(words: list[str]) -> str:
    return ", ".join(words) if words else "none"


def _listed_values(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{value:.2f} ({where.replace('_', ' ')})"
        for where, value in values.items()
        if where != "seen"
    )


def _with_interval(values: Mapping[str, Any]) -> str:
    low, high = values["interval"]
    return f"{values['rho']:.2f} [{low:.2f}, {high:.2f}]"
