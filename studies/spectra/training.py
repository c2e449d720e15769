"""Training of the autoencoders, resumable between passes, and their export to ONNX."""

from __future__ import annotations

import json
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from studies.spectra.design import ARCHITECTURES, Run

__all__ = ["Autoencoder", "make_models", "train"]

_PIXELS: Final = 28 * 28
_BATCH_SIZE: Final = 128
_LEARNING_RATE: Final = 0.001
_DECAY: Final = 1e-5
_SAVED_EVERY: Final = 10
"""Passes between two records of the state of training, from which a stopped run goes on."""
_EXPORTED_WITHIN: Final = 1e-4
"""Largest difference of ONNX Runtime to PyTorch, relative to the largest value."""


class Autoencoder(nn.Module):
    """Fully connected, ReLU between layers; latent and output are linear, but for a variant."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        torch.manual_seed(run.seed)
        sizes = (_PIXELS, *ARCHITECTURES[run.layers], run.dimension)
        self.encoder = nn.Sequential(nn.Flatten(), *_stack(sizes))
        last = [nn.Sigmoid()] if run.variant == "sigmoid" else []
        self.decoder = nn.Sequential(*_stack(sizes[::-1]), *last)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return latents (N, n) and flat reconstructions (N, 784)."""
        latents = self.encoder(images)
        return latents, self.decoder(latents)


def make_models(runs: list[Run], images: npt.NDArray[np.float32], folder: Path) -> None:
    """Train and export whatever is missing in the folder, in the order of the runs."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    pixels = torch.from_numpy(images)
    folder.mkdir(parents=True, exist_ok=True)
    for number, run in enumerate(runs, 1):
        if not (folder / f"{run.model(run.epochs)}.onnx").exists():
            began = time.monotonic()
            loss = train(run, pixels, folder)
            seconds = time.monotonic() - began
            print(
                f"  trained {number} of {len(runs)}: {run.model(run.epochs)}, mean squared error "
                f"{loss:.4f} in the last pass ({seconds:.0f} s)",
                file=sys.stderr,
                flush=True,
            )


def train(run: Run, pixels: Tensor, folder: Path) -> float:
    """
    Train a network up to the last pass of a run, from where it was left.

    Parameters
    ----------
    run : Run
        What to train; its seed gives one network on one machine.
    pixels : (N, 1, 28, 28) Tensor of float32
        Training images, 0 to 1.
    folder : Path
        Receives a model at each checkpoint, the state of training and the loss of each pass.

    Returns
    -------
    float
        Mean loss of the last pass.
    """
    network = Autoencoder(run)
    decay = _DECAY if run.variant == "decay" else 0
    optimiser = torch.optim.Adam(
        network.parameters(), _LEARNING_RATE, weight_decay=decay, fused=True
    )
    state = folder / f"{run.network}.pt"
    losses: list[float] = []
    if state.exists():
        saved = torch.load(state)
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        losses = saved["losses"]
    else:
        _export(network, folder / f"{run.model(0)}.onnx")
    for epoch in range(len(losses) + 1, run.epochs + 1):
        losses.append(_one_pass(network, optimiser, pixels, seed=(run.seed, epoch)))
        if epoch % _SAVED_EVERY == 0 or epoch == run.epochs:
            _save(state, network, optimiser, losses)
        if epoch in run.checkpoints:
            _export(network, folder / f"{run.model(epoch)}.onnx")
    (folder / f"{run.network}.json").write_text(json.dumps(losses))
    return losses[-1]


def _stack(sizes: tuple[int, ...]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for wide, narrow in pairwise(sizes):
        layers += [nn.Linear(wide, narrow), nn.ReLU()]
    return layers[:-1]


def _one_pass(
    network: Autoencoder,
    optimiser: torch.optim.Optimizer,
    pixels: Tensor,
    *,
    seed: tuple[int, int],
) -> float:
    """Return the mean loss of a pass; its order depends on the seed and the pass alone."""
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(pixels)))
    total = 0.0
    for rows in order.split(_BATCH_SIZE):
        batch = pixels[rows]
        optimiser.zero_grad()
        loss = ((network(batch)[1] - batch.flatten(1)) ** 2).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        total += loss.item() * len(rows)
    return total / len(pixels)


def _save(
    path: Path, network: Autoencoder, optimiser: torch.optim.Optimizer, losses: list[float]
) -> None:
    unfinished = path.with_suffix(".unfinished")
    state: dict[str, Any] = {
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "losses": losses,
    }
    torch.save(state, unfinished)
    unfinished.rename(path)


def _export(network: Autoencoder, path: Path) -> None:
    """
    Write an autoencoder as a model with two outputs, ``latent`` and ``reconstruction``.

    Raises
    ------
    RuntimeError
        If ONNX Runtime gives other values than PyTorch.
    """
    import onnxruntime

    unfinished = path.with_suffix(".unfinished")
    example = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    names = ["image", "latent", "reconstruction"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (example,),
            str(unfinished),
            dynamo=False,
            opset_version=17,
            input_names=names[:1],
            output_names=names[1:],
            dynamic_axes={name: {0: "batch"} for name in names},
        )
    network.train()
    session = onnxruntime.InferenceSession(unfinished, providers=["CPUExecutionProvider"])
    found = session.run(None, {"image": example.numpy()})
    with torch.no_grad():
        expected = [values.numpy() for values in network(example)]
    for ours, theirs in zip(found, expected, strict=True):
        difference = np.abs(ours - theirs).max() / np.abs(theirs).max()
        if not difference <= _EXPORTED_WITHIN:
            raise RuntimeError(f"the exported {path.name} differs from PyTorch by {difference:.1e}")
    unfinished.rename(path)
