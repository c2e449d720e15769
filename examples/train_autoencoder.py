"""
Train a small autoencoder on scikit-learn's handwritten digits and export it to ONNX.

    python examples/train_autoencoder.py --out digits_autoencoder.onnx

The first half of the 1,797 images trains, the second half (other writers) tests. The file has two
outputs, the reconstruction and the latent values. One seed gives the same network every time on
the same machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 (the name everybody knows)
from torch import Tensor, nn
from train_digits import export, load_halves

LATENT_SIZE = 6
HIDDEN_SIZE = 64
LEARNING_RATE = 0.003
BATCH_SIZE = 64
EPOCHS = 300


class Autoencoder(nn.Module):
    """Two layers down and two up again; (batch, 1, 8, 8) in [0, 1] to the same and (batch, 6)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(64, HIDDEN_SIZE),
            nn.ELU(),
            nn.Linear(HIDDEN_SIZE, LATENT_SIZE),
        )
        self.decoder = nn.Sequential(
            nn.Linear(LATENT_SIZE, HIDDEN_SIZE),
            nn.ELU(),
            nn.Linear(HIDDEN_SIZE, 64),
            nn.Sigmoid(),
            nn.Unflatten(1, (1, 8, 8)),
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the reconstruction, and the latent values that it is made of."""
        latent = self.encoder(images)
        return self.decoder(latent), latent


def train(network: Autoencoder, images: Tensor, epochs: int) -> None:
    """Train in place, by the mean squared error."""
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(BATCH_SIZE):
            chosen = images[batch]
            loss = F.mse_loss(network(chosen)[0], chosen)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()


@torch.no_grad()
def error(network: Autoencoder, images: Tensor) -> float:
    """Return the mean squared error of the reconstructions."""
    return F.mse_loss(network(images)[0], images).item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.use_deterministic_algorithms(mode=True)
    torch.set_num_threads(1)
    images, _, held_out, _ = load_halves()
    network = Autoencoder()
    print(f"variance of the training pixels about their means: {images.var(0).mean().item():.4f}")
    train(network, images, options.epochs)
    errors = error(network, images), error(network, held_out)
    print(f"mean squared error: {errors[0]:.4f} in training, {errors[1]:.4f} on the held-out half")
    export(
        network,
        options.out,
        f"Digits autoencoder: 8 x 8 images in [0, 1] to {LATENT_SIZE} numbers and back. Trained on "
        f"the first half of scikit-learn's digits, {options.epochs} epochs, seed {options.seed}; "
        f"mean squared error {errors[0]:.4f}, on the second half {errors[1]:.4f}.",
        outputs=("reconstruction", "latent"),
        script="train_autoencoder.py",
    )
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
