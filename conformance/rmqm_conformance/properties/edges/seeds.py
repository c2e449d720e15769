"""Laws of seeds of any size, and of bounds of any width: RMQM-WN-001, RMQM-WN-003, RMQM-PGD-007."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic, walk
from rmqm_conformance.properties.expectation import evaluated, expected, require_evaluation
from rmqm_conformance.properties.free_forms import require_bounds, require_integer
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.properties.reading import at, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_refusal, require_same_bits
from rmqm_conformance.strategies import Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS", "SEEDS"]

POWERS = (16, 31, 32, 53, 63, 64, 96, 127, 128, 200, 256)
SEEDS: Final = (
    *(0, 1, 10, 100, 10**15, 10**21, 10**40, 123456789012345678901234567890),
    *(2**power + k for power in POWERS for k in (-1, 0, 1)),
)
"""Seeds that are taken for others where an integer is cut, rounded, or written with an exponent."""


def _zeros(low: float = -16.0, high: float = 16.0, dtype: str = "<f8") -> Batch:
    return Batch(np.full((1, 24), low / 2 + high / 2, dtype), ["photo"], low, high)


@walk("RMQM-ALT-003/any-seed", needs="noise")
def unlike_seeds(subject: Subject) -> None:
    """Unlike seeds of any size have unlike noise."""
    owners: dict[bytes, int] = {}
    for seed in SEEDS:
        values = altered(subject, _zeros(), Levels(16, [1]), seed)
        other = owners.setdefault(values.tobytes(), seed)
        require(other == seed, f"the noise of the seed {seed} must not be that of {other}")


@walk("RMQM-WN-003/any-seed", needs="noise generator")
def bits_of_seeds(subject: Subject) -> None:
    """The key holds all digits of the seed, however many."""
    batch = _zeros()
    for seed in SEEDS:
        got = altered(subject, batch, Levels(16, [5]), seed)[0, 0]
        should = oracle.noise(batch.values[0], "photo", 5, 16, seed, batch.low, batch.high)
        require_same_bits(f"altered with the seed {seed}", got, should)


@statistic("RMQM-PGD-007/any-seed", needs="pgd")
def starts_of_seeds(subject: Subject, effort: Effort) -> None:
    """The key of the start holds all digits of the seed, however many."""
    batch, rng = _zeros(0.0, 1.0), np.random.default_rng(effort.seed)
    network = sound("pgd_path")["network"]
    network |= {"weight": rng.normal(size=(5, 24)) / 5, "bias": rng.normal(size=5)}
    usual = {"network": network, "n_levels": 1, "alpha": 0.1, "variant": "paper"}
    for seed in SEEDS:
        got = subject.perform("pgd_path", seed=seed, **usual, **batch.arguments)["altered"]
        path, doubt = oracle.path(batch.values, batch.ids, network, 1, 0.1, seed, 0.0, 1.0)
        if not doubt:
            require_same_bits(f"altered with the seed {seed}", got, path)


@walk("RMQM-PRO-002/any-seed", needs="documents")
def recorded_seeds(subject: Subject) -> None:
    """A document records every digit of its seed."""
    for seed in (0, 2**53 + 1, 2**63 + 1, 2**64 + 1, 2**128 + 1, 10**21):
        text = subject.perform("document", **sound("document") | {"seed": seed})["document"]
        document = json.loads(text, parse_float=Decimal)
        require_integer("seed", at(document, subject.description.pointers["seed"]), seed)


@walk("RMQM-PRO-003/any-seed", needs="comparison documents")
def compared_seeds(subject: Subject) -> None:
    """Results with seeds that differ in the last digit are not compared, however large they are."""

    def text(seed: int) -> Any:
        return subject.perform("document", **sound("document") | {"seed": seed})["document"]

    for seed in (2**53, 2**64, 2**128):
        first, second = text(seed), text(seed + 1)
        why = f"to compare the seeds {seed} and {seed + 1}: {json.dumps(first)[:40]}"
        require_refusal(subject, "compare", why=why, first=first, second=second)


@walk("RMQM-WN-001/any-width", needs="noise", also="RMQM-WN-007 RMQM-INP-001")
def any_width(subject: Subject) -> None:
    """Narrow bounds, wide bounds and bounds on one side of zero are bounds like others."""
    for dtype, power in (("<f4", 80), ("<f8", 900)):
        for low, high in ((-16.0, 16.0), (-24.0, -8.0), (8.0, 24.0), (0.0, 16.0)):
            plain = altered(subject, _zeros(low, high, dtype), Levels(16, [1, 8]), 5)
            for exponent in (-power, -power // 4, power // 4, power):
                first, last = (float(np.ldexp(end, exponent)) for end in (low, high))
                got = altered(subject, _zeros(first, last, dtype), Levels(16, [1, 8]), 5)
                what = f"altered in bounds of 2^{exponent} times the width"
                require_same_bits(what, np.ldexp(got, -exponent), plain)


@walk("RMQM-ENC-007/any-seed", needs="encoder noise", also="RMQM-ALT-003 RMQM-INP-011")
def evaluated_seeds(subject: Subject) -> None:
    """An evaluation alters inputs with its seed and their ids as they are, whatever they are."""
    rng = np.random.default_rng(11)
    ids = [" a", "", "\U0001f600", "a\n", "e\u0301", "A"]
    batch = Batch(rng.uniform(0, 1, size=(6, 4)), ids, 0.0, 1.0)
    network = sound("evaluate")["network"]
    for seed in (0, 1, 2**32 + 1, 2**53 + 1, 2**64 + 1, 2**128 + 1):
        if should := expected(subject, (batch, network), 3, seed, "paper"):
            require_evaluation(evaluated(subject, (batch, network), 3, seed, "paper"), should)


@walk("RMQM-PRO-002/any-bounds", needs="documents", also="RMQM-DOC-005")
def recorded_bounds(subject: Subject) -> None:
    """A document records the bounds as they were declared, not as the inputs hold them."""
    for low, high in ((0.1, 0.7), (-0.3, 1 / 3), (-1e-9, 1e9), (2 / 3, 0.9)):
        values = np.full((2, 4), low / 2 + high / 2, "<f4")
        values[:, 1] = np.float32(high)
        request = {"inputs": values, "low": low, "high": high}
        document = parsed(subject.perform("document", **sound("document") | request))
        place = subject.description.pointers["bounds"]
        require_bounds(at(document, place), low, high, place=place)


CHECKS = (
    unlike_seeds,
    evaluated_seeds,
    recorded_bounds,
    bits_of_seeds,
    any_width,
    starts_of_seeds,
    recorded_seeds,
    compared_seeds,
)
