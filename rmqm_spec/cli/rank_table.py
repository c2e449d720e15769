"""A ranking as a table that fits the terminal: the least needed columns are dropped first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rmqm_spec.cli.probe_table import value_or_reason
from rmqm_spec.cli.table_files import Columns
from rmqm_spec.probes.comparing import tied_with_best
from rmqm_spec.probes.measuring import values_and_reasons
from rmqm_spec.ranking.by_rows import in_order
from rmqm_spec.ranking.null import is_level_with_null
from rmqm_spec.runs.probed import ProbedModels
from rmqm_spec.screen.table import TableColumn, stdout_columns, table_lines

__all__ = ["ranking_columns", "ranking_table"]

_NULL = "null "


_PROBES = {"1-nn": "1-NN", "linear": "linear"}
"""The probes of a ranking's table, and how it calls them."""


def ranking_table(
    ranked: Sequence[Mapping[str, Any]],
    width: int | None = None,
    *,
    probed: ProbedModels | None = None,
    by: Mapping[str, Any] | None = None,
) -> list[str]:
    """
    Return the lines of a table of encoders that have a score.

    Parameters
    ----------
    ranked : sequence of mapping
        As in the document of a ranking.
    width : int, optional
        Columns to fit into; by default those of the terminal that stdout is, and no limit in a
        pipe or file.
    probed : ProbedModels, optional
        Accuracies of the same encoders, by the same names.
    by : mapping, optional
        What else than RMQM orders them, as in the document; the encoders are then rows of
        `rmqm_spec.ranking.by_rows.in_order`.
    """
    accuracies = [] if probed is None else list(_accuracies(ranked, probed))
    labelled = [] if probed is None else list(_labelled(ranked, probed))
    columns = _columns(ranked) if by is None else _columns_by(ranked, by)
    lines = table_lines(
        [*columns[:4], *accuracies, *labelled, *columns[4:]], width or stdout_columns()
    )
    if accuracies and len(ranked) > 1:
        lines.append("  = best accuracy of its column, or tied with it")
    if _NULL in lines[0] and any("*" in _null(encoder["null"]) for encoder in ranked):
        lines.append("  * the null is not below the trained network")
    return lines


def _accuracies(ranked: Sequence[Mapping[str, Any]], probed: ProbedModels) -> Iterator[TableColumn]:
    """Return a column per probe; - for encoders that could not be probed."""
    judgements = {name: model.judgement for name, model in probed.models.items()}
    for probe, head in _PROBES.items():
        best = tied_with_best(probe, judgements, list(probed.differences)) if judgements else ()
        cells = []
        for encoder in ranked:
            name = encoder["name"]
            accuracy = _accuracy(probed, name, probe)
            sign = "=" if name in best and len(ranked) > 1 else ""
            cells.append("-" if accuracy is None else f"{sign}{accuracy['accuracy']:.3f}")
        yield TableColumn(head, cells)


def _labelled(ranked: Sequence[Mapping[str, Any]], probed: ProbedModels) -> Iterator[TableColumn]:
    """Return a column per measure with labels: values, or why there is none."""
    documents = {name: model.document for name, model in probed.models.items()}
    for _, title, found in values_and_reasons(documents):
        named = [encoder["name"] for encoder in ranked]
        cells = [value_or_reason(*found[name]) if name in found else "-" for name in named]
        yield TableColumn(title, cells, 3)


def _accuracy(probed: ProbedModels, name: str, probe: str) -> Mapping[str, Any] | None:
    model = probed.models.get(name)
    return None if model is None else model.document["probes"].get(probe)


def _exact_accuracies(probed: ProbedModels, name: str) -> Iterator[tuple[str, Any]]:
    for probe in _PROBES:
        accuracy = _accuracy(probed, name, probe) or {}
        low, high = accuracy.get("interval") or (None, None)
        yield from (
            (probe, accuracy.get("accuracy")),
            (f"{probe}_low", low),
            (f"{probe}_high", high),
        )


