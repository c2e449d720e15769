"""The page about geometries: every string that came from a user escaped, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from rmqm_spec.contracts.registry import facts_of
from rmqm_spec.findings import catalogue
from rmqm_spec.geometries.comparing import best_of
from rmqm_spec.reports.charts.drawing import SVG_DASHES
from rmqm_spec.reports.geometry.content import GeometryContent, ReportedGeometry, ShownInput
from rmqm_spec.reports.geometry.drawings import altered_charts, path_chart, polytope_chart
from rmqm_spec.reports.page import page_environment, require_report
from rmqm_spec.reports.pictures import data_uri
from rmqm_spec.reports.words import percent

__all__ = ["geometry_page"]

_TITLES = {
    "neighbours": "Neighbours",
    "error": "Error",
    "diameter": "Diameter",
    "mixed": "Mixed polytopes",
    "nnk": "NNK",
    "k-nn": "k-NN",
    "softmax-k-nn": "Weighted k-NN",
    "linear": "Linear probe",
    "model": "The model itself",
    "altered-neighbours": "Altered: neighbours",
    "altered-diameter": "Altered: diameter",
}


def geometry_page(content: GeometryContent) -> str:
    """
    Make the report: one HTML document that needs nothing else.

    Parameters
    ----------
    content : GeometryContent
        The geometries, at least one.

    Returns
    -------
    str
        The same for the same content, with the same versions of the libraries.

    Raises
    ------
    UnavailableError
        ENV009 without jinja2 or matplotlib.
    """
    require_report()
    environment = page_environment("geometry.html", "parts.html", "page.css")
    return environment.get_template("geometry.html").render(**_values(content))


def _values(content: GeometryContent) -> dict[str, Any]:
    from markupsafe import Markup

    encoders = content.encoders
    rule = encoders[0].document["alteration"]
    return {
        "content": content,
        "encoders": encoders,
        "headline": _headline(content),
        "titles": _TITLES,
        "rule": rule,
        "rule_title": None if rule is None else facts_of(rule).title,
        "own": ("neighbours", "error", "diameter"),
        "best": _marks(content),
        "charts": [
            {**chart, "svg": Markup(chart["svg"])}  # noqa: S704
            for chart in altered_charts(encoders)
        ],
        "dashes": SVG_DASHES,
        "inputs": [
            [_input(encoder, number, shown) for shown in encoder.shown]
            for number, encoder in enumerate(encoders)
        ],
        "findings": list(_findings(content)),
        "version": version("rmqm-spec"),
    }


def _headline(content: GeometryContent) -> str:
    first = content.encoders[0]
    own = first.document["neighbourhoods"]
    if len(content.encoders) == 1:
        return (
            f"{first.name}: {own['neighbours']['value']:.1f} of {own['k']} candidates are "
            f"neighbours, in polytopes {own['diameter']['value']:.2f} wide."
        )
    return f"Neighbourhoods of {own['inputs']:,} inputs in {len(content.encoders)} encoders."


def _marks(content: GeometryContent) -> dict[str, frozenset[str]]:
    """Return which encoders are best by each quantity, or tied with the best."""
    if len(content.encoders) < 2:
        return {}
    return {
        quantity: best_of(
            quantity,
            {
                encoder.name: mean["value"]
                for encoder in content.encoders
                if (mean := _mean(encoder.document, quantity)) is not None
            },
            content.differences,
        )
        for quantity in _TITLES
    }


def _mean(document: Mapping[str, Any], quantity: str) -> Mapping[str, Any] | None:
    labelled, altered = document["labelled"] or {}, document["altered"] or {}
    if quantity.startswith("altered-"):
        return altered.get(quantity.removeprefix("altered-"))
    places = (document["neighbourhoods"], labelled, labelled.get("answers", {}))
    return next((place[quantity] for place in places if quantity in place), None)


def _input(encoder: ReportedGeometry, number: int, shown: ShownInput) -> dict[str, Any]:
    from markupsafe import Markup

    plane = polytope_chart(
        shown.plane, number, f"Polytope of input {shown.id[:12]} in encoder {encoder.key}"
    )
    path = None
    if shown.path is not None:
        said = f"Altered versions of input {shown.id[:12]} in encoder {encoder.key}"
        path = Markup(path_chart(shown.path, number, said))  # noqa: S704
    return {
        "shown": shown,
        "uri": None if shown.picture is None else data_uri(shown.picture),
        "neighbours": [
            {
                "name": one.name,
                "label": one.label,
                "share": percent(one.share),
                "uri": None if one.picture is None else data_uri(one.picture),
            }
            for one in shown.neighbours
        ],
        "versions": [
            {"level": one.level, "uri": data_uri(one.picture)}
            for one in shown.versions
            if one.picture is not None
        ],
        "polytope": Markup(plane),  # noqa: S704
        "captured": percent(shown.plane.captured),
        "path": path,
        "path_captured": None if shown.path is None else percent(shown.path.captured),
    }


def _findings(content: GeometryContent) -> Iterator[dict[str, Any]]:
    """Yield each warning once, with the encoders that it concerns, and every failure."""
    entries = catalogue()
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for encoder in content.encoders:
        for finding in encoder.document["findings"]:
            if finding["level"] != "ok":
                key = (finding["code"], finding["message"])
                known.setdefault(key, {**finding, "keys": []})["keys"].append(encoder.key)
    for failure in content.failed:
        message = f"{failure['name']} could not be measured: {failure['message']}"
        finding = {"level": "fail", "keys": [], "message": message, "fix": failure["fix"]}
        known[failure["code"], message] = {**finding, "code": failure["code"]}
    for finding in known.values():
        entry = entries.get(finding["code"])
        yield {**finding, "title": entry.title if entry else ""}
