"""Which encoders the study trains."""

from __future__ import annotations

from itertools import product
from typing import Final

from studies.training.recipe import Recipe

__all__ = ["ARCHITECTURES", "METHODS", "SEEN", "SIZES", "design", "quick_design"]

ARCHITECTURES: Final = ("lenet", "bn-cnn", "vit", "resnet")
METHODS: Final = ("untrained", "cross-entropy", "triplet-supervised", "nt-xent", "autoencoder")
SIZES: Final = (32, 256)
SEEN: Final = (5_000, 15_000)
"""Images that training sees: a short and a long training."""


def design() -> list[Recipe]:
    """
    Return 40 recipes: every architecture with every method at both sizes.

    The two lengths of training alternate, and are swapped between the sizes.
    """
    recipes = []
    for architecture, method, size in product(ARCHITECTURES, METHODS, SIZES):
        places = ARCHITECTURES.index(architecture), METHODS.index(method), SIZES.index(size)
        seen = SEEN[sum(places) % 2] if method != "untrained" else 0
        recipes.append(
            Recipe(architecture=architecture, method=method, size=size, seed=0, seen=seen)
        )
    return recipes


def quick_design() -> list[Recipe]:
    """Return four small recipes that try every step."""
    return [
        Recipe(architecture="lenet", method=method, size=32, seed=0, seen=seen)
        for method, seen in (
            ("untrained", 0),
            ("cross-entropy", 1_280),
            ("nt-xent", 1_280),
            ("autoencoder", 1_280),
        )
    ]
