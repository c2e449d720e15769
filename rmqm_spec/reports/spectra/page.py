"""The page about spectra: every string that came from a user escaped, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from rmqm_spec.findings import catalogue
from rmqm_spec.reports.charts.drawing import SVG_DASHES
from rmqm_spec.reports.page import page_environment, require_report
from rmqm_spec.reports.spectra.across import across_charts
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
from rmqm_spec.spectra.regressions import unlike
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
    "numerical-rank": "Numerical rank",
    "condition-at-rank": "log10 condition at that rank",
    "volume-at-rank": "Log volume at that rank",
}

_SYMBOLS: Final = {"latent": "J_L", "input": "J_I"}
_OF_A_SPACE: Final = ("arithmetic-mean", "geometric-mean", "small", "reversing")

_WHOLE: Final = {"error": "mean squared error", "difference-l1": "L1 distance / n"}
_LABELS: Final = {
    "arithmetic-mean": "arithmetic mean",
    "geometric-mean": "geometric mean",
    "small": "eigenvalues of modulus below 0.1",
    "reversing": "share of inputs",
}
_AT_RANK: Final = ("numerical-rank", "condition-at-rank", "volume-at-rank")
_NOT_NEGATIVE: Final = ("error", "difference-l1", "small", "reversing")


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
        "of_a_space": _OF_A_SPACE,
        "of_an_encoder": _of_encoders(content),
        "across": [
            {**chart, "svg": _marked(chart["svg"])} for chart in across_charts(content.autoencoders)
        ],
        "across_sets": _sets(content.autoencoders),
        "pictured": [_pictured(model) for model in content.autoencoders],
        "most_inputs": MOST_INPUTS,
        "most_classes": MOST_CLASSES,
        "curves": _curves(content),
        "dashes": SVG_DASHES,
        "differences": [*_differences(content)],
        "findings": list(_findings(content)),
        "version": version("rmqm-spec"),
    }


def _of_encoders(content: SpectraContent) -> tuple[str, ...]:
    """Return what is shown of encoders; below full rank, condition and volume are infinite."""
    entries = [
        entry for model in content.encoders for one in model.document["sets"]
        for entry in one["quantities"].values()
    ]  # fmt: skip
    if any(entry["infinite"] for entry in entries):
        return "norm", "rank", *_AT_RANK
    return "norm", "rank", "condition", "volume"


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


def _sets(models: Sequence[ReportedSpectrum]) -> list[dict[str, Any]]:
    """Return the sets of inputs of models, with the number of their colour and marker."""
    names = dict.fromkeys(name for model in models for name in model.columns)
    return [{"name": name, "number": number_of_set(name, names)} for name in names]


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
        "sets": _sets([model]),
        "n_shown": shown_inputs(spaces["latent"]),
        "planes": _charts(model, spaces, plane_chart, "eigenvalues in the complex plane"),
        "arguments": _charts(model, spaces, arguments_chart, "arguments of the eigenvalues"),
        "kinds": [_kinds(spaces[space], space) for space in SPACES],
        "by_class": [*_by_class(model, sections)],
        "small": _small(model, spaces),
        "none_reverse": _none(sections, "reversing"),
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


def _small(model: ReportedSpectrum, spaces: Any) -> list[dict[str, Any]]:
    """Return pictures of the number of small eigenvalues; none where there are no such."""
    known = [spectrum for sets in spaces.values() for spectrum in sets.values()]
    if not any(spectrum.small.any() for spectrum in known):
        return []
    return _charts(model, spaces, small_chart, "inputs by small eigenvalues")


def _none(sections: Any, quantity: str) -> bool:
    """Whether a quantity of both Jacobians is 0 for all inputs."""
    names = [f"{space}-{quantity}" for space in SPACES]
    return not any(_is_shown(section, name) for section in sections for name in names)


def _kinds(sets: Mapping[str, Spectrum], space: str) -> dict[str, Any]:
    """Return how many eigenvalues are real and positive, real and negative, or complex."""
    rows = []
    for name, spectrum in sets.items():
        found = arguments_of(spectrum, n_bins=4)
        n_values = spectrum.eigenvalues.size
        known = (found.real_positive, found.real_negative, found.complex, found.zero)
        rows.append({"set": name, "shares": [_share(count, n_values) for count in known]})
    return {"symbol": _SYMBOLS[space], "rows": rows}


def _share(count: int, n_values: int) -> str:
    return percent(count / n_values) if count else "0"


def _by_class(model: ReportedSpectrum, sections: Any) -> Iterator[dict[str, Any]]:
    """Yield pictures of quantities; none of a quantity that is 0 for all inputs."""
    names = {**_WHOLE}
    for quantity, label in _LABELS.items():
        names |= {f"{space}-{quantity}": label for space in SPACES}
    for name, label in names.items():
        if not any(_is_shown(section, name) for section in sections):
            continue
        title = _title(name)
        svg = quantity_chart(
            sections, name, label, f"{model.key}: {title}, all inputs and by class",
            from_zero=name.endswith(_NOT_NEGATIVE),
        )  # fmt: skip
        yield {"title": title, "svg": _marked(svg)}


def _is_shown(section: Mapping[str, Any], name: str) -> bool:
    entry = section["quantities"].get(name)
    return entry is not None and entry["mean"] != 0


def _title(quantity: str) -> str:
    """Return the title of a quantity, with the Jacobian that it is of."""
    space, _, rest = quantity.partition("-")
    if space in SPACES:
        return f"{_SYMBOLS[space]}: {TITLES[rest]}"
    return TITLES[quantity]


def _regressions(model: ReportedSpectrum) -> Iterator[dict[str, Any]]:
    """Yield the regressions; those of the reading ``dropped`` have no picture of their own."""
    for entry in unlike(model.document["regressions"]):
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


def _differences(content: SpectraContent) -> Iterator[dict[str, Any]]:
    """Yield the differences of what the tables show."""
    hidden = set(_AT_RANK) - set(_of_encoders(content))
    for one in content.differences:
        if one["quantity"] not in hidden:
            keys = (content.keys[one["first"]], content.keys[one["second"]])
            yield {**one, "title": _title(one["quantity"]), "keys": keys}


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
