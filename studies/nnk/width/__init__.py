"""How residual networks of several widths interpolate: polytopes, and NNK beside their own head."""