def ranking_columns(document: Mapping[str, Any], probed: ProbedModels | None = None) -> Columns:
    """
    Return a ranking as a table for programs, with the encoders that have no score below.

    Parameters
    ----------
    document : mapping
        Of a ranking (``rmqm-rank/1``).
    probed : ProbedModels, optional
        Accuracies of the same encoders.
    """
    by = document.get("by")
    ranked = in_order(document)
    others = [
        *(
            {"name": row["name"], "status": row["status"]}
            for row in document["unranked"]
            if by is None
        ),
        *({"name": row["name"], "status": row["code"]} for row in document["failed"]),
    ]
    shares = list(next((row["shares"] for row in ranked if row["shares"]), ()))
    measured = dict.fromkeys(name for row in ranked for name in row.get("measures") or {})
    rows = [
        {
            "position": row["position"],
            "name": row["name"],
            "status": "ok" if by is None else row["status"],
            **({} if by is None else _exact_value(row, by)),
            "rmqm": row["rmqm"],
            "low": (row.get("rmqm_interval", row["interval"]) or (None, None))[0],
            "high": (row.get("rmqm_interval", row["interval"]) or (None, None))[1],
            "ties": " ".join(row["letters"]),
            "same_as": ", ".join(row["same_as"]),
            "best": row["best"],
            **{f"share_{name}": (row["shares"] or {}).get(name) for name in shares},
            "null": (row["null"] or {}).get("rmqm"),
            "null_difference": (row["null"] or {}).get("difference"),
            **{
                name: ((row.get("measures") or {}).get(name) or {}).get("value")
                for name in measured
            },
            "encodings_per_second": row["encodings_per_second"],
        }
        for row in ranked
    ]
    if probed is not None:
        for row in (*rows, *others):
            row.update(_exact_accuracies(probed, row["name"]))
    names = list(rows[0]) if rows else ["position", "name", "status", "rmqm"]
    columns = {name: [row.get(name) for row in (*rows, *others)] for name in names}
    listed = [str(row["name"]) for row in (*rows, *others)]
    return columns | ({} if probed is None else probed.measured(listed))


