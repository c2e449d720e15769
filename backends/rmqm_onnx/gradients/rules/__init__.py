"""
The rules, one module per family; importing this package fills the table.

A rule is written in the letters of its operator: `s.x` and `s.y` are the first input and output,
`s.g` is the cotangent of the output, and what is returned is the gradient of the input, or the
gradients of several inputs by position. A reader checks each line against calculus.
"""

from rmqm_onnx.gradients.rules import (  # noqa: F401
    activations,
    arithmetic,
    convolution,
    einsum,
    elementwise,
    indexing,
    normalisation,
    pooling,
    products,
    quantisation,
    reductions,
    resampling,
    sampling,
    scattering,
    shaping,
    softmax,
    spectral,
)
from rmqm_onnx.gradients.table import RULES, ZERO

__all__ = ["RULES", "ZERO"]
