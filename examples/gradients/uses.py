"""
What a gradient in a file is good for: saliency, integrated gradients, the norm of the Jacobian.

    rmqm-spec gradient examples/digits_ntxent.onnx --out gradient.onnx
    python examples/gradients/uses.py gradient.onnx

It needs onnxruntime and NumPy, nothing else; `uses.mjs` is the same in JavaScript.
"""

import json
import sys

import numpy as np
import onnxruntime


class Gradient:
    """A file of `rmqm-spec gradient`: encodings, and the way from a cotangent to the input."""

    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.input, self.cotangent = (value.name for value in self.session.get_inputs())
        self.encodings, self.gradient = (value.name for value in self.session.get_outputs())
        self.shape = self.session.get_inputs()[0].shape[1:]
        self.size = self.session.get_inputs()[1].shape[1]

    def run(self, inputs, cotangents):
        """Return encodings (N, E), and for each row the gradient of <cotangent, encoding>."""
        fed = {self.input: inputs, self.cotangent: cotangents}
        return self.session.run([self.encodings, self.gradient], fed)

    def of_value(self, inputs, k):
        """Return value k of each encoding, and its gradient."""
        cotangents = np.zeros((len(inputs), self.size), dtype=np.float32)
        cotangents[:, k] = 1
        encodings, gradient = self.run(inputs, cotangents)
        return encodings[:, k], gradient


def saliency(gradient, inputs, k):
    """Return how strongly each pixel moves value k of the encoding."""
    return np.abs(gradient.of_value(inputs, k)[1])


def integrated_gradients(gradient, inputs, k, steps=256):
    """Return each pixel's share of the difference of value k to a black input."""
    total = np.zeros(inputs.shape)
    for step in range(steps):
        total += gradient.of_value(inputs * np.float32((step + 0.5) / steps), k)[1]
    return inputs * total / steps


def jacobian_norm(gradient, inputs):
    """Return the Frobenius norm of the Jacobian: each row of the identity pulled back."""
    squares = [
        gradient.of_value(inputs, k)[1].astype(np.float64) ** 2 for k in range(gradient.size)
    ]
    return np.sqrt(sum(square.reshape(len(inputs), -1).sum(axis=1) for square in squares))


def main(path):
    gradient = Gradient(path)
    length = int(np.prod(gradient.shape))
    inputs = (np.arange(length) * 37 % 101 / 100).astype(np.float32).reshape(1, *gradient.shape)
    value, _ = gradient.of_value(inputs, 0)
    black, _ = gradient.of_value(0 * inputs, 0)
    shares = integrated_gradients(gradient, inputs, 0)
    print(
        json.dumps(
            {
                "most_salient": int(saliency(gradient, inputs, 0).argmax()),
                "difference": float(value[0] - black[0]),
                "sum_of_shares": float(shares.sum()),
                "jacobian_norm": float(jacobian_norm(gradient, inputs)[0]),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
