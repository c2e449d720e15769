"""Export a network of torchvision without its classifier; its weights say the preprocessing."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from finish import prove, say_preprocessing
from torchvision.models import MobileNet_V3_Small_Weights, mobilenet_v3_small


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("torchvision.onnx"))
    parser.add_argument("--pretrained", action="store_true", help="download trained weights")
    options = parser.parse_args()
    torch.manual_seed(0)
    weights = MobileNet_V3_Small_Weights.DEFAULT
    encoder = mobilenet_v3_small(weights=weights if options.pretrained else None).eval()
    encoder.classifier = torch.nn.Identity()  # for a ResNet: encoder.fc
    rule = weights.transforms()  # resize, crop, mean and std; known without a download
    torch.onnx.export(
        encoder,
        (torch.rand(2, 3, *rule.crop_size * 2),),
        options.out,
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        external_data=False,
        input_names=["image"],
        output_names=["embedding"],
    )
    say_preprocessing(
        options.out,
        {
            "mean": rule.mean,
            "std": rule.std,
            "resize": rule.resize_size[0],
            "crop": rule.crop_size * 2,
            "interpolation": rule.interpolation.value,
        },
    )
    inputs = np.random.default_rng(0).random((2, 3, *rule.crop_size * 2), dtype=np.float32)
    with torch.no_grad():
        expected = encoder(torch.from_numpy(inputs)).numpy()
    prove(options.out, inputs, expected)


if __name__ == "__main__":
    main()
