"""The page says what the documents say, whatever the names, and the same every time."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec import PGD, WhiteNoise, with_finite_differences
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking import left_out, left_out_words
from rmqm_spec.reports import read_report_content, report_content, report_page
from rmqm_spec.results.stored import StoredResult

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")

VOID = {"meta", "img", "br"}


class Outline(HTMLParser):
    """The elements of a page, its text, and whether all that is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def page_of(**results: StoredResult) -> str:
    return report_page(report_content({f"{name}.onnx": one for name, one in results.items()}))


def text_of(page: str) -> str:
    return " ".join(" ".join(Outline(page).text).split())


@pytest.fixture
def two(score):
    return {"smooth": score(), "rough": score("rough.onnx", strength=6.0)}


def test_the_numbers_are_those_of_the_documents(two):
    text = text_of(page_of(**two))
    for one in two.values():
        document = one.document
        low, high = document["interval"]
        assert f"{document['rmqm']:.3f} {low:.3f} to {high:.3f}" in text
        parts = document["components"]
        assert f"{parts['D']:.3f} {parts['D_RC']:.3f} {parts['P_RC']:.3f} 12 of 12" in text
        assert f"{1 / parts['D_RC']:.3f} (" in text
        assert f"{np.exp(document['rmqm']):.3f}" in text
        assert document["result_sha256"] in text


def test_the_difference_is_that_of_the_ranking(two):
    content = report_content(two)
    pair = content.ranking.pairs[0]
    low, high = (f"{end:+.3f}".replace("-", "\N{MINUS SIGN}") for end in pair.interval)
    text = text_of(report_page(content))
    assert f"A \N{MINUS SIGN} B {pair.difference:+.3f} {low} to {high}" in text
    assert pair.first == content.encoders[0].name
    assert (
        f"{pair.first} scores highest of 2 encoders: {pair.difference:.3f} above the next" in text
    )


def test_scores_beside_each_other_rest_on_common_inputs_and_one_resolution(two):
    smooth, rough = two.values()
    protocol = {**rough.document["protocol"], "resolution": 0.3}
    coarse = evolve(rough, document={**rough.document, "protocol": protocol})
    fewer = smooth.only(smooth.ids[:9])
    content = report_content({"coarse": coarse, "fewer": fewer}, on_common_inputs=True)
    ranked = {one.name: one.rmqm for one in content.ranking.ranked}
    assert ranked == {
        one.name: one.characteristics.rmqm for one in content.encoders if one.has_score
    }
    assert {one.characteristics.n_inputs for one in content.encoders} == {9}
    assert {one.characteristics.resolution for one in content.encoders} == {0.3}
    text = text_of(report_page(content))
    assert all(f" {score:.3f} " in text for score in ranked.values())
    assert {"RNK002", "RNK003"} <= {one.code for one in content.notes}


def test_equal_encoders_are_tied(two):
    text = text_of(page_of(one=two["smooth"], copy=two["smooth"]))
    assert "copy.onnx and one.onnx lead and are tied." in text
    assert "1=" in text
    assert "A difference below 0.0005 may be due to rounding." in text


def test_numbers_in_pictures_keep_their_digits(two):
    from rmqm_spec.reports.charts.drawing import drawn

    svg = drawn(lambda figure: figure.text(0.5, 0.5, "0.005 and 2.43125"), height=1, title="text")
    assert ">0.005 and 2.43125<" in svg


def test_the_same_results_give_the_same_bytes(two):
    assert page_of(**two) == page_of(**two)


def test_a_page_is_well_formed_small_and_without_script(two):
    page = page_of(**two)
    outline = Outline(page)
    assert outline.open == []
    assert len(page) < 400_000
    tags = {tag for tag, _ in outline.tags}
    assert not tags & {"script", "iframe", "object", "link", "base", "form"}
    assert not [name for _, given in outline.tags for name in given if name.startswith("on")]
    identities = [given["id"] for _, given in outline.tags if "id" in given]
    assert len(identities) == len(set(identities))
    targets = re.findall(r"(?:url\(#|href=\"#)([^\")]+)", page)
    assert set(targets) <= set(identities)


def test_nothing_outside_the_page_is_named_as_a_source(two):
    for tag, given in Outline(page_of(**two)).tags:
        for name in ("src", "href"):
            assert (given.get(name) or "#").startswith(("#", "data:image/")), (tag, given)


def test_pictures_have_a_text_and_tables_have_headings(two):
    outline = Outline(page_of(**two))
    assert all(given.get("alt") for tag, given in outline.tags if tag == "img")
    shown = [given for tag, given in outline.tags if tag == "svg"]
    assert all(one.get("aria-label") or one.get("aria-hidden") for one in shown)
    assert all(given.get("scope") in {"row", "col"} for tag, given in outline.tags if tag == "th")


