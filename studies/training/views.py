"""Random views of images: rotation, perspective, crop."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812 (the name everybody knows)
from torch import Tensor

__all__ = ["crop", "perspective", "rotation", "turned"]

_MOST_DEGREES = 15.0
_DISTORTION = 0.5
"""Corners move inwards by up to this share of half a side, as in torchvision."""


def rotation(
    images: Tensor, random: torch.Generator, most_degrees: float = _MOST_DEGREES
) -> Tensor:
    """Return each image (N, C, H, W) turned by its own angle, up to so many degrees."""
    share = 2 * torch.rand(len(images), generator=random) - 1
    return turned(images, share * math.radians(most_degrees))


def turned(images: Tensor, radians: Tensor) -> Tensor:
    """Return images (N, C, H, W) turned by angles (N,); bilinear, and black around."""
    cos, sin, zero = radians.cos(), radians.sin(), torch.zeros_like(radians)
    turns = torch.stack([cos, -sin, zero, sin, cos, zero], 1).reshape(-1, 2, 3)
    grid = F.affine_grid(turns, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def crop(images: Tensor, random: torch.Generator, least: float = 0.6) -> Tensor:
    """Return a square part of each image (N, C, H, W), at least so wide, in the whole's size."""
    n = len(images)
    width = least + (1 - least) * torch.rand(n, generator=random)
    x, y = (1 - width) * (2 * torch.rand(2, n, generator=random) - 1)
    zero = torch.zeros_like(width)
    parts = torch.stack([width, zero, x, zero, width, y], 1).reshape(-1, 2, 3)
    grid = F.affine_grid(parts, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def perspective(images: Tensor, random: torch.Generator) -> Tensor:
    """Return each image (N, C, H, W) from a random point of view."""
    corners = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    inwards = torch.rand(len(images), 4, 2, generator=random) * _DISTORTION
    homographies = _homographies(corners * (1 - inwards), corners)
    height, width = images.shape[-2:]
    identity = torch.eye(2, 3).expand(len(images), 2, 3)
    grid = F.affine_grid(identity, list(images.shape), align_corners=False)
    points = torch.cat([grid, torch.ones_like(grid[..., :1])], dim=-1).flatten(1, 2)
    x, y, w = (points @ homographies.transpose(1, 2)).unbind(-1)
    grid = torch.stack([x / w, y / w], dim=-1).unflatten(1, (height, width))
    return F.grid_sample(images, grid, align_corners=False)


def _homographies(starts: Tensor, end: Tensor) -> Tensor:
    """Return the matrices (N, 3, 3) that take corners (N, 4, 2) to the corners (4, 2)."""
    rows, right = [], []
    for corner in range(4):
        x, y = starts[:, corner].unbind(-1)
        one, zero = torch.ones_like(x), torch.zeros_like(x)
        u, v = end[corner].tolist()
        rows += [
            torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], -1),
            torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], -1),
        ]
        right += [u * one, v * one]
    solved = torch.linalg.solve(torch.stack(rows, 1), torch.stack(right, 1))
    return torch.cat([solved, torch.ones(len(starts), 1)], 1).reshape(-1, 3, 3)
