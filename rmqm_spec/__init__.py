"""
RMQM, the Representation Manifold Quality Metric, as a specification in code.

The core needs NumPy and SciPy alone; any callable on NumPy arrays is an encoder. Names are imported
when they are first used, so that the command line starts before NumPy does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

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
    from rmqm_spec.runs.front import check, correlate, geometry, probe, rank, score, spectrum
    from rmqm_spec.runs.request import RunRequest

__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "alterations": ["PGD", "WhiteNoise", "pgd_path", "white_noise"],
        "characteristics": [
            "Characteristics",
            "characterize",
            "displacements",
            "resolution_of",
            "rmqm",
            "step_lengths",
        ],
        "contracts.encoder": ["DifferentiableEncoder", "Encoder", "EncoderTraits"],
        "contracts.listener": ["Listener"],
        "encoders.finite_differences": ["with_finite_differences"],
        "evaluation.evaluate": ["evaluate"],
        "evaluation.statistic": ["Evaluation"],
        "identity": ["content_id"],
        "runs.front": ["check", "correlate", "geometry", "probe", "rank", "score", "spectrum"],
        "runs.request": ["RunRequest"],
    },
)

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
    "geometry",
    "pgd_path",
    "probe",
    "rank",
    "resolution_of",
    "rmqm",
    "score",
    "spectrum",
    "step_lengths",
    "white_noise",
    "with_finite_differences",
]
