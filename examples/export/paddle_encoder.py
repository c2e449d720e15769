"""Export an encoder of PaddlePaddle by paddle2onnx."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import paddle
from finish import prove, say_preprocessing
from paddle import nn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("paddle.onnx"))
    options = parser.parse_args()
    paddle.seed(0)
    encoder = nn.Sequential(
        nn.Conv2D(3, 16, 3), nn.ReLU(), nn.MaxPool2D(2), nn.Conv2D(16, 32, 3), nn.ReLU(),
        nn.AdaptiveAvgPool2D(1), nn.Flatten(), nn.Linear(32, 64),
    )  # fmt: skip
    encoder.eval()
    image = paddle.static.InputSpec([None, 3, 32, 32], "float32", name="image")
    paddle.onnx.export(
        encoder, str(options.out.with_suffix("")), input_spec=[image], opset_version=17
    )
    say_preprocessing(options.out, {"mean": [0.5], "std": [0.5]})
    inputs = np.random.default_rng(0).random((5, 3, 32, 32), dtype=np.float32)
    prove(options.out, inputs, encoder(paddle.to_tensor(inputs)).numpy())


if __name__ == "__main__":
    main()
