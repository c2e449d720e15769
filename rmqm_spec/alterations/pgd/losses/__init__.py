"""Losses of PGD: each is defined once, over encodings, by its value and its gradient."""

from rmqm_spec.alterations.pgd.losses.contract import Loss
from rmqm_spec.alterations.pgd.losses.naming import LOSSES, loss

__all__ = ["LOSSES", "Loss", "loss"]
