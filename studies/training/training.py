"""One encoder of a study: built, trained, exported to ONNX, and held against PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from attrs import frozen
from torch import Tensor, nn

from studies.training.methods import method_named
from studies.training.networks import Images, build
from studies.training.recipe import UNTRAINED, Recipe

__all__ = ["Trained", "TrainingData", "export", "train"]

LEARNING_RATE = 0.001
MOMENTUM = 0.9
BATCH_SIZE = 128
_EXPORTED_WITHIN = 1e-4
"""Largest difference of ONNX Runtime to PyTorch, relative to the largest value."""


@frozen(eq=False)
class TrainingData:
    """
    Images and labels to train with.

    Parameters
    ----------
    images : (N, C, H, W) ndarray of uint8
        Pixels.
    labels : (N,) ndarray of int
        Classes from 0.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.integer]

    @property
    def described(self) -> Images:
        """What a network must know of them."""
        values = self.images[:10_000].astype(np.float64) / 255
        channels, side = self.images.shape[1:3]
        return Images(channels, side, round(float(values.mean()), 4), round(float(values.std()), 4))


@frozen(eq=False)
class Trained:
    """
    A trained encoder.

    Parameters
    ----------
    encoder : Module
        In inference mode.
    loss : float
        Mean over the last tenth of the steps; NaN where it was not trained.
    """

    encoder: nn.Module
    loss: float


def train(recipe: Recipe, data: TrainingData) -> Trained:
    """Return the encoder of a recipe; one seed gives one encoder on one machine."""
    images = data.described
    encoder = build(recipe.architecture, images, recipe.size, recipe.seed)
    if recipe.method == UNTRAINED or not recipe.seen:
        return Trained(encoder.eval(), float("nan"))
    pixels = images.channels * images.side**2
    classes = int(data.labels.max()) + 1
    method = method_named(
        recipe.method, size=recipe.size, classes=classes, pixels=pixels, seed=recipe.seed
    )
    weights = [*encoder.parameters(), *method.heads.parameters()]
    optimiser: torch.optim.Optimizer = (
        torch.optim.Adam(weights, LEARNING_RATE, fused=True)
        if recipe.optimiser == "adam"
        else torch.optim.SGD(weights, LEARNING_RATE, MOMENTUM, nesterov=True, fused=True)
    )
    losses = []
    encoder.train()
    for batch, labels in _batches(recipe, data):
        optimiser.zero_grad()
        loss = method.loss(encoder, batch, labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return Trained(encoder.eval(), float(np.mean(losses[-max(1, len(losses) // 10) :])))


def _batches(recipe: Recipe, data: TrainingData) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield batches until so many images were seen; every pass has its own order."""
    random = np.random.default_rng(recipe.seed)
    n = len(data.images)
    order = np.concatenate([random.permutation(n) for _ in range(-(-recipe.seen // n))])
    order = order[: recipe.seen]
    for start in range(0, len(order) - BATCH_SIZE + 1, BATCH_SIZE):
        rows = order[start : start + BATCH_SIZE]
        pixels = torch.from_numpy(data.images[rows]).float() / 255
        yield pixels, torch.from_numpy(data.labels[rows].astype(np.int64))


def export(trained: Trained, images: Images, path: Path) -> None:
    """
    Write an encoder as ONNX, with a free batch axis.

    Raises
    ------
    RuntimeError
        If ONNX Runtime gives other encodings than PyTorch.
    """
    import onnxruntime

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    example = torch.rand(3, images.channels, images.side, images.side)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            trained.encoder,
            (example,),
            str(unfinished),
            dynamo=False,
            opset_version=17,
            input_names=["image"],
            output_names=["embedding"],
            dynamic_axes={"image": {0: "batch"}, "embedding": {0: "batch"}},
        )
    session = onnxruntime.InferenceSession(unfinished, providers=["CPUExecutionProvider"])
    (encodings,) = session.run(None, {"image": example.numpy()})
    with torch.no_grad():
        expected = trained.encoder(example).numpy()
    difference = np.abs(encodings - expected).max() / np.abs(expected).max()
    if not difference <= _EXPORTED_WITHIN:
        raise RuntimeError(f"the exported {path.name} differs from PyTorch by {difference:.1e}")
    unfinished.rename(path)
