"""
Train a small encoder on scikit-learn's handwritten digits and export it to ONNX.

    python examples/train_digits.py --method nt-xent --out digits_ntxent.onnx
    python examples/train_digits.py --method cross-entropy --out digits_cross_entropy.onnx

The first half of the 1,797 images trains, the second half (other writers) judges. One seed gives
the same encoder every time on the same machine.
"""

from __future__ import annotations

import argparse
import logging
import math
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F  # noqa: N812 (the name everybody knows)
from sklearn.datasets import load_digits
from torch import Tensor, nn

EMBEDDING_SIZE = 32
TEMPERATURE = 0.07
LEARNING_RATE = 0.001
BATCH_SIZE = 256
EPOCHS = {"cross-entropy": 60, "nt-xent": 200}


class Encoder(nn.Module):
    """Two convolutions and one linear layer; (batch, 1, 8, 8) in [0, 1] to (batch, 32)."""

    def __init__(self, mean: float, std: float) -> None:
        super().__init__()
        self.mean, self.std = mean, std
        self.layers = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 4 * 4, EMBEDDING_SIZE),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Normalise, then encode."""
        return self.layers((images - self.mean) / self.std)


def load_halves() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return training images and labels, then held-out images and labels."""
    digits = load_digits()
    images = torch.from_numpy(digits.images.astype(np.float32) / 16).unsqueeze(1)
    labels = torch.from_numpy(digits.target.astype(np.int64))
    half = len(images) // 2
    return images[:half], labels[:half], images[half:], labels[half:]


def warp(images: Tensor, homographies: Tensor) -> Tensor:
    """Resample each image through its 3 x 3 homography; outside the image is black."""
    height, width = images.shape[-2:]
    identity = torch.eye(2, 3).expand(len(images), 2, 3)
    grid = F.affine_grid(identity, list(images.shape), align_corners=False)
    points = torch.cat([grid, torch.ones_like(grid[..., :1])], dim=-1).flatten(1, 2)
    x, y, w = (points @ homographies.transpose(1, 2)).unbind(-1)
    grid = torch.stack([x / w, y / w], dim=-1).unflatten(1, (height, width))
    return F.grid_sample(images, grid, align_corners=False)


def random_view(images: Tensor, degrees: float = 15.0, perspective: float = 0.3) -> Tensor:
    """
    Turn every image by up to 15 degrees and look at it from a random side.

    The paper turns one view and puts the other in perspective; images this small need both.
    """
    angle = torch.empty(len(images)).uniform_(-degrees, degrees) * math.pi / 180
    rotation = torch.eye(3).repeat(len(images), 1, 1)
    rotation[:, 0, 0], rotation[:, 0, 1] = angle.cos(), -angle.sin()
    rotation[:, 1, 0], rotation[:, 1, 1] = angle.sin(), angle.cos()
    noise = torch.empty(len(images), 3, 3).uniform_(-perspective, perspective)
    noise[:, 2, 2] = 0
    return warp(images, rotation @ (torch.eye(3) + noise))


def nt_xent(first: Tensor, second: Tensor) -> Tensor:
    """Normalised temperature-scaled cross-entropy: each view must find its other view."""
    views = F.normalize(torch.cat([first, second]), dim=1)
    similarity = views @ views.T / TEMPERATURE
    similarity.fill_diagonal_(-torch.inf)
    partner = torch.arange(len(views)).roll(len(first))
    return F.cross_entropy(similarity, partner)


def train(encoder: Encoder, images: Tensor, labels: Tensor, method: str, epochs: int) -> None:
    """Train in place; the head and the labels serve cross-entropy alone."""
    head = nn.Linear(EMBEDDING_SIZE, 10)
    optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=LEARNING_RATE)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            if method == "nt-xent":
                chosen = images[batch]
                loss = nt_xent(encoder(random_view(chosen)), encoder(random_view(chosen)))
            else:
                loss = F.cross_entropy(head(encoder(images[batch]).relu()), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@torch.no_grad()
def nearest_neighbour_accuracy(encoder: nn.Module, halves: tuple[Tensor, ...]) -> float:
    """Return the share of held-out digits whose nearest training digit has the same label."""
    images, labels, held_out_images, held_out_labels = halves
    gallery = F.normalize(encoder(images), dim=1)
    queries = F.normalize(encoder(held_out_images), dim=1)
    nearest = (queries @ gallery.T).argmax(dim=1)
    return (labels[nearest] == held_out_labels).double().mean().item()


def export(
    network: nn.Module,
    path: Path,
    description: str,
    *,
    outputs: tuple[str, ...] = ("embedding",),
    script: str = "train_digits.py",
) -> None:
    """Write one ONNX file that says what it expects and nothing about where it was made."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # torchvision is not needed
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        program = torch.onnx.export(
            network.eval(),
            (torch.zeros(2, 1, 8, 8),),
            dynamo=True,
            verbose=False,
            input_names=["input"],
            output_names=[*outputs],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            opset_version=18,
        )
    model = program.model_proto
    model.doc_string = description
    model.producer_name, model.producer_version = f"rmqm-spec examples/{script}", ""
    model.graph.name = "digits"
    for part in (*model.graph.node, *model.graph.input, *model.graph.output):
        del part.metadata_props[:]  # the exporter's stack traces
    for part in (model, model.graph):
        del part.metadata_props[:]
    del model.graph.value_info[:]
    # Inputs in [0, 1] go in as they are: the normalisation is inside the network.
    onnx.helper.set_model_props(model, {"rmqm.preprocess": '{"scale": 1.0}'})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--method", choices=sorted(EPOCHS), default="nt-xent")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, help=f"default: {EPOCHS}")
    options = parser.parse_args()
    epochs = EPOCHS[options.method] if options.epochs is None else options.epochs

    torch.manual_seed(options.seed)
    torch.use_deterministic_algorithms(mode=True)
    torch.set_num_threads(1)
    halves = load_halves()
    images, labels, _, _ = halves
    encoder = Encoder(mean=round(images.mean().item(), 4), std=round(images.std().item(), 4))

    def judge(name: str, network: nn.Module) -> float:
        accuracy = nearest_neighbour_accuracy(network, halves)
        print(f"1-NN on the held-out half, {name}: {accuracy:.4f}")
        return accuracy

    judge("pixels", nn.Flatten())
    judge("untrained", encoder)
    train(encoder, images, labels, options.method, epochs)
    accuracy = judge("trained", encoder)
    export(
        encoder,
        options.out,
        f"Digits encoder: 8 x 8 images in [0, 1] to {EMBEDDING_SIZE} numbers. Trained on the first "
        f"half of scikit-learn's digits with {options.method}, {epochs} epochs, seed "
        f"{options.seed}; 1-NN accuracy on the second half {accuracy:.3f}.",
    )
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
