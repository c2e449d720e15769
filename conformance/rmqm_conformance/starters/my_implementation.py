"""
My implementation of RMQM: a program that the conformance kit can judge.

    rmqm-spec conformance --cmd "python my_implementation.py"

It claims the capability `characteristics` and has the formulas of the variant `paper` only, so that
the first report shows what is still missing. Write the rest, then claim more: each operation with
its arguments is listed in docs/conformance.md, each rule in docs/specification.md.
"""

import math

import numpy as np

from rmqm_conformance import serve


class NotAcceptedError(ValueError):
    """Raise this (any ValueError) to refuse; any other exception counts as a crash."""


class MyImplementation:
    """One method for each operation: keyword arguments in, a dict with its keys out."""

    def describe(self):
        """Say who you are and what you claim; the rest is "not claimed", never a failure."""
        return {
            "name": "my-rmqm",
            "version": "0.1",
            "language": "Python",
            "capabilities": ["characteristics"],
        }

    def distances(self, *, trajectories, arithmetic):
        """Displacements and step lengths of (N, J + 1, E) representations."""
        z = trajectories.astype(np.float64)
        largest = np.abs(z).max(axis=-1, keepdims=True)
        if not (np.isfinite(largest) & (largest > 0)).all():
            raise NotAcceptedError("a representation must be finite and have a norm above zero")
        z = z / largest
        unit = z / np.sqrt((z**2).sum(axis=-1, keepdims=True))
        resolutions = {"float32": 1e-6, "float16": 1e-3, "bfloat16": 1e-3}
        return {
            "displacements": np.sqrt(((unit[:, 1:] - unit[:, :1]) ** 2).sum(axis=-1)),
            "step_lengths": np.sqrt(((unit[:, 1:] - unit[:, :-1]) ** 2).sum(axis=-1)),
            "resolution": resolutions.get(arithmetic, 1e-12),
        }

    def characterize(self, *, displacements, step_lengths, variant, resolution):
        """Characteristics and the metric of (N, J) distances."""
        del resolution  # not used yet: distances below it must count as zero (RMQM-RES-002)
        if variant != "paper":
            raise NotAcceptedError(f"variant must be paper; got {variant!r}")
        d, s = displacements, step_lengths
        n_levels = d.shape[1]
        before = np.concatenate([np.zeros((len(d), 1)), d[:, :-1]], axis=1)
        d_rc = (np.abs(d - before) / d).sum(axis=1).mean() / n_levels
        p_rc = (np.abs(s[:, 1:] - s[:, :-1]) / s[:, 1:]).sum(axis=1).mean() / n_levels
        return {
            "D": d.mean(),
            "S": s.mean(),
            "D_RC": d_rc,
            "P_RC": p_rc,
            "rmqm": math.log(1 + d.mean() + 1 / d_rc + 1 / p_rc),
            "status": "ok",
            "undefined_D_RC": 0,
            "undefined_P_RC": 0,
            "left_out": 0,
            "weighted_rmqm": None,
        }


if __name__ == "__main__":
    serve(MyImplementation())
