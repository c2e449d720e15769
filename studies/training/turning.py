"""Training methods that differ in what they do with the rotation of an image."""

from __future__ import annotations

import math
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812 (the name everybody knows)
from attrs import frozen
from torch import Tensor, nn

from studies.training.circle import in_circle
from studies.training.losses import nt_xent
from studies.training.views import crop, rotation, turned

__all__ = ["TURNING", "turning_method"]

_QUARTERS = 4


def _masked(images: Tensor) -> Tensor:
    """Return images that are black outside the circle, however they were altered."""
    return images * torch.from_numpy(in_circle(images.shape[-1]))


class _Views:
    """NT-Xent of two views of each image: a crop, brighter or darker, and turned or not."""

    def __init__(self, random: torch.Generator, most_degrees: float) -> None:
        self.heads: nn.Module = nn.Identity()
        self._random, self._most_degrees = random, most_degrees

    def loss(self, encoder: nn.Module, images: Tensor, labels: Tensor) -> Tensor:  # noqa: ARG002
        views = torch.cat([self._view(images), self._view(images)])
        first, second = encoder(views).chunk(2)
        return nt_xent(first, second)

    def _view(self, images: Tensor) -> Tensor:
        view = crop(images, self._random)
        if self._most_degrees:
            view = rotation(view, self._random, self._most_degrees)
        bright = 0.6 + 0.8 * torch.rand(len(images), 1, 1, 1, generator=self._random)
        return _masked((view * bright).clamp(max=1))


class _Reconstruction:
    """A decoder of two layers gives back the pixels of an image turned by any angle."""

    def __init__(self, random: torch.Generator, size: int, pixels: int) -> None:
        self.heads: nn.Module = nn.Sequential(
            nn.Linear(size, 256), nn.ReLU(), nn.Linear(256, pixels)
        )
        self._random = random

    def loss(self, encoder: nn.Module, images: Tensor, labels: Tensor) -> Tensor:  # noqa: ARG002
        shown = _masked(rotation(images, self._random, 180))
        return F.mse_loss(self.heads(encoder(shown)), shown.flatten(1))


@frozen
class _Learnt:
    """
    What a network must say of an image.

    Parameters
    ----------
    label : bool
        Its class.
    quarter : bool
        By how many quarters it is turned; then it is turned by quarters, else by any angle.
    """

    label: bool
    quarter: bool


class _Answers:
    """Cross-entropy of linear layers on ReLU of the embedding of a turned image."""

    def __init__(self, random: torch.Generator, size: int, classes: int, learnt: _Learnt) -> None:
        self.heads = nn.ModuleDict(
            {"label": nn.Linear(size, classes), "quarter": nn.Linear(size, _QUARTERS)}
        )
        self._random, self._learnt = random, learnt

    def loss(self, encoder: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        quarters = torch.randint(_QUARTERS, (len(images),), generator=self._random)
        shown = (
            turned(images, quarters * (math.pi / 2))
            if self._learnt.quarter
            else rotation(images, self._random, 180)
        )
        features = encoder(_masked(shown)).relu()
        loss = features.new_zeros(())
        if self._learnt.label:
            loss = loss + F.cross_entropy(self.heads["label"](features), labels)
        if self._learnt.quarter:
            loss = loss + F.cross_entropy(self.heads["quarter"](features), quarters)
        return loss


_MOST_DEGREES: Final = {"nt-xent-crop": 0.0, "nt-xent-turned-30": 30.0, "nt-xent-turned": 180.0}
_ANSWERS: Final = {
    "rotation-prediction": _Learnt(label=False, quarter=True),
    "cross-entropy-turned": _Learnt(label=True, quarter=False),
    "cross-entropy-and-rotation": _Learnt(label=True, quarter=True),
}
TURNING: Final = (*_MOST_DEGREES, *_ANSWERS, "autoencoder-turned")
"""Names of these methods."""


def turning_method(
    name: str, *, size: int, classes: int, pixels: int, seed: int
) -> _Views | _Answers | _Reconstruction:
    """
    Return a training method for one network.

    Parameters
    ----------
    name : str
        One of `TURNING`.
    size, classes, pixels : int
        Values of an embedding, classes of the labels, values of an image.
    seed : int
        Of the views.
    """
    random = torch.Generator().manual_seed(seed)
    if name in _MOST_DEGREES:
        return _Views(random, _MOST_DEGREES[name])
    if name in _ANSWERS:
        return _Answers(random, size, classes, _ANSWERS[name])
    return _Reconstruction(random, size, pixels)
