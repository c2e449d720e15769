"""One entry opens all data; the same inputs are chosen in whatever order they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import rmqm_spec
from rmqm_spec.contracts.inputs import Inputs, InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import catalogue
from rmqm_spec.inputs.prepared import PreparedInputs, open_inputs

GREY = InputSpec(kind="image", shape=(1, 4, 4))
RGB = InputSpec(kind="image", shape=(3, 4, 4))
IMAGES = np.random.default_rng(0).integers(0, 256, (12, 4, 4), dtype=np.uint8)


def opened(data: Any, spec: InputSpec = GREY, **options: Any) -> PreparedInputs:
    return open_inputs(data, spec, Preprocessing(), **options)


def failure(data: Any, spec: InputSpec = GREY, **options: Any) -> RmqmError:
    with pytest.raises(RmqmError) as caught:
        opened(data, spec, **options)
    return caught.value


def ids(inputs: PreparedInputs) -> list[str]:
    return [inputs.load(index).id for index in range(len(inputs))]


def write_images(folder: Path, names: list[str]) -> Path:
    folder.mkdir()
    for image, name in zip(IMAGES, names, strict=False):
        Image.fromarray(image).save(folder / name)
    return folder


def test_prepared_inputs_are_inputs() -> None:
    inputs: Inputs = opened(IMAGES)
    assert isinstance(inputs, Inputs)


@given(order=st.permutations(range(12)), n=st.integers(1, 13))
def test_the_selection_does_not_depend_on_the_order(order: list[int], n: int) -> None:
    assert ids(opened(IMAGES[order], n=n)) == ids(opened(IMAGES, n=n))


@given(order=st.lists(st.integers(0, 11), min_size=1, max_size=30))
def test_the_selection_does_not_depend_on_duplicates(order: list[int]) -> None:
    inputs = opened(IMAGES[order])
    assert ids(inputs) == ids(opened(IMAGES[sorted(set(order))]))
    assert inputs.duplicates == len(order) - len(set(order))


@given(n=st.integers(1, 12), more=st.integers(0, 5))
def test_a_smaller_selection_begins_a_larger_one(n: int, more: int) -> None:
    larger = opened(IMAGES, n=n + more)
    assert ids(opened(IMAGES, n=n)) == ids(larger)[:n] == ids(larger.select(n))


def test_a_selection_of_files_does_not_depend_on_their_names(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(12)]
    first = write_images(tmp_path / "first", names)
    second = write_images(tmp_path / "second", names[::-1])
    assert ids(opened(str(first), n=5)) == ids(opened(str(second), n=5))


def test_files_and_rows_with_the_same_pixels_have_the_same_ids(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "images", [f"{number}.png" for number in range(12)])
    assert set(ids(opened(str(folder)))) == set(ids(opened(IMAGES)))


def test_ids_are_of_the_images_before_resizing() -> None:
    larger = InputSpec(kind="image", shape=(3, 9, 9))
    assert ids(opened(IMAGES)) == ids(opened(IMAGES, larger, layout="nhw"))


@pytest.mark.parametrize("n", [0, -1])
def test_a_selection_needs_at_least_one(n: int) -> None:
    assert failure(IMAGES, n=n).code == "DAT015"


def test_threads_load_the_same_values(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "images", [f"{number}.jpg" for number in range(12)])
    inputs = opened(str(folder))
    expected = [inputs.load(index).values for index in range(12)]
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(inputs.load, list(range(12)) * 8))
    for number, one in enumerate(loaded):
        np.testing.assert_array_equal(one.values, expected[number % 12])


def test_a_folder_a_pattern_and_a_file_are_opened(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "images", ["a.png", "b.png"])
    (folder / "notes.txt").write_text("")
    assert len(opened(folder)) == 2
    assert opened(str(folder)).ignored == 1
    assert len(opened(str(folder / "a*"))) == 1
    assert opened(str(folder / "b.png")).load(0).name == str(folder / "b.png")


def test_a_name_that_looks_like_a_pattern_is_a_name_first(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "images[1]", ["a.png"])
    assert len(opened(str(folder))) == 1


@pytest.mark.parametrize("data", ["missing", "missing/a.png", "https:/example.org/a.png", ""])
def test_what_does_not_exist_is_said_so(data: str) -> None:
    error = failure(data)
    assert (error.code, error.exit_code) == ("DAT001", 3)


@pytest.mark.parametrize("data", ["x" * 5000, "a\0b"])
def test_names_that_cannot_exist_do_not_exist(data: str) -> None:
    assert failure(data).code == "DAT001"


def test_a_pattern_without_images_finds_none(tmp_path: Path) -> None:
    assert failure(str(tmp_path / "*.png")).code == "DAT002"


@pytest.mark.parametrize("name", ["data.jsonl", "model.onnx", "noextension"])
def test_other_kinds_of_file_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    error = failure(str(tmp_path / name))
    assert (error.code, error.exit_code) == ("DAT004", 2)


def test_images_are_not_given_to_encoders_of_plain_arrays(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "images", ["a.png"])
    assert failure(str(folder), InputSpec(kind="array", shape=(16,))).code == "DAT012"


@pytest.mark.parametrize("option", [{"layout": "nhwc"}, {"value_range": (0, 255)}])
def test_options_that_would_be_ignored_are_refused(option: dict[str, Any]) -> None:
    assert failure(None, **option).code == "DAT017"


def test_a_layout_is_refused_for_image_files(tmp_path: Path) -> None:
    folder = write_images(tmp_path / "images", ["a.png"])
    assert failure(folder, layout="nhwc").code == "DAT017"


def test_every_code_is_explained() -> None:
    package = Path(rmqm_spec.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in (package / "inputs").glob("*.py"))
    raised = {part.split('"')[0] for part in source.split('"') if part[:3] in {"DAT", "IMG"}}
    assert len(raised) > 20
    assert raised <= set(catalogue())
