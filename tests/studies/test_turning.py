"""Training methods that differ in what they do with the rotation of an image."""

import math

import numpy as np
import pytest

pytest.importorskip("torch", reason="the studies need PyTorch")

import torch

from studies.nnk.rotation.images import rotated
from studies.training.circle import in_circle
from studies.training.training import Recipe, TrainingData, train
from studies.training.turning import TURNING, turning_method
from studies.training.views import crop, turned

pytestmark = pytest.mark.torch


def pictures(n, side=28):
    random = np.random.default_rng(0)
    return random.integers(256, size=(n, side, side), dtype=np.uint8) * in_circle(side)


def as_batch(images):
    return torch.from_numpy(images).float()[:, None] / 255


class Recorder(torch.nn.Module):
    """An encoder that keeps what it is shown."""

    def __init__(self, size=4):
        super().__init__()
        self.linear = torch.nn.Linear(28 * 28, size)

    def forward(self, images):
        self.shown = images
        return self.linear(images.flatten(1))


def test_training_and_judging_turn_the_same_way():
    images, degrees = pictures(6), np.array([0.0, 90.0, 180.0, 270.0, 40.0, 123.0])
    by_torch = turned(as_batch(images), torch.from_numpy(np.radians(degrees)).float())
    masked = by_torch[:, 0].numpy() * in_circle(28) * 255
    difference = np.abs(masked - rotated(images, degrees).astype(float))
    assert difference[:4].max() < 0.1
    assert difference.mean() < 1  # Pillow rounds to levels, and both interpolate alike


def test_a_crop_of_the_whole_is_the_image_and_a_smaller_crop_a_part_of_it():
    images = as_batch(pictures(5))
    assert torch.allclose(crop(images, torch.Generator(), least=1.0), images, atol=1e-4)
    ramp = torch.linspace(0, 1, 28).expand(5, 1, 28, 28)
    seen = crop(ramp, torch.Generator().manual_seed(0), least=0.5)
    spans = seen[:, 0, 14, -1] - seen[:, 0, 14, 0]
    assert ((spans > 0.45) & (spans < 1)).all()
    assert len(set(spans.tolist())) == 5


@pytest.mark.parametrize("name", TURNING)
def test_every_method_trains_the_encoder_on_images_in_the_circle(name):
    method = turning_method(name, size=4, classes=10, pixels=28 * 28, seed=0)
    encoder = Recorder()
    loss = method.loss(encoder, as_batch(pictures(16)), torch.arange(16) % 10)
    loss.backward()
    assert encoder.linear.weight.grad.abs().sum() > 0
    assert not encoder.shown[:, 0, ~torch.from_numpy(in_circle(28))].any()


@pytest.mark.parametrize(
    ("name", "most"),
    [("nt-xent-crop", 0.0), ("nt-xent-turned-30", 30.0), ("nt-xent-turned", 180.0)],
)
def test_views_are_turned_up_to_what_their_name_says(name, most, monkeypatch):
    angles = []

    def recorded(images, radians):
        angles.extend(radians.tolist())
        return turned(images, radians)

    monkeypatch.setattr("studies.training.views.turned", recorded)
    method = turning_method(name, size=4, classes=10, pixels=28 * 28, seed=0)
    method.loss(Recorder(), as_batch(pictures(64)), torch.zeros(64))
    assert len(angles) == (128 if most else 0)
    assert max(map(abs, angles), default=0.0) <= math.radians(most)
    assert max(map(abs, angles), default=0.0) >= 0.9 * math.radians(most)


def test_rotation_prediction_is_taught_the_quarter_that_it_is_shown():
    images = pictures(32)
    method = turning_method("rotation-prediction", size=4, classes=10, pixels=28 * 28, seed=0)
    encoder = Recorder()
    quarters = torch.randint(4, (32,), generator=torch.Generator().manual_seed(0)).numpy()
    loss = method.loss(encoder, as_batch(images), torch.zeros(32, dtype=torch.int64))
    for image, quarter, shown in zip(images, quarters, encoder.shown[:, 0], strict=True):
        np.testing.assert_allclose(
            shown.detach().numpy(), np.rot90(image, quarter) / 255, atol=1e-4
        )
    logits = method.heads["quarter"](encoder(encoder.shown).relu())
    expected = torch.nn.functional.cross_entropy(logits, torch.from_numpy(quarters))
    assert loss.item() == pytest.approx(expected.item())


@pytest.mark.parametrize("name", ["nt-xent-turned-30", "cross-entropy-and-rotation"])
def test_one_seed_gives_one_encoder(name):
    labels = np.arange(256) % 10
    data = TrainingData(pictures(256)[:, None], labels)
    recipe = Recipe(architecture="mlp", method=name, size=8, seed=3, seen=256)
    first, second = (train(recipe, data).encoder for _ in range(2))
    with torch.no_grad():
        images = as_batch(pictures(4))
        assert torch.equal(first(images), second(images))
