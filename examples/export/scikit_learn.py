"""Export the hidden layer of scikit-learn's MLPClassifier by skl2onnx."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from finish import prove, say_preprocessing
from skl2onnx import to_onnx
from skl2onnx.helpers.onnx_helper import enumerate_model_node_outputs, select_model_inputs_outputs
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("scikit_learn.onnx"))
    options = parser.parse_args()
    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32)  # values in [0, 1]: nothing else to say below
    network = MLPClassifier((64, 32), activation="tanh", max_iter=60, tol=1e-2, random_state=0)
    network.fit(images, labels)
    whole = to_onnx(network, images[:1], options={"zipmap": False})
    # The last hidden layer is the last activation that the graph computes.
    hidden = [name for name in enumerate_model_node_outputs(whole) if "next_activations" in name]
    encoder = select_model_inputs_outputs(whole, hidden[-1])
    onnx.save(encoder, options.out)
    say_preprocessing(options.out, {"scale": 1.0})
    expected = images[:20]
    for weights, bias in list(zip(network.coefs_, network.intercepts_, strict=True))[:-1]:
        expected = np.tanh(expected @ weights + bias)
    prove(options.out, images[:20], expected)


if __name__ == "__main__":
    main()
