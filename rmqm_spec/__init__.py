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
    from rmqm_spec.contracts.listener import Listener
    from rmqm_spec.encoders.finite_differences import with_finite_differences
    from rmqm_spec.evaluation.evaluate import evaluate
    from rmqm_spec.evaluation.statistic import Evaluation
    from rmqm_spec.identity import content_id
    from rmqm_spec.runs.front import check, correlate, probe, rank, score
    from rmqm_spec.runs.request import RunRequest

_HOMES = {
    "PGD": "alterations",
    "Characteristics": "characteristics",
    "DifferentiableEncoder": "contracts.encoder",
    "Encoder": "contracts.encoder",
    "EncoderTraits": "contracts.encoder",
    "Evaluation": "evaluation.statistic",
    "Listener": "contracts.listener",
    "RunRequest": "runs.request",
    "WhiteNoise": "alterations",
    "characterize": "characteristics",
    "check": "runs.front",
    "content_id": "identity",
    "correlate": "runs.front",
    "displacements": "characteristics",
    "evaluate": "evaluation.evaluate",
    "pgd_path": "alterations",
    "probe": "runs.front",
    "rank": "runs.front",
    "resolution_of": "characteristics",
    "rmqm": "characteristics",
    "score": "runs.front",
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
    "Listener",
    "RunRequest",
    "WhiteNoise",
    "characterize",
    "check",
    "content_id",
    "correlate",
    "displacements",
    "evaluate",
    "pgd_path",
    "probe",
    "rank",
    "resolution_of",
    "rmqm",
    "score",
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
