"""Geometries of several models as tables: a topic each, as wide as the terminal allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rmqm_spec.cli.quantity_table import quantity_table
from rmqm_spec.cli.table_files import Columns, rows_as_columns
from rmqm_spec.geometries.comparing import best_of
from rmqm_spec.runs.geometries import ModelGeometries, means_of

__all__ = ["geometry_columns", "geometry_lines"]

NULL: Final = "  permuted"
"""Beneath a model: the same network with permuted weights."""

_RELATIVE: Final = "relative-diameter"
"""Diameter under an alteration, divided by the distance between two inputs."""

_HEADS: Final = {
    _RELATIVE: "over distance between inputs",
    "altered-neighbours": "neighbours",
    "altered-diameter": "diameter",
    "mixed": "mixed polytopes",
    "softmax-k-nn": "weighted k-NN",
    "nnk": "NNK",
    "k-nn": "k-NN",
}


def geometry_lines(measured: ModelGeometries) -> Iterator[str]:
    """Return the tables, and what their signs mean."""
    if not measured.models:
        return
    some = next(iter(measured.models.values())).document
    rows = dict(_rows(measured))
    yield _about_neighbourhoods(some)
    yield from _table(rows, ("neighbours", "error", "diameter"))
    if some["labelled"]:
        yield _about_labels(some)
        yield from _table(rows, ("mixed", *some["labelled"]["answers"]))
    if some["altered"]:
        yield _about_alteration(some)
        yield from _table(rows, ("altered-neighbours", "altered-diameter", _RELATIVE))
    yield from _agreement(measured)
    yield from _legend(measured, rows)


def geometry_columns(measured: ModelGeometries) -> Columns:
    """Return all means as a table for programs: a row per model and quantity, failures below."""
    rows: list[tuple[object, ...]] = []
    for name, model in measured.models.items():
        nulls = dict(means_of(model.document["null"])) if _has_null(model.document) else {}
        for quantity, mean in means_of(model.document):
            null = nulls.get(quantity, {"value": None})["value"]
            is_best = name in _best(measured, quantity)
            ends = mean["interval"] or (None, None)
            row = (name, quantity, mean["value"], *ends, mean["inputs"], null, is_best, "ok")
            rows.append(row)
    rows += [(name, *[None] * 7, error.code) for name, error in measured.failed.items()]
    names = ("name", "quantity", "mean", "low", "high", "inputs", "null", "best", "status")
    return rows_as_columns(names, rows)


def _rows(measured: ModelGeometries) -> Iterator[tuple[tuple[str, bool], dict[str, str]]]:
    """Yield the cells of each model, and of its null, by the name of the quantity."""
    for name, model in measured.models.items():
        best = [
            quantity
            for quantity, _ in means_of(model.document)
            if name in _best(measured, quantity)
        ]
        yield (name, False), _cells(model.document, best)
        if _has_null(model.document):
            yield (name, True), _cells(model.document["null"])


def _cells(section: Mapping[str, Any], best: Sequence[str] = ()) -> dict[str, str]:
    """Return the cells of a document, or of its section ``null``."""
    cells = {
        quantity: ("=" if quantity in best else " ") + _numbers(quantity, mean)
        for quantity, mean in means_of(section)
    }
    relative = (section["altered"] or {}).get("relative_diameter")
    return cells if relative is None else {**cells, _RELATIVE: f" {relative:.3f}"}


def _table(
    rows: Mapping[tuple[str, bool], Mapping[str, str]],
    quantities: Sequence[str],
) -> Iterator[str]:
    names = [NULL if is_null else name for name, is_null in rows]
    return quantity_table(names, list(rows.values()), quantities, heads=_HEADS)


def _about_neighbourhoods(document: Mapping[str, Any]) -> str:
    own = document["neighbourhoods"]
    candidates = "candidate" if own["k"] == 1 else "candidates"
    return f"  {own['inputs']:,} inputs, {own['k']} {candidates} each, kernel {own['kernel']}"


def _about_labels(document: Mapping[str, Any]) -> str:
    labelled, linear = document["labelled"], document["linear"]
    probed = "" if linear is None else f"; linear: of {linear['test']:,} inputs"
    return (
        f"  {len(labelled['classes'])} classes, chance {labelled['chance']:.3f}; each input is "
        f"left out of its own neighbours{probed}"
    )


def _about_alteration(document: Mapping[str, Any]) -> str:
    rule, altered = document["alteration"], document["altered"]
    versions = "1 altered version" if rule["J"] == 1 else f"{rule['J']} altered versions"
    return f"  {altered['inputs']:,} inputs, each among its {versions} ({rule['name']})"


def _agreement(measured: ModelGeometries) -> Iterator[str]:
    if not measured.agreement:
        return
    yield "  common neighbours of two models (share of all neighbours in either; by chance)"
    for pair in measured.agreement:
        yield (
            f"  {pair.first} and {pair.second}: {_numbers('jaccard', pair.jaccard.to_dict())}; "
            f"{pair.jaccard_by_chance:.3f}"
        )


def _legend(measured: ModelGeometries, rows: Mapping[tuple[str, bool], object]) -> Iterator[str]:
    if any(is_null for _, is_null in rows):
        yield "  permuted: the same network with permuted weights"
    marked = any(_best(measured, quantity) for quantity in _quantities(measured))
    if len(measured.models) > 1 and marked:
        yield (
            "  = most correct, or narrowest under the alteration, or tied with that (95 % interval "
            "of the paired difference)"
        )


def _quantities(measured: ModelGeometries) -> dict[str, None]:
    return dict.fromkeys(
        quantity for model in measured.models.values() for quantity, _ in means_of(model.document)
    )


def _best(measured: ModelGeometries, quantity: str) -> frozenset[str]:
    if len(measured.models) < 2:
        return frozenset()
    means = {
        name: mean["value"]
        for name, model in measured.models.items()
        for known, mean in means_of(model.document)
        if known == quantity
    }
    return best_of(quantity, means, measured.differences)


def _has_null(document: Mapping[str, Any]) -> bool:
    return document["null"] is not None and document["null"]["status"] == "ok"


def _numbers(quantity: str, mean: Mapping[str, Any]) -> str:
    digits = ".1f" if quantity.endswith("neighbours") else ".3f"
    if quantity == "error":
        digits = ".2e"
    if mean["interval"] is None:
        return f"{mean['value']:{digits}}"
    low, high = mean["interval"]
    return f"{mean['value']:{digits}} [{low:{digits}}, {high:{digits}}]"
