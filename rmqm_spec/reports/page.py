"""The page: every string that came from a user escaped, no script, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from rmqm_spec.contracts.registry import facts_of
from rmqm_spec.errors import UnavailableError
from rmqm_spec.ranking import Pair, Ranking, rounded_up
from rmqm_spec.ranking.by_rows import in_order
from rmqm_spec.ranking.by_words import by_words
from rmqm_spec.ranking.parts import shares, terms
from rmqm_spec.reports.charts.curves import MANY, curve_charts
from rmqm_spec.reports.charts.drawing import SVG_DASHES
from rmqm_spec.reports.charts.scores import TERMS, pair_chart, score_chart, term_chart
from rmqm_spec.reports.charts.spread import OUTSIDE, spread_charts
from rmqm_spec.reports.content import ReportContent
from rmqm_spec.reports.files import MARK
from rmqm_spec.reports.galleries import extremes, typical_inputs
from rmqm_spec.reports.tables import (
    findings_of,
    left_out,
    origins,
    shared_protocol,
    warnings_of,
)
from rmqm_spec.reports.verdict import verdict_of
from rmqm_spec.reports.words import TERM_WORDS, percent, signed

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page_environment", "report_page", "require_report"]

_MOST_PAIRS: Final = 28
"""Pairs drawn at most; of more, only those with the first encoder and those of neighbours."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)
"""Invisible characters: terminal controls, marks of text direction and lone surrogates."""


def require_report() -> None:
    """
    Refuse to go on without what a report needs, before any long work.

    Raises
    ------
    UnavailableError
        ENV009 if jinja2 or matplotlib cannot be imported.
    """
    try:
        import jinja2
        import matplotlib as mpl
    except ImportError as error:
        raise UnavailableError(
            "ENV009",
            f"a report needs jinja2 and matplotlib; got {error}",
            fix="pip install 'rmqm-spec[report]'",
        ) from error
    del jinja2, mpl


def report_page(content: ReportContent) -> str:
    """
    Make the report: one HTML document that needs nothing else.

    Parameters
    ----------
    content : ReportContent
        The results, see `rmqm_spec.reports.read_report_content`.

    Returns
    -------
    str
        The same for the same results, bit for bit, with the same versions of the libraries.

    Raises
    ------
    UnavailableError
        ENV009 without jinja2 or matplotlib.
    """
    require_report()
    environment = page_environment("page.html", "parts.html", "page.css")
    return environment.get_template("page.html").render(**_template_values(content))


def page_environment(*names: str) -> Environment:
    """Return the templates of these names, with all that the pages have in common."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    sources = files("rmqm_spec.reports").joinpath("templates")
    environment = Environment(
        autoescape=True,
        finalize=_visible,
        loader=DictLoader({name: sources.joinpath(name).read_text("utf-8") for name in names}),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(percent=percent, rounded=rounded_up, signed=signed)
    environment.globals["mark"] = MARK
    return environment


def _template_values(content: ReportContent) -> dict[str, Any]:
    from markupsafe import Markup

    encoders = content.encoders
    findings = findings_of(content)
    rule = encoders[0].document["protocol"]["alteration"]
    pairs = _shown_pairs(content.ranking)
    keys = {encoder.name: encoder.key for encoder in encoders}
    scored = [encoder for encoder in encoders if encoder.has_score]
    nulls = {
        encoder.name: null["rmqm"]
        for encoder in encoders
        if (null := encoder.document.get("null")) and null["rmqm"] is not None
    }
    return {
        "content": content,
        "rule": rule,
        "verdict": verdict_of(content),
        "warnings": warnings_of(findings),
        "findings": findings,
        "places": _places(content.ranking),
        "nulls": nulls,
        "measures": {
            name: section["title"]
            for encoder in encoders
            for name, section in content.measures_of(encoder).items()
        },
        "by": None if content.ranked_by is None else content.ranked_by["by"],
        "by_rows": [] if content.ranked_by is None else in_order(content.ranked_by),
        "by_words": [] if content.ranked_by is None else by_words(content.ranked_by),
        "keys": keys,
        "score_chart": Markup(score_chart(encoders, nulls)) if scored else "",  # noqa: S704
        "curves": _marked(curve_charts(encoders, _level_label(rule))),
        "many": len(encoders) > MANY,
        "dashes": SVG_DASHES,
        "spreads": _marked(spread_charts(encoders)),
        "outside": OUTSIDE,
        "term_chart": Markup(term_chart(scored)) if scored else "",  # noqa: S704
        "terms": [
            {
                "encoder": encoder,
                "terms": terms(encoder.characteristics),
                "shares": shares(encoder.characteristics),
            }
            for encoder in scored
        ],
        "term_names": [
            name for name in TERMS if scored and name in terms(scored[0].characteristics)
        ],
        "term_words": TERM_WORDS,
        "pairs": pairs,
        "n_pairs": len(content.ranking.pairs) if content.ranking else 0,
        "pair_chart": Markup(pair_chart(pairs, keys)) if pairs else "",  # noqa: S704
        "typical_inputs": typical_inputs(encoders),
        "extremes": extremes(encoders),
        "left_out": left_out(encoders),
        "protocol": shared_protocol(encoders),
        "origins": origins(encoders),
        "version": version("rmqm-spec"),
    }


def _visible(value: Any) -> Any:
    """Return text with its invisible characters escaped; any other value stays as it is."""
    if type(value) is not str:
        return value
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", value)


def _marked(charts: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    from markupsafe import Markup

    return [{**chart, "svg": Markup(chart["svg"])} for chart in charts]  # noqa: S704


def _places(ranking: Ranking | None) -> dict[str, Any]:
    return {ranked.name: ranked for ranked in ranking.ranked} if ranking else {}


def _shown_pairs(ranking: Ranking | None) -> list[Pair]:
    if ranking is None:
        return []
    if len(ranking.pairs) <= _MOST_PAIRS:
        return list(ranking.pairs)
    order = [ranked.name for ranked in ranking.ranked]
    place = {name: number for number, name in enumerate(order)}
    return [
        pair
        for pair in ranking.pairs
        if pair.first == order[0] or place[pair.second] - place[pair.first] == 1
    ]


def _level_label(rule: dict[str, Any]) -> str:
    return facts_of(rule).axis_label(rule)
