"""What notebooks show is well-formed, says everything, and takes names as text."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from rmqm_spec.findings import Finding
from rmqm_spec.screen.notebook import html_of_findings, html_of_result, html_of_table

EVIL = '<script>alert("1")</script>&amp;'
CURVES = {
    "levels": [1, 2, 3],
    "displacement": {"mean": [0.1, 0.2, 0.4], "std": [0.05, None, 0.1]},
}
MEASURES = {
    "rank": {"title": EVIL, "value": 12.0, "interval": [11.0, 13.0], "units": EVIL},
    "none": {"title": "none", "value": None, "status": "too few <inputs>", "interval": None},
}


def texts(page):
    """Parse, and return what can be read; no element runs anything."""
    tree = ET.fromstring(page)
    assert not [one for one in tree.iter() if one.tag.endswith("script")]
    return "\n".join(tree.itertext())


def result(**changed):
    given = {
        "title": EVIL, "rmqm": 2.5, "interval": (2.4, 2.6), "components": {"D": 0.5, "S": None},
        "curves": CURVES, "measures": MEASURES, "doubts": [EVIL],
    }  # fmt: skip
    return html_of_result(**{**given, **changed})


def test_a_result_says_everything_and_runs_nothing():
    said = texts(result())
    assert said.count(EVIL) == 4
    assert all(text in said for text in ("2.500", "[2.400, 2.600]", "D 0.500", "S -", "12 "))
    assert "undefined (too few <inputs>)" in said


@pytest.mark.parametrize("rmqm", [None, math.nan])
def test_a_result_without_a_score(rmqm):
    said = texts(result(rmqm=rmqm, interval=None, components={"D": None}))
    assert "undefined" in said
    assert "95 % CI" not in said.split("12")[0]


def test_the_curve_is_drawn_where_two_levels_have_a_displacement():
    assert result().count("<path") == 2
    none = {"levels": [1, 2], "displacement": {"mean": [None, 0.2], "std": [None, 0.1]}}
    assert "<svg" not in result(curves=none)
    assert "<svg" not in result(curves={"levels": []})


def test_the_curve_stays_within_its_drawing():
    tree = ET.fromstring(result())
    space = "{http://www.w3.org/2000/svg}"
    (svg,) = tree.iter(f"{space}svg")
    width, height = float(svg.get("width")), float(svg.get("height"))
    for path in tree.iter(f"{space}path"):
        points = path.get("d").strip("MZ").split("L")
        pairs = [tuple(map(float, point.split(","))) for point in points]
        assert all(0 <= x <= width and 0 <= y <= height for x, y in pairs)


def test_a_table_shows_numbers_texts_and_gaps():
    rows = [(1, EVIL, 2.5), (2, "b", math.nan)]
    table = np.array(rows, dtype=[("position", "i8"), ("name", "O"), ("rmqm", "f8")])
    said = texts(html_of_table(table)).split("\n")
    assert said == ["position", "name", "rmqm", "1", EVIL, "2.500", "2", "b", "-"]


def test_a_long_table_is_cut_in_the_middle():
    table = np.array([(k,) for k in range(1000)], dtype=[("k", "i8")])
    said = texts(html_of_table(table)).split("\n")
    assert "940 more rows" in said
    assert (said[1], said[-1], len(said)) == ("0", "999", 62)


def test_findings_show_their_level_and_fix():
    findings = [
        Finding(code="DET001", level="fail", message=EVIL, fix="Use one thread."),
        Finding(code="ENC001", level="ok", message="fine", fix="not shown"),
    ]
    said = texts(html_of_findings(EVIL, findings))
    assert said.count(EVIL) == 2
    assert "FAIL" in said
    assert "Use one thread." in said
    assert "not shown" not in said
