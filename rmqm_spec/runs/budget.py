"""How much a check does in the time that it may take: by one pass that is timed."""

from __future__ import annotations

import time
from math import ceil

import numpy as np
from attrs import field, frozen

from rmqm_spec.contracts.backend import ModelEncoder
from rmqm_spec.contracts.encoder import traits_of
from rmqm_spec.findings import Finding
from rmqm_spec.runs.request import RunRequest

__all__ = ["USUAL_BUDGET", "Plan", "plan_check", "seconds_of_an_encoding", "usual_n"]

USUAL_BUDGET = 30.0
"""Seconds for the first score, where none are asked for."""

_ENCODINGS_PER_INPUT = 100
"""The input unaltered, and at 99 levels."""

_LEAST_SCORED = 2
_CONTRACT_INPUTS = 6
_PASSES_OF_CONTRACT = 3
"""The encoder contract encodes its inputs together, again, and each alone."""

_SHARE_OF_TIMING = 0.2
"""Of the budget, at most so much is spent on timing."""

_GAIN = 0.75
"""Twice as many inputs at once are worth a try where the last doubling gained at least that."""


_LONGER = "Give it longer: --budget {}s; or rmqm-spec score, which has no budget."


@frozen(kw_only=True)
class Plan:
    """
    How much a check does.

    Parameters
    ----------
    n_scored : int, optional
        Inputs of the first score where the request names no number; None for no score.
    n_contract : int
        Inputs on which the encoder contract is checked.
    pace : float
        Seconds that an encoding takes.
    findings : tuple of Finding
        What was shortened, and why.
    budget : float, optional
        Seconds that the check may take once the model is open; None for as long as it takes.
    started : float
        When they began, by the monotonic clock.
    """

    n_scored: int | None
    n_contract: int
    pace: float
    findings: tuple[Finding, ...] = ()
    budget: float | None = None
    started: float = field(factory=time.monotonic)

    def is_spent(self, n_done: int) -> bool:
        """Whether no further inputs are to be taken: the estimate may have been wrong."""
        if self.budget is None or n_done < _LEAST_SCORED:
            return False
        return time.monotonic() - self.started > self.budget

    def cut_short(self, n_done: int) -> Finding:
        """Say that scoring took longer than it seemed, and ended after so many inputs."""
        taken = time.monotonic() - self.started
        needed = ceil((self.n_scored or n_done) / n_done * taken * 1.1)
        return Finding(
            code="RUN007",
            level="warn",
            message=f"the first score rests on {n_done} of {self.n_scored} inputs: the budget of "
            f"{self.budget:g} s was spent, because encoding took longer than when it was timed",
            fix=_LONGER.format(needed),
        )


def plan_check(request: RunRequest, encoder: ModelEncoder) -> Plan:
    """
    Time a pass, and say how many inputs fit into the budget.

    A number of inputs that the user names is kept, unless a budget is named too.
    """
    started = time.monotonic()
    budget = request.budget or USUAL_BUDGET
    pace = seconds_of_an_encoding(encoder, budget * _SHARE_OF_TIMING)
    wanted = request.inputs.n or usual_n(encoder)
    if request.inputs.n is not None and request.budget is None:
        return Plan(n_scored=wanted, n_contract=_CONTRACT_INPUTS, pace=pace)
    is_slow = pace * _CONTRACT_INPUTS * _PASSES_OF_CONTRACT > budget
    n_contract = _LEAST_SCORED if is_slow else _CONTRACT_INPUTS
    left = budget - pace * n_contract * _PASSES_OF_CONTRACT
    affordable = max(int(left / (pace * _ENCODINGS_PER_INPUT)), 0)
    n_scored = min(wanted, affordable) if affordable >= min(wanted, _LEAST_SCORED) else None
    findings = () if n_scored == wanted else (_shortened(n_scored, wanted, pace, budget),)
    return Plan(
        n_scored=n_scored,
        n_contract=n_contract,
        pace=pace,
        findings=findings,
        budget=budget,
        started=started,
    )


def usual_n(encoder: ModelEncoder) -> int:
    """Return how many inputs a first score takes: fewer large ones, the same on every machine."""
    n_values = int(np.prod(encoder.spec.shape))
    return 32 if n_values <= 3 * 64 * 64 else 16 if n_values <= 3 * 128 * 128 else 8


def seconds_of_an_encoding(encoder: ModelEncoder, allowed: float) -> float:
    """
    Time an input alone, then more of them together as long as that is worth it.

    A network of a fixed batch takes as long for one input as for all; several callers share the
    machine.
    """
    traits = traits_of(encoder)
    pace, spent, n_inputs = float("inf"), 0.0, 1
    while n_inputs <= (traits.batch_size or 1) and spent < allowed:
        taken = _seconds(encoder, n_inputs)
        spent += taken
        is_worth_it = taken / n_inputs < _GAIN * pace
        pace = min(pace, taken / n_inputs)
        if not is_worth_it:
            break
        n_inputs *= 2
    return pace / max(traits.concurrency or 1, 1)


def _seconds(encoder: ModelEncoder, n_inputs: int) -> float:
    inputs = np.random.default_rng(0).random((n_inputs, *encoder.spec.shape), dtype=np.float32)
    started = time.perf_counter()
    encoder.encode(inputs)
    return max(time.perf_counter() - started, 1e-6)


def _shortened(n_scored: int | None, wanted: int, pace: float, budget: float) -> Finding:
    needed = ceil(wanted * _ENCODINGS_PER_INPUT * pace * 1.1)
    why = f"an encoding takes {pace:.2g} s, each input needs {_ENCODINGS_PER_INPUT}, and the "
    why += f"budget is {budget:g} s"
    what = (
        "there is no first score"
        if n_scored is None
        else f"the first score rests on {n_scored} of {wanted} inputs"
    )
    return Finding(
        code="RUN007",
        level="warn",
        message=f"{what}: {why}",
        fix=_LONGER.format(needed),
    )
