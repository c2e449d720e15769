"""Residual networks of several widths, trained to classify and exported with their encodings."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch
from attrs import frozen
from torch import Tensor, nn

from studies.nnk.encoding import Labelled
from studies.training.residual import resnet

__all__ = ["N_CLASSES", "Trained", "make"]

N_CLASSES: Final = 10
_BATCH: Final = 64
_RATE: Final = 3e-3
"""The largest learning rate of one cycle of Adam."""


@frozen
class Trained:
    """
    A network that is to be trained, or was.

    Parameters
    ----------
    width : int
        Channels of the first stage; encodings have four times as many values.
    seed : int
        Of its weights and of the order of the images.
    epochs : int
        Passes over the images.
    """

    width: int
    seed: int
    epochs: int

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"resnet_w{self.width:02d}_s{self.seed}_e{self.epochs}"


class _Named(nn.Module):
    """The encodings before the last layer, and the logits after it."""

    def __init__(self, layers: nn.Module) -> None:
        super().__init__()
        *body, self.head = layers.children()
        self.body = nn.Sequential(*body)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        encodings = self.body(images)
        return encodings, self.head(encodings)


def make(network: Trained, data: Labelled, folder: Path) -> Path:
    """Return the ONNX file of a network with facts beside it; train it where it is not there."""
    path = folder / f"{network.name}.onnx"
    if path.exists():
        return path
    begun = time.process_time()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(network.seed)
    layers = resnet(data.images.shape[3], N_CLASSES, network.width)
    loss = _train(layers, network, data)
    facts = {
        "parameters": sum(each.numel() for each in layers.parameters()),
        "loss": loss,
        "processor_seconds": round(time.process_time() - begun, 1),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(facts))
    _export(_Named(layers).eval(), data.images.shape[1], path)
    return path


def _train(layers: nn.Module, network: Trained, data: Labelled) -> float:
    """Return the mean cross-entropy of the last epoch."""
    layers.train()
    steps = len(data.images) // _BATCH
    optimiser = torch.optim.Adam(layers.parameters(), fused=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _RATE, epochs=network.epochs, steps_per_epoch=steps
    )
    losses = []
    for images, labels in _batches(network, data):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(layers(images), labels)
        loss.backward()
        optimiser.step()
        rate.step()
        losses.append(loss.item())
    return float(np.mean(losses[-steps:]))


def _batches(network: Trained, data: Labelled) -> Iterator[tuple[Tensor, Tensor]]:
    random = np.random.default_rng(network.seed)
    for _ in range(network.epochs):
        order = random.permutation(len(data.images))
        for first in range(0, len(order) - _BATCH + 1, _BATCH):
            rows = order[first : first + _BATCH]
            pixels = torch.from_numpy(data.images[rows]).permute(0, 3, 1, 2).float() / 255
            yield pixels, torch.from_numpy(data.labels[rows])


def _export(network: nn.Module, side: int, path: Path) -> None:
    unfinished = path.with_suffix(".unfinished")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.rand(3, 3, side, side),),
            str(unfinished),
            dynamo=False,
            opset_version=17,
            input_names=["image"],
            output_names=["encodings", "logits"],
            dynamic_axes={name: {0: "batch"} for name in ("image", "encodings", "logits")},
        )
    unfinished.rename(path)
