"""
The tables of docs/speed.md, made from the files in benchmarks/results.

    python benchmarks/table.py            # print them
    python benchmarks/table.py --write    # put them into the page, between its markers
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")
PAGE = Path(__file__).parents[1] / "docs" / "speed.md"

TITLES = {
    "lenet": "LeNet, 28 x 28",
    "resnet18_32": "ResNet-18, 32 x 32",
    "mobilenet_224": "MobileNet v2, 224 x 224",
    "vit_tiny_224": "ViT-Ti/16, 224 x 224",
}
NUMBERS = {
    "N": "inputs N",
    "J": "levels J",
    "E": "length of encodings E",
    "pixels": "pixels",
}


def scoring_overhead(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the table of what scoring and ranking cost beside bare loops."""
    lines = [
        "| network | ms per encoding, bare | score / bare | rank / bare | alone / together |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [_ratio(row[key]) for key in ("score_over_bare", "rank_over_bare")]
        lines.append(
            f"| {TITLES[row['network']]} | {row['ms_per_encoding']:.3g} | {' | '.join(cells)} | "
            f"{_ratio(row['alone_over_together'])} |"
        )
    return lines


def against_torch(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the table of scoring beside a loop in PyTorch."""
    lines = [
        "| network | encodings | PyTorch | rmqm-spec | times as fast |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {TITLES[row['network']]} | {row['encodings']:,} | {row['torch_s']:.2f} s, "
        f"{row['torch_mib']} MiB | {row['ours_s']:.2f} s, {row['ours_mib']} MiB | "
        f"{row['times_faster']:.1f} |"
        for row in rows
    ]
    return lines


def scaling(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the table of how the cost grows."""
    lines = ["| doubled three times | seconds | slope | last doubling |", "|---|---|---|---|"]
    for row in rows:
        if row["number"] in NUMBERS:
            seconds = ", ".join(f"{one:.3f}" for one in row["seconds"])
            lines.append(
                f"| {NUMBERS[row['number']]} | {seconds} | {row['slope']:.2f} | {row['last']:.2f} |"
            )
    return lines


def jacobian_spectra(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the table of spectra beside PyTorch: ratios of processor time, turn by turn."""
    forms = ("rows", "rows_and_columns", "compiled", "by_hand")
    lines = [
        "| layers | ms | ours / rows | ours / rows, columns | ours / compiled | ours / hand |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        ratios = " | ".join(f"{row['ours_over'][form]['processor']:.2f}" for form in forms)
        lines.append(f"| {row['network']} | {row['ms_per_input']['ours']:.2f} | {ratios} |")
    return lines


TABLES: dict[str, Callable[[Iterable[Mapping[str, Any]]], list[str]]] = {
    "scoring_overhead": scoring_overhead,
    "against_torch": against_torch,
    "scaling": scaling,
    "jacobian_spectra": jacobian_spectra,
}


def _ratio(ratio: Mapping[str, Any]) -> str:
    low, high = ratio["quartiles"]
    return f"{ratio['wall']:.2f} ({low:.2f} to {high:.2f})"


def table(name: str) -> str:
    """Return a table with a line on the machine below it."""
    document = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    machine = document["machine"]
    versions = ", ".join(
        f"{package} {machine[package]}"
        for package in ("onnxruntime", "numpy", "numba", "torch")
        if package in machine
    )
    processors = f"{machine['processors']} processors {machine['processor']}"
    made = f"`python benchmarks/{name}.py`, {processors}, {versions}"
    return "\n".join([*TABLES[name](document["rows"]), "", made])


def page(text: str) -> str:
    """Return the page with its tables made anew."""
    for name in TABLES:
        begin, end = f"<!-- table: {name} -->", "<!-- end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{PAGE.name} must have the marker {begin}")
        made = f"{begin}\n{table(name)}\n{end}"
        text = pattern.sub(lambda _, made=made: made, text, count=1)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--write", action="store_true", help="put the tables into docs/speed.md")
    if parser.parse_args().write:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n\n".join(table(name) for name in TABLES))


if __name__ == "__main__":
    main()
