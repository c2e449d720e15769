"""Which end of a measure the study of many encoders supports, and which measures grow with size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from attrs import frozen

__all__ = ["ENDS", "GROWING", "Support", "support_of", "title_in_study"]


@frozen
class Support:
    """
    Which end of a measure went with accuracy on other data, and how much.

    Parameters
    ----------
    end : {"high", "low"}
        Which values went with higher accuracy.
    neighbours, probe : tuple of three floats
        Mean Spearman correlation over the transfer tasks, all architectures together, between
        accuracy and the measure, or its negative where low values are first; and its 95 % interval.
        With one nearest neighbour, and with a linear probe. One of the intervals excludes zero.
    """

    end: Literal["high", "low"]
    neighbours: tuple[float, float, float]
    probe: tuple[float, float, float]

    @property
    def words(self) -> str:
        """The correlations with their intervals."""
        near, probe = (
            f"{mean:.2f} [{low:.2f}, {high:.2f}]"
            for mean, low, high in (self.neighbours, self.probe)
        )
        return f"{near} with nearest-neighbour accuracy on other data, {probe} with a linear probe"


ENDS: Final[Mapping[str, Support]] = {
    "alpha-req": Support("low", (0.24, 0.09, 0.38), (0.54, 0.43, 0.64)),
    "clid": Support("high", (0.38, 0.21, 0.55), (0.27, 0.10, 0.43)),
    "clid@16": Support("high", (0.39, 0.21, 0.55), (0.18, 0.00, 0.35)),
    "cluster-learnability": Support("low", (0.27, 0.10, 0.44), (0.05, -0.12, 0.22)),
    "cluster-learnability@16": Support("low", (0.31, 0.15, 0.47), (0.10, -0.07, 0.27)),
    "coding-rate": Support("high", (0.47, 0.32, 0.59), (0.64, 0.53, 0.73)),
    "coding-rate@16": Support("high", (0.46, 0.30, 0.60), (0.33, 0.17, 0.48)),
    "consensus": Support("high", (0.82, 0.75, 0.87), (0.68, 0.58, 0.77)),
    "fisher-ratio": Support("high", (0.19, 0.01, 0.35), (0.19, 0.02, 0.34)),
    "information-sufficiency": Support("high", (0.70, 0.60, 0.78), (0.84, 0.78, 0.88)),
    "instance-retrieval": Support("high", (0.43, 0.28, 0.56), (0.33, 0.19, 0.47)),
    "jacobian-condition": Support("high", (0.27, 0.11, 0.42), (0.22, 0.05, 0.38)),
    "jacobian-condition@16": Support("low", (0.53, 0.38, 0.65), (0.29, 0.13, 0.43)),
    "jacobian-rank": Support("high", (0.55, 0.42, 0.66), (0.64, 0.52, 0.73)),
    "jacobian-rank@16": Support("high", (0.56, 0.43, 0.68), (0.28, 0.12, 0.42)),
    "jacobian-volume": Support("low", (0.30, 0.15, 0.44), (0.23, 0.07, 0.38)),
    "jacobian-volume@16": Support("high", (0.32, 0.16, 0.47), (0.14, -0.04, 0.30)),
    "lidar": Support("high", (0.51, 0.36, 0.63), (0.50, 0.37, 0.62)),
    "mle-dimension": Support("high", (0.48, 0.32, 0.63), (0.27, 0.11, 0.43)),
    "mle-dimension@16": Support("high", (0.47, 0.30, 0.62), (0.22, 0.06, 0.38)),
    "mst-dimension": Support("high", (0.47, 0.30, 0.62), (0.25, 0.09, 0.41)),
    "mst-dimension@16": Support("high", (0.46, 0.29, 0.61), (0.21, 0.05, 0.38)),
    "neighbour-agreement": Support("high", (0.82, 0.75, 0.87), (0.58, 0.45, 0.69)),
    "neighbour-ratio": Support("high", (0.57, 0.43, 0.68), (0.32, 0.17, 0.46)),
    "neighbour-ratio@16": Support("high", (0.56, 0.43, 0.68), (0.28, 0.12, 0.42)),
    "neighbourhood-preservation": Support("high", (0.55, 0.40, 0.68), (0.49, 0.35, 0.62)),
    "nesum": Support("high", (0.61, 0.48, 0.71), (0.47, 0.33, 0.60)),
    "nesum@16": Support("high", (0.50, 0.35, 0.63), (0.21, 0.03, 0.38)),
    "participation-ratio": Support("high", (0.72, 0.62, 0.80), (0.53, 0.39, 0.64)),
    "participation-ratio@16": Support("high", (0.60, 0.46, 0.71), (0.29, 0.12, 0.45)),
    "rankme": Support("high", (0.68, 0.58, 0.76), (0.74, 0.66, 0.80)),
    "rankme@16": Support("high", (0.69, 0.58, 0.77), (0.43, 0.29, 0.56)),
    "relative-displacement": Support("low", (0.69, 0.59, 0.77), (0.45, 0.32, 0.57)),
    "rmqm": Support("high", (0.60, 0.49, 0.70), (0.45, 0.32, 0.56)),
    "self-cluster": Support("low", (0.28, 0.10, 0.46), (0.22, 0.04, 0.38)),
    "self-cluster@16": Support("low", (0.30, 0.12, 0.47), (0.24, 0.06, 0.40)),
    "stable-rank": Support("high", (0.21, 0.03, 0.39), (0.28, 0.11, 0.45)),
    "stable-rank@16": Support("high", (0.19, 0.01, 0.36), (0.15, -0.03, 0.32)),
    "two-nn": Support("high", (0.39, 0.22, 0.56), (0.27, 0.09, 0.44)),
    "two-nn@16": Support("high", (0.40, 0.22, 0.56), (0.19, 0.01, 0.36)),
    "uniformity": Support("low", (0.36, 0.19, 0.53), (0.35, 0.18, 0.51)),
    "uniformity@16": Support("low", (0.34, 0.17, 0.51), (0.30, 0.13, 0.46)),
}
"""
By measure, from ``studies/architectures/results/analysis.json``: those of which an interval
excludes zero, and no others.
"""

GROWING: Final = frozenset(
    {"rankme", "coding-rate", "lidar", "jacobian-condition", "jacobian-rank"}
)
"""Measures whose Spearman correlation with the embedding size is above 0.5 over the encoders."""

_SIZE_OF_STUDY: Final = 16


def support_of(name: str) -> Support | None:
    """
    Return what the study supports of a measure; of ``NAME@SIZE`` what it supports at its own size.

    Examples
    --------
    >>> support_of("uniformity").end, support_of("rankme@32") == support_of("rankme@16")
    ('low', True)
    >>> support_of("path-curvature") is None
    True
    """
    base, at, _ = name.partition("@")
    if name in ENDS or not at:
        return ENDS.get(name)
    return ENDS.get(f"{base}@{_SIZE_OF_STUDY}")


def title_in_study(name: str, title: str) -> str:
    """
    Return the title of what the study measured: at its own size, whatever size is asked for.

    Examples
    --------
    >>> title_in_study("rankme@8", "RankMe at 8 values"), title_in_study("rankme", "RankMe")
    ('RankMe at 16 values', 'RankMe')
    """
    _, at, size = name.partition("@")
    return title.replace(f" at {size} values", f" at {_SIZE_OF_STUDY} values") if at else title
