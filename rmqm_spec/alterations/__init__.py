"""Alterations: inputs changed in growing steps, level 0 unaltered."""

from rmqm_spec.alterations.contract import Alteration
from rmqm_spec.alterations.generator import GENERATOR
from rmqm_spec.alterations.white_noise import WhiteNoise, white_noise

__all__ = ["GENERATOR", "Alteration", "WhiteNoise", "white_noise"]
