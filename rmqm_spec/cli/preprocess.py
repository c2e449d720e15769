"""``rmqm-spec preprocess show``: the pictures that the network really sees."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.cli.requests import request_for
from rmqm_spec.runs.seeing import SeenInputs, SightRequest, see
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json, print_text

__all__ = ["run_show"]

_MOST_RANGES = 16


def run_show(
    model: Path, options: dict[str, Any], *, levels: str | None, out: Path, as_json: bool
) -> int:
    """Show what a network sees; returns 1 where that differs from the picture."""
    request = SightRequest(run=request_for(model, options), levels=levels, out=out)
    shown = see(request, ConsoleListener())
    if as_json:
        print_json(shown.document)
    else:
        _print(shown)
    return 0 if shown.document["ok"] else 1


def _print(shown: SeenInputs) -> None:
    document = shown.document
    network, preprocessing = document["network_input"], document["preprocessing"]
    shape = " x ".join(map(str, network["shape"]))
    order = f", {network['channel_order']}" if network["channel_order"] else ""
    print_text(
        f"  network input  {network['name']}: {shape} {network['type']}, {network['layout']}{order}"
    )
    print_text(
        f"  value map      (scale * x - mean) / std, from {preprocessing['source']}: scale "
        f"{preprocessing['scale']:g}, mean {_values(preprocessing['mean'], 0)}, "
        f"std {_values(preprocessing['std'], 1)}"
    )
    if "ranges" in document:
        _print_ranges(document["ranges"])
    for when in ("before", "after"):
        _print_channels(document, when)
    for finding in shown.findings:
        print_text(finding_line(finding, sys.stdout))
    for entry in document["inputs"]:
        print_text(f"  {entry['name']}  -> {entry['picture'] or 'no picture: it is not an image'}")
    for entry in document["skipped"]:
        note(f"  left out: ({entry['code']}) {entry['message']}")


def _print_ranges(ranges: Mapping[str, Any]) -> None:
    """List the range of each value; those of long inputs are cut in the middle of the list."""
    ends = list(zip(ranges["low"], ranges["high"], strict=True))
    print_text(f"  ranges         one for each of {len(ends)} values, from {ranges['source']}:")
    for k, (low, high) in enumerate(ends[:_MOST_RANGES]):
        print_text(f"    value {k:<4}  {low:.6g} to {high:.6g}")
    if len(ends) > _MOST_RANGES:
        print_text(f"    and {len(ends) - _MOST_RANGES} more, with --json")


def _print_channels(document: Mapping[str, Any], when: str) -> None:
    low, high = document[when]["range"]
    order = document["network_input"]["channel_order"]
    names = "rgb" if when == "before" else order
    print_text(f"  {when + ' the map':<14} range {low:.4g} to {high:.4g}; unaltered inputs:")
    for k, channel in enumerate(document[when]["channels"]):
        colour = f" ({names[k]})" if order else ""
        print_text(
            f"    channel {k}{colour:<4}  min {channel['min']:.4g}   mean {channel['mean']:.4g}   "
            f"max {channel['max']:.4g}"
        )


def _values(values: Any, neutral: float) -> Any:
    """Return a mean or deviation, or what stands for it where there is none."""
    return neutral if values is None else values
