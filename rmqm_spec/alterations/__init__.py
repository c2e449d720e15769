"""Alterations: inputs changed in growing steps, level 0 unaltered."""

from rmqm_spec.alterations.noise.generator import GENERATOR
from rmqm_spec.alterations.noise.white_noise import WhiteNoise, white_noise
from rmqm_spec.alterations.pgd.alteration import PGD
from rmqm_spec.alterations.pgd.losses import LOSSES, Loss, loss
from rmqm_spec.alterations.pgd.paths import pgd_path
from rmqm_spec.contracts.alteration import Alteration, AnyAlteration, DependentAlteration

__all__ = [
    "GENERATOR",
    "LOSSES",
    "PGD",
    "Alteration",
    "AnyAlteration",
    "DependentAlteration",
    "Loss",
    "WhiteNoise",
    "loss",
    "pgd_path",
    "white_noise",
]
