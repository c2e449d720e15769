"""The autoencoders of the study, in the order in which they are trained."""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = [
    "ARCHITECTURES",
    "CHECKPOINTS",
    "DIMENSIONS",
    "EPOCHS",
    "LONG",
    "MIDDLE",
    "REPEATED",
    "SERIES",
    "VARIANTS",
    "Run",
    "design",
    "quick_design",
]

ARCHITECTURES: Final = {3: (128, 64), 4: (128, 64, 32), 5: (128, 64, 64, 32)}
"""Hidden widths by the number of layers of the encoder; the decoder is its mirror image."""
DIMENSIONS: Final = tuple(range(2, 21))
EPOCHS: Final = 30
LONG: Final = 300
CHECKPOINTS: Final = (0, 1, 5, EPOCHS, 100, LONG)
"""Passes over the training images after which a model is kept."""
MIDDLE: Final = 4
REPEATED: Final = (2, 8, 14, 20)
VARIANTS: Final = {
    "sigmoid": "a sigmoid at the output",
    "decay": "weight decay 1e-5 (L2, in the gradient)",
}
"""What differs in the networks that look for a reason of disagreement."""
SERIES: Final = "sigmoid"
"""The variant that has all latent dimensions."""
_FIRST: Final = (2, 5, 8, 11, 14, 17, 20)
_PROLONGED: Final = ((4, 8), (3, 20), (3, 8), (4, 20), (3, 2), (4, 2), (3, 14), (4, 14))
"""Layers and dimension of the networks that are trained for longer."""


@frozen
class Run:
    """
    One autoencoder and how long it is trained.

    Parameters
    ----------
    layers : int
        Of the encoder, and of the decoder: 3, 4 or 5.
    dimension : int
        Of the latent space.
    seed : int
        Of the weights and of the order of the images.
    epochs : int
        Passes over the training images.
    variant : str
        Empty, or one of `VARIANTS`.
    """

    layers: int
    dimension: int
    seed: int
    epochs: int
    variant: str = ""

    @property
    def network(self) -> str:
        """Its name, whatever the length of training: a longer run continues a shorter run."""
        ending = f"-{self.variant}" if self.variant else ""
        return f"l{self.layers}-n{self.dimension:02d}-s{self.seed}{ending}"

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """Passes after which its models are kept, the last among them."""
        return (*(kept for kept in CHECKPOINTS if kept < self.epochs), self.epochs)

    def model(self, epoch: int) -> str:
        """Return the name of its model after so many passes."""
        return f"{self.network}-e{epoch:03d}"


def design() -> list[Run]:
    """
    Return all runs; wherever training stops, what is done is a balanced design.

    Returns
    -------
    list of Run
        Every dimension of the middle architecture, then of the others; two more seeds of a few
        dimensions; then long runs, which go on where the short run of the same network ended, and
        variants of a few networks.
    """
    main = [
        Run(layers, dimension, 0, EPOCHS) for layers in (MIDDLE, 3, 5) for dimension in DIMENSIONS
    ]
    seeds = [Run(MIDDLE, dimension, seed, EPOCHS) for seed in (1, 2) for dimension in REPEATED]
    long = [Run(layers, dimension, 0, LONG) for layers, dimension in _PROLONGED]
    tried = [
        Run(3, dimension, 0, EPOCHS, variant) for variant in VARIANTS for dimension in REPEATED
    ]
    series = [
        run
        for layers in (3, MIDDLE)
        for dimension in sorted(DIMENSIONS, key=lambda n: n not in _FIRST)
        for run in [Run(layers, dimension, 0, EPOCHS, SERIES)]
        if run not in tried
    ]
    return main + seeds + long[:2] + tried + series + long[2:]


def quick_design() -> list[Run]:
    """Return small runs that finish in seconds."""
    return [Run(3, 2, 0, 2), Run(3, 4, 0, 2), Run(4, 3, 0, 2), Run(3, 3, 0, 2, SERIES)]
