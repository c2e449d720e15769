"""Images get the encoder's channels and size, as torchvision does it on PIL images."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import ShapeError, UnreadableError
from rmqm_spec.inputs.geometry import fit_image

AS_IT_IS = Preprocessing()
RANDOM = np.random.default_rng(0)


def image_spec(*shape: int) -> InputSpec:
    return InputSpec(kind="image", shape=shape)


def photo(height: int, width: int, channels: int = 3) -> np.ndarray:
    return RANDOM.integers(0, 256, (height, width, channels), dtype=np.uint8)


def to_tensor(image: Image.Image) -> np.ndarray:
    pixels = np.atleast_3d(np.asarray(image)).transpose(2, 0, 1)
    return pixels.astype(np.float32) / np.float32(255)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_bytes_of_the_right_size_are_only_divided(channels: int) -> None:
    image = photo(6, 7, channels)
    fitted = fit_image(image, image_spec(channels, 6, 7), AS_IT_IS)
    np.testing.assert_array_equal(fitted, image.transpose(2, 0, 1) / np.float32(255))


def test_floats_of_the_right_size_are_untouched_copies() -> None:
    image = RANDOM.random((6, 7, 3), dtype=np.float32)
    fitted = fit_image(image, image_spec(3, 6, 7), AS_IT_IS)
    np.testing.assert_array_equal(fitted, image.transpose(2, 0, 1))
    assert not np.shares_memory(fitted, image)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos"])
def test_another_size_is_reached_straight_with_pillows_filter(interpolation: str) -> None:
    image = photo(20, 30)
    fitted = fit_image(image, image_spec(3, 8, 9), Preprocessing(interpolation=interpolation))
    resized = Image.fromarray(image).resize((9, 8), Image.Resampling[interpolation.upper()])
    np.testing.assert_array_equal(fitted, to_tensor(resized))


def test_channels_are_resized_alike_together_and_apart() -> None:
    image = photo(20, 30)
    together = fit_image(image, image_spec(3, 8, 9), AS_IT_IS)
    apart = [fit_image(image[..., [c]], image_spec(1, 8, 9), AS_IT_IS)[0] for c in range(3)]
    np.testing.assert_array_equal(together, np.stack(apart))


@pytest.mark.parametrize(("height", "width"), [(300, 454), (454, 300), (256, 256), (100, 333)])
def test_shorter_side_and_centre_crop_are_those_of_torchvision(height: int, width: int) -> None:
    image = photo(height, width)
    shorter = Preprocessing(resize=256, crop=(224, 224))
    fitted = fit_image(image, image_spec(3, 224, 224), shorter)
    longer = int(256 * max(height, width) / min(height, width))
    size = (256, longer) if width <= height else (longer, 256)
    resized = Image.fromarray(image).resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - 224) / 2.0), round((size[1] - 224) / 2.0)
    expected = resized.crop((left, top, left + 224, top + 224))
    np.testing.assert_array_equal(fitted, to_tensor(expected))


def test_a_crop_larger_than_the_image_is_padded_with_black() -> None:
    fitted = fit_image(photo(2, 3) | 1, image_spec(3, 4, 4), Preprocessing(crop=(4, 4)))
    shown = fitted.min(axis=0) > 0
    np.testing.assert_array_equal(shown.astype(int), [[0] * 4, [1, 1, 1, 0], [1, 1, 1, 0], [0] * 4])


def test_an_exact_size_comes_before_a_smaller_crop() -> None:
    image = photo(30, 50)
    fitted = fit_image(image, image_spec(3, 8, 8), Preprocessing(resize=(10, 12), crop=(8, 8)))
    resized = Image.fromarray(image).resize((12, 10), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(fitted, to_tensor(resized.crop((2, 1, 10, 9))))


@pytest.mark.parametrize(
    ("fit", "size"),
    [("stretch", (10, 20)), ("cover", (15, 20)), ("contain", (10, 13))],
)
def test_a_size_is_met_exactly_or_covered_or_fitted_into(fit: str, size: tuple[int, int]) -> None:
    image = photo(30, 40)
    preprocessing = Preprocessing(resize=(10, 20), fit=fit)
    resized = Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR)
    fitted = fit_image(image, image_spec(3, *size), preprocessing)
    np.testing.assert_array_equal(fitted, to_tensor(resized))


@pytest.mark.parametrize(("rounding", "first"), [("even", 2), ("floor", 1), ("truncate", 1)])
def test_half_a_pixel_of_a_crop_goes_where_it_is_told(rounding: str, first: int) -> None:
    image = photo(7, 7)  # 3 rows and columns more than the crop
    cropped = fit_image(
        image, image_spec(3, 4, 4), Preprocessing(crop=(4, 4), crop_rounding=rounding)
    )
    expected = image[first : first + 4, first : first + 4]
    np.testing.assert_array_equal(cropped, to_tensor(Image.fromarray(expected)))


@pytest.mark.parametrize(("rounding", "first"), [("even", 1), ("floor", 2), ("truncate", 1)])
def test_half_a_pixel_around_a_small_image_goes_where_it_is_told(rounding: str, first: int) -> None:
    image = photo(4, 4) | 1
    preprocessing = Preprocessing(crop=(7, 7), crop_rounding=rounding)
    shown = fit_image(image, image_spec(3, 7, 7), preprocessing).min(axis=0) > 0
    assert np.flatnonzero(shown.any(axis=0)).tolist() == list(range(first, first + 4))


def test_around_a_small_image_is_the_colour_of_the_fill() -> None:
    preprocessing = Preprocessing(crop=(4, 4), fill=(0.2, 0.4, 0.6))
    fitted = fit_image(photo(2, 2), image_spec(3, 4, 4), preprocessing)
    np.testing.assert_array_equal(fitted[:, 0, 0], np.float32([51, 102, 153]) / np.float32(255))
    as_float = fit_image(np.zeros((2, 2, 3), np.float32), image_spec(3, 4, 4), preprocessing)
    np.testing.assert_allclose(as_float[:, 0, 0], [0.2, 0.4, 0.6], rtol=1e-6)
    grey = fit_image(photo(2, 2, 1), image_spec(1, 4, 4), preprocessing)
    np.testing.assert_allclose(grey[0, 0, 0], round(255 * 0.363) / 255, atol=1e-6)


def test_a_zoom_cuts_shares_of_the_shorter_side_out_first() -> None:
    image = photo(20, 40)
    preprocessing = Preprocessing(zoom=(0.5, 0.75), size=(10, 15))
    fitted = fit_image(image, image_spec(3, 10, 15), preprocessing)
    np.testing.assert_array_equal(fitted, to_tensor(Image.fromarray(image[5:15, 12:27])))


def test_floats_are_resized_without_rounding_to_levels() -> None:
    image = photo(20, 30)
    fitted = fit_image(image, image_spec(3, 8, 9), Preprocessing(resize_by="float"))
    rounded = fit_image(image, image_spec(3, 8, 9), AS_IT_IS)
    assert 0 < np.abs(fitted - rounded).max() <= 1.01 / 255


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos"])
def test_the_arithmetic_of_pytorch_is_a_few_levels_from_pillows(interpolation: str) -> None:
    ramp = np.add.outer(np.arange(30), np.arange(40)).astype(np.uint8)[..., None].repeat(3, axis=2)
    by_torch = Preprocessing(interpolation=interpolation, resize_by="torch")
    fitted = fit_image(ramp, image_spec(3, 17, 23), by_torch)
    by_pillow = fit_image(ramp, image_spec(3, 17, 23), Preprocessing(interpolation=interpolation))
    assert np.abs(fitted - by_pillow).max() <= 2.01 / 255


def test_a_crop_of_another_size_is_resized_to_the_encoder() -> None:
    image = photo(10, 10)
    fitted = fit_image(image, image_spec(3, 4, 4), Preprocessing(crop=(8, 8)))
    expected = Image.fromarray(image[1:9, 1:9]).resize((4, 4), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(fitted, to_tensor(expected))


def test_rgb_becomes_grey_by_pillows_luma() -> None:
    image = photo(6, 7)
    fitted = fit_image(image, image_spec(1, 6, 7), AS_IT_IS)
    np.testing.assert_array_equal(fitted, to_tensor(Image.fromarray(image).convert("L")))
    as_float = fit_image(image.astype(np.float32) / 255, image_spec(1, 6, 7), AS_IT_IS)
    np.testing.assert_allclose(as_float, fitted, atol=0.51 / 255)


def test_grey_is_repeated_as_rgb() -> None:
    fitted = fit_image(photo(6, 7, 1), image_spec(3, 5, 5), AS_IT_IS)
    np.testing.assert_array_equal(fitted[0], fitted[1])
    np.testing.assert_array_equal(fitted[0], fitted[2])


@pytest.mark.parametrize(("given", "wanted"), [(3, 4), (4, 3), (1, 2), (2, 1)])
def test_other_channels_are_not_invented(given: int, wanted: int) -> None:
    with pytest.raises(ShapeError, match=f"got {given} channels") as caught:
        fit_image(photo(4, 4, given), image_spec(wanted, 4, 4), AS_IT_IS)
    assert caught.value.code == "IMG007"


def test_a_thread_of_an_image_is_not_blown_up() -> None:
    with pytest.raises(UnreadableError, match="got 224000000 x 224") as caught:
        fit_image(photo(1, 1_000_000, 1), image_spec(1, 224, 224), Preprocessing(resize=224))
    assert caught.value.code == "IMG004"


sizes = st.tuples(st.integers(1, 12), st.integers(1, 12))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    image=st.tuples(sizes, st.sampled_from([1, 3])).flatmap(
        lambda shape: st.one_of(
            hnp.arrays(np.uint8, (*shape[0], shape[1])),
            hnp.arrays(np.float32, (*shape[0], shape[1]), elements=st.floats(0, 1, width=32)),
        )
    ),
    size=sizes,
    channels=st.sampled_from([1, 3]),
    resize=st.none() | st.integers(1, 12) | sizes,
    crop=st.none() | sizes,
    rest=st.fixed_dictionaries(
        {
            "interpolation": st.sampled_from(["nearest", "bilinear", "bicubic", "lanczos"]),
            "zoom": st.none() | st.tuples(st.floats(0.1, 1), st.floats(0.1, 1)),
            "fit": st.sampled_from(["stretch", "cover", "contain"]),
            "resize_by": st.sampled_from(["pillow", "torch", "float"]),
            "crop_rounding": st.sampled_from(["even", "floor", "truncate"]),
            "fill": st.none() | st.just((0.1, 0.5, 0.9)),
        }
    ),
)
def test_fitted_images_have_the_shape_and_lie_in_the_unit_range(
    image: np.ndarray,
    size: tuple[int, int],
    channels: int,
    resize: int | tuple[int, int] | None,
    crop: tuple[int, int] | None,
    rest: dict[str, object],
) -> None:
    preprocessing = Preprocessing(resize=resize, crop=crop, **rest)
    fitted = fit_image(image, image_spec(channels, *size), preprocessing)
    assert (fitted.shape, fitted.dtype) == ((channels, *size), np.float32)
    assert fitted.flags.c_contiguous
    assert fitted.min() >= 0
    assert fitted.max() <= 1
