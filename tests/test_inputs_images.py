"""Image files of every mode become grey or RGB arrays, or errors that name them."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs import images
from rmqm_spec.inputs.images import decode_image, display_name
from rmqm_spec.inputs.pixels import pixels_of

RED, WHITE = (255, 0, 0), (255, 255, 255)


def saved(folder: Path, image: Image.Image, name: str = "image.png", **options: object) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def picture(mode: str = "RGB", width: int = 32, height: int = 24) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def failure(path: Path) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        decode_image(path)
    return caught.value


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_grey_and_rgb_are_kept_bit_by_bit(tmp_path: Path, mode: str) -> None:
    image = picture(mode)
    pixels = decode_image(saved(tmp_path, image))
    np.testing.assert_array_equal(np.squeeze(pixels), np.asarray(image))
    assert pixels.ndim == 3


def test_one_bit_images_are_black_and_white(tmp_path: Path) -> None:
    pixels = decode_image(saved(tmp_path, picture("1")))
    assert pixels.shape == (24, 32, 1)
    assert set(np.unique(pixels)) == {0, 255}


def test_a_palette_is_looked_up_as_rgb(tmp_path: Path) -> None:
    image = picture("RGB").quantize(16)
    pixels = decode_image(saved(tmp_path, image))
    np.testing.assert_array_equal(pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("CMYK", (0, 255, 255, 0), RED),
        ("YCbCr", (255, 128, 128), WHITE),
        ("LAB", (255, 128, 128), WHITE),
        ("HSV", (0, 255, 255), RED),
    ],
)
def test_print_and_video_colours_become_rgb(
    mode: str, colour: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    pixels = pixels_of(Image.new(mode, (2, 2), colour), mode)
    np.testing.assert_allclose(pixels[0, 0], expected, atol=1)  # Lab is rounded


def test_cmyk_files_become_rgb(tmp_path: Path) -> None:
    image = picture("CMYK")
    pixels = decode_image(saved(tmp_path, image, "image.tif"))
    np.testing.assert_array_equal(pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGBA", (255, 0, 0, 255), RED),
        ("RGBA", (255, 0, 0, 0), WHITE),
        ("RGBA", (0, 0, 0, 51), (204, 204, 204)),
        ("LA", (0, 255), (0,)),
        ("LA", (0, 0), (255,)),
    ],
)
def test_transparent_images_lie_on_white(
    tmp_path: Path, mode: str, colour: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    pixels = decode_image(saved(tmp_path, Image.new(mode, (2, 2), colour)))
    assert tuple(pixels[0, 0]) == expected


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_transparent_colour_becomes_white(tmp_path: Path, mode: str) -> None:
    image = Image.new(mode, (2, 2), 0)
    key = (0, 0, 0) if mode == "RGB" else 0
    pixels = decode_image(saved(tmp_path, image, transparency=key))
    assert (pixels == 255).all()


def test_sixteen_bit_grey_is_divided_by_65535(tmp_path: Path) -> None:
    values = np.array([[0, 1, 65535]], dtype=np.uint16)
    pixels = decode_image(saved(tmp_path, Image.fromarray(values)))
    assert pixels.dtype == np.float32
    np.testing.assert_array_equal(pixels[..., 0], (values / 65535).astype(np.float32))


@pytest.mark.parametrize("name", ["image.tif", "image.pgm", "image.jp2"])
def test_sixteen_bits_mean_the_same_in_every_format(tmp_path: Path, name: str) -> None:
    values = np.arange(0, 65536, 64, dtype=np.uint16).reshape(32, 32)
    pixels = decode_image(saved(tmp_path, Image.fromarray(values), name))
    np.testing.assert_allclose(pixels[..., 0], values / 65535, atol=1e-7)


def test_twelve_bit_tiff_is_divided_by_4095(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    path.write_bytes(twelve_bit_tiff(full_scale_pixels=2))
    assert decode_image(path).ravel().tolist() == [1.0, 1.0]


def twelve_bit_tiff(full_scale_pixels: int) -> bytes:
    def entry(tag: int, value: int) -> bytes:
        return b"".join(n.to_bytes(k, "little") for n, k in ((tag, 2), (3, 2), (1, 4), (value, 4)))

    data = b"\xff" * (full_scale_pixels * 12 // 8)
    tags = {256: full_scale_pixels, 257: 1, 258: 12, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1}
    tags[279] = len(data)
    body = data + b"\0" * (len(data) % 2)
    directory = len(tags).to_bytes(2, "little") + b"".join(entry(*item) for item in tags.items())
    header = b"II*\0" + (8 + len(body)).to_bytes(4, "little")
    return header + body + directory + b"\0\0\0\0"


def test_white_is_zero_is_inverted(tmp_path: Path) -> None:
    values = Image.fromarray(np.array([[0, 65535]], dtype=np.uint16))
    path = saved(tmp_path, values, "image.tif")
    photometric = bytes.fromhex("0601 0300 01000000".replace(" ", ""))
    path.write_bytes(path.read_bytes().replace(photometric + b"\1", photometric + b"\0"))
    assert decode_image(path).ravel().tolist() == [1.0, 0.0]


def test_a_transparent_value_of_sixteen_bits_becomes_white(tmp_path: Path) -> None:
    values = Image.fromarray(np.array([[0, 300]], dtype=np.uint16))
    path = saved(tmp_path, values, transparency=300)
    assert decode_image(path).ravel().tolist() == [0.0, 1.0]


def test_floats_in_the_unit_range_are_kept(tmp_path: Path) -> None:
    values = np.array([[0.0, 0.25, 1.0]], dtype=np.float32)
    pixels = decode_image(saved(tmp_path, Image.fromarray(values), "image.tif"))
    np.testing.assert_array_equal(pixels[..., 0], values)


@pytest.mark.parametrize(
    "values",
    [
        np.array([[0.0, 255.0]], dtype=np.float32),
        np.array([[0.0, np.nan]], dtype=np.float32),
        np.array([[0, 1]], dtype=np.int32),
    ],
)
def test_values_of_unknown_range_are_refused(tmp_path: Path, values: np.ndarray) -> None:
    error = failure(saved(tmp_path, Image.fromarray(values), "image.tif"))
    assert error.code == "IMG005"
    assert "--range" in error.fix


def test_a_declared_range_makes_them_readable(tmp_path: Path) -> None:
    values = np.array([[-1000, 0, 1000]], dtype=np.int32)
    path = saved(tmp_path, Image.fromarray(values), "image.tif")
    pixels = decode_image(path, value_range=(-1000, 1000))
    assert pixels.ravel().tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["RGB", "I;16"])
def test_all_orientations_are_turned_as_pillow_turns_them(
    tmp_path: Path, orientation: int, mode: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    backwards = [None, None, 0, 3, 1, 5, 2, 6, 4][orientation]  # undoes the turn
    deep = Image.fromarray(np.arange(6, dtype=np.uint16).reshape(2, 3))
    image = picture() if mode == "RGB" else deep
    stored = image if backwards is None else image.transpose(Image.Transpose(backwards))
    pixels = decode_image(saved(tmp_path, stored, exif=exif))
    np.testing.assert_array_equal(pixels, decode_image(saved(tmp_path, image, "upright.png")))


def test_a_damaged_orientation_is_no_orientation(tmp_path: Path) -> None:
    path = saved(tmp_path, picture(), exif=b"Exif\0\0damaged record")
    assert decode_image(path).shape == (24, 32, 3)


def test_an_animation_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, WHITE)]
    path = saved(tmp_path, frames[0], "image.gif", save_all=True, append_images=frames[1:])
    assert tuple(decode_image(path)[0, 0]) == RED


@pytest.mark.parametrize("name", ["image.jpg", "image.png", "image.bmp", "image.webp"])
@pytest.mark.parametrize("switch", [False, True])
def test_truncated_files_are_damaged_whatever_pillow_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, switch: bool
) -> None:
    path = saved(tmp_path, picture(), name)
    path.write_bytes(path.read_bytes()[:-200])
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", switch)
    error = failure(path)
    assert error.code in {"IMG002", "IMG003"}
    assert name in str(error)
    assert switch is ImageFile.LOAD_TRUNCATED_IMAGES


def ppm_header(width: int, height: int) -> bytes:
    return b"P6 %d %d 255\n" % (width, height)


@pytest.mark.parametrize("size", [(10_000, 10_000), (20_000, 20_000)])
def test_bombs_are_refused_by_their_header(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "bomb.ppm"
    path.write_bytes(ppm_header(*size))
    error = failure(path)
    assert error.code == "IMG004"
    assert str(images.MAX_PIXELS) in str(error)


def test_bombs_are_refused_where_pillows_limit_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    path = tmp_path / "bomb.ppm"
    path.write_bytes(ppm_header(20_000, 20_000))
    assert "got 20000 x 20000" in str(failure(path))


def test_an_image_at_the_limit_is_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 32 * 24)
    assert decode_image(saved(tmp_path, picture())).shape == (24, 32, 3)


def test_files_of_too_many_bytes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MAX_FILE_BYTES", 100)
    assert failure(saved(tmp_path, picture())).code == "IMG006"


@pytest.mark.parametrize("content", [b"", b"not an image"])
def test_other_content_is_no_image(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(content)
    assert failure(path).code == "IMG002"


def test_postscript_is_no_image_because_it_is_a_program(tmp_path: Path) -> None:
    path = saved(tmp_path, picture(), "image.eps")
    assert failure(path).code == "IMG002"


def test_missing_files_and_folders_cannot_be_opened(tmp_path: Path) -> None:
    assert failure(tmp_path / "missing.png").code == "IMG001"
    assert failure(tmp_path).code == "IMG001"
    assert "No such file" in str(failure(tmp_path / "missing.png"))


def test_names_in_messages_are_printable() -> None:
    assert display_name("a\x1b[2J\n\udcff.png") == "a\\x1b[2J\\n\\udcff.png"


def test_threads_decode_alike_and_leave_the_filters_as_they_were(tmp_path: Path) -> None:
    paths = [saved(tmp_path, picture(), f"{i}.jpg", quality=50 + i) for i in range(8)]
    before, expected = list(warnings.filters), [decode_image(path) for path in paths]
    results: dict[Path, np.ndarray] = {}
    threads = [
        threading.Thread(target=lambda p=path: results.update({p: decode_image(p)}))
        for path in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
    for path, pixels in zip(paths, expected, strict=True):
        np.testing.assert_array_equal(results[path], pixels)
