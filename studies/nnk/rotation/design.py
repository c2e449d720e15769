"""Which encoders the study trains."""

from __future__ import annotations

from itertools import product
from typing import Final

from studies.training.recipe import UNTRAINED, Recipe

__all__ = ["METHODS", "SEEDS", "design", "quick_design"]

METHODS: Final = (
    UNTRAINED,
    "autoencoder",
    "autoencoder-turned",
    "nt-xent-crop",
    "nt-xent-turned-30",
    "nt-xent-turned",
    "rotation-prediction",
    "cross-entropy",
    "cross-entropy-turned",
    "cross-entropy-and-rotation",
)
SEEDS: Final = (0, 1, 2)
_ARCHITECTURE: Final = "bn-cnn"
_SIZE: Final = 64
_SEEN: Final = 60_000
_QUICK: Final = (UNTRAINED, "nt-xent-turned", "rotation-prediction", "cross-entropy")


def design() -> list[Recipe]:
    """Return 30 recipes: every method with every seed, a whole seed before the next."""
    return [_recipe(method, seed, _SEEN) for seed, method in product(SEEDS, METHODS)]


def quick_design() -> list[Recipe]:
    """Return four small recipes that try every step."""
    return [_recipe(method, 0, 640) for method in _QUICK]


def _recipe(method: str, seed: int, seen: int) -> Recipe:
    return Recipe(
        architecture=_ARCHITECTURE,
        method=method,
        size=_SIZE,
        seed=seed,
        seen=0 if method == UNTRAINED else seen,
    )
