"""
The specification piece by piece on an encoder that is no ONNX file: NumPy alone, no runtime.

    python examples/python_api.py
"""

from __future__ import annotations

import numpy as np

from rmqm_spec import (
    characterize,
    displacements,
    evaluate,
    resolution_of,
    step_lengths,
    white_noise,
)


def main() -> None:
    rng = np.random.default_rng(0)
    images = rng.random((40, 1, 8, 8), dtype=np.float32)
    weights = rng.normal(size=(64, 16)).astype(np.float32)

    def encoder(batch: np.ndarray) -> np.ndarray:
        return np.tanh(batch.reshape(len(batch), -1) @ weights)

    found = evaluate(encoder, images)
    print(f"evaluate        RMQM {found.rmqm:.6f}  interval {np.round(found.interval, 6)}")

    altered = white_noise(images)  # (N, J + 1, C, H, W), level 0 unaltered
    trajectories = np.stack([encoder(levels) for levels in altered])
    by_hand = characterize(
        displacements(trajectories),
        step_lengths(trajectories),
        resolution=resolution_of(trajectories.dtype),
    )
    print(f"piece by piece  RMQM {by_hand.rmqm:.6f}  status {by_hand.status}")
    print(f"D {by_hand.D:.4f}  D_RC {by_hand.D_RC:.4f}  P_RC {by_hand.P_RC:.4f}")

    authors = characterize(
        displacements(trajectories),
        step_lengths(trajectories),
        variant="authors-2022",
        resolution=resolution_of(trajectories.dtype),
    )
    print(f"authors-2022    RMQM {authors.rmqm:.6f}")


if __name__ == "__main__":
    main()
