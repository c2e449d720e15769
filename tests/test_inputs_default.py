"""Without data, inputs are real images that come with the package: those of scikit-learn."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UsageError
from rmqm_spec.identity import digest_of_ids
from rmqm_spec.inputs import default
from rmqm_spec.inputs.default import default_source
from rmqm_spec.inputs.prepared import open_inputs

GREY = InputSpec(kind="image", shape=(1, 28, 28))


def rgb(length: int) -> InputSpec:
    return InputSpec(kind="image", shape=(3, length, length))


def test_grey_encoders_get_the_digits_of_scikit_learn() -> None:
    from sklearn.datasets import load_digits

    source = default_source(GREY)
    images = np.stack([source.read(index) for index in range(len(source))])
    np.testing.assert_array_equal(images[..., 0], load_digits().images / 16)
    assert images.dtype == np.float32


def test_rgb_encoders_get_patches_of_the_photographs() -> None:
    from sklearn.datasets import load_sample_image

    source = default_source(rgb(32))
    flower = load_sample_image("flower.jpg")
    index = [source.name(i) for i in range(len(source))].index("flower.jpg[y=64, x=32]")
    np.testing.assert_array_equal(source.read(index), flower[64:96, 32:64])


@pytest.mark.parametrize("photograph", ["china.jpg", "flower.jpg"])
def test_the_photographs_are_the_files_of_scikit_learn(photograph: str) -> None:
    own = Path(default.__file__).with_name("bundled") / photograph
    theirs = files("sklearn.datasets.images") / photograph
    assert own.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize(
    ("length", "patch", "count"), [(8, 16, 2080), (32, 32, 520), (61, 61, 140), (224, 64, 120)]
)
def test_there_are_a_hundred_distinct_patches_for_every_size(
    length: int, patch: int, count: int
) -> None:
    inputs = open_inputs(None, rgb(length), Preprocessing())
    assert (len(inputs), inputs.duplicates) == (count, 0)
    assert inputs.source.read(0).shape == (patch, patch, 3)
    assert inputs.load(0).values.shape == (3, length, length)


def test_the_digits_are_always_the_same() -> None:
    digest = digest_of_ids(default_source(GREY).digests)
    assert digest == "dd54abd42ba22dc9cfa56d19675a32c2b93063d0855e76d7dd10a5aa6ec7d7c8"


@pytest.mark.parametrize(
    "spec", [InputSpec(kind="array", shape=(3,)), InputSpec(kind="image", shape=(4, 8, 8))]
)
def test_other_encoders_need_data(spec: InputSpec) -> None:
    with pytest.raises(UsageError) as caught:
        default_source(spec)
    assert caught.value.code == "DAT003"
    assert "--data" in caught.value.fix
