"""Alterations: inputs changed in growing steps, level 0 unaltered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from rmqm_spec.alterations.images.blurring import Blur
    from rmqm_spec.alterations.images.colours import Brightness, Contrast, Saturation
    from rmqm_spec.alterations.images.compressing import Jpeg
    from rmqm_spec.alterations.images.frames import Crop, Flip, Rotation, Scaling, Translation
    from rmqm_spec.alterations.noise.generator import GENERATOR
    from rmqm_spec.alterations.noise.white_noise import WhiteNoise, white_noise
    from rmqm_spec.alterations.pgd.alteration import PGD
    from rmqm_spec.alterations.pgd.losses import LOSSES, Loss, loss
    from rmqm_spec.alterations.pgd.paths import pgd_path

# Imported on first use, so that what alterations state about themselves is read without NumPy.
__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "images.blurring": ["Blur"],
        "images.colours": ["Brightness", "Contrast", "Saturation"],
        "images.compressing": ["Jpeg"],
        "images.frames": ["Crop", "Flip", "Rotation", "Scaling", "Translation"],
        "noise.generator": ["GENERATOR"],
        "noise.white_noise": ["WhiteNoise", "white_noise"],
        "pgd.alteration": ["PGD"],
        "pgd.losses": ["LOSSES", "Loss", "loss"],
        "pgd.paths": ["pgd_path"],
    },
)

__all__ = [
    "GENERATOR",
    "LOSSES",
    "PGD",
    "Blur",
    "Brightness",
    "Contrast",
    "Crop",
    "Flip",
    "Jpeg",
    "Loss",
    "Rotation",
    "Saturation",
    "Scaling",
    "Translation",
    "WhiteNoise",
    "loss",
    "pgd_path",
    "white_noise",
]
