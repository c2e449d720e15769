"""Export a PyTorch encoder, by the exporter of today (dynamo) or by the legacy one."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from finish import prove, say_preprocessing
from torch import nn


class Classifier(nn.Module):
    """A small network whose embedding is the layer before the head."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(32, 64),
        )
        self.head = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Classify a batch (N, 3, H, W)."""
        return self.head(self.features(x).relu())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("pytorch.onnx"))
    parser.add_argument("--exporter", choices=["dynamo", "legacy"], default="dynamo")
    options = parser.parse_args()
    torch.manual_seed(0)
    encoder = Classifier().features.eval()  # the embedding, not the classes; no dropout
    example = torch.rand(2, 3, 32, 32)
    names = {"input_names": ["image"], "output_names": ["embedding"]}
    if options.exporter == "dynamo":
        batch = torch.export.Dim("batch")
        torch.onnx.export(
            encoder,
            (example,),
            options.out,
            dynamo=True,
            dynamic_shapes=({0: batch},),
            external_data=False,
            **names,
        )
    else:
        torch.onnx.export(
            encoder,
            (example,),
            options.out,
            dynamo=False,
            opset_version=17,
            dynamic_axes={"image": {0: "batch"}, "embedding": {0: "batch"}},
            **names,
        )
    # What training divided by: here CIFAR-10's statistics, outside the network.
    mean, std = [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]
    say_preprocessing(options.out, {"mean": mean, "std": std})
    inputs = np.random.default_rng(0).random((5, 3, 32, 32), dtype=np.float32)
    with torch.no_grad():
        expected = encoder(torch.from_numpy(inputs)).numpy()
    prove(options.out, inputs, expected)


if __name__ == "__main__":
    main()
