"""``python -m studies.nnk imagenet``: linear probe, k-NN and NNK, in the published form."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

from studies.measuring.table import ResultTable
from studies.nnk.imagenet.figures import draw
from studies.nnk.imagenet.measuring import accuracies, read_features
from studies.nnk.imagenet.page import analysed, page
from studies.nnk.imagenet.zoos import ZOOS, Member, Zoo, zoo_named
from studies.nnk.settings import common_parser, results_of

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Judge features that were given, or else the encoders of the two zoos."""
    parser = common_parser("imagenet", __doc__, needs_data=False)
    parser.add_argument(
        "--features",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help=".npz, or folder of .npy, with gallery, gallery_labels, queries, query_labels",
    )
    parser.add_argument("-k", type=int, default=50, help="candidates")
    parser.add_argument("--models", type=Path, help="folder of ONNX files; else beside --data")
    parser.add_argument(
        "--encoders",
        action="append",
        default=[],
        metavar="ZOO=FOLDER",
        help=f"encoders that another study trained, of {' or '.join(ZOOS)}",
    )
    asked = parser.parse_args(arguments)
    if not asked.features and asked.data is None:
        parser.error("either --features or --data must be given")
    results = results_of(asked)
    if asked.features:
        _judge_features(_pairs(asked.features), asked.k, ResultTable(results / "features.csv"))
        names = ["features"]
    else:
        names = list(ZOOS)
        folders = {name: Path(folder) for name, folder in _pairs(asked.encoders).items()}
        for name in ZOOS:
            zoo = zoo_named(
                name,
                data=asked.data,
                models=asked.models or asked.data.parent / "models",
                folder=folders.get(name, asked.work / "encoders" / name),
                quick=asked.quick,
            )
            _judge(zoo, asked.k, ResultTable(results / f"{name}.csv"), asked.workers)
    document = analysed({name: ResultTable(results / f"{name}.csv").rows for name in names})
    start = "features" if asked.features else "imagenet"
    (results / f"{start}.json").write_text(json.dumps(document, indent=1) + "\n")
    (results / f"{start}.md").write_text(page(document, f"{start}.svg"))
    draw(document, results / f"{start}.svg")


def _pairs(texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            sys.exit(f"NAME=VALUE must have an equals sign; got {text!r}")
        found[name] = value
    return found


def _judge_features(files: dict[str, str], k: int, table: ResultTable) -> None:
    for name, file in files.items():
        if name not in table.rows:
            table.add(name, {"family": name, **accuracies(read_features(Path(file)), k)})
            print(f"  judged {name}", file=sys.stderr, flush=True)


def _judge(zoo: Zoo, k: int, table: ResultTable, workers: int) -> None:
    missing = [one for one in zoo.members if one.name not in table.rows]
    lacking = {one.name for one in missing if one.write is None and not one.file.exists()}
    recipes = [one for one in zoo.recipes if one.name in lacking]
    if recipes:
        from studies.training.zoo import make_encoders

        make_encoders(recipes, zoo.training, zoo.folder, workers=workers)
    with ProcessPoolExecutor(workers) as pool:
        running = [pool.submit(partial(_row, zoo=zoo, k=k), one) for one in missing]
        for number, done in enumerate(as_completed(running), 1):
            name, values = done.result()
            table.add(name, values)
            print(
                f"  {zoo.name}: judged {number} of {len(missing)}: {name}",
                file=sys.stderr,
                flush=True,
            )


def _row(member: Member, *, zoo: Zoo, k: int) -> tuple[str, dict[str, Any]]:
    values = accuracies(zoo.features(member), k)
    return member.name, {"family": member.family, "k": k, **values}
