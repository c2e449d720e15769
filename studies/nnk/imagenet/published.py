"""The published table: top-1 accuracy on ImageNet of ResNet-50s, k = 50, cosine kernel."""

from __future__ import annotations

from typing import Final

__all__ = ["PUBLISHED", "SOURCE"]

SOURCE: Final = (
    "https://github.com/shekkizh/shekkizh.github.io/blob/master/_posts/"
    "2021-06-20-revisting-k-nearest-neighbors.md"
)

PUBLISHED: Final[dict[str, dict[str, float]]] = {
    "supervised": {"linear": 0.761, "weighted_knn": 0.745, "nnk": 0.754},
    "MoCo-v2": {"linear": 0.711, "weighted_knn": 0.603, "nnk": 0.649},
    "DeepClusterV2": {"linear": 0.752, "weighted_knn": 0.658, "nnk": 0.707},
    "SwAV": {"linear": 0.753, "weighted_knn": 0.632, "nnk": 0.687},
    "DINO": {"linear": 0.753, "weighted_knn": 0.656, "nnk": 0.711},
}
"""Shares of right answers on the 50,000 validation images."""
