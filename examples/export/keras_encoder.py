"""Export a Keras 3 encoder on TensorFlow: by Keras itself, or by tf2onnx from a function."""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np
from finish import prove, say_preprocessing


def network() -> keras.Model:
    """Return a small classifier; its embedding is the layer before the classes."""
    image = keras.Input((32, 32, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)  # the graph takes 0 to 255
    x = keras.layers.Conv2D(16, 3, activation="relu")(x)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Conv2D(32, 3, activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(64, name="embedding")(x)
    classes = keras.layers.Dense(10, activation="softmax")(x)
    return keras.Model(image, classes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("keras.onnx"))
    parser.add_argument("--exporter", choices=["keras", "tf2onnx"], default="keras")
    options = parser.parse_args()
    keras.utils.set_random_seed(0)
    whole = network()
    encoder = keras.Model(whole.input, whole.get_layer("embedding").output)
    encoder(np.zeros((1, 32, 32, 3), dtype=np.float32))  # export wants a model that was called
    if options.exporter == "keras":
        encoder.export(options.out, format="onnx", verbose=False)
    else:
        import tensorflow as tf
        import tf2onnx

        tf2onnx.convert.from_function(
            tf.function(lambda image: encoder(image, training=False)),
            input_signature=[tf.TensorSpec((None, 32, 32, 3), tf.float32, name="image")],
            opset=17,
            output_path=str(options.out),
        )
    say_preprocessing(options.out, {"scale": 255})
    inputs = 255 * np.random.default_rng(0).random((5, 32, 32, 3), dtype=np.float32)
    prove(options.out, inputs, np.asarray(encoder(inputs, training=False)))


if __name__ == "__main__":
    main()
