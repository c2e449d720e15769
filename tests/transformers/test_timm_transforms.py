"""Configurations of timm and open_clip give the pixels of their own transforms."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rmqm_onnx.reading.timm_files import read_open_clip, read_timm
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.inputs.geometry import fit_image

pytestmark = [pytest.mark.transformers, pytest.mark.shared]

SMALL = {"input_size": [3, 64, 64], "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.25]}
CONFIGS = [
    {},
    *({"crop_pct": share} for share in (0.875, 0.9, 0.95, 0.965, 1.0)),
    *({"interpolation": name} for name in ("bilinear", "bicubic", "nearest", "lanczos", "box")),
    *({"input_size": [3, 48, 80], "crop_pct": share} for share in (0.875, 1.0)),
    *({"crop_mode": "squash", "crop_pct": share} for share in (0.9, 1.0)),
    *({"crop_mode": "squash", "input_size": [3, 48, 80], "crop_pct": share} for share in (0.9, 1)),
    *({"crop_mode": "border", "crop_pct": share} for share in (0.9, 1.0)),
    {"crop_mode": "border", "input_size": [3, 48, 80], "crop_pct": 1.0},
]


def difference(transform, preprocessing, image):
    theirs = np.asarray(transform(image), dtype=np.float64)
    mean, std = (np.reshape(one, (-1, 1, 1)) for one in (preprocessing.mean, preprocessing.std))
    ours = fit_image(np.asarray(image), InputSpec(kind="image", shape=theirs.shape), preprocessing)
    assert preprocessing.size == theirs.shape[1:]
    return float(255 * np.abs(theirs * std + mean - ours).max())


@pytest.fixture
def timm(transformers):
    return pytest.importorskip("timm")


def transform_of(timm, config, **settings):
    resolved = timm.data.resolve_data_config({}, pretrained_cfg=config, **settings)
    return timm.data.create_transform(**resolved)


@pytest.mark.parametrize("content", CONFIGS, ids=str)
@pytest.mark.parametrize("wrap", [dict, lambda config: {"pretrained_cfg": config}])
def test_a_configuration_of_timm_gives_the_pixels_of_its_transform(timm, photos, content, wrap):
    config = {**SMALL, **content}
    preprocessing = read_timm(wrap(config), "config.json")
    transform = transform_of(timm, config)
    for image in photos.values():
        assert difference(transform, preprocessing, image) < 0.01


def test_defaults_of_absent_keys_are_those_of_timm(timm, photos):
    config = {"input_size": [3, 64, 64]}
    preprocessing = read_timm({"pretrained_cfg": config}, "config.json")
    assert difference(transform_of(timm, config), preprocessing, photos["odd"]) < 0.01


def test_a_graph_of_timms_size_for_testing_has_the_transform_for_testing(timm, photos):
    config = {**SMALL, "test_input_size": [3, 80, 80], "test_crop_pct": 0.95, "crop_pct": 0.8}
    preprocessing = read_timm(config, "config.json", (None, 3, 80, 80))
    transform = transform_of(timm, config, use_test_size=True)
    assert difference(transform, preprocessing, photos["odd"]) < 0.01


def test_every_pretrained_configuration_of_timm_gives_the_pixels_of_its_transform(timm, photos):
    configs = {}
    for name in timm.list_pretrained():
        content = json.loads(json.dumps(timm.get_pretrained_cfg(name).to_dict()))
        key = tuple(
            str(content.get(part))
            for part in ("input_size", "crop_pct", "crop_mode", "interpolation")
        )
        configs[key] = content
    small = [one for one in configs.values() if one["input_size"][1] <= 300]
    assert len(small) > 30
    for config in small:
        preprocessing = read_timm({"pretrained_cfg": config}, "config.json")
        assert difference(transform_of(timm, config), preprocessing, photos["strip"]) < 0.01, config


@pytest.mark.parametrize("size", [64, [48, 80]])
@pytest.mark.parametrize("mode", ["shortest", "longest", "squash"])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_a_configuration_of_open_clip_gives_the_pixels_of_its_transform(
    transformers, photos, size, mode, interpolation
):
    open_clip = pytest.importorskip("open_clip.transform")
    config = {"interpolation": interpolation, "resize_mode": mode, "mean": [0.5] * 3}
    content = {"model_cfg": {"vision_cfg": {"image_size": size}}, "preprocess_cfg": config}
    preprocessing = read_open_clip(content, "open_clip_config.json")
    config = open_clip.PreprocessCfg(**config, size=size)
    transform = open_clip.image_transform_v2(config, is_train=False)
    for image in photos.values():
        assert difference(transform, preprocessing, image) < 0.01
