"""Arrays in memory and in files: types, ranges, shapes, and which array of several is meant."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import RmqmError, UnreadableError, UsageError
from rmqm_spec.identity import content_id
from rmqm_spec.inputs import npz_files
from rmqm_spec.inputs.prepared import PreparedInputs, open_inputs

GREY = InputSpec(kind="image", shape=(1, 4, 4))
PLAIN = InputSpec(kind="array", shape=(2, 3))
IMAGES = np.arange(48, dtype=np.uint8).reshape(3, 4, 4)


def opened(data: Any, spec: InputSpec = GREY, **options: Any) -> PreparedInputs:
    return open_inputs(data, spec, Preprocessing(), **options)


def failure(data: Any, spec: InputSpec = GREY, **options: Any) -> RmqmError:
    with pytest.raises(RmqmError) as caught:
        opened(data, spec, **options).load(0)
    return caught.value


def values_by_id(inputs: PreparedInputs) -> dict[str, np.ndarray]:
    return {one.id: one.values for one in map(inputs.load, range(len(inputs)))}


def test_bytes_are_divided_by_255() -> None:
    loaded = values_by_id(opened(IMAGES))
    for image in IMAGES:
        values = loaded[content_id(image[..., np.newaxis])]
        np.testing.assert_array_equal(values[0], image.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "f8", "f2"])
def test_floats_in_the_unit_range_are_kept(dtype: str) -> None:
    image = np.linspace(0, 1, 16).astype(dtype).reshape(1, 4, 4)
    values = opened(image).load(0).values
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, image.astype(np.float32))


def test_booleans_are_black_and_white() -> None:
    values = opened(np.eye(4, dtype=bool)[np.newaxis]).load(0).values
    np.testing.assert_array_equal(values[0], np.eye(4))


@pytest.mark.parametrize(
    ("dtype", "value_range"),
    [("f4", (-1, 1)), ("u1", (0, 100)), ("u2", (0, 65535)), ("i8", (-128, 127))],
)
def test_a_declared_range_is_mapped_to_the_unit_range(
    dtype: str, value_range: tuple[int, int]
) -> None:
    ends = np.array([*value_range] * 8, dtype=dtype).reshape(1, 4, 4)
    inputs = open_inputs(ends, GREY, Preprocessing(source="flags"), value_range=value_range)
    assert inputs.bounds == (0.0, 1.0)
    assert inputs.load(0).values.ravel().tolist() == [0.0, 1.0] * 8


@pytest.mark.parametrize(
    ("dtype", "value_range"), [("u1", (0, 100)), ("u2", (0, 65535)), ("i8", (-128, 127))]
)
def test_integers_of_a_declared_range_are_mapped_without_a_value_map_too(
    dtype: str, value_range: tuple[int, int]
) -> None:
    ends = np.array([*value_range] * 8, dtype=dtype).reshape(1, 4, 4)
    assert opened(ends, value_range=value_range).load(0).values.ravel().tolist() == [0.0, 1.0] * 8


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(
    ("shape", "layout"), [((2, 3, 4, 5), None), ((2, 4, 5, 3), "nhwc"), ((2, 60), None)]
)
def test_floats_of_a_declared_range_are_kept_where_no_value_map_is_known(
    shape: tuple[int, ...], layout: Any, dtype: str
) -> None:
    spec = InputSpec(kind="image", shape=(3, 4, 5))
    given = np.linspace(-80, 0, 120, dtype=dtype).reshape(shape)
    inputs = opened(given, spec, value_range=(-80, 0), layout=layout)
    assert (inputs.bounds, inputs.spec.kind) == ((-80.0, 0.0), "array")
    loaded = {one.id: one.values for one in map(inputs.load, range(2))}
    for row in given:
        expected = row.transpose(2, 0, 1) if layout == "nhwc" else row.reshape(3, 4, 5)
        np.testing.assert_array_equal(loaded[content_id(row)], expected)
        assert loaded[content_id(row)].dtype == dtype


@pytest.mark.parametrize(
    "preprocessing", [Preprocessing(source="flags"), Preprocessing(mean=0.5, std=0.5)]
)
def test_with_a_value_map_floats_of_a_declared_range_are_pictures(
    preprocessing: Preprocessing,
) -> None:
    given = np.linspace(-80, 0, 36).reshape(1, 6, 6)
    inputs = open_inputs(given, GREY, preprocessing, value_range=(-80, 0))
    assert (inputs.bounds, inputs.spec.kind) == ((0.0, 1.0), "image")
    assert inputs.load(0).values.shape == (1, 4, 4)  # pictures are resized


def test_floats_that_are_kept_are_not_resized() -> None:
    error = failure(np.linspace(-80, 0, 72).reshape(2, 6, 6), value_range=(-80, 0))
    assert error.code == "DAT012"
    assert "--scale 1" in error.fix


@pytest.mark.parametrize(
    ("ends", "hint"),
    [
        ((0, 255), "--range=0,255"),
        ((-1, 1), "--range=-1,1"),
        ((0, 40000), "--range=0,65535"),
        ((-3, 1e6), "--range=LOW,HIGH"),
        ((-100, 100), "--range=LOW,HIGH"),
        ((0, 20), "--range=LOW,HIGH"),
        ((-0.02, 1.03), "numpy.clip(x, 0, 1)"),
        ((0, 1.05), "numpy.clip(x, 0, 1)"),
        ((-2.1, 2.6), "x * std + mean"),
        ((-0.4, 2.8), "x * std + mean"),
    ],
)
def test_floats_outside_the_range_are_refused_with_a_hint(
    ends: tuple[float, float], hint: str
) -> None:
    error = failure(np.array([*ends] * 8, dtype=float).reshape(1, 4, 4))
    assert (error.code, isinstance(error, UsageError)) == ("DAT010", True)
    assert hint in error.fix
    assert "-128" not in error.fix
    assert "array[0] must lie in [0, 1]" in str(error)


def test_a_normalised_array_is_told_the_statistics_of_the_encoder() -> None:
    preprocessing = Preprocessing(mean=[0.25], std=[0.5], source="config.json")
    picture = np.linspace(0, 1, 16).reshape(1, 4, 4)
    with pytest.raises(UsageError) as caught:
        open_inputs((picture - 0.25) / 0.2, GREY, preprocessing).load(0)
    assert "looks normalised" in caught.value.fix or "look normalised" in caught.value.fix
    assert "mean [0.25] and std [0.5]" in caught.value.fix


def test_the_map_back_of_a_normalised_array_leads_to_no_complaint() -> None:
    pictures = np.random.default_rng(0).random((9, 4, 4))
    for scale in (1, 255):
        known = Preprocessing(mean=[0.25 * scale], std=[0.5 * scale], scale=scale)
        given = ((pictures * scale - known.mean[0]) / known.std[0]).astype(np.float32)
        with pytest.raises(UsageError) as caught:
            values_by_id(open_inputs(given, GREY, known))
        offered = re.search(r"numpy(.clip\(.*, 0, 1\))\.", caught.value.fix).group(1)
        names = {"np": np, "x": given, "mean": known.mean[0], "std": known.std[0]}
        undone = eval(f"np{offered}", names)
        assert len(values_by_id(open_inputs(undone, GREY, known))) == 9


@pytest.mark.parametrize("ends", [(-0.2, 1.0951), (-3, 77.77777), (0, 1.5), (-0.9, 0.9)])
def test_the_range_that_is_offered_for_plain_values_holds_for_all_rows(
    ends: tuple[float, float],
) -> None:
    signals = np.random.default_rng(0).uniform(*ends, size=(30, 20)).astype(np.float32)
    signals[3, 0], signals[17, 5] = ends
    spec = InputSpec(kind="array", shape=(20,))
    with pytest.raises(UsageError) as caught:
        values_by_id(open_inputs(signals, spec, Preprocessing()))
    assert not re.search("picture|feature", caught.value.fix)
    offered = re.search(r"--range=(\S+)\. ", caught.value.fix).group(1)
    low, high = map(float, offered.split(","))
    assert len(values_by_id(open_inputs(signals, spec, Preprocessing(), value_range=(low, high))))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_name_their_row(value: float) -> None:
    images = np.zeros((3, 4, 4))
    images[1] = 0.5
    images[2, 0, 0] = value
    inputs = opened(images)
    with pytest.raises(
        UnreadableError, match=r"array\[2\] must be finite and .*; got 1 of 16"
    ) as caught:
        values_by_id(inputs)
    assert caught.value.code == "DAT011"


def test_integers_need_a_range() -> None:
    assert "run from 0 to 47" in failure(IMAGES.astype(np.uint16)).fix


@pytest.mark.parametrize("value_range", [(1, 0), (0, 0), (0, np.inf), (0,), "ab", 3])
def test_a_range_must_be_one(value_range: Any) -> None:
    assert failure(IMAGES, value_range=value_range).code == "DAT014"


@pytest.mark.parametrize("shape", [(0, 4, 4), (2, 0, 4), (0, 16)])
def test_empty_arrays_are_refused(shape: tuple[int, ...]) -> None:
    assert failure(np.zeros(shape)).code == "DAT009"


def test_loaded_values_share_no_memory_with_the_data() -> None:
    images = np.zeros((1, 4, 4), dtype=np.float32)
    opened(images).load(0).values[:] = 1
    assert images.max() == 0


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_plain_arrays_keep_values_type_and_range(dtype: str) -> None:
    rows = np.array([[[-5, 0, 5], [1, 2, 3]]], dtype=dtype)
    inputs = opened(rows, PLAIN, value_range=(-10, 10))
    one = inputs.load(0)
    assert inputs.bounds == (-10.0, 10.0)
    assert (one.id, one.values.dtype) == (content_id(rows[0]), rows.dtype)
    np.testing.assert_array_equal(one.values, rows[0])


def test_plain_bytes_range_from_0_to_255() -> None:
    inputs = opened(np.full((1, 2, 3), 200, dtype=np.uint8), PLAIN)
    assert inputs.bounds == (0.0, 255.0)
    assert inputs.load(0).values.max() == 200


@pytest.mark.parametrize("shape", [(5, 6), (5, 2, 3), (5, 1, 2, 3), (5, 2, 3, 1)])
def test_plain_arrays_may_be_flat_or_have_axes_of_length_one(shape: tuple[int, ...]) -> None:
    assert opened(np.zeros(shape), PLAIN).load(0).values.shape == (2, 3)


@pytest.mark.parametrize("shape", [(5, 3, 2), (5, 7), (2, 3), (6,), ()])
def test_plain_arrays_of_another_shape_are_refused_with_both_shapes(
    shape: tuple[int, ...],
) -> None:
    error = failure(np.zeros(shape), PLAIN)
    assert error.code == "DAT012"
    assert "(2, 3)" in str(error)
    assert str(shape) in str(error)


def test_channels_that_cannot_be_adapted_are_refused() -> None:
    error = failure(np.zeros((2, 4, 4, 4)), layout="nhwc")
    assert error.code == "DAT012"
    assert "got 4 channels" in str(error)


def test_npy_is_mapped_and_read_like_the_array(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", IMAGES)
    from_file, from_memory = opened(str(tmp_path / "images.npy")), opened(IMAGES)
    assert [one.load(0).id for one in (from_file, from_memory)] == [from_memory.load(0).id] * 2
    assert isinstance(from_file.source._values, np.memmap)


def test_an_empty_npy_is_empty_and_not_damaged(tmp_path: Path) -> None:
    np.save(tmp_path / "none.npy", IMAGES[:0])
    assert failure(tmp_path / "none.npy").code == "DAT009"


@pytest.mark.parametrize("name", ["data.npy", "data.npz"])
def test_pickles_are_never_opened(tmp_path: Path, name: str) -> None:
    save = np.save if name.endswith("npy") else np.savez
    save(tmp_path / name, np.array([{}], dtype=object))
    error = failure(tmp_path / name)
    assert error.code == "DAT005"
    assert "got Python objects (a pickle)" in str(error)


@pytest.mark.parametrize("name", ["data.npy", "data.npz"])
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"PK\3\4damaged", b"\x80\4pickle."])
def test_damaged_array_files_are_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    error = failure(tmp_path / name)
    assert (error.code, error.exit_code) == ("DAT005", 3)
    assert name in str(error)


@pytest.mark.parametrize("name", ["data.npy", "data.npz"])
def test_truncated_array_files_are_damaged(tmp_path: Path, name: str) -> None:
    (np.save if name.endswith("npy") else np.savez)(tmp_path / name, IMAGES)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[:-30])
    assert failure(tmp_path / name).code == "DAT005"


def test_the_only_images_of_an_npz_are_found_among_labels(tmp_path: Path) -> None:
    names = np.array(["a", "b"])
    np.savez(tmp_path / "a.npz", labels=np.zeros(3), images=IMAGES, names=names)
    assert opened(tmp_path / "a.npz").load(0).name.startswith(f"{tmp_path / 'a.npz'}:images[")


def test_several_images_are_ambiguous_and_listed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", train=IMAGES, test=IMAGES[:2], labels=np.zeros(3))
    error = failure(tmp_path / "a.npz")
    assert error.code == "DAT006"
    assert "train (3, 4, 4) uint8, test (2, 4, 4) uint8, labels (3,) float64" in str(error)


def test_a_key_says_which(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", train=IMAGES, test=IMAGES[:2])
    assert len(opened(f"{tmp_path / 'a.npz'}:test")) == 2


def test_an_unknown_key_is_refused_with_the_list(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=IMAGES)
    error = failure(f"{tmp_path / 'a.npz'}:image")
    assert error.code == "DAT006"
    assert "images (3, 4, 4) uint8" in str(error)
    assert error.fix.startswith("Did you mean ")
    assert len(opened(error.fix.removeprefix("Did you mean ").removesuffix("?"))) == 3


def test_a_key_unlike_all_others_gets_no_guess(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=IMAGES)
    assert failure(f"{tmp_path / 'a.npz'}:x").fix.endswith("a.npz:KEY")


@pytest.mark.parametrize("given", ["digits.npz:images", "Digit.NPZ:images", "digits.npz"])
def test_a_mistyped_file_is_named(tmp_path: Path, given: str) -> None:
    np.savez(tmp_path / "digit.npz", images=IMAGES)
    error = failure(f"{tmp_path / given}")
    assert error.code == "DAT001"
    assert error.fix.startswith("Did you mean ")
    assert len(opened(error.fix.removeprefix("Did you mean ").removesuffix("?"))) == 3


def test_a_file_unlike_all_others_gets_no_guess(tmp_path: Path) -> None:
    np.savez(tmp_path / "digit.npz", images=IMAGES)
    assert failure(tmp_path / "nothing-of-that").fix.startswith("Check the path.")


def test_the_only_array_is_judged_and_not_skipped(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", np.zeros((3, 7)))
    assert failure(tmp_path / "a.npz").code == "DAT008"


def test_arrays_too_large_to_unpack_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "a.npz", images=IMAGES)
    monkeypatch.setattr(npz_files, "MAX_UNPACKED_BYTES", 47)
    assert failure(tmp_path / "a.npz").code == "DAT013"


def test_a_header_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": "|u1", "fortran_order": False, "shape": (1000, 4, 4)}
    )
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", buffer.getvalue() + b"short")
    assert failure(tmp_path / "a.npz").code == "DAT005"
