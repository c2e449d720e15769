"""Does a score predict? Correlation of scores with probes, within tasks and pooled."""

from rmqm_spec.correlation.coefficients import COEFFICIENTS, kendall, pearson, spearman

__all__ = ["COEFFICIENTS", "kendall", "pearson", "spearman"]
