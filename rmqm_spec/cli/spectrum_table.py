"""Spectra of several models as tables: a topic each, as wide as the terminal allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, Final

from rmqm_spec.cli.quantity_table import quantity_table
from rmqm_spec.cli.table_files import Columns, rows_as_columns
from rmqm_spec.runs.spectra import ModelSpectra, quantities_of
from rmqm_spec.spectra.regressions import unlike

__all__ = ["spectrum_columns", "spectrum_lines"]

NULL: Final = "  permuted"
"""Beneath an encoder: the same network with permuted weights."""

_SPACES: Final = {
    "latent": "J_L, latent space to latent space",
    "input": "J_I, input space to input space",
}
_OF_A_SPACE: Final = (
    "trace", "log-volume", "arithmetic-mean", "geometric-mean", "small", "reversing",
)  # fmt: skip
_OF_AN_ENCODER: Final = ("norm", "rank", "condition", "volume")
_COMPARED: Final = ("error", *_OF_AN_ENCODER)
_BELOW_FULL_RANK: Final = ("norm", "rank", "numerical-rank", "condition-at-rank", "volume-at-rank")
"""What is shown where singular values are zero, so that condition and volume are infinite."""

_HEADS: Final = {
    "log-volume": "log volume",
    "arithmetic-mean": "arithmetic mean",
    "geometric-mean": "geometric mean",
    "small": "modulus < 0.1",
    "rank": "effective rank",
    "condition": "log10 condition",
    "volume": "log volume per dimension",
    "numerical-rank": "rank",
    "condition-at-rank": "log10 condition at rank",
    "volume-at-rank": "log volume at rank",
    "difference-l1": "L1 / n",
    "difference-l2": "L2 / n",
}
_DIGITS: Final = {"error": ".5f", "small": ".2f", "rank": ".2f"}

_NOWHERE: Final = {"volume": "-inf", "condition": "inf"}
"""What a quantity is that is finite at no input; the rank of a zero, for one, has no value."""

_LINES: Final = {
    "slope": "slope, train",
    "test_slope": "slope, test",
    "slope_difference": "difference",
    "test_shift": "shift of test",
    "intercept": "intercept",
}
"""Columns of the table of regressions."""


def spectrum_lines(measured: ModelSpectra) -> Iterator[str]:
    """Return the tables, and what their signs mean."""
    if not measured.models:
        return
    documents = {name: model.document for name, model in measured.models.items()}
    autoencoders = {name: one for name, one in documents.items() if one["mode"] == "autoencoder"}
    encoders = {name: one for name, one in documents.items() if one["mode"] == "encoder"}
    yield from _of_autoencoders(autoencoders)
    yield from _of_encoders(encoders)
    yield from _differences(measured)
    if any(one["null"] and one["null"]["sets"] for one in encoders.values()):
        yield "  permuted: the same network with permuted weights"
    if autoencoders or encoders:
        yield "  in brackets: 95 % intervals of means over the inputs"


def spectrum_columns(measured: ModelSpectra) -> Columns:
    """Return all means as a table for programs: a row per model, set and quantity."""
    rows: list[tuple[object, ...]] = []
    for name, model in measured.models.items():
        nulls = (model.document["null"] or {"sets": {}})["sets"]
        for set_name, quantity, entry in quantities_of(model.document):
            null = nulls.get(set_name, {"quantities": {}})["quantities"].get(quantity)
            ends = entry["interval"] or (None, None)
            numbers = (entry["mean"], *ends, entry["median"], entry["inputs"], entry["infinite"])
            rows.append(
                (name, set_name, quantity, *numbers, None if null is None else null["mean"], "ok")
            )
    rows += [(name, *[None] * 9, error.code) for name, error in measured.failed.items()]
    names = (
        "name", "set", "quantity", "mean", "low", "high", "median", "inputs", "infinite", "null",
        "status",
    )  # fmt: skip
    return rows_as_columns(names, rows)


def _of_autoencoders(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not documents:
        return
    yield "  mean squared error, and distance between the eigenvalues of J_L and J_I"
    names, rows = _rows(documents, ("error", "difference-l1", "difference-l2"))
    yield from quantity_table(
        names, rows, ("error", "difference-l1", "difference-l2"), heads=_HEADS
    )
    for space, words in _SPACES.items():
        yield f"  {words}: {_number_of_eigenvalues(space, documents)}"
        wanted = [f"{space}-{name}" for name in _OF_A_SPACE]
        names, rows = _rows(documents, wanted)
        heads = {one: _HEADS.get(name, name) for one, name in zip(wanted, _OF_A_SPACE, strict=True)}
        yield from quantity_table(names, rows, wanted, heads=heads)
    for name, document in documents.items():
        if document["regressions"]:
            yield from _regressions(name, document)


def _number_of_eigenvalues(space: str, documents: Mapping[str, Mapping[str, Any]]) -> str:
    """Return how many there are: of J_I never more than an input has values."""
    sizes = {one["dimension"] for one in documents.values()}
    if space == "input":
        sizes = {
            min(one["dimension"], prod(one["geometry"]["shape"])) for one in documents.values()
        }
    words = " or ".join(f"{size}" for size in sorted(sizes))
    return f"{words} eigenvalue{'' if sizes == {1} else 's'}"


def _of_encoders(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not documents:
        return
    yield "  singular values of the Jacobian of the unit encoding"
    is_below = any(
        entry["infinite"] for one in documents.values() for _, _, entry in quantities_of(one)
    )
    wanted = _BELOW_FULL_RANK if is_below else _OF_AN_ENCODER
    names, rows = _rows(documents, wanted)
    yield from quantity_table(names, rows, wanted, heads=_HEADS)


def _rows(
    documents: Mapping[str, Mapping[str, Any]], wanted: Sequence[str]
) -> tuple[list[str], list[dict[str, str]]]:
    """Return the names of rows, a row per model and set, and their cells."""
    names, rows = [], []
    for model, document in documents.items():
        nulls = (document["null"] or {"sets": {}})["sets"]
        for one in document["sets"]:
            names.append(model if one["name"] == "data" else f"{model}, {one['name']}")
            rows.append(_cells(one, wanted))
            if one["name"] in nulls:
                names.append(NULL)
                rows.append(_cells(nulls[one["name"]], wanted))
    return names, rows


def _cells(section: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, str]:
    known = section["quantities"]
    return {name: _numbers(name, known[name]) for name in wanted if name in known}


def _numbers(quantity: str, entry: Mapping[str, Any]) -> str:
    digits = _DIGITS.get(quantity.rpartition("-")[2], ".3f")
    if entry["mean"] is None:
        return _NOWHERE.get(quantity.rpartition("-")[2], "undefined")
    of = _of_how_many(entry)
    if entry["interval"] is None:
        return f"{entry['mean']:{digits}}{of}"
    low, high = entry["interval"]
    return f"{entry['mean']:{digits}} [{low:{digits}}, {high:{digits}}]{of}"


def _of_how_many(entry: Mapping[str, Any]) -> str:
    """Return the number of inputs that a mean is over, where the value is infinite at others."""
    n = entry["inputs"] - entry["infinite"]
    return f" of {n:,} input{'' if n == 1 else 's'}" if entry["infinite"] else ""


def _regressions(name: str, document: Mapping[str, Any]) -> Iterator[str]:
    some = document["regressions"][0]
    n_train, n_test = (some[key] + some[f"left_out_{key[2:]}"] for key in ("n_train", "n_test"))
    yield (
        f"  {name}: error on log volume (6) and on trace (7), in standard deviations, of "
        f"{n_train:,} training and {n_test:,} test inputs"
    )
    shown = [*unlike(document["regressions"])]
    rows = [
        {
            **{key: _coefficient(one[key]) for key in _LINES},
            "left_out": f"{one['left_out_train'] + one['left_out_test']:,}",
        }
        for one in shown
    ]
    names = [
        " ".join([one["space"], one["regressor"].replace("-", " "), one["reading"] or ""]).strip()
        for one in shown
    ]
    heads = {**_LINES, "left_out": "left out"}
    yield from quantity_table(names, rows, [*heads], heads=heads, name_head="space and regressor")


def _coefficient(entry: Mapping[str, Any]) -> str:
    low, high = entry["interval"]
    return f"{entry['value']:.3f} [{low:.3f}, {high:.3f}]"


def _differences(measured: ModelSpectra) -> Iterator[str]:
    """Yield differences of errors and encoders, a row a pair; the report has those of spectra."""
    shown = [one for one in measured.differences if one.compared.quantity in _COMPARED]
    if not shown:
        return
    yield "  paired differences, input by input (tie: the interval holds zero)"
    order = [*measured.models]
    by_pair: dict[tuple[str, str], dict[str, str]] = {}
    for one in shown:
        pair, difference = one.compared, one.compared.difference
        first, second = sorted((pair.first, pair.second), key=order.index)
        turned = difference if first == pair.first else difference.turned()
        said = _difference(pair.quantity, turned.to_dict(), tied=turned.tied)
        by_pair.setdefault((f"{first} - {second}", one.set), {})[pair.quantity] = said
    names = [pair if set_name == "data" else f"{pair}, {set_name}" for pair, set_name in by_pair]
    rows = list(by_pair.values())
    yield from quantity_table(names, rows, _COMPARED, heads=_HEADS, name_head="pair")


def _difference(quantity: str, mean: Mapping[str, Any], *, tied: bool) -> str:
    digits = _DIGITS.get(quantity.rpartition("-")[2], ".3f")
    if mean["interval"] is None:
        return f"{mean['value']:{digits}}"
    low, high = mean["interval"]
    said = f"{mean['value']:{digits}} [{low:{digits}}, {high:{digits}}]"
    return f"{said} tie" if tied else said
