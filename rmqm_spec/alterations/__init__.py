"""Alterations: inputs changed in growing steps, level 0 unaltered."""

from rmqm_spec.alterations.contract import Alteration, AnyAlteration, DependentAlteration
from rmqm_spec.alterations.generator import GENERATOR
from rmqm_spec.alterations.losses import LOSSES, Loss, loss
from rmqm_spec.alterations.pgd import PGD
from rmqm_spec.alterations.pgd_paths import pgd_path
from rmqm_spec.alterations.white_noise import WhiteNoise, white_noise

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
