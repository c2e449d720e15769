"""
RMQM, the Representation Manifold Quality Metric, as a specification in code.

The core needs NumPy and SciPy alone; any callable on NumPy arrays is an encoder. Names are imported
when they are first used, so that the command line starts before NumPy does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rmqm_spec.alterations import PGD, WhiteNoise, pgd_path, white_noise
    from rmqm_spec.characteristics import (
        Characteristics,
        characterize,
        displacements,
        resolution_of,
        rmqm,
        step_lengths,
    )
    from rmqm_spec.contracts.encoder import DifferentiableEncoder, Encoder, EncoderTraits
    from rmqm_spec.encoders.finite_differences import with_finite_differences
    from rmqm_spec.evaluation.evaluate import Evaluation, evaluate
    from rmqm_spec.identity import content_id

_HOMES = {
    "PGD": "alterations",
    "Characteristics": "characteristics",
    "DifferentiableEncoder": "contracts.encoder",
    "Encoder": "contracts.encoder",
    "EncoderTraits": "contracts.encoder",
    "Evaluation": "evaluation.statistic",
    "WhiteNoise": "alterations",
    "characterize": "characteristics",
    "content_id": "identity",
    "displacements": "characteristics",
    "evaluate": "evaluation.evaluate",
    "pgd_path": "alterations",
    "resolution_of": "characteristics",
    "rmqm": "characteristics",
    "step_lengths": "characteristics",
    "white_noise": "alterations",
    "with_finite_differences": "encoders.finite_differences",
}

__all__ = [
    "PGD",
    "Characteristics",
    "DifferentiableEncoder",
    "Encoder",
    "EncoderTraits",
    "Evaluation",
    "WhiteNoise",
    "characterize",
    "content_id",
    "displacements",
    "evaluate",
    "pgd_path",
    "resolution_of",
    "rmqm",
    "step_lengths",
    "white_noise",
    "with_finite_differences",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
