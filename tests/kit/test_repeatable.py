"""The same seed draws the same examples, whatever else the process holds."""

from __future__ import annotations

import sys
from importlib import import_module

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from rmqm_conformance.checks import PROFILES
from rmqm_conformance.laws import law

EFFORT = evolve(PROFILES["full"], examples=300)


def drawn():
    """Return what a law draws."""
    values = []

    @law("RMQM-INP-002/any", needs="inputs", value=st.integers(0, 10**6), text=st.text())
    def any_value(subject, value, text):
        values.append((value, text))

    any_value.judge(None, EFFORT)
    return values


def test_modules_that_are_loaded_in_between_change_nothing(tmp_path, monkeypatch):
    before = drawn()
    constants = ", ".join(f'{number}, "text {number}"' for number in range(1000, 3000, 7))
    (tmp_path / "full_of_constants.py").write_text(f"VALUES = [{constants}]\n")
    monkeypatch.syspath_prepend(tmp_path)
    import_module("full_of_constants")
    try:
        assert drawn() == before
    finally:
        del sys.modules["full_of_constants"]


def test_other_tests_of_hypothesis_draw_as_usual_afterwards():
    usual = providers._get_local_constants
    drawn()
    assert providers._get_local_constants is usual
