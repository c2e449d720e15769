"""Training of the studies' encoders: losses, views, repeatability and export."""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest

pytest.importorskip("torch", reason="the studies need PyTorch")

import torch

from studies.architectures.design import ARCHITECTURES, METHODS, SEEN, design
from studies.training.losses import MARGIN, TEMPERATURE, nt_xent, triplet
from studies.training.training import Recipe, TrainingData, export, train
from studies.training.views import perspective, rotation
from studies.training.zoo import make_encoders

pytestmark = pytest.mark.torch


def data(n=256):
    random = np.random.default_rng(0)
    labels = random.integers(10, size=n)
    images = random.integers(60, size=(n, 1, 28, 28)) + 15 * labels[:, None, None, None]
    return TrainingData(images.astype(np.uint8), labels)


def unit(rows):
    return [row / np.linalg.norm(row) for row in rows]


def test_nt_xent_is_what_loops_give():
    random = np.random.default_rng(0)
    first, second = random.standard_normal((2, 5, 3))
    both = unit(np.concatenate([first, second]))
    total = 0.0
    for row in range(10):
        logits = {
            other: both[row] @ both[other] / TEMPERATURE for other in range(10) if other != row
        }
        partner = (row + 5) % 10
        total -= logits[partner] - math.log(sum(math.exp(value) for value in logits.values()))
    given = nt_xent(torch.from_numpy(first), torch.from_numpy(second))
    assert float(given) == pytest.approx(total / 10, rel=1e-9)


def test_triplets_are_those_of_loops_with_semi_hard_negatives():
    random = np.random.default_rng(1)
    embeddings, labels = random.standard_normal((12, 3)), random.integers(3, size=12)
    rows = unit(embeddings)
    losses = []
    for anchor, positive in product(range(12), repeat=2):
        if anchor == positive or labels[anchor] != labels[positive]:
            continue
        near = np.linalg.norm(rows[anchor] - rows[positive])
        others = [
            np.linalg.norm(rows[anchor] - rows[other])
            for other in range(12)
            if labels[other] != labels[anchor]
        ]
        further = [distance for distance in others if distance > near]
        negative = min(further) if further else max(others)
        losses.append(max(0.0, near - negative + MARGIN))
    given = triplet(torch.from_numpy(embeddings), torch.from_numpy(labels))
    assert float(given) == pytest.approx(np.mean(losses), rel=1e-6)


def test_views_keep_the_shape_and_differ_by_image():
    images = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0)).expand(
        4, 1, 28, 28
    )
    for view in (rotation, perspective):
        seen = view(images, torch.Generator().manual_seed(1))
        assert seen.shape == images.shape
        assert not torch.equal(seen[0], seen[1])
        assert torch.equal(seen, view(images, torch.Generator().manual_seed(1)))


def test_perspective_without_distortion_is_the_identity(monkeypatch):
    monkeypatch.setattr("studies.training.views._DISTORTION", 0.0)
    images = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    seen = perspective(images, torch.Generator().manual_seed(1))
    assert torch.allclose(seen, images, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_one_seed_gives_one_encoder(method):
    recipe = Recipe(architecture="mlp", method=method, size=8, seed=3, seen=256)
    first, second = (train(recipe, data()).encoder for _ in range(2))
    images = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(first(images), second(images))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_training_lowers_the_loss_and_the_export_agrees(architecture, tmp_path):
    short, long = (
        Recipe(architecture=architecture, method="cross-entropy", size=16, seed=0, seen=seen)
        for seen in (128, 2_560)
    )
    assert train(long, data()).loss < train(short, data()).loss
    # Exporting compares ONNX Runtime with PyTorch, and refuses what differs.
    export(train(short, data()), data().described, tmp_path / "encoder.onnx")
    assert (tmp_path / "encoder.onnx").exists()


def test_an_export_that_differs_is_refused(tmp_path):
    class Random(torch.nn.Module):
        def forward(self, images):
            return images.flatten(1) if torch.onnx.is_in_onnx_export() else images.flatten(1) + 1

    trained = train(Recipe(architecture="mlp", method="untrained", size=8, seed=0, seen=0), data())
    wrong = type(trained)(Random().eval(), 0.0)
    with pytest.raises(RuntimeError, match="differs from PyTorch"):
        export(wrong, data().described, tmp_path / "encoder.onnx")
    assert not (tmp_path / "encoder.onnx").exists()


def test_encoders_that_are_there_are_not_trained_again(tmp_path):
    file = tmp_path / "data.npz"
    given = data(128)
    np.savez(file, train_images=given.images[:, 0], train_labels=given.labels)
    recipes = [
        Recipe(architecture="mlp", method="untrained", size=4, seed=s, seen=0) for s in (0, 1)
    ]
    files = make_encoders(recipes[:1], file, tmp_path / "zoo")
    before = files[recipes[0].name].stat().st_mtime_ns
    files = make_encoders(recipes, file, tmp_path / "zoo")
    assert files[recipes[0].name].stat().st_mtime_ns == before
    assert all(path.exists() for path in files.values())


def test_the_design_gives_every_factor_both_lengths_equally():
    trained = [recipe for recipe in design() if recipe.method != "untrained"]
    for factor in ("architecture", "method", "size"):
        counts = Counter((getattr(recipe, factor), recipe.seen) for recipe in trained)
        for value in {getattr(recipe, factor) for recipe in trained}:
            assert counts[value, SEEN[0]] == counts[value, SEEN[1]]
