"""Mistakes in networks, products and Jacobians."""

from __future__ import annotations

import numpy as np

from .plain import Plain


class ForgetsTheSlopeOfTanh(Plain):
    """Multiplies weights alone."""

    breaks = "RMQM-JAC-001"

    def derivative(self, activation, sums):
        slopes = super().derivative(activation, sums)
        return np.ones(len(sums)) if activation == "tanh" else slopes


class TakesTheSumForTheOutputOfTanh(Plain):
    """Takes 1 - s^2 of the sum s instead of the output."""

    breaks = "RMQM-JAC-001"

    def derivative(self, activation, sums):
        return 1 - sums**2 if activation == "tanh" else super().derivative(activation, sums)


class ForgetsTheSquareOfTanh(Plain):
    """Takes 1 - tanh(s) for the slope of tanh."""

    breaks = "RMQM-JAC-001"

    def derivative(self, activation, sums):
        slopes = super().derivative(activation, sums)
        return 1 - np.tanh(sums) if activation == "tanh" else slopes


class TakesTheSlopeOfTanhTwice(Plain):
    """Takes the slope at the output instead of the sum."""

    breaks = "RMQM-JAC-001"

    def derivative(self, activation, sums):
        if activation == "tanh":
            return super().derivative(activation, np.tanh(sums))
        return super().derivative(activation, sums)


class TakesTheSlopeWithoutTheBias(Plain):
    """Leaves biases out of the sums at which slopes are taken."""

    breaks = "RMQM-JAC-001"

    def through(self, layers, x):
        z, chain = super().through(layers, x)
        found, values = [], x
        for layer, (weight, _) in zip(layers, chain, strict=True):
            sums = weight @ values
            found.append((weight, self.derivative(layer["activation"], sums)))
            values = self.activated(layer["activation"], sums + layer["bias"])
        return z, found


class RectifiesWithASlopeEverywhere(Plain):
    """Lets derivatives through dead units."""

    breaks = "RMQM-JAC-001"

    def derivative(self, activation, sums):
        slopes = super().derivative(activation, sums)
        return np.ones(len(sums)) if activation == "relu" else slopes


class LeaksThroughDeadUnits(Plain):
    """Takes the derivative of a leaky unit."""

    breaks = "RMQM-JAC-001"

    def derivative(self, activation, sums):
        slopes = super().derivative(activation, sums)
        return np.where(sums > 0, 1.0, 0.01) if activation == "relu" else slopes


class HalvesTheKink(Plain):
    """Takes 1/2 for the derivative of a rectified unit at 0."""

    breaks = "RMQM-JAC-003"

    def derivative(self, activation, sums):
        slopes = super().derivative(activation, sums)
        return np.where(sums == 0, 0.5, slopes) if activation == "relu" else slopes


class TakesTheKinkFromTheRight(Plain):
    """Takes 1 for the derivative of a rectified unit at 0."""

    breaks = "RMQM-JAC-003"

    def derivative(self, activation, sums):
        return (
            np.where(sums >= 0, 1.0, 0.0)
            if activation == "relu"
            else super().derivative(activation, sums)
        )


class ScalesAfterTheWeights(Plain):
    """Multiplies a cotangent by the slopes after the weights, and by those of the wrong layer."""

    breaks = "RMQM-JAC-001"

    def pull(self, chain, cotangent):
        slopes = [slope for _, slope in chain]
        for (weight, _), slope in zip(reversed(chain), [*reversed(slopes[:-1]), None], strict=True):
            cotangent = weight.T @ cotangent
            cotangent = cotangent if slope is None else slope * cotangent
        return cotangent


class PushesFromTheLastLayer(Plain):
    """Gives the gradient of a sum of all tangents for the products with them."""

    breaks = "RMQM-JAC-001"

    def jacobian_products(self, *, tangents, **rest):
        every = np.broadcast_to(tangents.mean(axis=1, keepdims=True), tangents.shape)
        return super().jacobian_products(tangents=np.array(every), **rest)


