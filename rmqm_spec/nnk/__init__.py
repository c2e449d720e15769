"""Neighbourhoods by non-negative kernel regression (NNK; Shekkizhar and Ortega, 2020)."""

from rmqm_spec.nnk.agreement import Agreement, agreement
from rmqm_spec.nnk.channels import ChannelStopping, channel_errors
from rmqm_spec.nnk.graph import graph, to_networkx
from rmqm_spec.nnk.interpolation import interpolated, votes_of_rules
from rmqm_spec.nnk.kernels import Cosine, Gaussian, Kernel
from rmqm_spec.nnk.neighbourhoods import Neighbourhoods, all_neighbourhoods, neighbourhoods
from rmqm_spec.nnk.polytopes import are_mixed, diameters
from rmqm_spec.nnk.votes import are_wrong, class_votes, predictions, soft_errors, softmax_votes

__all__ = [
    "Agreement",
    "ChannelStopping",
    "Cosine",
    "Gaussian",
    "Kernel",
    "Neighbourhoods",
    "agreement",
    "all_neighbourhoods",
    "are_mixed",
    "are_wrong",
    "channel_errors",
    "class_votes",
    "diameters",
    "graph",
    "interpolated",
    "neighbourhoods",
    "predictions",
    "soft_errors",
    "softmax_votes",
    "to_networkx",
    "votes_of_rules",
]
