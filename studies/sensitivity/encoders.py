"""The encoders: one in eight of those of the study of architectures, and trainings cut short."""

from __future__ import annotations

from typing import Final

from studies.architectures.design import design, quick_design
from studies.training.recipe import Recipe

__all__ = ["LENGTHS", "layered", "sampled", "trainings"]

_ONE_IN: Final = 8
"""Coprime to 21, the recipes of an architecture, so that methods and sizes take turns."""

LENGTHS: Final = (0, 1_000, 3_000, 6_000, 12_000, 24_000)
"""Images seen. A shorter training is the beginning of the longer one: same order, same rate."""

_TRAININGS: Final = (
    ("lenet", "cross-entropy"),
    ("mlp", "triplet-supervised"),
    ("bn-cnn", "nt-xent"),
    ("tanh-cnn", "autoencoder"),
    ("resnet", "triplet-ss"),
    ("vit", "cross-entropy"),
)


def sampled(*, quick: bool = False) -> list[Recipe]:
    """
    Return the recipes whose encoders every setting is measured on.

    Examples
    --------
    >>> recipes = sampled()
    >>> len(recipes), len({recipe.architecture for recipe in recipes})
    (16, 6)
    """
    return quick_design()[:3] if quick else design()[::_ONE_IN]


def trainings(*, quick: bool = False) -> list[list[Recipe]]:
    """
    Return trainings, each a list of recipes that differ in their length alone.

    Examples
    --------
    >>> [recipe.seen for recipe in trainings()[0]]
    [0, 1000, 3000, 6000, 12000, 24000]
    """
    chosen = _TRAININGS[1:2] if quick else _TRAININGS
    lengths = (0, 1_000, 3_000) if quick else LENGTHS
    return [
        [
            Recipe(architecture=architecture, method=method, size=64, seed=0, seen=seen)
            for seen in lengths
        ]
        for architecture, method in chosen
    ]


def layered(*, quick: bool = False) -> list[Recipe]:
    """Return the recipes whose hidden layers are measured: the longest of each training."""
    return [recipes[-1] for recipes in trainings(quick=quick)]
