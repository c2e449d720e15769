"""Alterations: inputs changed in growing steps, level 0 unaltered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from rmqm_spec.alterations.noise.generator import GENERATOR
    from rmqm_spec.alterations.noise.white_noise import WhiteNoise, white_noise
    from rmqm_spec.alterations.pgd.alteration import PGD
    from rmqm_spec.alterations.pgd.losses import LOSSES, Loss, loss
    from rmqm_spec.alterations.pgd.paths import pgd_path

# Imported on first use, so that what alterations state about themselves is read without NumPy.
__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "noise.generator": ["GENERATOR"],
        "noise.white_noise": ["WhiteNoise", "white_noise"],
        "pgd.alteration": ["PGD"],
        "pgd.losses": ["LOSSES", "Loss", "loss"],
        "pgd.paths": ["pgd_path"],
    },
)

__all__ = ["GENERATOR", "LOSSES", "PGD", "Loss", "WhiteNoise", "loss", "pgd_path", "white_noise"]
