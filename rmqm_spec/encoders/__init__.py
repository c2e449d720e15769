"""Tools for any encoder: checks of its contract, pooling, and gradients by differences."""
