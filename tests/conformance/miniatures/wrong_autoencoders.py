"""Mistakes in the two Jacobians of autoencoders."""

from __future__ import annotations

import numpy as np

from .plain import Plain


class DifferentiatesTheEncoderAtTheInput(Plain):
    """Gives the product that belongs to the input for the latent Jacobian."""

    breaks = "RMQM-JAC-005"

    def latent_jacobian(self, at_x, at_again, dD):
        return at_x @ dD


class DifferentiatesTheEncoderAtTheReconstruction(Plain):
    """Gives the product that belongs to the latent for the input Jacobian."""

    breaks = "RMQM-JAC-006"

    def input_jacobian(self, at_x, at_again, dD):
        return super().input_jacobian(at_again, at_x, dD)


class ExchangesBothSpaces(Plain):
    """Gives the latent spectrum for the input, and the other way round."""

    breaks = "RMQM-JAC-005"

    def latent_jacobian(self, at_x, at_again, dD):
        return at_x @ dD

    def input_jacobian(self, at_x, at_again, dD):
        return super().input_jacobian(at_again, at_x, dD)


class MultipliesInTheOtherOrder(Plain):
    """Multiplies decoder by encoder for the latent Jacobian, where both spaces are of a size."""

    breaks = "RMQM-JAC-005"

    def latent_jacobian(self, at_x, at_again, dD):
        product = dD @ at_again
        return product if len(product) == len(at_x) else super().latent_jacobian(at_x, at_again, dD)


class TransposesTheLatentJacobian(Plain):
    """Gives the transposed latent Jacobian, which has the same spectrum."""

    breaks = "RMQM-JAC-005"

    def latent_jacobian(self, at_x, at_again, dD):
        return super().latent_jacobian(at_x, at_again, dD).T


class TiesWeights(Plain):
    """Takes the transposed encoder for the decoder."""

    breaks = "RMQM-JAC-005"

    def latent_jacobian(self, at_x, at_again, dD):
        return at_again @ at_again.T

    def input_jacobian(self, at_x, at_again, dD):
        return super().input_jacobian(at_x, at_again, at_x.T)


class TransposesTheDecoder(Plain):
    """Reads the Jacobian of the decoder by columns."""

    breaks = "RMQM-JAC-006"

    def autoencoded(self, encoder, decoder, x):
        self.transposed = len(encoder[-1]["bias"]) == len(x)
        return super().autoencoded(encoder, decoder, x)

    def latent_jacobian(self, at_x, at_again, dD):
        return at_again @ (dD.T if self.transposed else dD)

    def input_jacobian(self, at_x, at_again, dD):
        other = dD.T if self.transposed else dD[:, ::-1]
        return super().input_jacobian(at_x, at_again, other)


class DecodesTheLatentOfTheReconstruction(Plain):
    """Differentiates the decoder at the latent of the reconstruction."""

    breaks = "RMQM-JAC-005"

    def autoencoded(self, encoder, decoder, x):
        found = super().autoencoded(encoder, decoder, x)
        again = found["reconstructions"]
        z, at_again = self.with_jacobian(encoder, again)
        latent = self.latent_jacobian(at_again, at_again, self.with_jacobian(decoder, z)[1])
        told = self.described(latent)
        keys = ("eigenvalues", "traces", "log_volumes", "orientations")
        return found | {"latent_jacobians": latent} | {f"latent_{key}": told[key] for key in keys}


class DecodesTheOrigin(Plain):
    """Differentiates the decoder at a latent of zeros."""

    breaks = "RMQM-JAC-006"

    def autoencoded(self, encoder, decoder, x):
        self.middle = self.with_jacobian(decoder, np.zeros(len(encoder[-1]["bias"])))[1]
        return super().autoencoded(encoder, decoder, x)

    def latent_jacobian(self, at_x, at_again, dD):
        return super().latent_jacobian(at_x, at_again, self.middle)

    def input_jacobian(self, at_x, at_again, dD):
        return super().input_jacobian(at_x, at_again, self.middle)


