"""Exact nearest neighbours with one rule for ties, for all measures and probes.

The rule: a distance is the Euclidean norm of a difference, in float64, and two distances are equal
if they are so after rounding to 12 decimals. Neither the order of rows, nor blocks, nor the
library that multiplies matrices can then decide which of several equally near rows is a neighbour.
"""

from rmqm_spec.neighbours.search import (
    Chances,
    Neighbours,
    chances,
    nearest,
    nearest_distances,
    of_order_one,
)

__all__ = ["Chances", "Neighbours", "chances", "nearest", "nearest_distances", "of_order_one"]
