"""Images get the encoder's channels and size, as torchvision does it on PIL images."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing, ResizeBy
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


def test_a_fill_between_two_levels_is_not_rounded() -> None:
    preprocessing = Preprocessing(crop=(4, 4), fill=(0.5,))
    image = photo(2, 2)
    fitted = fit_image(image, image_spec(3, 4, 4), preprocessing)
    np.testing.assert_array_equal(fitted[:, 0, 0], [0.5, 0.5, 0.5])
    np.testing.assert_array_equal(fitted[:, 1:3, 1:3], to_tensor(Image.fromarray(image)))


def test_an_image_in_the_corner_is_padded_at_the_bottom_and_the_right() -> None:
    preprocessing = Preprocessing(crop=(5, 6), place="corner")
    fitted = fit_image(photo(3, 4) | 1, image_spec(3, 5, 6), preprocessing)
    shown = fitted.min(axis=0) > 0
    assert shown[:3, :4].all()
    assert shown.sum() == 12


def test_an_image_is_padded_to_a_square_before_it_is_resized() -> None:
    image = photo(9, 4)
    white = Preprocessing(square=True, fill=(1.0,))
    padded = np.full((9, 9, 3), 255, np.uint8)
    padded[:, 2:6] = image
    fitted = fit_image(image, image_spec(3, 9, 9), white)
    np.testing.assert_array_equal(fitted, to_tensor(Image.fromarray(padded)))


def test_a_square_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(UnreadableError, match="1000000 x 1000000"):
        fit_image(photo(1, 1_000_000, 1), image_spec(1, 9, 9), Preprocessing(square=True))


@pytest.mark.parametrize(("given", "is_turned"), [((4, 8), True), ((8, 4), False), ((5, 5), False)])
def test_an_image_that_lies_across_is_turned(given: tuple[int, int], is_turned: bool) -> None:
    image = photo(*given)
    fitted = fit_image(image, image_spec(3, 8, 4), Preprocessing(turn=True))
    upright = np.rot90(image, 3) if is_turned else image
    expected = Image.fromarray(np.ascontiguousarray(upright)).resize(
        (4, 8), Image.Resampling.BILINEAR
    )
    np.testing.assert_array_equal(fitted, to_tensor(expected))


@pytest.mark.parametrize("by", ["pillow", "torch"])
def test_light_margins_of_a_page_are_cut_off(by: str) -> None:
    page = np.full((20, 30, 3), 250, np.uint8)
    page[5:12, 8:19] = photo(7, 11) // 2
    page[5, 8] = page[11, 18] = 0
    preprocessing = Preprocessing(trim=True, resize_by=by)
    fitted = fit_image(page, image_spec(3, 7, 11), preprocessing)
    np.testing.assert_array_equal(fitted, to_tensor(Image.fromarray(page[5:12, 8:19])))
    empty = fit_image(page[:4], image_spec(3, 4, 30), preprocessing)
    np.testing.assert_array_equal(empty, to_tensor(Image.fromarray(page[:4])))


def test_a_thumbnail_shrinks_what_is_larger_and_nothing_else() -> None:
    image = photo(30, 60)
    shrinks = Preprocessing(thumbnail=(40, 20), crop=(40, 20))
    shrunk = Image.fromarray(image).resize((20, 10), Image.Resampling.BICUBIC, reducing_gap=2.0)
    fitted = fit_image(image, image_spec(3, 40, 20), shrinks)
    np.testing.assert_array_equal(fitted[:, 15:25], to_tensor(shrunk))
    small = fit_image(image, image_spec(3, 30, 60), Preprocessing(thumbnail=(40, 60)))
    np.testing.assert_array_equal(small, to_tensor(Image.fromarray(image)))


@pytest.mark.parametrize(
    ("rounding", "height"), [("ratio", 2), ("share", 2), ("scale", 2), ("up", 3), ("down", 2)]
)
def test_a_side_that_ends_in_half_a_pixel_is_rounded_as_told(rounding: str, height: int) -> None:
    preprocessing = Preprocessing(
        resize=(10, 10), fit="contain", fit_rounding=rounding, crop=(10, 10), place="corner"
    )
    fitted = fit_image(np.full((5, 20, 3), 255, np.uint8), image_spec(3, 10, 10), preprocessing)
    assert fitted[0, :, 0].sum() == height


def test_no_side_gets_shorter_than_at_least() -> None:
    preprocessing = Preprocessing(
        resize=(10, 10), fit="contain", at_least=4, crop=(10, 10), place="corner"
    )
    fitted = fit_image(np.full((5, 50, 3), 255, np.uint8), image_spec(3, 10, 10), preprocessing)
    assert fitted[0, :, 0].sum() == 4


def test_sampling_looks_at_neighbouring_pixels_alone() -> None:
    image = np.zeros((1, 8, 3), np.uint8)
    image[0, 3:5] = 255
    sampled = fit_image(image, image_spec(3, 1, 2), Preprocessing(resize_by="sampled"))
    np.testing.assert_array_equal(sampled[0, 0], [0, 0])  # between pixels 1, 2 and 5, 6
    enlarged = fit_image(image[:, 2:4], image_spec(3, 1, 4), Preprocessing(resize_by="sampled"))
    np.testing.assert_array_equal(enlarged[0, 0], [0, 0.25, 0.75, 1])


@pytest.mark.parametrize("by", ["blurred", "torch_blurred"])
def test_a_blur_before_sampling_lets_all_pixels_count(by: str) -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    image[:, 3:5] = 255
    blurred = fit_image(image, image_spec(3, 2, 2), Preprocessing(resize_by=by))
    assert (blurred > 0.1).all()
    larger = fit_image(image, image_spec(3, 16, 16), Preprocessing(resize_by=by))
    sampled = fit_image(image, image_spec(3, 16, 16), Preprocessing(resize_by="sampled"))
    assert np.abs(larger - sampled)[:, 1:-1, 1:-1].max() < 1e-6


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
            "resize_by": st.sampled_from(get_args(ResizeBy)),
            "fit_rounding": st.sampled_from(["ratio", "share", "scale", "up", "down"]),
            "thumbnail": st.none() | sizes,
            "trim": st.booleans(),
            "turn": st.booleans(),
            "square": st.booleans(),
            "place": st.sampled_from(["centre", "corner"]),
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
