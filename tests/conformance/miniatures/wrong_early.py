"""Mistakes of those who answer at once: where the answer is easy, nothing is looked at."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain


class _Lenient(Plain):
    """Refuses nothing that has a variant, bounds, a seed or a step size, where `easy` says so."""

    def repaired(self, given):
        usual = {"variant": "paper", "seed": 0, "alpha": None, "resolution": 1e-12}
        usual |= {"coupling": "independent", "low": 0.0, "high": 1.0}
        return given | {key: value for key, value in usual.items() if key in given}


def _leniently(name, easy):
    """Return an operation that repairs its arguments where the answer is easy."""

    def operation(self, **given):
        return getattr(Plain, name)(self, **self.repaired(given) if easy(given) else given)

    return operation


class AnswersAtOnceForOneInput(_Lenient):
    """Looks at no choice where there is a single input."""

    breaks = "RMQM-MET-004"

    evaluate = _leniently("evaluate", lambda given: len(given["inputs"]) == 1)
    document = _leniently("document", lambda given: len(given["inputs"]) == 1)
    interval = _leniently("interval", lambda given: len(given["displacements"]) == 1)


class AnswersAtOnceForOneLevel(_Lenient):
    """Looks at no choice where there is a single level."""

    breaks = "RMQM-PGD-006"

    pgd_path = _leniently("pgd_path", lambda given: given["n_levels"] == 1)
    white_noise = _leniently("white_noise", lambda given: len(given["levels"]) == 1)


class AnswersAtOnceWithoutMovement(_Lenient):
    """Looks at no choice where nothing moves."""

    breaks = "RMQM-MET-004"

    characterize = _leniently("characterize", lambda given: not given["displacements"].any())
    pgd_step = _leniently("pgd_step", lambda given: not given["gradient"].any())


class ResolvesEqualVectorsAtOnce(Plain):
    """Looks at no arithmetic where representations are equal."""

    breaks = "RMQM-RES-001"

    def distances(self, *, trajectories, arithmetic):
        still = trajectories.ndim == 3 and trajectories.shape[1] > 1 and np.ptp(trajectories) == 0
        known = "float64" if still and trajectories.any() else arithmetic
        return super().distances(trajectories=trajectories, arithmetic=known)


class PoolsOneTokenAtOnce(Plain):
    """Looks at no pooling where there is a single token or a single pixel."""

    breaks = "RMQM-ENC-006"

    def pool(self, *, output, how):
        single = math.prod(output.shape[1:2] if output.ndim == 3 else output.shape[2:]) == 1
        return super().pool(output=output, how="mean" if single else how)


class PreparesIntegersAtOnce(_Lenient):
    """Puts the bounds of integers and truth values in order."""

    breaks = "RMQM-INP-001"

    prepare = _leniently(
        "prepare", lambda given: given["input"].dtype.kind in "ib" and given["kind"] == "array"
    )


class LeavesValuesAtOnce(Plain):
    """Looks at no deviation where the means are zero."""

    breaks = "RMQM-ALT-008"

    def map_values(self, *, means, stds, **rest):
        if not means.any():
            stds = np.where(stds > 0, stds, 1.0)
        return super().map_values(means=means, stds=stds, **rest)