HOSTILE = [
    "<script>alert(1)</script>.onnx",
    "</style></svg></title><img src=x onerror=alert(1)>",
    "'\"><b>&amp;{{ 7*7 }}{% raw %}",
    "${mathtext}$ \\frac{1}{2}",
    "\u202ereversed\u2066\u200b",
    "bell\x07 null\x00 escape\x1b[31m line\nbreak \x85\u2028",
    "\ud800half\ufffe",
    "x" * 5000,
    "-->",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_and_nothing_else(score, name):
    finding = Finding(code="SCO005", level="warn", message=f"seen {name}", fix=f"mend {name}")
    plain = score("plain.onnx", findings=[evolve(finding, message="seen", fix="mend")])
    harmless = Outline(report_page(report_content({"plain.onnx": plain})))
    stored = score("plain.onnx", findings=[finding])
    document = {**stored.document, "model": {**stored.document["model"], "name": name}}
    document["inputs"] = {**document["inputs"], "source": name}
    document["preprocessing"] = {"source": name}
    hostile = evolve(stored, document=document, names=(name,) * len(stored.ids))
    page = report_page(report_content({name: hostile}))
    found = Outline(page)
    assert found.open == []
    tags = [tag for tag, _ in found.tags if tag not in {"tr", "th", "td"}]
    assert tags == [tag for tag, _ in harmless.tags if tag not in {"tr", "th", "td"}]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    page.encode("utf-8")
    if name.isprintable() and len(name) < 100:
        assert html.escape(name, quote=False) in html.escape(" ".join(found.text), quote=False)


def test_a_collapsed_encoder_is_told_and_never_ranked(two, score):
    flat = score("flat.onnx", encoder=lambda x: np.ones((len(x), 3)))
    text = text_of(page_of(**two, flat=flat))
    assert "flat.onnx has no score: its encodings do not move at all." in text
    assert "scores highest of 2 encoders" in text
    alone = text_of(page_of(flat=flat))
    assert "RMQM report: flat.onnx has no score" in alone


def test_attacks_are_shown_and_not_ranked(score):
    rule = PGD(n_levels=3)
    results = {
        f"attacked{k}": score(
            encoder=with_finite_differences(bend_of(k), (0.0, 1.0)), alteration=rule
        )
        for k in (1, 2)
    }
    page = page_of(**results)
    text = text_of(page)
    assert "These scores do not rank encoders." in text
    assert "Altered pictures follow the encoder's gradient" in html.unescape(text)
    assert "Is the difference real?" not in text


def bend_of(strength):
    weights = np.random.default_rng(5).normal(size=(16, 4))
    return lambda x: np.tanh(strength * x.reshape(len(x), -1) @ weights)


def test_results_of_other_protocols_are_refused_with_their_difference(score):
    one, other = score(), score(alteration=WhiteNoise(n_levels=9))
    with pytest.raises(UsageError, match=r"alteration\.J is 8 against 9") as caught:
        read_report_content([one.path, other.path])
    assert caught.value.code == "CMP001"


def test_inputs_left_out_are_counted_by_reason(score):
    stored = score()
    skipped = [
        {"name": f"broken{k}.png", "code": "IMG002", "message": "cannot be decoded"}
        for k in range(30)
    ]
    inputs = {**stored.document["inputs"], "skipped": skipped}
    counts = {**stored.document["counts"], "duplicates": 7}
    document = {**stored.document, "inputs": inputs, "counts": counts}
    text = text_of(page_of(one=evolve(stored, document=document)))
    assert "IMG002 30 names broken0.png : cannot be decoded" in text
    assert "and 10 more, all of them in result.json" in text
    assert "The same content as another input 7" in text
    assert (
        "Left out: 30 because the file is not an image in a format that is decoded (IMG002), 7 "
        "because another input has the same content."
    ) in text
    whole = text_of(page_of(one=stored))
    assert "Nothing: every input" in whole
    assert f"All {stored.document['counts']['used']} that were given." in whole


def test_inputs_that_one_encoder_left_out_are_told_with_its_name(two):
    first, second = two.values()
    refused = [{"name": "alpha.png", "code": "IMG007", "message": "four channels"}]
    inputs = {**second.document["inputs"], "skipped": refused}
    fewer = evolve(second.only(second.ids[1:]), document={**second.document, "inputs": inputs})
    rows = left_out({"first": first, "second": fewer})
    assert {(one["code"], one["count"], *one["encoders"]) for one in rows} == {
        ("IMG007", 1, "second"),
        ("RNK003", 1, "first"),
    }
    assert left_out_words(rows, 2) == (
        "1 because the image does not have the encoder's channels (IMG007, for second)"
    )


def test_a_null_stands_beside_its_score(score):
    stored = score()
    null = {
        "rmqm": 1.2345, "interval": [1.2, 1.3], "status": "ok", "difference": -0.5,
        "difference_interval": [-0.6, -0.4], "model_sha256": None, "result_sha256": None,
        "error": None,
        "findings": [{"code": "SCO005", "level": "warn", "message": "null above", "fix": "look"}],
    }  # fmt: skip
    page = page_of(one=evolve(stored, document={**stored.document, "null": null}))
    text = text_of(page)
    minus = "\N{MINUS SIGN}"
    assert f"{1.2345:.3f} {minus}0.500 ({minus}0.600 to {minus}0.400)" in text
    assert "null above" in text
    assert "one.onnx does not score above the same network with permuted weights" in text
    assert "Not every encoder has a null" not in text
    assert "Not every encoder has a null" in text_of(page_of(one=stored))


def test_two_models_of_one_name_are_told_apart(score):
    content = read_report_content([score().path, score(strength=2.0).path])
    names = {one.name for one in content.encoders}
    assert len(names) == 2
    assert all(name.startswith("smooth.onnx") for name in names)


def test_a_result_given_twice_is_one(score):
    stored = score()
    assert len(read_report_content([stored.path, stored.path.parent]).encoders) == 1


def test_no_result_is_refused():
    with pytest.raises(UsageError, match="at least one result"):
        report_content({})
