"""Export a vision transformer of Hugging Face, its preprocessor_config.json beside the model."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from finish import prove
from transformers import ViTConfig, ViTImageProcessor, ViTModel


class ClassToken(torch.nn.Module):
    """One vector per image: the class token of the last layer."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Encode a batch (N, 3, H, W)."""
        return self.model(pixel_values).last_hidden_state[:, 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("vit/model.onnx"))
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    # In earnest: ViTModel.from_pretrained(NAME) and ViTImageProcessor.from_pretrained(NAME).
    config = ViTConfig(
        hidden_size=96, num_hidden_layers=3, num_attention_heads=3, intermediate_size=192,
        image_size=64, patch_size=8,
    )  # fmt: skip
    encoder = ClassToken(ViTModel(config, add_pooling_layer=False)).eval()
    processor = ViTImageProcessor(size={"height": 64, "width": 64})
    torch.onnx.export(
        encoder,
        (torch.rand(2, 3, 64, 64),),
        options.out,
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        external_data=False,
        input_names=["pixel_values"],
        output_names=["embedding"],
    )
    processor.save_pretrained(options.out.parent)  # rmqm-spec reads it where it lies
    inputs = np.random.default_rng(0).random((3, 3, 64, 64), dtype=np.float32)
    with torch.no_grad():
        expected = encoder(torch.from_numpy(inputs)).numpy()
    prove(options.out, inputs, expected)


if __name__ == "__main__":
    main()
