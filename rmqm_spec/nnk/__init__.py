"""Neighbourhoods by non-negative kernel regression (NNK; Shekkizhar and Ortega, 2020)."""

from rmqm_spec.nnk.kernels import Cosine, Gaussian, Kernel
from rmqm_spec.nnk.neighbourhoods import Neighbourhoods, all_neighbourhoods, neighbourhoods

__all__ = [
    "Cosine",
    "Gaussian",
    "Kernel",
    "Neighbourhoods",
    "all_neighbourhoods",
    "neighbourhoods",
]
