"""Values of single inputs under real encoders, from which simulated inputs are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

__all__ = ["VALUES", "Pool", "read_pools", "scores_of", "write_pools"]

VALUES: Final = Path(__file__).parent / "results" / "values.npz"
"""D, D_RC and P_RC of each input, (N, 3) for each encoder; the inputs of a group are the same."""

Pool = np.ndarray
"""(N, K, 3): the values of N inputs under K encoders."""


def read_pools(file: Path = VALUES) -> dict[str, dict[str, Pool]]:
    """Return the values (N, 3) of every encoder, by group and name."""
    groups: dict[str, dict[str, Pool]] = {}
    with np.load(file, allow_pickle=False) as arrays:
        for key in arrays.files:
            group, _, name = key.partition("/")
            groups.setdefault(group, {})[name] = arrays[key].astype(np.float64)
    return groups


def write_pools(groups: dict[str, dict[str, Pool]], file: Path = VALUES) -> None:
    """Store values in single precision: their sampling error is ten thousand times larger."""
    arrays = {
        f"{group}/{name}": values.astype(np.float32)
        for group, encoders in groups.items()
        for name, values in encoders.items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def scores_of(means: np.ndarray) -> np.ndarray:
    """Return RMQM of means (..., 3) of D, D_RC and P_RC."""
    return np.log(1 + means[..., 0] + 1 / means[..., 1] + 1 / means[..., 2])


def gradients_of(means: np.ndarray) -> np.ndarray:
    """Return the derivatives (..., 3) of RMQM by the means."""
    total = 1 + means[..., 0] + 1 / means[..., 1] + 1 / means[..., 2]
    parts = (np.ones_like(total), -1 / means[..., 1] ** 2, -1 / means[..., 2] ** 2)
    return np.stack(parts, axis=-1) / total[..., None]
