"""Laws of what is empty, or of another rank or length: there is nothing to answer."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import refused

__all__ = ["CHECKS"]


def _no_inputs(name: str) -> Check:
    return refused(
        f"RMQM-DIST-007/no-inputs-of-{name}",
        "Without an input there are no distances, and no score.",
        name,
        [{"inputs": np.zeros((0, 4)), "ids": []}],
        or_error=True,
    )


RANKS = refused(
    "RMQM-DIST-003/rank-of-trajectories",
    "Representations of a lower or a higher rank than (N, J + 1, E) have no distances.",
    "distances",
    [{"trajectories": np.ones(shape)} for shape in ((), (4,), (3, 1), (2, 4, 3, 1), (1, 2, 4, 3))],
    or_error=True,
    also="RMQM-DIST-004",
)

STATISTICS = refused(
    "RMQM-ALT-008/number-of-statistics",
    "Means and deviations are one or as many as the channels; others are not repeated or cut.",
    "map_values",
    [
        {"means": np.full(n_means, 0.5), "stds": np.full(n_stds, 0.25)}
        for n_means, n_stds in ((3, 1), (1, 3), (3, 3), (4, 4))
    ],
    or_error=True,
)


CHECKS = (*map(_no_inputs, ("evaluate", "document")), RANKS, STATISTICS)
