"""Losses over embeddings: NT-Xent, and triplets with semi-hard negatives."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 (the name everybody knows)
from torch import Tensor

__all__ = ["nt_xent", "triplet"]

TEMPERATURE = 0.07
MARGIN = 0.5


def nt_xent(first: Tensor, second: Tensor) -> Tensor:
    """Return the normalised temperature-scaled cross-entropy of two views, each (N, E)."""
    both = F.normalize(torch.cat([first, second]))
    similar = both @ both.T / TEMPERATURE
    n = len(first)
    similar = similar.masked_fill(torch.eye(2 * n, dtype=torch.bool), -torch.inf)
    partner = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(similar, partner)


def triplet(embeddings: Tensor, labels: Tensor) -> Tensor:
    """
    Return the mean triplet loss on unit vectors, with semi-hard negatives.

    For every pair of one class the negative is the nearest that is further than the positive;
    where there is none, the furthest (Schroff et al. 2015).
    """
    unit = F.normalize(embeddings)
    distances = (2 - 2 * unit @ unit.T).clamp_min(1e-12).sqrt()
    same = labels[:, None] == labels[None]
    anchors, positives = torch.nonzero(same & ~torch.eye(len(labels), dtype=torch.bool)).T
    to_positive = distances[anchors, positives]
    others = distances[anchors].masked_fill(same[anchors], torch.inf)
    further = others.masked_fill(others <= to_positive[:, None], torch.inf).min(1).values
    furthest = others.masked_fill(same[anchors], -torch.inf).max(1).values
    negative = torch.where(further.isfinite(), further, furthest)
    return F.relu(to_positive - negative + MARGIN).mean()
