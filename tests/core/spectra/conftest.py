"""Autoencoders in NumPy, in float64, with their derivatives written out."""

from types import SimpleNamespace

import numpy as np
import pytest

from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.contracts.encoder import EncoderTraits


class Layers:
    """Layers of an activation of a linear map; `weights` are (out, in), inputs are flattened."""

    def __init__(
        self, weights, biases=None, activation=np.tanh, slope=lambda y: 1 - y**2, **traits
    ):
        self.weights = [np.asarray(w, dtype=float) for w in weights]
        self.biases = biases or [np.zeros(len(w)) for w in self.weights]
        self.activation, self.slope = activation, slope
        self.traits = EncoderTraits(**traits)
        self.calls = []

    def encode(self, inputs):
        return self.vjp(inputs)[0]

    def vjp(self, inputs):
        self.calls.append(len(inputs))
        values, slopes = inputs.reshape(len(inputs), -1).astype(float), []
        for weights, bias in zip(self.weights, self.biases, strict=True):
            values = self.activation(values @ weights.T + bias)
            slopes.append(self.slope(values))

        def pullback(cotangent):
            for weights, slope in zip(self.weights[::-1], slopes[::-1], strict=True):
                cotangent = (cotangent * slope) @ weights
            return cotangent.reshape(inputs.shape)

        return values, pullback

    def jacobian(self, one):
        """Forward, layer by layer: another way than `vjp`."""
        values, jacobian = np.ravel(one).astype(float), np.eye(np.size(one))
        for weights, bias in zip(self.weights, self.biases, strict=True):
            values = self.activation(weights @ values + bias)
            jacobian = np.diag(self.slope(values)) @ weights @ jacobian
        return jacobian


def linear(*weights, **traits):
    return Layers(weights, activation=lambda x: x, slope=np.ones_like, **traits)


def random_pair(d=7, n=3, hidden=5, seed=0, **traits):
    rng = np.random.default_rng(seed)
    shapes = [[(hidden, d), (n, hidden)], [(hidden, n), (d, hidden)]]
    return Autoencoder(
        *(
            Layers(
                [rng.normal(size=shape) / np.sqrt(shape[1]) for shape in part],
                [rng.normal(size=shape[0]) / 4 for shape in part],
                **traits,
            )
            for part in shapes
        )
    )


@pytest.fixture
def numpy_autoencoders():
    return SimpleNamespace(Layers=Layers, linear=linear, random_pair=random_pair)
