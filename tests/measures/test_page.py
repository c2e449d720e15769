"""The page of measures names every measure, and its examples run."""

import doctest
import re
from pathlib import Path

from rmqm_spec.contracts.registry import load_all

PAGE = Path(__file__).parents[2] / "docs/measures.md"


def test_the_page_names_exactly_the_measures_that_there_are():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    working, broken = load_all("measure")
    own = {name for name, plug in working.items() if _is_own(plug)}
    assert not broken
    assert sorted(rows) == sorted(own - {"rmqm"})


def _is_own(plug):
    return type(plug).__module__.startswith("rmqm_spec.")


def test_the_page_says_which_measures_have_an_interval():
    working, _ = load_all("measure")
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        named = re.match(r"^\| `([a-z0-9-]+)` \|.*\| (\S+?)[:,]?( .*)? \|$", line)
        if named and hasattr(working[named[1]], "has_interval"):
            assert working[named[1]].has_interval == (named[2] == "jackknife"), line


def test_no_further_measure_claims_a_direction():
    working, _ = load_all("measure")
    assert {name for name, plug in working.items() if plug.direction} == {"rmqm"}


def test_the_examples_run():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried >= 6
    assert not failed
