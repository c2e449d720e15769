"""The networks of the studies: from images in [0, 1], (N, C, H, W), to embeddings (N, E)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from attrs import frozen
from torch import Tensor, nn

from studies.training.residual import resnet
from studies.training.transformer import VisionTransformer

__all__ = ["ARCHITECTURES", "Images", "build"]


@frozen
class Images:
    """
    What images a network takes.

    Parameters
    ----------
    channels, side : int
        Their channels, and their height and width.
    mean, std : float
        Of all values in [0, 1]; the network subtracts and divides itself.
    """

    channels: int
    side: int
    mean: float
    std: float


class Normalised(nn.Module):
    """A network behind the normalisation of its inputs, so that it takes values in [0, 1]."""

    def __init__(self, images: Images, network: nn.Module) -> None:
        super().__init__()
        self.mean, self.std = images.mean, images.std
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Return embeddings (N, E) of images (N, C, H, W)."""
        return self.network((images - self.mean) / self.std)


def _head(features: int, size: int, widths: tuple[int, ...]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Linear(features, width), nn.ReLU()]
        features = width
    return [*layers, nn.Linear(features, size)]


def _lenet(images: Images, size: int) -> nn.Module:
    """LeNet of the RMQM paper's authors: linear layers of 512, 512 and 512 before the embedding."""
    side = ((images.side - 4) // 2 - 4) // 2
    return nn.Sequential(
        nn.Conv2d(images.channels, 6, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        *_head(16 * side * side, size, (512, 512, 512)),
    )


def _tanh_cnn(images: Images, size: int) -> nn.Module:
    side = images.side // 4
    return nn.Sequential(
        nn.Conv2d(images.channels, 8, 5, padding=2),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(8, 16, 5, padding=2),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * side * side, 256),
        nn.Tanh(),
        nn.Linear(256, size),
    )


def _batch_norm_cnn(images: Images, size: int) -> nn.Module:
    def block(before: int, after: int) -> list[nn.Module]:
        convolution = nn.Conv2d(before, after, 3, padding=1, bias=False)
        return [convolution, nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]

    return nn.Sequential(
        *block(images.channels, 12),
        *block(12, 24),
        *block(24, 48),
        nn.Flatten(),
        nn.Linear(48 * (images.side // 8) ** 2, size),
    )


def _mlp(images: Images, size: int) -> nn.Module:
    pixels = images.channels * images.side**2
    return nn.Sequential(nn.Flatten(), *_head(pixels, size, (256, 256)))


def _vit(images: Images, size: int) -> nn.Module:
    patch = images.side // 4
    return VisionTransformer(images.channels, images.side, patch, width=48, depth=3, size=size)


def _resnet(images: Images, size: int) -> nn.Module:
    return resnet(images.channels, size, width=8)


ARCHITECTURES: Final[dict[str, Callable[[Images, int], nn.Module]]] = {
    "lenet": _lenet,
    "tanh-cnn": _tanh_cnn,
    "bn-cnn": _batch_norm_cnn,
    "mlp": _mlp,
    "vit": _vit,
    "resnet": _resnet,
}
"""By name: from images and the embedding's size to a network that takes normalised images."""


def build(architecture: str, images: Images, size: int, seed: int) -> nn.Module:
    """
    Return an untrained network.

    Parameters
    ----------
    architecture : str
        One of `ARCHITECTURES`.
    images : Images
        What it takes.
    size : int
        Values of an embedding, E.
    seed : int
        Of its weights.
    """
    torch.manual_seed(seed)
    return Normalised(images, ARCHITECTURES[architecture](images, size))