class TakesTheSmallProductAlways(Plain):
    """Gives the d largest eigenvalues of the n x n product where the latent is larger."""

    breaks = "RMQM-JAC-006"

    def input_jacobian(self, at_x, at_again, dD):
        if len(at_x) <= len(dD):
            return at_x @ dD
        d = len(dD)
        return (at_x @ dD)[:d, :d]


class SymmetrisesProducts(Plain):
    """Gives the spectrum of the symmetric part of the input Jacobian."""

    breaks = "RMQM-JAC-006"

    def input_jacobian(self, at_x, at_again, dD):
        A = super().input_jacobian(at_x, at_again, dD)
        return (A + A.T) / 2


class SubtractsTheIdentity(Plain):
    """Gives the spectrum of what the round trip changes, less the identity."""

    breaks = "RMQM-JAC-006"

    def input_jacobian(self, at_x, at_again, dD):
        A = super().input_jacobian(at_x, at_again, dD)
        return A - np.eye(len(A))


class MeasuresThePulledBackMetric(Plain):
    """Gives the metric of the decoder, dD'dD, for the latent Jacobian."""

    breaks = "RMQM-JAC-005"

    def latent_jacobian(self, at_x, at_again, dD):
        return dD.T @ dD


class SumsTheError(Plain):
    """Adds up squared errors instead of averaging them."""

    breaks = "RMQM-JAC-004"

    def mean_squared_error(self, again, x):
        return ((again - x) ** 2).sum()


class AveragesAbsoluteErrors(Plain):
    """Averages absolute errors."""

    breaks = "RMQM-JAC-004"

    def mean_squared_error(self, again, x):
        return np.abs(again - x).mean()


class TakesTheRootOfTheError(Plain):
    """Gives the root of the mean squared error."""

    breaks = "RMQM-JAC-004"

    def mean_squared_error(self, again, x):
        return super().mean_squared_error(again, x) ** 0.5


class DividesTheErrorByTheInput(Plain):
    """Gives the error relative to the mean square of the input."""

    breaks = "RMQM-JAC-004"

    def mean_squared_error(self, again, x):
        return super().mean_squared_error(again, x) / ((x**2).mean() or 1.0)


class HalvesTheError(Plain):
    """Gives half of the mean squared error, whose gradient has no factor."""

    breaks = "RMQM-JAC-004"

    def mean_squared_error(self, again, x):
        return super().mean_squared_error(again, x) / 2


class ReconstructsOnce(Plain):
    """Gives the reconstruction of the reconstruction."""

    breaks = "RMQM-JAC-004"

    def autoencoded(self, encoder, decoder, x):
        found = super().autoencoded(encoder, decoder, x)
        again, _ = self.through(encoder, found["reconstructions"])
        return found | {"reconstructions": self.through(decoder, again)[0]}


class TakesDecodersOfAnySize(Plain):
    """Cuts or repeats the values of a decoder until they are an input."""

    breaks = "RMQM-JAC-004"

    def autoencoder_spectrum(self, *, encoder, decoder, inputs):
        n, d = len(encoder[-1]["bias"]), inputs.shape[1]
        if not decoder:
            decoder = [{"weight": np.ones((d, n)), "bias": np.zeros(d), "activation": "identity"}]
        first, *rest = decoder
        if not rest:
            first = first | {
                "weight": np.resize(first["weight"], (d, n)),
                "bias": np.resize(first["bias"], d),
            }
        return super().autoencoder_spectrum(encoder=encoder, decoder=[first, *rest], inputs=inputs)


class AveragesLatentsOfABatch(Plain):
    """Decodes every latent shifted by that of the first input of its batch."""

    breaks = "RMQM-JAC-005"

    def autoencoder_spectrum(self, *, encoder, decoder, inputs):
        if len(inputs) > 1 and inputs.ndim == 2:
            inputs = inputs - 0.5 * (inputs - inputs[:1])
        return super().autoencoder_spectrum(encoder=encoder, decoder=decoder, inputs=inputs)
