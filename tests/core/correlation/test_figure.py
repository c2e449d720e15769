"""The figure: valid, the same each time, with every encoder named, and safe for any name."""

import re
import sys
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from rmqm_spec.correlation.correlating import correlate
from rmqm_spec.correlation.figure import draw_correlations
from rmqm_spec.correlation.joining import join
from rmqm_spec.correlation.measurements import Measurement
from rmqm_spec.errors import UnavailableError

pytest.importorskip("matplotlib")


def correlations(names=("a", "b", "c", "d"), tasks=("x", "y")):
    rng = np.random.default_rng(0)
    measured = [
        Measurement(
            encoder=name,
            name=name,
            source="-",
            task=task,
            values={"rmqm": float(number), "knn": float(rng.random())},
            scores=frozenset({"rmqm"}),
        )
        for number, name in enumerate(names)
        for task in tasks
    ]
    return correlate(join(measured), ["rmqm"], ["knn"])


def test_it_is_svg_and_the_same_each_time():
    found = correlations()
    drawn = draw_correlations(found)
    assert ET.fromstring(drawn).tag.endswith("svg")
    assert draw_correlations(found) == drawn


def test_each_point_is_there_once():
    drawn = draw_correlations(correlations()).decode()
    marks = re.findall(r'<g id="PathCollection_\d+">.*?</g>\s*</g>', drawn, re.DOTALL)
    assert sum(one.count("<use ") for one in marks) >= 16  # 4 encoders, 2 tasks, then pooled


@pytest.mark.parametrize("name", ["$\\frac{", "<script>alert(1)</script>", "a & b", "\u5b57"])
def test_names_are_text_whatever_is_in_them(name):
    drawn = draw_correlations(correlations([name, "b", "c"]))
    root = ET.fromstring(drawn)
    number = sorted([name, "b", "c"]).index(name) + 1
    assert f"{number}  {name}" in [one.text for one in root.iter() if one.tag.endswith("}text")]
    assert b"<script" not in drawn


def test_without_matplotlib_the_command_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UnavailableError, match="matplotlib must be importable") as caught:
        draw_correlations([])
    assert (caught.value.code, caught.value.fix) == ("ENV008", "pip install 'rmqm-spec[report]'")