class ForgetsOtherDirections(Plain):
    """Gives every direction the product of the first."""

    breaks = "RMQM-JAC-001"

    def jacobian_products(self, **asked):
        found = super().jacobian_products(**asked)
        return {
            key: np.repeat(value[:, :1], value.shape[1], axis=1) if value.ndim == 3 else value
            for key, value in found.items()
        }


class NormalisesTangents(Plain):
    """Gives derivatives along directions of length 1."""

    breaks = "RMQM-JAC-001"

    def push(self, chain, tangent):
        length = np.linalg.norm(tangent)
        return super().push(chain, tangent / length if length else tangent)


class DividesTangentsByALargeStep(Plain):
    """Takes differences of encodings for derivatives, with a step of 1e-4."""

    breaks = "RMQM-JAC-001"

    def jacobian_products(self, *, encoder, inputs, tangents, cotangents):
        found = super().jacobian_products(
            encoder=encoder, inputs=inputs, tangents=tangents, cotangents=cotangents
        )
        pushed = [
            [self.difference(encoder, x, t) for t in ts]
            for x, ts in zip(inputs, tangents, strict=True)
        ]
        return found | {"pushed": np.array(pushed)}

    def difference(self, layers, x, tangent):
        above, below = (self.through(layers, x + step * tangent)[0] for step in (1e-4, -1e-4))
        return (above - below) / 2e-4


class MultipliesInSingle(Plain):
    """Keeps slopes in float32."""

    breaks = "RMQM-JAC-001"

    def derivative(self, activation, sums):
        return super().derivative(activation, sums).astype(np.float32).astype(np.float64)


class EncodesInSingle(Plain):
    """Computes sums in float32, and the Jacobian at what they give."""

    breaks = "RMQM-JAC-001"

    def activated(self, activation, sums):
        single = sums.astype(np.float32).astype(np.float64)
        return super().activated(activation, single)


class TakesTheFirstInputForAll(Plain):
    """Differentiates at the first input of a batch."""

    breaks = "RMQM-JAC-001"

    def jacobian_products(self, *, inputs, **rest):
        return super().jacobian_products(inputs=self.repeated(inputs), **rest)

    def jacobians(self, *, inputs, **rest):
        return super().jacobians(inputs=self.repeated(inputs), **rest)

    def repeated(self, inputs):
        return np.repeat(inputs[:1], len(inputs), axis=0)


class TransposesJacobians(Plain):
    """Gives rows for the values of the input, where both sizes are the same."""

    breaks = "RMQM-JAC-002"

    def jacobians(self, **asked):
        found = super().jacobians(**asked)["jacobians"]
        _, E, d = found.shape
        return {"jacobians": found.transpose(0, 2, 1) if d == E else found}


class GivesRowsForColumns(Plain):
    """Reads the columns of a Jacobian in the order of rows."""

    breaks = "RMQM-JAC-002"

    def jacobians(self, **asked):
        found = super().jacobians(**asked)["jacobians"]
        return {"jacobians": found.transpose(0, 2, 1).reshape(found.shape)}


class LeavesTheLastLayerOut(Plain):
    """Differentiates the last hidden layer instead of the encoding."""

    breaks = "RMQM-JAC-002"

    def with_jacobian(self, layers, x):
        z, J = super().with_jacobian(layers, x)
        if len(layers) > 1:
            _, inner = super().with_jacobian(layers[:-1], x)
            size = min(len(inner), len(J))
            J[:size] = inner[:size]
        return z, J


class LeavesTheFirstLayerOut(Plain):
    """Differentiates by what the first layer gives, where that has as many values as an input."""

    breaks = "RMQM-JAC-002"

    def with_jacobian(self, layers, x):
        z, J = super().with_jacobian(layers, x)
        if len(layers) > 1 and len(layers[0]["bias"]) == len(x):
            inner, _ = self.through(layers[:1], x)
            J = super().with_jacobian(layers[1:], inner)[1]
        return z, J


