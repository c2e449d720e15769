"""Real image files, many of them odd, decode as they should or fail by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps, features

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs.images import decode_image
from rmqm_spec.inputs.prepared import open_inputs

PHOTOS = Path(__file__).parents[2] / "shared" / "photos"
LIST = PHOTOS / "photos.json"
RECORDS: list[dict[str, Any]] = json.loads(LIST.read_text()) if LIST.is_file() else []
if "avif" not in features.get_supported_modules():  # before Pillow 11.3
    for record in RECORDS:
        record["loads"] = "no decoder" if record.get("format") == "AVIF" else record["loads"]
READABLE = [record["file"] for record in RECORDS if record["loads"] == "ok"]
UNREADABLE = [record["file"] for record in RECORDS if record["loads"] != "ok"]
HOPPERS = sorted(name for name in READABLE if "hopper_orientation" in name)

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not RECORDS, reason="shared/photos is not beside the project"),
]


@pytest.mark.parametrize("name", READABLE)
def test_every_readable_photo_is_grey_or_rgb(name: str) -> None:
    record = next(record for record in RECORDS if record["file"] == name)
    pixels = decode_image(PHOTOS / name)
    assert sorted(pixels.shape[:2]) == sorted(record["size"])
    assert pixels.shape[2] == (1 if record["mode"] in {"1", "L", "LA"} else 3)
    assert pixels.dtype == np.uint8


@pytest.mark.parametrize("name", UNREADABLE)
def test_every_unreadable_photo_fails_by_name(name: str) -> None:
    with pytest.raises(UnreadableError, match=name) as caught:
        decode_image(PHOTOS / name)
    assert caught.value.code in {"IMG002", "IMG003", "IMG004"}


@pytest.mark.parametrize("name", HOPPERS)
def test_a_turned_photo_looks_as_pillow_turns_it(name: str) -> None:
    with Image.open(PHOTOS / name) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(decode_image(PHOTOS / name), expected)


def test_turned_photos_of_one_scene_look_alike() -> None:
    upright = decode_image(PHOTOS / "pillow_hopper.jpg").astype(float)
    for name in HOPPERS:
        assert np.abs(decode_image(PHOTOS / name) - upright).mean() < 15


def test_the_decompression_bomb_is_called_one() -> None:
    with pytest.raises(UnreadableError) as caught:
        decode_image(PHOTOS / "pillow_decompression_bomb.ico")
    assert caught.value.code == "IMG004"


def test_a_folder_offers_all_photos_and_names_those_that_fail() -> None:
    spec = InputSpec(kind="image", shape=(3, 32, 32))
    inputs = open_inputs(str(PHOTOS), spec, Preprocessing())
    failed = set()
    for index in range(len(inputs)):
        try:
            values = inputs.load(index).values
        except UnreadableError:
            failed.add(Path(inputs.name(index)).name)
        else:
            assert values.shape == (3, 32, 32)
            assert values.min() >= 0
            assert values.max() <= 1
    assert failed == set(UNREADABLE)
    assert len(inputs) == len(RECORDS)
    assert inputs.ignored == 1  # the list of photos
