"""The page about spectra: every string that came from a user escaped, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

from rmqm_spec.findings import catalogue
from rmqm_spec.reports.charts.drawing import SVG_DASHES
from rmqm_spec.reports.page import page_environment, require_report
from rmqm_spec.reports.spectra.classes import (
    MOST_CLASSES,
    class_names,
    quantity_chart,
    small_chart,
)
from rmqm_spec.reports.spectra.content import ReportedSpectrum, SpectraContent
from rmqm_spec.reports.spectra.curves import curve_chart
from rmqm_spec.reports.spectra.eigenvalues import (
    arguments_chart,
    number_of_set,
    plane_chart,
    shown_inputs,
)
from rmqm_spec.reports.spectra.errors import MOST_INPUTS, error_chart
from rmqm_spec.reports.words import percent
from rmqm_spec.spectra.columns import SPACES, spaces_of
from rmqm_spec.spectra.eigenvalues import Spectrum
from rmqm_spec.spectra.statistics import arguments_of

__all__ = ["spectra_page"]

TITLES: Final = {
    "error": "Mean squared error",
    "trace": "Trace",
    "log-volume": "Log volume",
    "arithmetic-mean": "Arithmetic mean",
    "geometric-mean": "Geometric mean",
    "small": "Modulus below 0.1",
    "reversing": "Reverses orientation",
    "difference-l1": "L1 distance / n",
    "difference-l2": "L2 distance / n",
    "norm": "Norm",
    "rank": "Effective rank",
    "condition": "log10 condition",
    "volume": "Log volume per dimension",
}

_SYMBOLS: Final = {"latent": "J_L", "input": "J_I"}
_BY_CLASS: Final = (
    ("arithmetic-mean", "arithmetic mean"),
    ("geometric-mean", "geometric mean"),
    ("small", "modulus below 0.1"),
    ("reversing", "share reversing orientation"),
)


def spectra_page(content: SpectraContent) -> str:
    """
    Make the report: one HTML document that needs nothing else.

    Parameters
    ----------
    content : SpectraContent
        The spectra of at least one model.

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
    environment = page_environment("spectra.html", "parts.html", "page.css")
    return environment.get_template("spectra.html").render(**_values(content))


def _values(content: SpectraContent) -> dict[str, Any]:
    return {
        "content": content,
        "models": content.models,
        "headline": _headline(content),
        "titles": TITLES,
        "symbols": _SYMBOLS,
        "of_a_space": [name for name, _ in _BY_CLASS],
        "of_an_encoder": ("norm", "rank", "condition", "volume"),
        "pictured": [_pictured(model) for model in content.autoencoders],
        "most_inputs": MOST_INPUTS,
        "most_classes": MOST_CLASSES,
        "curves": _curves(content),
        "dashes": SVG_DASHES,
        "differences": [_difference(content, one) for one in content.differences],
        "findings": list(_findings(content)),
        "version": version("rmqm-spec"),
    }


def _headline(content: SpectraContent) -> str:
    first = content.models[0]
    if len(content.models) > 1:
        return f"Spectra of the Jacobians of {len(content.models)} models."
    sets = first.document["sets"]
    if first.is_autoencoder:
        errors = ", ".join(
            f"{one['quantities']['error']['mean']:.3g}{_on(one['name'])}" for one in sets
        )
        return (
            f"{first.name}: {first.document['dimension']} eigenvalues, mean squared error {errors}."
        )
    rank = sets[0]["quantities"]["rank"]["mean"]
    return f"{first.name}: its Jacobian has an effective rank of {rank:.1f}{_on(sets[0]['name'])}."


def _on(name: str) -> str:
    return "" if name == "data" else f" on {name}"


def _pictured(model: ReportedSpectrum) -> dict[str, Any]:
    """Return the pictures of an autoencoder."""
    sections = model.document["sets"]
    spaces: dict[str, dict[str, Spectrum]] = {
        space: {name: spaces_of(columns)[space] for name, columns in model.columns.items()}
        for space in SPACES
    }
    names = class_names(sections)
    return {
        "model": model,
        "sets": [
            {"name": one["name"], "number": number_of_set(one["name"], model.columns)}
            for one in sections
        ],
        "n_shown": shown_inputs(spaces["latent"]),
        "planes": _charts(model, spaces, plane_chart, "eigenvalues in the complex plane"),
        "arguments": _charts(model, spaces, arguments_chart, "arguments of the eigenvalues"),
        "kinds": [_kinds(spaces[space], space) for space in SPACES],
        "by_class": [*_by_class(model, sections)],
        "small": _charts(model, spaces, small_chart, "inputs by small eigenvalues"),
        "classes": names,
        "n_classes": len({one["label"] for section in sections for one in section["classes"]}),
        "regressions": [*_regressions(model)],
    }


