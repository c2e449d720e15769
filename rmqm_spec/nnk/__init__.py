"""
Neighbourhoods by non-negative kernel regression (NNK; Shekkizhar and Ortega, 2020).

Of the k nearest rows of a query, those are its neighbours that its best approximation by a
weighted sum without negative weights needs, in the space of a kernel. A row that lies behind
another one, as seen from the query, adds nothing and is left out, so the neighbours surround the
query: they are the corners of a polytope. How many there are follows the data and not k.

`neighbourhoods` finds the candidates and solves for the weights; `solve` takes kernel values that
are already there.
"""

from rmqm_spec.nnk.agreement import Agreement, agreement
from rmqm_spec.nnk.channels import ChannelStopping, channel_errors
from rmqm_spec.nnk.graph import graph, to_networkx
from rmqm_spec.nnk.interpolation import interpolated, votes_of_rules
from rmqm_spec.nnk.kernels import Cosine, Gaussian, Kernel
from rmqm_spec.nnk.neighbourhoods import Neighbourhoods, all_neighbourhoods, neighbourhoods
from rmqm_spec.nnk.polytopes import are_mixed, diameters
from rmqm_spec.nnk.solving import solve
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
    "solve",
    "to_networkx",
    "votes_of_rules",
]
