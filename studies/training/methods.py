"""Training methods: what a network learns from a batch of images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import torch
import torch.nn.functional as F  # noqa: N812 (the name everybody knows)
from torch import Tensor, nn

from studies.training.losses import nt_xent, triplet
from studies.training.turning import TURNING, turning_method
from studies.training.views import perspective, rotation

__all__ = ["METHODS", "SUPERVISED", "Method", "method_named"]


class Method(Protocol):
    """A training method, made for one network."""

    heads: nn.Module
    """What is trained beside the encoder and thrown away."""

    def loss(self, encoder: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of a batch: images (N, C, H, W) and labels (N,)."""
        ...


class _WithLabels:
    """Cross-entropy of a linear layer on ReLU of the embedding, triplets of one class, or both."""

    def __init__(self, size: int, classes: int, *, entropy: bool, triplets: bool) -> None:
        self.heads = nn.Linear(size, classes)
        self._entropy, self._triplets = entropy, triplets

    def loss(self, encoder: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        embeddings = encoder(images)
        loss = embeddings.new_zeros(())
        if self._entropy:
            loss = loss + F.cross_entropy(self.heads(embeddings.relu()), labels)
        if self._triplets:
            loss = loss + triplet(embeddings, labels)
        return loss


class _TwoViews:
    """Two views of each image, turned and from another point of view, belong together."""

    def __init__(
        self, random: torch.Generator, compare: Callable[[Tensor, Tensor], Tensor]
    ) -> None:
        self.heads: nn.Module = nn.Identity()
        self._random, self._compare = random, compare

    def loss(self, encoder: nn.Module, images: Tensor, labels: Tensor) -> Tensor:  # noqa: ARG002
        views = torch.cat([rotation(images, self._random), perspective(images, self._random)])
        first, second = encoder(views).chunk(2)
        return self._compare(first, second)


def _triplets_of_views(first: Tensor, second: Tensor) -> Tensor:
    each = torch.arange(len(first))
    return triplet(torch.cat([first, second]), torch.cat([each, each]))


class _Autoencoder:
    """A decoder of two layers gives back the pixels; mean squared error."""

    def __init__(self, size: int, pixels: int) -> None:
        self.heads: nn.Module = nn.Sequential(
            nn.Linear(size, 256), nn.ReLU(), nn.Linear(256, pixels)
        )

    def loss(self, encoder: nn.Module, images: Tensor, labels: Tensor) -> Tensor:  # noqa: ARG002
        return F.mse_loss(self.heads(encoder(images)), images.flatten(1))


METHODS: Final = (
    "cross-entropy",
    "triplet-entropy",
    "triplet-supervised",
    "triplet-ss",
    "nt-xent",
    "autoencoder",
)


def method_named(name: str, *, size: int, classes: int, pixels: int, seed: int) -> Method:
    """
    Return a training method for one network.

    Parameters
    ----------
    name : str
        One of `METHODS` or of ``studies.training.turning.TURNING``.
    size, classes, pixels : int
        Values of an embedding, classes of the labels, values of an image.
    seed : int
        Of the views.
    """
    if name in TURNING:
        return turning_method(name, size=size, classes=classes, pixels=pixels, seed=seed)
    if name in SUPERVISED:
        return _WithLabels(
            size,
            classes,
            entropy=name != "triplet-supervised",
            triplets=name != "cross-entropy",
        )
    if name == "autoencoder":
        return _Autoencoder(size, pixels)
    views = torch.Generator().manual_seed(seed)
    return _TwoViews(views, {"triplet-ss": _triplets_of_views, "nt-xent": nt_xent}[name])


SUPERVISED: Final = frozenset({"cross-entropy", "triplet-entropy", "triplet-supervised"})
"""Methods that learn from labels."""