class DividesByTheRangeOfInputs(Plain):
    """Gives derivatives per range of the inputs of a batch."""

    breaks = "RMQM-JAC-002"

    def jacobians(self, *, encoder, inputs):
        found = super().jacobians(encoder=encoder, inputs=inputs)["jacobians"]
        return {"jacobians": found * (np.ptp(inputs) or 1.0)}


class TakesUnknownActivationsForTheIdentity(Plain):
    """Applies nothing where it knows no activation of that name."""

    breaks = "RMQM-JAC-001"

    def checked_layers(self, layers):
        known = {"identity", "tanh", "relu"}
        return super().checked_layers(
            [
                layer
                | {
                    "activation": layer["activation"]
                    if layer["activation"] in known
                    else "identity"
                }
                for layer in layers
            ]
        )


class TakesInputsOfAnyLength(Plain):
    """Leaves values of inputs out, or repeats them, until they fit the encoder."""

    breaks = "RMQM-JAC-001"

    def checked_rows(self, inputs, n_values):
        return self.finite(np.resize(inputs, (max(len(inputs), 1), n_values)))


class TakesLayersThatDoNotFit(Plain):
    """Cuts or repeats weights and biases until they fit each other."""

    breaks = "RMQM-JAC-001"

    def fitting(self, layers, n_values):
        made, before = [], n_values
        for layer in layers or [
            {"weight": np.eye(n_values), "bias": np.zeros(n_values), "activation": "identity"}
        ]:
            size = len(layer["weight"])
            made.append(
                layer
                | {
                    "weight": np.resize(layer["weight"], (size, before)),
                    "bias": np.resize(layer["bias"], size),
                }
            )
            before = size
        return made

    def jacobian_products(self, *, encoder, inputs, cotangents, **rest):
        made = self.fitting(encoder, inputs.shape[-1])
        shape = (*cotangents.shape[:2], len(made[-1]["bias"]))
        cotangents = cotangents if cotangents.shape == shape else np.resize(cotangents, shape)
        return super().jacobian_products(encoder=made, inputs=inputs, cotangents=cotangents, **rest)

    def jacobians(self, *, encoder, inputs):
        return super().jacobians(encoder=self.fitting(encoder, inputs.shape[-1]), inputs=inputs)

    def autoencoder_spectrum(self, *, encoder, decoder, inputs):
        made = self.fitting(encoder, inputs.shape[-1])
        back = self.fitting(decoder, len(made[-1]["bias"]))
        return super().autoencoder_spectrum(encoder=made, decoder=back, inputs=inputs)

    def encoder_spectrum(self, *, encoder, inputs):
        made = self.fitting(encoder, inputs.shape[-1])
        return super().encoder_spectrum(encoder=made, inputs=inputs)


class TakesDirectionsOfAnyLength(Plain):
    """Cuts or repeats directions until they fit."""

    breaks = "RMQM-JAC-001"

    def jacobian_products(self, *, encoder, inputs, tangents, cotangents):
        shapes = ((len(inputs), 1, inputs.shape[1]), (len(inputs), 1, len(encoder[-1]["bias"])))
        fitting = []
        for vectors, (N, _, size) in zip((tangents, cotangents), shapes, strict=True):
            fits = vectors.ndim == 3 and (len(vectors), vectors.shape[2]) == (N, size)
            fitting.append(vectors if fits and vectors.size else np.resize(vectors, (N, 1, size)))
        return super().jacobian_products(
            encoder=encoder, inputs=inputs, tangents=fitting[0], cotangents=fitting[1]
        )


class ComputesWithNoNumbers(Plain):
    """Takes values that are not finite for 0."""

    breaks = "RMQM-JAC-001"

    def finite(self, array):
        return np.nan_to_num(array.astype(np.float64), posinf=0.0, neginf=0.0)
