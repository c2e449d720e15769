"""The paper's numbers on MNIST: Table 1, the correlations, the ablation, Equation 6."""

from __future__ import annotations

from typing import Final

__all__ = ["ABLATION", "CORRELATIONS", "TABLE_1", "WEIGHTS"]

TABLE_1: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "cross-entropy": {"noise": (0.33, 0.15), "pgd": (0.21, 0.08)},
    "triplet-entropy": {"noise": (0.73, 0.11), "pgd": (0.33, 0.08)},
    "triplet-supervised": {"noise": (0.77, 0.06), "pgd": (0.38, 0.10)},
    "triplet-ss": {"noise": (0.93, 0.13), "pgd": (0.66, 0.17)},
    "nt-xent": {"noise": (1.01, 0.04), "pgd": (0.68, 0.10)},
}
"""D by method and alteration: mean and standard deviation over sizes and optimisers."""

CORRELATIONS: Final = {"neighbours": 0.75, "probe": 0.78, "both": 0.72}
"""Pearson's r of RMQM with normalised accuracy, all encoders and tasks pooled (section 5.1)."""

ABLATION: Final = {"D": 0.27, "1/D_RC + 1/P_RC": 0.72}
"""Pearson's r of ln(1 + sum) with the accuracy of neighbours (Appendix A)."""

WEIGHTS: Final = (0.95, 0.74, 0.11)
"""Of D, 1/D_RC and 1/P_RC in Equation 6."""
