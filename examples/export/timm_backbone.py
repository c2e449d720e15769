"""Export a backbone of timm: pooled features, its own statistics."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import timm
import torch
from finish import prove, say_preprocessing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("timm.onnx"))
    parser.add_argument("--model", default="resnet18", help="a name of timm.list_models()")
    parser.add_argument("--pretrained", action="store_true", help="download trained weights")
    options = parser.parse_args()
    torch.manual_seed(0)
    # num_classes=0 takes the classifier away: what comes out is the pooled embedding.
    encoder = timm.create_model(options.model, pretrained=options.pretrained, num_classes=0).eval()
    config = timm.data.resolve_model_data_config(encoder)
    size = config["input_size"]
    torch.onnx.export(
        encoder,
        (torch.rand(2, *size),),
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
            "mean": config["mean"],
            "std": config["std"],
            "resize": int(min(size[1:]) / config["crop_pct"]),
            "crop": size[1:],
            "interpolation": config["interpolation"],
        },
    )
    inputs = np.random.default_rng(0).random((2, *size), dtype=np.float32)
    with torch.no_grad():
        expected = encoder(torch.from_numpy(inputs)).numpy()
    prove(options.out, inputs, expected)


if __name__ == "__main__":
    main()
