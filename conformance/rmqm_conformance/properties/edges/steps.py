"""Laws of steps at the edge: tiny gradients, sizes of zero, the bits of level 0."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Refused
from rmqm_conformance.properties.edges.values import small_of
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

SIZES = (5e-324, 1e-310, 1e-150, 1e-60, 1e-50, 1e-30, 1e-13, 1e-7, 1.0, 1e30, 1e200, 1.7e308)


def _stepped(subject: Subject, inputs: Array, gradient: Array, alpha: float | None) -> Array:
    usual = {"ids": ["photo"], "level": 2, "alpha": alpha, "low": 0.0, "high": 1.0}
    got: Array = subject.perform("pgd_step", inputs=inputs, gradient=gradient, **usual)["stepped"]
    return got


@walk("RMQM-PGD-003/any-size", needs="pgd", also="RMQM-PGD-001 RMQM-PGD-008")
def any_size(subject: Subject) -> None:
    """The sign of a gradient counts, however small or large it is; zero of either sign is zero."""
    gradient = np.array([[*SIZES, 0.0, *(-size for size in SIZES), -0.0]])
    for dtype in ("<f4", "<f8"):
        inputs = np.full(gradient.shape, 0.375, dtype)
        kind = inputs.dtype.type
        for alpha in (0.03125, 0.01, None, 1e-12, 1.0):
            size = kind(2 / 255 if alpha is None else alpha)
            moved = np.clip(inputs + size * np.sign(gradient).astype(dtype), kind(0), kind(1))
            got = _stepped(subject, inputs, gradient, alpha)
            require_same_bits(f"stepped with alpha={alpha}", got, moved)
    single = np.array([[1e-45, -1e-45, 1e-40, 3e38, -0.0]], "<f4")
    got = _stepped(subject, np.full((1, 5), 0.5), single, 0.125)
    should = np.array([[0.625, 0.375, 0.625, 0.625, 0.5]])
    require_same_bits("stepped by a gradient of float32", got, should)


@walk("RMQM-PGD-002/step-of-zero", needs="pgd")
def step_of_zero(subject: Subject) -> None:
    """A step size of zero is refused or moves nothing; it is not taken for the default."""
    inputs, gradient = np.array([[0.25, 0.5, 0.75]]), np.array([[1.0, -2.0, 3.0]])
    path = sound("pgd_path") | {"alpha": 0.0}
    try:
        require_same_bits("stepped", _stepped(subject, inputs, gradient, 0.0), inputs)
        levels = subject.perform("pgd_path", **path)["altered"]
    except Refused:
        return
    for level in range(levels.shape[1]):
        require_same_bits(f"level {level}", levels[:, level], path["inputs"])


def _edge_inputs(dtype: str) -> Array:
    small = small_of(dtype)
    return np.array([small[2:7], -small[2:7]])


@walk("RMQM-ALT-001/every-bit", needs="noise")
def level_0_of_noise(subject: Subject) -> None:
    """Level 0 of white noise has every bit of the input: subnormals and the sign of zero."""
    couplings = ["independent"]
    couplings += ["common"] if "common" in subject.description.claims else []
    for dtype in ("<f4", "<f8"):
        for coupling in couplings:
            inputs = np.concatenate([_edge_inputs(dtype), np.full((2, 5), [[0.0], [-0.0]], dtype)])
            request = sound("white_noise") | {"levels": [0, 1, 0], "low": -1.0, "high": 1.0}
            request |= {"inputs": inputs, "ids": list("abcd"), "coupling": coupling}
            got = subject.perform("white_noise", **request)["altered"]
            for place in (0, 2):
                require_same_bits(f"altered[:, {place}]", got[:, place], inputs)


@walk("RMQM-PGD-005/every-bit", needs="pgd", also="RMQM-ALT-001 RMQM-PGD-006")
def level_0_of_paths(subject: Subject) -> None:
    """Level 0 of a path has every bit of the input, too."""
    network = sound("pgd_path")["network"] | {"weight": np.cos(np.arange(25.0)).reshape(5, 5)}
    for dtype in ("<f4", "<f8"):
        for variant in ("paper", "authors-2022"):
            inputs = _edge_inputs(dtype)
            request = sound("pgd_path") | {"network": network, "variant": variant, "low": -1.0}
            got = subject.perform("pgd_path", **request | {"inputs": inputs})["altered"]
            require_same_bits("altered[:, 0]", got[:, 0], inputs)


PAIRS = ((0.1, 0.7), (-0.3, 0.3), (0.0, 0.1), (-16777217.0, 16777219.0))
"""Bounds that float32 does not hold."""


@walk("RMQM-ALT-004/rounded-bounds", needs="noise", also="RMQM-WN-007")
def bounds_of_noise(subject: Subject) -> None:
    """Strong noise ends at the bounds, rounded to the type of the inputs, and nowhere else."""
    for low, high in PAIRS:
        for dtype in ("<f4", "<f8"):
            values = np.full((2, 400), low / 2 + high / 2, dtype)
            request = {"inputs": values, "levels": [3], "low": low, "high": high}
            got = subject.perform("white_noise", **sound("white_noise") | request)["altered"]
            _require_ends(got, low, high)


@walk("RMQM-PGD-008/rounded-bounds", needs="pgd", also="RMQM-PGD-001")
def bounds_of_steps(subject: Subject) -> None:
    """A long step ends at the bounds, rounded to the type of the inputs."""
    for low, high in PAIRS:
        for dtype in ("<f4", "<f8"):
            values = np.full((2, 4), low / 2 + high / 2, dtype)
            request = {"inputs": values, "alpha": 1.0, "low": low, "high": high}
            got = subject.perform("pgd_step", **sound("pgd_step") | request)["stepped"]
            _require_ends(got, low, high)


def _require_ends(got: Array, low: float, high: float) -> None:
    kind = got.dtype.type
    ends = np.array([got.min(), got.max()])
    require_same_bits("the ends of what is altered", ends, np.array([kind(low), kind(high)]))


CHECKS = (
    level_0_of_noise,
    bounds_of_noise,
    any_size,
    step_of_zero,
    bounds_of_steps,
    level_0_of_paths,
)
