"""Characteristics: from trajectories to distances, from distances to the metric."""

from rmqm_spec.characteristics.characterize import Characteristics, PerInput, Status, characterize
from rmqm_spec.characteristics.curves import Curve, Curves
from rmqm_spec.characteristics.distances import DistanceMeter, displacements, step_lengths
from rmqm_spec.characteristics.metric import WEIGHTS, rmqm
from rmqm_spec.characteristics.relative_changes import Variant
from rmqm_spec.resolution import RESOLUTION, resolution_of

__all__ = [
    "RESOLUTION",
    "WEIGHTS",
    "Characteristics",
    "Curve",
    "Curves",
    "DistanceMeter",
    "PerInput",
    "Status",
    "Variant",
    "characterize",
    "displacements",
    "resolution_of",
    "rmqm",
    "step_lengths",
]
