"""Laws of intervals at their limits: few inputs, no scatter, no score. RMQM-INT-001 to 003."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.laws import walk
from rmqm_conformance.properties.thresholds.paths import AUTHORS, PAPER, moving, request
from rmqm_conformance.require import require, require_near
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "interval"


def _require_interval(what: str, subject: Subject, d: Array, s: Array, variant: str) -> None:
    asked = request(d, s, variant)
    exact = oracle.characteristics(asked["displacements"], asked["step_lengths"], variant, 1e-12)
    half, got = oracle.half_width(exact), subject.perform("interval", **asked)
    for key, side in (("low", -1), ("high", 1)):
        within = 1e-9 * max(1.0, half) if math.isfinite(half) else 0.0
        require_near(f"{key} of {what}", got[key], exact.rmqm + side * half, atol=within)


@walk("RMQM-INT-001/few-stay", needs=NEEDS, also="RMQM-INT-002 RMQM-DEG-004")
def few_stay(subject: Subject) -> None:
    """In `authors-2022` all N inputs make the interval, also where few of them stay."""
    for n in (2, 3, 40):
        d, s = moving(n, 5)
        for leaving in sorted({0, 1, n // 2, n - 2, n - 1, n}):
            zeros = d.copy()
            zeros[:leaving, 1] = 0
            _require_interval(f"{n - leaving} of {n} staying", subject, zeros, s, AUTHORS)


@walk("RMQM-INT-003/few-inputs", needs=NEEDS, also="RMQM-INT-002")
def few_inputs(subject: Subject) -> None:
    """Two inputs have an interval, however wide; one has none; equal inputs have no width."""
    for variant in (PAPER, AUTHORS):
        for n in (1, 2, 3, 4):
            for seed in range(3):
                d, s = moving(n, 6, seed)
                _require_interval(f"{n} inputs in {variant}", subject, d, s, variant)
                _require_interval("equal inputs", subject, d[[0] * n], s[[0] * n], variant)
        far = np.array([[0.001, 1.9, 0.002, 1.8], [0.5, 0.51, 0.52, 0.53]])
        _require_interval("two unlike inputs", subject, far, far[:, ::-1], variant)


@walk("RMQM-INT-002/below-zero", needs=NEEDS)
def below_zero(subject: Subject) -> None:
    """An interval may reach below zero: it is symmetric about the score and not cut."""
    d = np.array([[0.5, 0.01, 0.6, 0.02], [0.5, 0.502, 0.504, 0.506]])
    s = np.array([[0.5, 0.01, 0.6, 0.02], [0.5, 0.501, 0.5, 0.501]])
    for variant in (PAPER, AUTHORS):
        got = subject.perform("interval", **request(d, s, variant))
        require(got["low"] < 0, f"low={got['low']!r} must be below zero here", got=got["low"])
        _require_interval("two unlike inputs", subject, d, s, variant)


@walk("RMQM-DEG-009/no-interval", needs=NEEDS, also="RMQM-DEG-010 RMQM-INT-003")
def no_interval(subject: Subject) -> None:
    """Without a score there is no interval: collapsed, undefined or constant, for any N."""
    for n in (1, 2, 5):
        d, s = moving(n, 4)
        gone = s.copy()
        gone[:, 1] = 0
        even = np.full_like(d, 0.25)
        for one, other in ((0 * d, 0 * s), (1e-13 * d, 1e-13 * s), (d, even), (even, s), (d, gone)):
            for variant in (PAPER, AUTHORS):
                answer = subject.perform("characterize", **request(one, other, variant))
                got = subject.perform("interval", **request(one, other, variant))
                if answer["status"] == "ok":
                    continue
                undefined = math.isnan(got["low"]) and math.isnan(got["high"])
                require(undefined, f"the interval of {answer['status']} must be NaN; got {got}")
                require(math.isnan(answer["rmqm"]), f"{answer['status']} has no score")


CHECKS = (few_stay, few_inputs, below_zero, no_interval)