def _charts(model: ReportedSpectrum, spaces: Any, draw: Any, what: str) -> list[dict[str, Any]]:
    return [
        {
            "title": _SYMBOLS[space],
            "svg": _marked(draw(sets, f"{model.key}, {_SYMBOLS[space]}: {what}")),
        }
        for space, sets in spaces.items()
    ]


def _kinds(sets: Mapping[str, Spectrum], space: str) -> dict[str, Any]:
    """Return how many eigenvalues are real and positive, real and negative, or complex."""
    rows = []
    for name, spectrum in sets.items():
        found = arguments_of(spectrum, n_bins=4)
        n_values = spectrum.eigenvalues.size
        known = (found.real_positive, found.real_negative, found.complex, found.zero)
        rows.append({"set": name, "shares": [percent(count / n_values) for count in known]})
    return {"symbol": _SYMBOLS[space], "rows": rows}


def _by_class(model: ReportedSpectrum, sections: Any) -> Iterator[dict[str, Any]]:
    title = f"{model.key}: error over all inputs and by class"
    svg = quantity_chart(sections, "error", "mean squared error", title)
    yield {"title": "Error", "svg": _marked(svg)}
    for quantity, label in _BY_CLASS:
        for space in SPACES:
            title = f"{model.key}, {_SYMBOLS[space]}: {label} over all inputs and by class"
            svg = quantity_chart(sections, f"{space}-{quantity}", label, title)
            yield {"title": f"{TITLES[quantity]}, {_SYMBOLS[space]}", "svg": _marked(svg)}


def _regressions(model: ReportedSpectrum) -> Iterator[dict[str, Any]]:
    """Yield the regressions; those of the reading ``dropped`` have no picture of their own."""
    for entry in model.document["regressions"]:
        label = entry["regressor"].replace("-", " ")
        symbol = _SYMBOLS[entry["space"]]
        svg = None
        if entry["reading"] != "dropped":
            title = f"{model.key}, {symbol}: error against {label}, with regression lines"
            svg = _marked(error_chart(model.columns, entry, label, title))
        yield {**entry, "symbol": symbol, "label": label, "svg": svg}


def _curves(content: SpectraContent) -> Any:
    curves = []
    for number, model in enumerate(content.models):
        for one in model.document["sets"][:1]:
            if one["curve"] is None:
                continue
            null = (model.document["null"] or {"sets": {}})["sets"].get(one["name"])
            curves.append((number, one["curve"], None if null is None else null["curve"]))
    if not curves:
        return None
    return _marked(curve_chart(curves, "Singular values of the Jacobian of the unit encoding"))


def _marked(svg: str) -> Any:
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704 - drawn by ourselves


def _difference(content: SpectraContent, one: Mapping[str, Any]) -> dict[str, Any]:
    space, _, rest = one["quantity"].partition("-")
    is_of_space = space in SPACES
    title = TITLES[rest if is_of_space else one["quantity"]]
    return {
        **one,
        "title": f"{_SYMBOLS[space]}: {title}" if is_of_space else title,
        "keys": (content.keys[one["first"]], content.keys[one["second"]]),
    }


def _findings(content: SpectraContent) -> Iterator[dict[str, Any]]:
    """Yield each warning once, with the models that it concerns, and every failure."""
    entries = catalogue()
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for model in content.models:
        for finding in model.document["findings"]:
            if finding["level"] != "ok":
                key = (finding["code"], finding["message"])
                known.setdefault(key, {**finding, "keys": []})["keys"].append(model.key)
    for failure in content.failed:
        message = f"{failure['name']} could not be measured: {failure['message']}"
        finding = {"level": "fail", "keys": [], "message": message, "fix": failure["fix"]}
        known[failure["code"], message] = {**finding, "code": failure["code"]}
    for finding in known.values():
        entry = entries.get(finding["code"])
        yield {**finding, "title": entry.title if entry else ""}
