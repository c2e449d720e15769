"""
The rules, a module per family; importing this package fills the table.

A rule is written like a formula: `s.x` and `s.y` are the first input and output, `s.g` is the
cotangent of the output, and the result is the gradient of the input, or the gradients of several
inputs by position. So each line can be checked against calculus.
"""

from rmqm_onnx.gradients.rules import (  # noqa: F401
    activations,
    arithmetic,
    convolution,
    determinants,
    einsum,
    elementwise,
    indexing,
    normalisation,
    pooling,
    products,
    quantisation,
    reductions,
    regions,
    resampling,
    sampling,
    scattering,
    shaping,
    softmax,
    spectral,
)
from rmqm_onnx.gradients.table import RULES, ZERO

__all__ = ["RULES", "ZERO"]
