"""Export an encoder of JAX and Flax by jax2onnx."""

from __future__ import annotations

import argparse
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from finish import prove, say_preprocessing
from flax import nnx
from jax2onnx import to_onnx


class Encoder(nnx.Module):
    """A small network, channels last as JAX has them."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first = nnx.Conv(1, 16, (3, 3), rngs=rngs)
        self.second = nnx.Conv(16, 32, (3, 3), rngs=rngs)
        self.embedding = nnx.Linear(32, 64, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Encode a batch (N, 28, 28, 1)."""
        x = nnx.max_pool(nnx.relu(self.first(x)), window_shape=(2, 2), strides=(2, 2))
        x = jnp.mean(nnx.relu(self.second(x)), axis=(1, 2))
        return self.embedding(x)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("jax.onnx"))
    options = parser.parse_args()
    encoder = Encoder(nnx.Rngs(0))
    encoder.eval()
    model = to_onnx(encoder, inputs=[("B", 28, 28, 1)], model_name="encoder")
    onnx.save(model, options.out)
    say_preprocessing(options.out, {"mean": 0.1307, "std": 0.3081})  # of MNIST
    inputs = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32)
    prove(options.out, inputs, np.asarray(encoder(inputs)))


if __name__ == "__main__":
    main()
