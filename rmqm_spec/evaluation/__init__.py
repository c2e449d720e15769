"""The walk of inputs through all levels of an alteration, and the statistic that it leaves."""