def _exact_value(row: Mapping[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value that orders the ranking, with its interval."""
    low, high = row["interval"] or (None, None)
    return {"by": by["asked"], "value": row["value"], "value_low": low, "value_high": high}


def _columns(ranked: Sequence[Mapping[str, Any]]) -> list[TableColumn]:
    numbers = [f"{(encoder.get('counts') or {'used': 0})['used']:,}" for encoder in ranked]
    columns = [
        TableColumn("#", [_position(encoder, ranked) for encoder in ranked], left=True),
        TableColumn("model", [encoder["name"] for encoder in ranked], left=True, fit="shorten"),
        TableColumn("RMQM", [f"{encoder['rmqm']:.3f}" for encoder in ranked]),
        TableColumn("95 % CI", [_interval(encoder["interval"]) for encoder in ranked], 5),
        TableColumn("inputs", numbers, 5),
        TableColumn("ties", [" ".join(encoder["letters"]) for encoder in ranked], 1, left=True),
        TableColumn("same as", [_names(encoder["same_as"]) for encoder in ranked], 8, left=True),
        TableColumn("P(best)", [f"{encoder['best']:.2f}" for encoder in ranked], 2),
        TableColumn(_terms(ranked), [_shares(encoder["shares"]) for encoder in ranked], 6),
        *_measured(ranked),
        TableColumn(_NULL, [_null(encoder["null"]) for encoder in ranked], 4),
        TableColumn("enc/s", [_speed(encoder["encodings_per_second"]) for encoder in ranked], 7),
    ]
    if all(encoder["null"] is None for encoder in ranked):
        columns = [column for column in columns if column.head != _NULL]
    if len(set(numbers)) == 1:  # only a race gives encoders different numbers
        columns = [column for column in columns if column.head != "inputs"]
    if len(ranked) == 1:
        columns = [column for column in columns if column.head != "P(best)"]
    if not any(encoder["same_as"] for encoder in ranked):
        columns = [column for column in columns if column.head not in {"ties", "same as"}]
    return columns


def _columns_by(ranked: Sequence[Mapping[str, Any]], by: Mapping[str, Any]) -> list[TableColumn]:
    """Return the columns in the order of another measure; what is not known has none."""
    of_rmqm = by["measure"] == "rmqm"
    rmqm = [_number(encoder["rmqm"]) for encoder in ranked]
    columns = [
        TableColumn("#", [_position(encoder, ranked) for encoder in ranked], left=True),
        TableColumn("model", [encoder["name"] for encoder in ranked], left=True, fit="shorten"),
        TableColumn(_head(by), [_value(encoder) for encoder in ranked]),
        TableColumn("95 % CI", [_short_interval(encoder["interval"]) for encoder in ranked], 5),
    ]
    if by["certain"]:
        columns += [
            TableColumn("ties", [" ".join(encoder["letters"]) for encoder in ranked], 1, left=True),
            TableColumn(
                "same as", [_names(encoder["same_as"]) for encoder in ranked], 8, left=True
            ),
            TableColumn("P(first)", [_chance(encoder["best"]) for encoder in ranked], 2),
        ]
    columns += [
        *([] if of_rmqm else [TableColumn("RMQM", rmqm, 3)]),
        *_measured(ranked, apart_from=by["measure"]),
        TableColumn(_NULL, [_null(encoder["null"]) for encoder in ranked], 4),
        TableColumn("enc/s", [_speed(encoder["encodings_per_second"]) for encoder in ranked], 7),
    ]
    unknown = set()
    if all(encoder["null"] is None for encoder in ranked):
        unknown.add(_NULL)
    if all(encoder["interval"] is None for encoder in ranked):
        unknown.add("95 % CI")
    if not any(encoder["same_as"] for encoder in ranked):
        unknown |= {"ties", "same as"}
    return [column for column in columns if column.head not in unknown]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _chance(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _short_interval(interval: Sequence[float] | None) -> str:
    return f"[{interval[0]:.4g}, {interval[1]:.4g}]" if interval else "-"


def _position(encoder: Mapping[str, Any], ranked: Sequence[Mapping[str, Any]]) -> str:
    """Return the position, with = where others share it."""
    if encoder["position"] is None:
        return "-"
    shared = sum(other["position"] == encoder["position"] for other in ranked) > 1
    return f"{encoder['position']}{'=' * shared}"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "-"


def _interval(interval: Sequence[float] | None) -> str:
    return f"[{interval[0]:.3f}, {interval[1]:.3f}]" if interval else "-"


def _terms(ranked: Sequence[Mapping[str, Any]]) -> str:
    return " : ".join(ranked[0]["shares"]) + " %" if ranked else ""


def _shares(shares: Mapping[str, float]) -> str:
    return " : ".join(f"{100 * share:.0f}" for share in shares.values())


def _null(null: Mapping[str, Any] | None) -> str:
    if null is None or null["rmqm"] is None:
        return "- "
    return f"{null['rmqm']:.3f}{'*' if is_level_with_null(null) else ' '}"


def _speed(speed: float | None) -> str:
    return "-" if speed is None else f"{speed:,.0f}"


def _measured(
    ranked: Sequence[Mapping[str, Any]], *, apart_from: str | None = None
) -> list[TableColumn]:
    """Return a column per further measure."""
    rows = [row.get("measures") or {} for row in ranked]
    titles = {name: _head(measured) for measures in rows for name, measured in measures.items()}
    titles.pop(apart_from or "", None)
    return [
        TableColumn(title, [_value(measures.get(name)) for measures in rows], 3)
        for name, title in titles.items()
    ]


def _head(measured: Mapping[str, Any]) -> str:
    units = measured.get("units") or "1"
    return measured["title"] if units == "1" else f"{measured['title']} ({units})"


def _value(measured: Mapping[str, Any] | None) -> str:
    value = measured and measured.get("value")
    return "-" if value is None else f"{value:.4g}"
