"""A complete, simple implementation of the specification, written from its text alone."""

from __future__ import annotations

from .plain_documents import Documents
from .plain_encoder import Encoder
from .plain_inputs import Inputs, Refused
from .plain_losses import Losses
from .plain_metric import Metric
from .plain_nnk import Nnk
from .plain_noise import Noise
from .plain_pgd import Pgd
from .plain_spectra import Spectra
from .plain_value_map import ValueMap


class Plain(Inputs, Noise, Metric, Losses, Pgd, Encoder, Documents, ValueMap, Nnk, Spectra):
    """Every operation, in small methods: a miniature overrides one of them."""

    refusals = (Refused,)
    generator = "philox4x64-10/quantile16"
    capabilities = (
        "inputs",
        "noise",
        "pgd",
        "encoder",
        "characteristics",
        "interval",
        "documents",
        "comparison",
        "value-map",
        "nnk",
        "spectrum",
    )
    extensions = ("common", "weighted")
    may_differ = ()  # operations of an allowed variant whose results are not those of `Plain`

    def describe(self):
        return {
            "name": type(self).__name__,
            "version": "1.0",
            "language": "Python",
            "capabilities": list(self.capabilities),
            "extensions": list(self.extensions),
            "generator": self.generator,
            "encoder": dict(self.own),
        }
