"""How an encoder of a study comes about; known without PyTorch, so that tables can be read."""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = ["UNTRAINED", "Recipe"]

UNTRAINED: Final = "untrained"
"""Method of networks that keep the weights they were made with."""


@frozen(kw_only=True)
class Recipe:
    """
    How an encoder comes about.

    Parameters
    ----------
    architecture, method, optimiser : str
        Names; the method is `UNTRAINED` or one of ``studies.training.methods.METHODS``, the
        optimiser ``adam`` or ``sgd``.
    size : int
        Values of an embedding, E.
    seed : int
        Of weights, order and views.
    seen : int
        Number of images that training sees, repeats counted.
    """

    architecture: str
    method: str
    size: int
    seed: int
    seen: int
    optimiser: str = "adam"

    @property
    def name(self) -> str:
        """Name of the encoder, and of its file."""
        return (
            f"{self.architecture}_{self.method}_E{self.size}_{self.optimiser}_"
            f"{self.seen // 1000}k_s{self.seed}"
        )
