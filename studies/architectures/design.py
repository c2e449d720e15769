"""Which encoders the study trains."""

from __future__ import annotations

from itertools import product
from typing import Final

from studies.training.recipe import Recipe

__all__ = ["ARCHITECTURES", "METHODS", "SIZES", "design", "quick_design"]

ARCHITECTURES: Final = ("lenet", "tanh-cnn", "bn-cnn", "mlp", "vit", "resnet")
METHODS: Final = (
    "untrained",
    "cross-entropy",
    "triplet-entropy",
    "triplet-supervised",
    "triplet-ss",
    "nt-xent",
    "autoencoder",
)
SIZES: Final = (16, 64, 256)
SEEN: Final = (12_000, 48_000)
"""Images that training sees: a short and a long training."""


def design() -> list[Recipe]:
    """
    Return 126 recipes: every architecture with every method at every size, once each.

    Seed and length of training alternate so that each meets every architecture, method and size
    about equally often (a fraction of the full factorial).

    Examples
    --------
    >>> recipes = design()
    >>> len(recipes), len({recipe.name for recipe in recipes})
    (126, 126)
    """
    recipes = []
    for architecture, method, size in product(ARCHITECTURES, METHODS, SIZES):
        a, m, s = ARCHITECTURES.index(architecture), METHODS.index(method), SIZES.index(size)
        trained = method != "untrained"
        recipes.append(
            Recipe(
                architecture=architecture,
                method=method,
                size=size,
                seed=(a // 3 + m // 4 + s) % 2,
                seen=SEEN[(a + m + s) % 2] if trained else 0,
            )
        )
    return recipes


def quick_design() -> list[Recipe]:
    """Return eight small recipes, for a run of minutes that tries every step."""
    return [
        Recipe(architecture=architecture, method=method, size=16, seed=0, seen=seen)
        for architecture in ("lenet", "tanh-cnn")
        for method, seen in (
            ("untrained", 0),
            ("cross-entropy", 2_560),
            ("nt-xent", 2_560),
            ("autoencoder", 2_560),
        )
    ]
