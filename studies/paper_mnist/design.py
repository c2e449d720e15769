"""Which encoders the paper trained on MNIST, and untrained ones beside them."""

from __future__ import annotations

from itertools import product
from typing import Final

from studies.training.recipe import UNTRAINED, Recipe

__all__ = ["METHODS", "OPTIMISERS", "SIZES", "design", "quick_design"]

METHODS: Final = (
    "cross-entropy",
    "triplet-entropy",
    "triplet-supervised",
    "triplet-ss",
    "nt-xent",
)
SIZES: Final = (64, 512, 16, 256, 32, 128)
"""Embedding sizes; the order makes a study that was stopped early cover small and large ones."""

OPTIMISERS: Final = ("adam", "sgd")
_EPOCHS = 7
_IMAGES = 60_000
_UNTRAINED_SEEDS = (0, 1, 2)


def design() -> list[Recipe]:
    """
    Return 78 recipes: the paper's 60 encoders, and 18 untrained ones.

    Examples
    --------
    >>> recipes = design()
    >>> len(recipes), len({recipe.name for recipe in recipes})
    (78, 78)
    """
    recipes = []
    for size in SIZES:
        recipes += [
            Recipe(architecture="lenet", method=UNTRAINED, size=size, seed=seed, seen=0)
            for seed in _UNTRAINED_SEEDS
        ]
        recipes += [
            _trained(method, size, optimiser, seen=_EPOCHS * _IMAGES)
            for method, optimiser in product(METHODS, OPTIMISERS)
        ]
    return recipes


def quick_design() -> list[Recipe]:
    """Return six small recipes, for a run of minutes that tries every step."""
    return [
        Recipe(architecture="lenet", method=UNTRAINED, size=16, seed=0, seen=0),
        *(_trained(method, 16, "adam", seen=2_560) for method in METHODS),
    ]


def _trained(method: str, size: int, optimiser: str, *, seen: int) -> Recipe:
    return Recipe(
        architecture="lenet", method=method, size=size, seed=0, seen=seen, optimiser=optimiser
    )
