"""What the numbers say, in sentences that follow from them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any, Final

from studies.nnk.rotation.judging import FAMILIES, HEADLINE
from studies.training.recipe import UNTRAINED

__all__ = ["findings", "wrapped"]

Document = Mapping[str, Any]

_VERDICTS: Final = {
    "yes": "**The trends cross as in the source**: both signs are as expected, and neither "
    "interval contains zero.",
    "signs": "**The signs are those of the source, but an interval contains zero**: by the "
    "protocol, the crossing is not shown.",
    "no": "**The trends do not cross as in the source**: at least one sign is not as expected.",
}
_NAMED: Final = {"class": "class, upright", "quarter": "quarter"}


def findings(document: Document) -> list[str]:
    """Return the findings as a list in Markdown."""
    points = [
        _headline(document),
        _turned(document),
        _over_displacement(document),
        _spread(document),
        _relative(document),
        _families(document),
        _both(document),
        _neighbours(document),
        _null(document),
    ]
    return [line for point in points if point for line in wrapped(point, "- ")]


def _headline(document: Document) -> str:
    parts = [
        f"with *{_NAMED[task]}* rho is {_rho(document['headline'][task])}" for task in HEADLINE
    ]
    return f"{_VERDICTS[document['crosses']]} Diameter, ridge: {' and '.join(parts)}."


def _turned(document: Document) -> str:
    of = document["rho"]["diameter"]
    return (
        "On the tasks with images turned by any angle, rho is "
        f"{_rho(of['class-turned_ridge'])} with *class, turned* and {_rho(of['angle_ridge'])} with "
        "*angle*. By NNK instead of ridge, rho is: *class, upright* "
        f"{_rho(of['class_nnk'])}, *quarter* {_rho(of['quarter_nnk'])}, *class, turned* "
        f"{_rho(of['class-turned_nnk'])}, *angle* {_rho(of['angle_nnk'])}."
    )


def _over_displacement(document: Document) -> str:
    entries = document["over_displacement"]
    plain = document["rho"]["displacement"]
    earns = all(entry["difference"] > 0 for entry in entries.values())
    sure = all(entry["interval"][0] > 0 for entry in entries.values())
    verdict = (
        "On both tasks, the rho of the diameter is further in the expected direction than that of "
        "plain displacement"
        + (", surely." if sure else ", but an interval of the difference contains zero.")
        if earns
        else "By the protocol, the diameter does not earn its cost over plain displacement."
    )
    parts = [
        f"*{_NAMED[task]}*: {plain[f'{task}_ridge']['rho']:.2f} for displacement (difference "
        f"{entry['difference']:+.2f} [{entry['interval'][0]:+.2f}, {entry['interval'][1]:+.2f}])"
        for task, entry in entries.items()
    ]
    return f"{verdict} {', '.join(parts)}."


def _spread(document: Document) -> str:
    methods = document["methods"]
    share = {name: mean["diameter"] / mean["diameter-unrelated"] for name, mean in methods.items()}
    low, high = (min(methods, key=_unrelated(methods)), max(methods, key=_unrelated(methods)))
    most = max(share, key=share.__getitem__)
    return (
        "The diameter depends on how far an encoder spreads images in general: with 23 other "
        f"images instead of rotations it is {methods[low]['diameter-unrelated']:.2f} for `{low}` "
        f"and {methods[high]['diameter-unrelated']:.2f} for `{high}`. With rotations it is "
        f"{min(share.values()):.2f} to {max(share.values()):.2f} times that (most for `{most}`)."
    )


def _unrelated(methods: Document) -> Callable[[str], float]:
    return lambda name: float(methods[name]["diameter-unrelated"])


def _relative(document: Document) -> str:
    parts = []
    for measure, words in (
        ("relative-diameter", "The diameter"),
        ("relative-displacement", "the displacement"),
    ):
        of = document["rho"][measure]
        parts.append(
            f"{words} divided by the mean distance between two images has rho "
            f"{_rho(of['class_ridge'])} with *class, upright*, {_rho(of['class-turned_ridge'])} "
            f"with *class, turned*, {_rho(of['quarter_ridge'])} with *quarter* and "
            f"{_rho(of['angle_ridge'])} with *angle*"
        )
    return (
        f"{'; '.join(parts)}. By the protocol these are compared, not judged; there are eight "
        "measures and eight targets, and each interval holds for its own rho alone."
    )


def _families(document: Document) -> str:
    """Say what changes where methods differ in nothing but rotation; decided afterwards."""
    methods = document["methods"]
    pairs = [
        (methods[family[0]], methods[family[-1]])
        for family in FAMILIES
        if {family[0], family[-1]} <= methods.keys()
    ]
    if not pairs:
        return ""

    def rises(name: str) -> int:
        return sum(after[name] > before[name] for before, after in pairs)

    return (
        f"There are {len(pairs)} families of methods that differ only in the rotation of their "
        "training images (table below). With rotation, the relative displacement is smaller in "
        f"{len(pairs) - rises('relative-displacement')} of them and the "
        f"diameter in {len(pairs) - rises('diameter')}; accuracy is higher in "
        f"{rises('class-turned_ridge')} on *class, turned*, in {rises('class_ridge')} on *class, "
        f"upright* and in {rises('quarter_ridge')} on *quarter*."
    )


def _neighbours(document: Document) -> str:
    of = document["rho"]["neighbours"]
    return (
        f"Rho of the number of neighbours: *class, upright* {_rho(of['class_ridge'])}, *class, "
        f"turned* {_rho(of['class-turned_ridge'])}, *quarter* {_rho(of['quarter_ridge'])}, *angle* "
        f"{_rho(of['angle_ridge'])}; by NNK instead of ridge, in the same order: "
        f"{_rho(of['class_nnk'])}, "
        f"{_rho(of['class-turned_nnk'])}, {_rho(of['quarter_nnk'])}, {_rho(of['angle_nnk'])}."
    )


def _both(document: Document) -> str:
    methods = document["methods"]
    both = methods.get("cross-entropy-and-rotation")
    if both is None:
        return ""
    trained = {name: mean for name, mean in methods.items() if name != UNTRAINED}
    places = {
        key: sorted((mean[key] for mean in trained.values()), reverse=True).index(both[key]) + 1
        for key in ("class_ridge", "quarter_ridge")
    }
    end = ": one encoder can be good at both." if max(places.values()) <= 3 else "."
    return (
        f"Trained for both tasks, `cross-entropy-and-rotation` is number {places['class_ridge']} "
        f"of {len(trained)} methods on *class, upright* ({both['class_ridge']:.3f}) and number "
        f"{places['quarter_ridge']} on *quarter* ({both['quarter_ridge']:.3f}), with a diameter of "
        f"{both['diameter']:.3f}{end}"
    )


def _null(document: Document) -> str:
    methods = document["methods"]
    if UNTRAINED not in methods:
        return ""
    null = methods[UNTRAINED]
    trained = [mean for name, mean in methods.items() if name != UNTRAINED]
    wider = sum(mean["diameter"] > null["diameter"] for mean in trained)
    relatively = sum(mean["relative-diameter"] > null["relative-diameter"] for mean in trained)
    return (
        f"The untrained networks have a diameter of {null['diameter']:.3f}, smaller than that of "
        f"{wider} of {len(trained)} methods; divided by the mean distance between two images it is "
        f"{null['relative-diameter']:.2f}, smaller than that of {relatively} of them."
    )


def _rho(entry: Document) -> str:
    return f"{entry['rho']:.2f} [{entry['interval'][0]:.2f}, {entry['interval'][1]:.2f}]"


def wrapped(text: str, bullet: str = "") -> list[str]:
    """Return a paragraph, or an entry of a list, on lines of at most 120 characters."""
    return textwrap.wrap(
        text,
        120,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
