"""A small vision transformer (Dosovitskiy et al. 2021) that averages over its patches."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["VisionTransformer"]


class _Attention(nn.Module):
    """Self-attention, written out so that every exporter takes it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.joint = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        width = tokens.shape[-1]
        n_patches, of_head = tokens.shape[-2], width // self.heads
        joint = self.joint(tokens).reshape(-1, n_patches, 3, self.heads, of_head)
        query, key, value = joint.permute(2, 0, 3, 1, 4).unbind(0)
        weights = (query @ key.transpose(-1, -2) * of_head**-0.5).softmax(-1)
        return self.out((weights @ value).transpose(1, 2).reshape(-1, n_patches, width))


class _Layer(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(width), _Attention(width, heads))
        self.perceptron = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.attention(tokens)
        return tokens + self.perceptron(tokens)


class VisionTransformer(nn.Module):
    """
    A transformer over the patches of an image.

    Parameters
    ----------
    channels, side, patch : int
        Of the images, and the side of a patch.
    width, depth, size : int
        Values of a token, number of layers, and values of an embedding.
    """

    def __init__(
        self, channels: int, side: int, patch: int, *, width: int, depth: int, size: int
    ) -> None:
        super().__init__()
        n_patches = (side // patch) ** 2
        self.patches = nn.Conv2d(channels, width, patch, patch)
        self.positions = nn.Parameter(0.02 * torch.randn(1, n_patches, width))
        self.layers = nn.Sequential(*(_Layer(width, 4) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, size)

    def forward(self, images: Tensor) -> Tensor:
        """Return embeddings (N, E)."""
        tokens = self.patches(images).flatten(2).transpose(1, 2) + self.positions
        return self.head(self.norm(self.layers(tokens)).mean(1))
