"""An autoencoder: an encoder, and the decoder that makes inputs of its encodings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from rmqm_spec.contracts.encoder import DifferentiableEncoder
from rmqm_spec.findings import Finding

__all__ = ["Autoencoder"]


@frozen(eq=False)
class Autoencoder:
    """
    Two networks that belong together, both with vector-Jacobian products.

    Parameters
    ----------
    encoder : DifferentiableEncoder
        From inputs (N, *S) to latents (N, n).
    decoder : DifferentiableEncoder
        From latents (N, n) to reconstructions (N, d), where d is the number of values of an input:
        in C order of (N, *S), and in the units of the encoder's inputs.
    findings : tuple of Finding
        What was chosen and noticed while opening.
    description : mapping
        What was opened and how, as plain data for results.
    """

    encoder: DifferentiableEncoder
    decoder: DifferentiableEncoder
    findings: tuple[Finding, ...] = ()
    description: Mapping[str, Any] = field(factory=dict)
