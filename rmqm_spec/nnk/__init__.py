"""
Neighbourhoods by non-negative kernel regression (NNK; Shekkizhar and Ortega, 2020).

The k rows nearest to a query are its candidates. NNK approximates the query, in the space of a
kernel, by the best weighted sum of its candidates without negative weights. Its neighbours are the
candidates with a weight above 0. A candidate that lies behind another, as seen from the query, adds
nothing and gets the weight 0, so the neighbours surround the query: they are the corners of a
polytope. How many there are depends on the data; k is only their largest possible number.

`neighbourhoods` finds the candidates and solves for the weights; `solve` takes kernel values that
are already computed.
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
