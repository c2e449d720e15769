"""The axes of image arrays are recognised, told, or refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.inputs.array_rows import ArrayRows, fit_layout
from rmqm_spec.inputs.layouts import Layout, as_image, recognise_layout

BYTE = np.dtype("uint8")
GREY = InputSpec(kind="image", shape=(1, 28, 28))
RGB = InputSpec(kind="image", shape=(3, 32, 32))
PLAIN = InputSpec(kind="array", shape=(16,))


@pytest.mark.parametrize(
    ("shape", "spec", "layout"),
    [
        ((9, 32, 32, 3), RGB, "nhwc"),
        ((9, 3, 32, 32), RGB, "nchw"),
        ((9, 64, 48, 3), RGB, "nhwc"),
        ((9, 1, 64, 48), RGB, "nchw"),
        ((9, 64, 48, 1), RGB, "nhwc"),
        ((9, 28, 28, 3), GREY, "nhwc"),
        ((9, 28, 28), GREY, "nhw"),
        ((3, 28, 28), GREY, "nhw"),
        ((1, 28, 28), GREY, "nhw"),
        ((9, 4, 4), InputSpec(kind="image", shape=(1, 4, 4)), "nhw"),
        ((9, 64, 48), RGB, "nhw"),
        ((9, 784), GREY, "array"),
        ((9, 3072), RGB, "array"),
        ((9, 3, 32, 3), InputSpec(kind="image", shape=(3, 32, 3)), "nchw"),
        ((9, 16), PLAIN, "array"),
        ((9, 4, 4), PLAIN, "array"),
        ((9, 40, 30, 5), InputSpec(kind="image", shape=(5, 8, 8)), "nhwc"),
    ],
)
def test_clear_shapes_are_recognised(
    shape: tuple[int, ...], spec: InputSpec, layout: Layout
) -> None:
    assert recognise_layout(shape, BYTE, spec) == layout


@pytest.mark.parametrize(
    ("shape", "spec", "advice", "mended"),
    [
        ((9, 3, 3, 3), InputSpec(kind="image", shape=(3, 3, 3)), "--data-layout nhwc", None),
        ((9, 3, 64, 3), RGB, "--data-layout nhwc or nchw", None),
        ((9, 64, 48, 5), RGB, "x[..., :3]", lambda x: x[..., :3]),
        ((9, 64, 48, 4), RGB, "RGB with alpha: drop the alpha", lambda x: x[..., :3]),
        ((9, 4, 64, 48), RGB, "drop the alpha channel, x[:, :3]", lambda x: x[:, :3]),
        ((9, 64, 48, 4), GREY, "drop the alpha channel, x[..., :3]", lambda x: x[..., :3]),
        ((9, 64, 48, 2), GREY, "grey with alpha: drop the alpha", lambda x: x[..., :1]),
        ((9, 2, 64, 48), RGB, "drop the alpha channel, x[:, :1]", lambda x: x[:, :1]),
        ((32, 48, 3), RGB, "x[None]", lambda x: x[None]),
        ((32, 48, 4), RGB, "x[None, ..., :3]", lambda x: x[None, ..., :3]),
        ((28, 28, 1), GREY, "x[None]", lambda x: x[None]),
        ((3, 32, 32), RGB, "x[None]", lambda x: x[None]),
        ((9, 100), RGB, "x[None]", lambda x: x[None]),
        ((9,), RGB, "looks like labels", None),
        ((784,), GREY, "x[None]", lambda x: x[None]),
        ((), RGB, "give the array of the inputs themselves", None),
        ((1, 2, 3, 32, 32), RGB, "x.reshape(-1,", lambda x: x.reshape(-1, *x.shape[-3:])),
    ],
)
def test_unclear_shapes_are_refused_with_advice_that_helps(
    shape: tuple[int, ...],
    spec: InputSpec,
    advice: str,
    mended: Callable[[AnyArray], AnyArray] | None,
) -> None:
    with pytest.raises(ShapeError, match="got shape") as caught:
        recognise_layout(shape, BYTE, spec)
    assert caught.value.code == "DAT008"
    assert advice in caught.value.fix
    if mended is not None:
        recognise_layout(mended(np.zeros(shape)).shape, BYTE, spec)


def test_a_declared_layout_with_alpha_gets_the_advice_too() -> None:
    with pytest.raises(ShapeError, match="must have 1 or 3 channels") as caught:
        fit_layout((9, 64, 48, 4), BYTE, RGB, "nhwc")
    assert caught.value.fix.endswith("drop the alpha channel, x[..., :3].")


def test_labels_for_an_encoder_of_plain_arrays_are_called_labels() -> None:
    with pytest.raises(ShapeError) as caught:
        fit_layout((100,), BYTE, PLAIN, None)
    assert "looks like labels" in caught.value.fix
    with pytest.raises(ShapeError) as caught:
        fit_layout((16,), BYTE, PLAIN, None)
    assert "x[None]" in caught.value.fix


def test_a_told_layout_settles_it() -> None:
    assert recognise_layout((9, 3, 64, 3), BYTE, RGB, "nchw") == "nchw"
    assert recognise_layout((3, 32, 32), BYTE, RGB, "nhw") == "nhw"


@pytest.mark.parametrize(
    ("shape", "spec", "layout"),
    [
        ((9, 28, 28), GREY, "nhwc"),
        ((9, 28, 28, 1), GREY, "nhw"),
        ((9, 16), PLAIN, "nhwc"),
        ((9, 100), GREY, "array"),
        ((9, 28, 28), GREY, "hwc"),
    ],
)
def test_a_told_layout_that_cannot_be_is_refused(
    shape: tuple[int, ...], spec: InputSpec, layout: Layout
) -> None:
    with pytest.raises(UsageError) as caught:
        recognise_layout(shape, BYTE, spec, layout)
    assert caught.value.code == "DAT008"


@pytest.mark.parametrize("dtype", ["O", "U3", "c8", "M8[s]", "V4", "g"])
def test_what_is_no_number_is_refused(dtype: str) -> None:
    with pytest.raises(UsageError, match="must be uint8 or float") as caught:
        recognise_layout((9, 28, 28), np.dtype(dtype), GREY)
    assert caught.value.code == "DAT007"


@given(
    n=st.integers(1, 3),
    height=st.integers(4, 9),
    width=st.integers(4, 9),
    channels=st.sampled_from([1, 3]),
)
def test_channels_first_and_last_hold_the_same_images(
    n: int, height: int, width: int, channels: int
) -> None:
    last = np.random.default_rng(0).integers(0, 256, (n, height, width, channels), dtype=np.uint8)
    rows = ArrayRows(last, RGB, label="nhwc")
    moved = ArrayRows(last.transpose(0, 3, 1, 2), RGB, label="nchw")
    assert (rows.layout, moved.layout) == ("nhwc", "nchw")
    assert rows.digests == moved.digests
    np.testing.assert_array_equal(rows.read(n - 1), moved.read(n - 1))


def test_flat_images_lie_in_the_encoders_order() -> None:
    image = np.arange(3 * 2 * 4).reshape(3, 2, 4)
    spec = InputSpec(kind="image", shape=image.shape)
    np.testing.assert_array_equal(
        as_image(image.reshape(-1), "array", spec), image.transpose(1, 2, 0)
    )


def test_grey_rows_and_flat_rows_have_the_same_name() -> None:
    images = np.arange(2 * 784, dtype=np.uint16).astype(np.uint8).reshape(2, 28, 28)
    rows, flat = (ArrayRows(a, GREY, label="") for a in (images, images.reshape(2, 784)))
    assert rows.digests == flat.digests
