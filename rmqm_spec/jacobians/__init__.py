"""
Jacobians of encoders, and their products with many directions at once.

`pull_back` and `push_forward` multiply the Jacobian of each input by directions; `jacobian` returns
it whole, and `jacobians` a block of inputs at a time.
"""

from rmqm_spec.jacobians.matrices import Jacobian, Way, jacobian, jacobians
from rmqm_spec.jacobians.products import pull_back, push_forward

__all__ = ["Jacobian", "Way", "jacobian", "jacobians", "pull_back", "push_forward"]
