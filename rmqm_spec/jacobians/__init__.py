"""
Jacobians of encoders and autoencoders, and their products with many directions at once.

`pull_back` and `push_forward` multiply the Jacobian of each input by directions; `jacobian` returns
it whole, and `jacobians` a block of inputs at a time. `local_spectra` has the singular values of
the Jacobian of the unit encoding. `autoencoder_jacobians` returns the small matrices that hold the
eigenvalues of an autoencoder.
"""

from rmqm_spec.jacobians.autoencoder import (
    Autoencoder,
    AutoencoderJacobians,
    autoencoder_jacobians,
    blocks_of_jacobians,
)
from rmqm_spec.jacobians.matrices import Jacobian, Way, jacobian, jacobians
from rmqm_spec.jacobians.products import pull_back, push_forward
from rmqm_spec.jacobians.singular import LocalSpectra, local_spectra, unit_jacobians

__all__ = [
    "Autoencoder",
    "AutoencoderJacobians",
    "Jacobian",
    "LocalSpectra",
    "Way",
    "autoencoder_jacobians",
    "blocks_of_jacobians",
    "jacobian",
    "jacobians",
    "local_spectra",
    "pull_back",
    "push_forward",
    "unit_jacobians",
]
