"""What the results say in words; every number comes from the document."""

from __future__ import annotations

from typing import Any

__all__ = ["sentences"]

Document = dict[str, Any]


def sentences(document: Document) -> list[str]:
    """Return a list of points as Markdown; what is not measured is not spoken of."""
    found = _Settings(document)
    points = [
        *_about_inputs(found),
        *_about_protocol(found),
        *_about_the_encoder(found),
        *_about_intervals(document),
        *_about_layers(document),
    ]
    begin = (
        f"{document['encoders']} encoders, one choice changed at a time; what was done is in the "
        "[protocol](../protocol.md). SD: standard deviation of a measure between the encoders at "
        "the base. rho: Spearman's rho between the order at a setting and at the base."
    )
    lines = [begin, "", *(f"- {point}" for point in points)]
    if document["not_complete"]:
        lines += ["", f"Not measured for all encoders yet: {', '.join(document['not_complete'])}."]
    return lines


class _Settings:
    """The statistics of a measure at a setting."""

    def __init__(self, document: Document) -> None:
        self._entries = {
            (entry["factor"], entry["level"], entry["measure"]): entry
            for entry in document["settings"]
        }

    def __call__(self, factor: str, level: str, measure: str = "rmqm") -> Document | None:
        return self._entries.get((factor, level, measure))

    def all_of(self, factor: str, measure: str = "rmqm") -> list[Document]:
        return [e for (f, _, m), e in self._entries.items() if (f, m) == (factor, measure)]


def _about_inputs(found: _Settings) -> list[str]:
    points = []
    if few := found("N", "16"):
        points.append(
            f"**Number of inputs.** RMQM on 16 inputs has rho {_rho(few)} with RMQM on 100; no "
            f"encoder moves by more than {few['largest']:.2f} SD."
        )
        agreement, clusters = (
            found("N", "16", name) for name in ("neighbour-agreement", "cluster-learnability")
        )
        if agreement and clusters:
            points.append(
                "**Measures of neighbours need the same N, and enough of it.** On 16 inputs "
                f"instead of 256 neighbour agreement has rho {_rho(agreement)} and changes by "
                f"{agreement['shift']:+.1f} SD, cluster learnability has rho {_rho(clusters)}. "
                "Values are comparable only at the same N."
            )
    for factor, head in (("draw", "Which inputs"), ("seed", "Seed of the noise")):
        if others := found.all_of(factor):
            least = min(entry["rho"] for entry in others)
            change = max(entry["change"] for entry in others)
            half = max(entry["in_half_widths"] for entry in others)
            points.append(
                f"**{head}.** rho is at least {least:.2f}; the median change is at most "
                f"{change:.2f} SD, or {half:.1f} times half the 95 % interval."
            )
    return points


def _about_protocol(found: _Settings) -> list[str]:
    points = []
    for factor, level, head in (
        ("J", "20", "J = 20 instead of 99"),
        ("J", "5", "J = 5 instead of 99"),
        ("variant", "2022", "Variant authors-2022"),
        ("coupling", "common", "Common instead of independent levels"),
        ("bounds", "-0.5,1.5", "Declared range [-0.5, 1.5] instead of [0, 1]"),
        ("bounds", "of each value", "The range of each value in the data instead of [0, 1]"),
        ("size", "14", "Images of 14 x 14, resized by the graph"),
        ("size", "56", "Images of 56 x 56, resized by the graph"),
    ):
        if entry := found(factor, level):
            points.append(
                f"**{head}** orders encoders with rho {_rho(entry)}; the value changes by "
                f"{entry['shift']:+.2f} SD in the median and by up to {entry['largest']:.2f}."
            )
    return points


def _about_the_encoder(found: _Settings) -> list[str]:
    points = []
    if both := [e for level in ("float16", "int8") if (e := found("arithmetic", level))]:
        parts = [
            f"{entry['level']} has rho {entry['rho']:.2f} and changes no encoder by more than "
            f"{entry['largest']:.3f} SD"
            for entry in both
        ]
        points.append(f"**Arithmetic.** {'; '.join(parts)}.")
    for level, head in (
        ("twice", "Normalised twice"),
        ("forgotten", "Normalisation forgotten"),
        ("bytes", "Bytes given to a network that expects [0, 1]"),
    ):
        if entry := found("preprocessing", level):
            points.append(
                f"**{head}**: a score is computed nevertheless. rho is {_rho(entry)}, the value "
                f"changes by {entry['shift']:+.2f} SD, that of one encoder by "
                f"{entry['largest']:.2f}."
            )
    return points


def _about_intervals(document: Document) -> list[str]:
    return [
        f"**The interval** of RMQM on {entry['inputs']} inputs contains the RMQM of another draw "
        f"in {entry['other']:.0%} of the cases (exact intervals: {entry['other_expected']:.0%}) "
        f"and the mean of the other draws in {entry['mean']:.0%} ({entry['mean_expected']:.0%}). "
        f"All encoders share the {entry['draws']} draws, so these shares rest on few draws."
        for entry in document["coverage"]
        if entry["measure"] == "rmqm"
    ]


def _about_layers(document: Document) -> list[str]:
    points = []
    for name, head in (
        ("lengths", "**During training** (rho with 1-NN on KMNIST, mean of six trainings)"),
        ("layers", "**Across the layers of a network** (rho with 1-NN on KMNIST, mean of six)"),
    ):
        by_name = {entry["measure"]: entry for entry in document[name]}
        if rmqm := by_name.get("rmqm"):
            others = ", ".join(
                f"{one} {by_name[one]['mean']:+.2f}"
                for one in ("rankme", "lidar", "neighbour-agreement", "relative-displacement")
                if one in by_name
            )
            points.append(
                f"{head}: RMQM {rmqm['mean']:+.2f}, from {rmqm['least']:+.2f} to "
                f"{rmqm['most']:+.2f}" + (f"; {others}." if others else ".")
            )
    return points


def _rho(entry: Document) -> str:
    low, high = entry["interval"]
    return f"{entry['rho']:.2f} [{low:.2f}, {high:.2f}]"
