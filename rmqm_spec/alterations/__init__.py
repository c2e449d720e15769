"""
Alterations: inputs changed in growing steps, level 0 unaltered.

Names are imported when they are first used: the command line reads the facts of each kind of
alteration before NumPy is there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rmqm_spec.alterations.noise.generator import GENERATOR
    from rmqm_spec.alterations.noise.white_noise import WhiteNoise, white_noise
    from rmqm_spec.alterations.pgd.alteration import PGD
    from rmqm_spec.alterations.pgd.losses import LOSSES, Loss, loss
    from rmqm_spec.alterations.pgd.paths import pgd_path
    from rmqm_spec.contracts.alteration import Alteration, AnyAlteration, DependentAlteration

_HOMES = {
    "GENERATOR": "rmqm_spec.alterations.noise.generator",
    "LOSSES": "rmqm_spec.alterations.pgd.losses",
    "PGD": "rmqm_spec.alterations.pgd.alteration",
    "Alteration": "rmqm_spec.contracts.alteration",
    "AnyAlteration": "rmqm_spec.contracts.alteration",
    "DependentAlteration": "rmqm_spec.contracts.alteration",
    "Loss": "rmqm_spec.alterations.pgd.losses",
    "WhiteNoise": "rmqm_spec.alterations.noise.white_noise",
    "loss": "rmqm_spec.alterations.pgd.losses",
    "pgd_path": "rmqm_spec.alterations.pgd.paths",
    "white_noise": "rmqm_spec.alterations.noise.white_noise",
}

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


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
