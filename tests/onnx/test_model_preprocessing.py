"""Between the declared range and the network: where statistics come from, and what they do."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.reading.preprocessing_files import (
    find_preprocessing,
    find_size,
    read_preprocessing,
)
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import SubjectError, UnreadableError, UsageError

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PROCESSOR = {"image_mean": MEAN, "image_std": STD}
CLIP = {**PROCESSOR, "feature_extractor_type": "CLIPFeatureExtractor"}
CONFIG = {"mean": MEAN, "std": STD, "input_size": [3, 224, 224]}


@pytest.fixture
def beside(tmp_path):
    """Write files beside a model and return its path."""

    def write(folder="", **files):
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / f"{name}.json").write_text(text)
        return tmp_path / folder / "model.onnx"

    return write


def processor(beside, **content):
    return find_preprocessing({}, beside(preprocessor_config=content))


def unreadable(beside, **files):
    with pytest.raises(UnreadableError) as caught:
        find_preprocessing({}, beside(**files))
    assert caught.value.code == "PRE004"
    return caught.value.message


# Where it comes from.


def test_without_any_the_values_go_in_as_they_are_and_a_warning_says_so(opened, make):
    encoder = opened(make.dense())
    found = next(one for one in encoder.findings if one.code == "PRE001")
    assert (found.level, found.message, encoder.arrangement.preprocessing) == (
        "warn",
        "no preprocessing found: the values in [0, 1] go in as they are",
        Preprocessing(),
    )


def test_sources_go_before_each_other_in_the_documented_order(opened, make, saved, beside):
    sources = []
    path = saved(make.dense())
    beside(config=CONFIG)
    sources.append(opened(path))
    beside(preprocessor_config=PROCESSOR)
    sources.append(opened(path))
    path = saved(make.dense(metadata={"rmqm.preprocess": '{"scale": 255}'}))
    sources.append(opened(path))
    sources.append(opened(path, preprocessing=Preprocessing(source="flags")))
    assert [one.description["preprocessing"]["source"] for one in sources] == [
        "config.json",
        "preprocessor_config.json",
        "ONNX metadata rmqm.preprocess",
        "flags",
    ]


def test_a_known_source_is_told(opened, make, saved, beside):
    path = saved(make.dense())
    beside(preprocessor_config=PROCESSOR)
    found = [one.message for one in opened(path).findings if one.code == "PRE001"]
    assert found == ["preprocessing known: preprocessor_config.json"]


def test_the_folder_above_counts_for_models_in_a_folder_named_onnx(beside, tmp_path, monkeypatch):
    (tmp_path / "onnx").mkdir()
    (tmp_path / "other").mkdir()
    path = beside("onnx", preprocessor_config=PROCESSOR)
    monkeypatch.chdir(tmp_path / "onnx")
    found = [find_preprocessing({}, one) for one in (path, type(path)("model.onnx"))]
    assert [one is not None for one in found] == [True, True]
    assert find_preprocessing({}, tmp_path / "other" / "model.onnx") is None


@pytest.mark.parametrize(
    "content",
    [
        {"model_type": "vit", "image_size": 224},
        {"mean": 3.2, "std": 1.1},
        {"pretrained_cfg": None},
        [1, 2],
        "null",
    ],
)
def test_a_config_of_something_else_is_passed_over(beside, content):
    assert find_preprocessing({}, beside(config=content)) is None


def test_the_processor_of_a_sound_model_is_passed_over(beside):
    sound = {"do_normalize": True, "sampling_rate": 16000, "feature_size": 1}
    assert processor(beside, **sound) is None


@pytest.mark.parametrize("name", ["Wav2Vec2FeatureExtractor", "Phi4MultimodalFeatureExtractor"])
def test_a_class_of_sound_is_passed_over(beside, name):
    sound = {"feature_extractor_type": name, "do_normalize": True, "sampling_rate": 16000}
    assert processor(beside, **sound) is None
    assert processor(beside, feature_extractor_type="ASTFeatureExtractor", max_length=9) is None


@pytest.mark.parametrize("name", ["config", "preprocessor_config"])
@pytest.mark.parametrize("text", ['{"mean": ', "\udcff", "[" * 100_000])
def test_files_that_are_no_json_are_refused(beside, tmp_path, name, text):
    (tmp_path / f"{name}.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert unreadable(beside).startswith("preprocessing in ")


def test_an_error_names_the_source_and_all_ways_out(beside):
    with pytest.raises(UnreadableError) as caught:
        find_preprocessing({"rmqm.preprocess": '{"scala": 1}'}, beside())
    assert (caught.value.message, caught.value.fix) == (
        "preprocessing in ONNX metadata rmqm.preprocess must be readable; got unknown key 'scala'",
        (
            "Correct it, or say it with --scale, --mean, --std, or --preprocess with scale, mean, "
            "std, channel_order, resize, crop, interpolation, size, zoom, fit, resize_by, "
            "crop_rounding, fill, fit_rounding, at_least, thumbnail, trim, turn, square, place."
        ),
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("own.toml", 'scale = 255\nmean = [1, 2, 3]\nchannel_order = "bgr"\nsize = 32'),
        ("own.json", '{"scale": 255, "mean": [1, 2, 3], "channel_order": "bgr", "size": [32, 32]}'),
    ],
)
def test_a_file_of_ones_own_may_be_toml_or_json(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    found = read_preprocessing(tmp_path / name)
    assert found == Preprocessing(
        scale=255, mean=(1, 2, 3), channel_order="bgr", size=(32, 32), source=str(tmp_path / name)
    )


@pytest.mark.parametrize("content", [PROCESSOR, CONFIG, {"pretrained_cfg": CONFIG}])
def test_a_file_that_is_told_may_have_the_format_of_others(tmp_path, content):
    (tmp_path / "file.json").write_text(json.dumps(content))
    assert read_preprocessing(tmp_path / "file.json").mean == MEAN


@pytest.mark.parametrize(
    "text",
    [
        '{"interpolation": "random"}',
        '{"channel_order": "gbr"}',
        '{"resize": 0}',
        '{"resize": "big"}',
        '{"crop": [0, 5]}',
        '{"size": [1, 2, 3]}',
        '{"resize": [3, 0]}',
        '{"fit": "fill"}',
        '{"resize_by": "hand"}',
        '{"crop_rounding": "up"}',
        '{"resize_by": "torch", "interpolation": "box"}',
        '{"resize_by": "sampled", "interpolation": "bicubic"}',
        '{"fit_rounding": "even"}',
        '{"place": "left"}',
        '{"at_least": 0}',
        '{"thumbnail": [4, 0]}',
        '{"turn": "yes"}',
        '{"zoom": [0, 1]}',
        '{"zoom": 1}',
        '{"fill": 255}',
        '{"mean": "grey"}',
        '{"scale": null}',
        '{"input_size": [3, 4, 4]}',
        "[]",
        "5",
    ],
)
def test_values_that_no_field_may_have_are_refused(tmp_path, text):
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(UnreadableError) as caught:
        read_preprocessing(tmp_path / "file.json")
    assert caught.value.code == "PRE004"


# Image processors of Hugging Face.


def without_class(beside, **content):
    return processor(beside, **PROCESSOR, resample=2, **content)


def vit(beside, **content):
    return processor(beside, image_processor_type="ViTImageProcessor", **content)


def clip(beside, **content):
    return processor(beside, image_processor_type="CLIPImageProcessor", **content)


def refused_class(beside, **files):
    with pytest.raises(UnreadableError) as caught:
        find_preprocessing({}, beside(**files))
    assert caught.value.code == "PRE009"
    assert "--preprocess FILE" in caught.value.fix
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "scale"),
    [
        ({}, 1),
        ({"rescale_factor": 1 / 255}, 1),
        ({"rescale_factor": 0.00392156862745098}, 1),
        ({"rescale_factor": 2 / 255}, 2),
        ({"do_rescale": False}, 255),
        ({"do_rescale": False, "rescale_factor": 7}, 255),
    ],
)
def test_rescaling_becomes_the_scale_of_values_up_to_one(beside, content, scale):
    assert processor(beside, **PROCESSOR, **content).scale == pytest.approx(scale, abs=1e-12)


@pytest.mark.parametrize(
    ("content", "mean", "std"),
    [
        (PROCESSOR, MEAN, STD),
        ({**PROCESSOR, "do_normalize": False}, None, None),
        ({"do_rescale": True}, None, None),
        ({"image_mean": 0.5, "image_std": 0.2}, (0.5,), (0.2,)),
        ({"do_resize": False, "rescale_offset": True, "rescale_factor": 2 / 255}, (1,), None),
    ],
)
def test_normalising_becomes_mean_and_std(beside, content, mean, std):
    found = processor(beside, **content)
    assert (found.mean, found.std) == (mean, std)


def test_a_processor_that_flips_channels_has_its_statistics_in_the_network_order(beside):
    found = processor(beside, **PROCESSOR, do_flip_channel_order=True)
    assert (found.channel_order, found.mean) == ("bgr", MEAN[::-1])


@pytest.mark.parametrize(
    ("content", "geometry"),
    [
        ({"size": {"height": 32, "width": 48}}, (None, None, (32, 48))),
        ({"size": [224, 224]}, (None, None, (224, 224))),
        ({"size": 224, "do_resize": False}, (None, None, None)),
        ({"do_resize": False, "crop_size": 224}, (None, None, None)),
        (
            {"size": {"shortest_edge": 256}, "do_center_crop": True, "crop_size": 224},
            (256, (224, 224), (224, 224)),
        ),
        (
            {"size": [36, 40], "do_center_crop": True, "crop_size": 32},
            ((36, 40), (32, 32), (32, 32)),
        ),
        (
            {
                "do_resize": False,
                "do_center_crop": True,
                "crop_size": {"height": 24, "width": 32},
            },
            (None, (24, 32), (24, 32)),
        ),
    ],
)
def test_resize_and_crop_become_geometry(beside, content, geometry):
    found = without_class(beside, **content)
    assert (found.resize, found.crop, found.size) == geometry


def test_a_plain_number_is_the_shorter_side_or_a_square_by_the_class(beside):
    found = processor(beside, **CLIP, size=200, do_center_crop=True, crop_size=190)
    assert (found.resize, found.crop) == (200, (190, 190))
    found = vit(beside, size=200)
    assert (found.resize, found.crop, found.size) == (None, None, (200, 200))


@pytest.mark.parametrize(
    ("name", "resize", "crop", "filter_name"),
    [
        ("CLIPImageProcessor", 224, (224, 224), "bicubic"),
        ("CLIPFeatureExtractor", 224, (224, 224), "bicubic"),
        ("DeiTImageProcessorFast", (256, 256), (224, 224), "bicubic"),
        ("LevitImageProcessor", 256, (224, 224), "bicubic"),
        ("PoolFormerImageProcessor", 248, (224, 224), "bicubic"),
        ("MobileNetV2ImageProcessor", 256, (224, 224), "bilinear"),
    ],
)
def test_absent_keys_have_the_defaults_of_the_class(beside, name, resize, crop, filter_name):
    found = processor(beside, image_processor_type=name)
    assert (found.resize, found.crop, found.interpolation) == (resize, crop, filter_name)


def test_a_part_of_a_size_that_is_null_counts_as_absent(beside):
    size = {"height": None, "width": None, "shortest_edge": 200, "longest_edge": None}
    assert clip(beside, size=size).resize == 200


def test_a_key_that_is_null_counts_as_absent(beside):
    found = clip(beside, resample=None, image_mean=None)
    assert (found.interpolation, found.mean[0]) == ("bicubic", 0.48145466)


def test_keys_that_a_class_does_not_read_have_no_effect(beside):
    found = vit(beside, do_center_crop=True, crop_size=200)
    assert (found.crop, found.size) == (None, (224, 224))


def test_efficientnet_divides_by_the_deviation_twice(beside):
    name = {"image_processor_type": "EfficientNetImageProcessor"}
    once = processor(beside, **name, **PROCESSOR, include_top=False)
    twice = processor(beside, **name, **PROCESSOR)
    assert once.std == STD
    assert twice.std == tuple(value * value for value in STD)


def test_sam_fits_into_a_square_and_pads_with_the_mean(beside):
    name = {"image_processor_type": "SamImageProcessor"}
    found = processor(beside, **name, image_mean=[0.1, 0.2, 0.3])
    assert (found.resize, found.fit, found.fit_rounding) == ((1024, 1024), "contain", "up")
    assert (found.crop, found.place, found.fill) == ((1024, 1024), "corner", (0.1, 0.2, 0.3))


def test_owlv2_pads_to_a_square_with_grey_and_since_transformers_5_with_black(beside):
    name = {"image_processor_type": "Owlv2ImageProcessor"}
    old = processor(beside, **name)
    new = find_preprocessing({}, beside(processor_config={"image_processor": name}))
    assert (old.square, old.fill, old.resize_by) == (True, (0.5,), "blurred")
    assert (new.square, new.fill, new.resize_by) == (True, None, "torch_blurred")


def test_donut_has_the_width_first_in_old_files(beside):
    name = {"image_processor_type": "DonutFeatureExtractor"}
    found = processor(beside, **name, size=[960, 1280], do_align_long_axis=True)
    assert (found.resize, found.thumbnail, found.turn) == (960, (1280, 960), True)
    assert (found.crop, found.size, found.trim) == ((1280, 960), (1280, 960), False)


def test_perceiver_crops_before_it_resizes(beside):
    name = {"image_processor_type": "PerceiverImageProcessor"}
    found = processor(beside, **name, size=[30, 60], crop_size=[40, 100])
    assert (found.zoom, found.size) == ((0.75, 0.6), (30, 60))


@pytest.mark.parametrize(
    ("shorter", "geometry"),
    [(224, (256, (224, 224), (224, 224))), (384, (None, None, (384, 384)))],
)
def test_convnext_crops_small_sizes_only(beside, shorter, geometry):
    name = {"image_processor_type": "ConvNextImageProcessor"}
    found = processor(beside, **name, size={"shortest_edge": shorter})
    assert (found.resize, found.crop, found.size) == geometry


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (0, "nearest"),
        (1, "lanczos"),
        (2, "bilinear"),
        (3, "bicubic"),
        (4, "box"),
        (5, "hamming"),
    ],
)
def test_the_filter_is_pillows_number(beside, code, name):
    assert vit(beside, resample=code).interpolation == name


@pytest.mark.parametrize(
    ("name", "rounding", "resize_by"),
    [
        ("CLIPImageProcessor", "floor", "pillow"),
        ("CLIPImageProcessorPil", "floor", "pillow"),
        ("CLIPImageProcessorFast", "truncate", "torch"),
    ],
)
def test_classes_on_tensors_round_as_tensors_do(beside, name, rounding, resize_by):
    found = processor(beside, image_processor_type=name)
    assert (found.crop_rounding, found.resize_by) == (rounding, resize_by)


@pytest.mark.parametrize("base", ["DeepseekVL", "Donut", "Janus", "Owlv2"])
def test_classes_that_pad_otherwise_with_pillow_are_refused_by_that_name(beside, base):
    assert processor(beside, image_processor_type=f"{base}ImageProcessor").size is not None
    with pytest.raises(UnreadableError, match="than the class without Pil") as caught:
        processor(beside, image_processor_type=f"{base}ImageProcessorPil")
    assert caught.value.code == "PRE009"


def test_a_file_of_transformers_5_is_read_as_a_class_on_tensors(beside):
    nested = {"image_processor": {"image_processor_type": "CLIPImageProcessor", "size": 90}}
    found = find_preprocessing({}, beside(processor_config=nested))
    assert (found.source, found.resize, found.resize_by) == ("processor_config.json", 90, "torch")


def test_the_file_of_transformers_5_goes_before_that_of_4(beside):
    nested = {"image_processor": {"image_processor_type": "ViTImageProcessor", "size": 90}}
    files = {"preprocessor_config": {"image_processor_type": "ViTImageProcessor", "size": 80}}
    assert find_preprocessing({}, beside(processor_config=nested, **files)).size == (90, 90)
    text_alone = {"processor_class": "CLIPProcessor"}
    assert find_preprocessing({}, beside(processor_config=text_alone, **files)).size == (80, 80)


@pytest.mark.parametrize(
    ("config", "content"),
    [
        ({"model_type": "convnextv2"}, {}),
        ({}, {"processor_class": "ChineseCLIPProcessor"}),
    ],
)
def test_a_class_that_is_not_named_is_that_of_the_model_or_processor(beside, config, content):
    known = find_preprocessing(
        {}, beside(config=config, preprocessor_config={"do_resize": True, "size": 200, **content})
    )
    assert known.resize == (228 if config else 200)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"image_processor_type": "MyOwnImageProcessor"}, "got MyOwnImageProcessor, which is not"),
        (
            {"auto_map": {"AutoImageProcessor": "own.OwnImageProcessor"}},
            "got own.OwnImageProcessor, which is not among the classes known here",
        ),
        (
            {"image_processor_type": "Qwen2VLImageProcessorFast"},
            "got Qwen2VLImageProcessorFast, which cuts an image into patches or tiles",
        ),
        (
            {"image_processor_type": "DPTImageProcessor", "keep_aspect_ratio": True},
            "got DPTImageProcessor, which keeps the aspect ratio (keep_aspect_ratio)",
        ),
        (
            {"image_processor_type": "DetrImageProcessor"},
            "which keeps the aspect ratio (size with longest_edge and shortest_edge)",
        ),
        (
            {"image_processor_type": "CLIPImageProcessor", "do_center_crop": False},
            "which resizes the shorter side to 224 and crops nothing",
        ),
        (
            {"image_processor_type": "SuperPointImageProcessor", "do_grayscale": True},
            "which makes its images grey (do_grayscale)",
        ),
        (
            {"image_processor_type": "GotOcr2ImageProcessor", "crop_to_patches": True},
            "which cuts an image into several (crop_to_patches)",
        ),
        (
            {"image_processor_type": "ViTImageProcessorFast", "resample": 4},
            "which has no box filter on tensors (resample)",
        ),
        (
            {"image_processor_type": "LevitImageProcessorFast", "do_pad": True, "pad_size": 300},
            "which pads its images (do_pad)",
        ),
        (
            {"image_processor_type": "LlavaImageProcessor", "do_pad": True, "crop_size": 300},
            "which pads its images twice, with two colours (do_pad)",
        ),
        (
            {"image_processor_type": "SamImageProcessor", "do_pad": False},
            "which gives images of no common size (do_pad = false)",
        ),
        (
            {"image_processor_type": "SamImageProcessor", "size": {"longest_edge": 1025}},
            "which pads to 1024 x 1024, less than the longer side 1025",
        ),
        (
            {"image_processor_type": "SamImageProcessor", "image_mean": [0.5, -1, 0.5]},
            "which pads its images with a colour that is none (image_mean)",
        ),
        (
            {"image_processor_type": "DonutImageProcessor", "do_resize": False},
            "which leaves its images as large as they are (do_resize = false)",
        ),
        (
            {"image_processor_type": "Owlv2ImageProcessor", "do_rescale": False},
            "which resizes whole levels then (do_rescale = false)",
        ),
        (
            {"image_processor_type": "EomtImageProcessor"},
            "which gives images of no common size (do_pad = false)",
        ),
        ({"do_resize": True, "size": 224, "resample": 3}, "square or the shorter side"),
        ({"do_resize": True, "size": {"height": 3, "width": 4}}, "leaves open resample"),
        ({"resample": 3}, "leaves open size"),
    ],
)
def test_a_class_that_cannot_be_applied_is_refused_by_name(beside, content, reason):
    message = refused_class(beside, preprocessor_config={**PROCESSOR, **content})
    assert reason in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"resample": 6}, "resample 6, which is none of Pillow's 0 to 5"),
        ({"resample": "cubic"}, "resample 'cubic', which is none of Pillow's 0 to 5"),
        ({"do_center_crop": True, "do_resize": False}, "do_center_crop without crop_size"),
        ({"size": {}}, "size with nothing"),
        ({"size": {"height": 3}}, "size with height"),
    ],
)
def test_a_processor_that_is_half_understood_is_refused(beside, content, reason):
    size = {"size": {"height": 4, "width": 4}, "resample": 2}
    message = unreadable(beside, preprocessor_config={**PROCESSOR, **size, **content})
    assert message == f"preprocessing in preprocessor_config.json must be readable; got {reason}"


def test_normalising_without_statistics_is_refused(beside):
    content = {"do_rescale": True, "do_normalize": True}
    assert unreadable(beside, preprocessor_config=content).endswith(
        "got do_normalize without image_mean and image_std"
    )


def test_an_unknown_class_is_refused_whatever_else_the_file_says(beside):
    content = {"image_processor_type": "MyOwnImageProcessor", "size": 32}
    assert "MyOwnImageProcessor" in refused_class(beside, preprocessor_config=content)


def test_the_way_out_of_a_refusal_leads_out(opened, make, saved, beside, tmp_path):
    path = saved(make.dense())
    beside(preprocessor_config={"image_processor_type": "MyOwnImageProcessor", "do_resize": True})
    with pytest.raises(UnreadableError):
        opened(path)
    (tmp_path / "own.toml").write_text("mean = 0.5\nstd = 0.5\nresize = 5\ncrop = 4")
    encoder = opened(path, preprocessing=read_preprocessing(tmp_path / "own.toml"))
    assert encoder.preprocessing.crop == (4, 4)


# Configurations of timm, open_clip and sentence-transformers.


@pytest.mark.parametrize(
    ("content", "geometry"),
    [
        ({}, (256, "stretch", (224, 224), (224, 224))),
        ({"crop_pct": 0.9}, (248, "stretch", (224, 224), (224, 224))),
        ({"crop_pct": 1.0}, (224, "stretch", (224, 224), (224, 224))),
        ({"input_size": [1, 28, 32]}, ((32, 36), "cover", (28, 32), (28, 32))),
        ({"crop_mode": "squash", "crop_pct": 1.0}, (None, "stretch", None, (224, 224))),
        (
            {"crop_mode": "squash", "crop_pct": 0.9},
            ((248, 248), "stretch", (224, 224), (224, 224)),
        ),
        (
            {"crop_mode": "border", "crop_pct": 1.0},
            ((224, 224), "contain", (224, 224), (224, 224)),
        ),
    ],
)
@pytest.mark.parametrize("wrap", [dict, lambda config: {"pretrained_cfg": config}])
def test_a_configuration_of_timm_becomes_geometry(beside, content, geometry, wrap):
    found = find_preprocessing({}, beside(config=wrap({**CONFIG, **content})))
    assert (found.resize, found.fit, found.crop, found.size) == geometry
    assert (found.mean, found.std, found.interpolation) == (MEAN, STD, "bicubic")


def test_timm_has_defaults_of_its_own(beside):
    found = find_preprocessing({}, beside(config={"pretrained_cfg": {"input_size": [3, 64, 64]}}))
    assert (found.mean, found.std, found.resize, found.interpolation) == (MEAN, STD, 73, "bicubic")


@pytest.mark.parametrize(
    ("dims", "size"),
    [
        ((), (224, 224)),
        ((None, 3, 288, 288), (288, 288)),
        ((None, 288, 288, 3), (288, 288)),
        ((None, 3, None, None), (224, 224)),
        ((None, 3, 224, 224), (224, 224)),
    ],
)
def test_timms_size_for_testing_is_that_of_a_graph_of_this_size(beside, dims, size):
    config = {**CONFIG, "test_input_size": [3, 288, 288], "test_crop_pct": 1.0}
    found = find_preprocessing({}, beside(config=config), dims)
    assert found.size == size
    assert found.resize == (256 if size == (224, 224) else 288)


@pytest.mark.parametrize(
    "content",
    [
        {"crop_mode": "sideways"},
        {"interpolation": "random"},
        {"input_size": [224, 224]},
        {"crop_pct": 500},
        {"crop_pct": -1},
    ],
)
def test_a_configuration_of_timm_that_is_half_understood_is_refused(beside, content):
    assert unreadable(beside, config={**CONFIG, **content})


def open_clip(size=224, **preprocess):
    return {"model_cfg": {"vision_cfg": {"image_size": size}}, "preprocess_cfg": preprocess}


@pytest.mark.parametrize(
    ("content", "geometry"),
    [
        (open_clip(), (224, "stretch", (224, 224), "bicubic")),
        (open_clip([32, 48]), ((32, 48), "cover", (32, 48), "bicubic")),
        (open_clip(resize_mode="squash"), (None, "stretch", None, "bicubic")),
        (open_clip(interpolation="bilinear"), (224, "stretch", (224, 224), "bilinear")),
        (open_clip(resize_mode="longest"), ((224, 224), "contain", (224, 224), "bicubic")),
    ],
)
def test_a_configuration_of_open_clip_becomes_geometry(beside, content, geometry):
    found = find_preprocessing({}, beside(open_clip_config=content))
    assert (found.resize, found.fit, found.crop, found.interpolation) == geometry
    assert found.mean == (0.48145466, 0.4578275, 0.40821073)


def test_open_clip_with_an_unknown_way_to_resize_is_refused(beside):
    assert "resize_mode" in unreadable(beside, open_clip_config=open_clip(resize_mode="fold"))


def test_a_part_of_a_sentence_transformers_model_has_its_own_folder(beside, tmp_path):
    (tmp_path / "onnx").mkdir()
    (tmp_path / "0_CLIPModel").mkdir()
    content = json.dumps({"image_processor_type": "CLIPImageProcessor", "size": 99})
    (tmp_path / "0_CLIPModel" / "preprocessor_config.json").write_text(content)
    modules = [{"idx": 0, "path": "0_CLIPModel"}, {"path": ""}, {"path": "../x"}, 3]
    assert find_preprocessing({}, beside("onnx", modules=modules)).resize == 99
    assert find_preprocessing({}, beside(modules=modules)).resize == 99
    assert find_preprocessing({}, beside(modules={"path": "0_CLIPModel"})) is None


# Height and width from the preprocessing.


def dynamic(make, height=None, width=None):
    nodes = [make.node("GlobalAveragePool", "x", "p"), make.node("Flatten", "p", "y")]
    inputs = [make.value("x", ("N", 3, height, width))]
    return make.model(nodes, inputs, [make.value("y", ("N", 3))])


def test_open_height_and_width_are_those_of_the_preprocessing(opened, saved, make, beside, codes):
    path = saved(dynamic(make))
    beside(preprocessor_config={**PROCESSOR, "size": {"height": 32, "width": 48}, "resample": 2})
    encoder = opened(path)
    assert (encoder.spec.shape, codes(encoder)) == ((3, 32, 48), [])


def test_a_size_that_is_told_goes_before_that_of_the_preprocessing(opened, make, codes):
    encoder = opened(dynamic(make), size=(8, 8), preprocessing=Preprocessing(size=(32, 48)))
    assert (encoder.spec.shape, codes(encoder)) == ((3, 8, 8), [])


def test_the_fixed_size_of_the_model_goes_before_that_of_the_preprocessing(opened, make):
    encoder = opened(dynamic(make, 8, 9), preprocessing=Preprocessing(size=(32, 48)))
    found = next(one for one in encoder.findings if one.code == "PRE006")
    assert (encoder.spec.shape, found.message) == (
        (3, 8, 9),
        (
            "the preprocessing is for 32x48, but x (float32 [?, 3, 8, 9]) is fixed: images are "
            "resized once more, to 8x9"
        ),
    )


@pytest.mark.parametrize(
    ("config", "size"),
    [
        ({"image_size": 32}, (32, 32)),
        ({"image_size": [32, 48]}, (32, 48)),
        ({"vision_config": {"image_size": 40}}, (40, 40)),
    ],
)
def test_open_height_and_width_are_those_of_the_models_config(
    opened, saved, make, beside, config, size, codes
):
    path = saved(dynamic(make))
    beside(config=config)
    encoder = opened(path)
    assert (encoder.spec.shape, codes(encoder)) == ((3, *size), ["PRE001"])


@pytest.mark.parametrize(
    "config", [{"image_size": None}, {"image_size": "big"}, {"image_size": [1, 2, 3]}, [3], "{"]
)
def test_a_size_in_the_config_that_cannot_be_read_is_passed_over(tmp_path, config):
    text = config if isinstance(config, str) else json.dumps(config)
    (tmp_path / "config.json").write_text(text)
    assert find_size(tmp_path / "model.onnx") is None


def test_the_config_says_nothing_of_a_fixed_size(opened, saved, make, beside, codes):
    path = saved(dynamic(make, 8, 9))
    beside(config={"image_size": 32})
    assert (opened(path).spec.shape, codes(opened(path))) == ((3, 8, 9), ["PRE001"])


def fussy(make):
    """A network with open height and width that runs on 32 x 32 alone."""
    nodes = [make.node("Add", "x table", "s"), make.node("GlobalAveragePool", "s", "p")]
    nodes.append(make.node("Flatten", "p", "y"))
    inputs = [make.value("x", ("N", 3, None, None))]
    return make.model(
        nodes, inputs, [make.value("y", ("N", 3))], [make.random("table", 1, 3, 32, 32)]
    )


def test_where_an_assumed_size_fails_the_error_says_that_it_was_assumed(opened, make):
    with pytest.raises(SubjectError) as caught:
        opened(fussy(make))
    assert caught.value.code == "MOD007"
    assert (
        "this was assumed: x (float32 [?, 3, ?, ?]) leaves its height and width open: 224x224"
        in (caught.value.message)
    )
    assert "--size HxW" in caught.value.fix
    assert opened(fussy(make), size=(32, 32)).spec.shape == (3, 32, 32)


def test_where_the_given_size_fails_nothing_was_assumed(opened, make):
    with pytest.raises(SubjectError) as caught:
        opened(fussy(make), size=(16, 16))
    assert "assumed" not in caught.value.message


# What it does to the values.


def arrangement(layout="nchw", dtype="float32", channels=3, **preprocessing):
    shape = (channels, 4, 5)
    order = {"nhwc": (4, 5, channels), "flat": (20 * channels,), "nhw": (4, 5)}
    return Arrangement(
        InputLayout(
            layout=layout,
            spec=InputSpec(kind="array" if layout == "array" else "image", shape=shape),
            network_shape=order.get(layout, shape),
            batch=None,
            why="",
        ),
        Preprocessing(**preprocessing),
        dtype,
    )


def reference(inputs, layout="nchw", scale=1.0, mean=0.0, std=1.0, channel_order="rgb"):
    """The value map as the specification has it, in float64, written another way."""
    order = [2, 1, 0] if channel_order == "bgr" else [0, 1, 2]
    means, stds = np.broadcast_to(mean, 3), np.broadcast_to(std, 3)
    planes = [(scale * inputs[:, order[c]].astype(float) - means[c]) / stds[c] for c in range(3)]
    return np.stack(planes, axis=3 if layout == "nhwc" else 1)


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize(
    "preprocessing",
    [
        {},
        {"scale": 255},
        {"mean": 0.1307, "std": 0.3081},
        {"mean": MEAN, "std": STD},
        {"mean": MEAN, "std": STD, "channel_order": "bgr"},
        {"scale": 255, "mean": (104, 117, 123), "channel_order": "bgr"},
        {"std": STD},
        {"channel_order": "bgr"},
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_value_map_is_that_of_the_specification(layout, preprocessing, dtype):
    inputs = np.random.default_rng(0).random((7, 3, 4, 5), dtype=np.float32)
    arranged = arrangement(layout, dtype, **preprocessing)(inputs)
    expected = reference(inputs, layout, **preprocessing)
    tolerance = 1e-12 if dtype == "float64" else 3e-7 * max(1, np.abs(expected).max())
    np.testing.assert_allclose(arranged, expected, rtol=0, atol=tolerance)
    assert (arranged.dtype, arranged.flags.c_contiguous) == (dtype, True)


@pytest.mark.parametrize(("layout", "channels"), [("flat", 3), ("nhw", 1), ("array", 3)])
def test_other_layouts_keep_the_order_of_values(layout, channels):
    inputs = np.random.default_rng(0).random((7, channels, 4, 5), dtype=np.float32)
    arranged = arrangement(layout, channels=channels, scale=2)(inputs)
    np.testing.assert_array_equal(arranged.ravel(), 2 * inputs.ravel())


@pytest.mark.parametrize(
    "preprocessing", [{}, {"mean": 0, "std": 1}, {"mean": (0, 0, 0), "std": (1, 1, 1)}]
)
@pytest.mark.parametrize("layout", ["nchw", "flat", "array"])
def test_values_that_need_no_change_are_not_copied(layout, preprocessing):
    if layout == "array":
        preprocessing = {name: 0.0 + (name == "std") for name in preprocessing}
    inputs = np.random.default_rng(0).random((7, 3, 4, 5), dtype=np.float32)
    assert np.shares_memory(arrangement(layout, **preprocessing)(inputs), inputs)


@pytest.mark.parametrize(
    ("preprocessing", "expected"),
    [
        ({}, [0, 1, 128, 254, 255]),
        ({"scale": 1}, [0, 1, 128, 254, 255]),
        ({"scale": 255}, [0, 1, 128, 254, 255]),
        ({"scale": 100}, [0, 0, 50, 100, 150]),
    ],
)
def test_bytes_are_rounded_and_clipped(preprocessing, expected):
    values = np.array([-1, 0.9 / 255, 0.502, 254.4 / 255, 1.5], dtype=np.float32)
    inputs = np.broadcast_to(values, (1, 1, 4, 5))
    arranged = arrangement("nhw", "uint8", channels=1, **preprocessing)(inputs)
    assert arranged[0, 0].tolist() == expected


@pytest.mark.parametrize(
    "preprocessing", [{"mean": MEAN, "std": STD}, {"scale": 300}, {"std": 2}, {"mean": -1}]
)
def test_statistics_that_leave_nothing_of_bytes_are_refused(preprocessing):
    with pytest.raises(UsageError) as caught:
        arrangement(dtype="uint8", source="config.json", **preprocessing)
    assert caught.value.code == "PRE005"
    assert caught.value.message.startswith("a network that takes bytes must get 0 to 255; got ")


def test_a_network_that_takes_bytes_says_so_instead_of_the_warning(opened, make, codes):
    nodes = [make.node("Cast", "x", "f", to=1), make.node("Flatten", "f", "y")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4), "uint8")], [make.value("y", ("N", 48))]
    encoder = opened(make.model(nodes, inputs, outputs))
    found = next(one.message for one in encoder.findings if one.code == "PRE001")
    assert (codes(encoder), found) == (
        [],
        "no preprocessing found: the network takes bytes, so values go in as 0 to 255",
    )


@pytest.mark.parametrize(
    ("preprocessing", "message"),
    [
        (
            {"mean": (0.1, 0.2)},
            "mean must have 1 value or one for each of 3 channels; got 2 values",
        ),
        ({"std": (1,) * 4}, "std must have 1 value or one for each of 3 channels; got 4 values"),
        ({"mean": MEAN, "layout": "array"}, "mean must have 1 value; got 3 values"),
        (
            {"std": 0},
            "scale, mean and std must be finite, and std above 0; got 1, None and (0.0,)",
        ),
        (
            {"std": (1, -1, 1)},
            "scale, mean and std must be finite, and std above 0; got 1, None and (1.0, -1.0, 1.0)",
        ),
        (
            {"mean": math.nan},
            "scale, mean and std must be finite, and std above 0; got 1, (nan,) and None",
        ),
        (
            {"scale": math.inf},
            "scale, mean and std must be finite, and std above 0; got inf, None and None",
        ),
    ],
)
def test_statistics_that_do_not_fit_are_refused(preprocessing, message):
    with pytest.raises(UsageError) as caught:
        arrangement(**preprocessing)
    assert (caught.value.code, caught.value.message) == ("PRE005", message)


# What the graph does by itself.


@pytest.mark.parametrize("op", ["Sub", "Add", "Mul", "Div"])
@pytest.mark.parametrize("as_node", [True, False])
def test_a_graph_that_normalises_twice_is_warned_of(opened, make, codes, op, as_node):
    made = make.dense()
    made.graph.node[0].CopyFrom(make.node("Flatten", "n", "f"))
    made.graph.node.insert(0, make.node(op, "x k", "n"))
    constant = make.constant("k", 2)
    if as_node:
        made.graph.node.insert(0, make.node("Constant", "", "k", value=constant))
    else:
        made.graph.initializer.append(constant)
    twice = opened(made, preprocessing=Preprocessing(mean=0.5, std=0.5, source="flags"))
    once = opened(made, preprocessing=Preprocessing(source="flags"))
    assert (codes(twice), codes(once)) == (["PRE002"], [])
    assert next(one.message for one in twice.findings if one.code == "PRE002") == (
        f"the graph itself shifts or scales its input ({op}), and so does the preprocessing from "
        "flags"
    )


def test_looking_at_the_shape_does_not_hide_the_normalisation(opened, make, codes):
    made = make.dense()
    made.graph.node[0].CopyFrom(make.node("Reshape", "n s", "f"))
    made.graph.node.insert(0, make.node("Sub", "x k", "n"))
    made.graph.node.insert(0, make.node("Shape", "x", "whole"))
    made.graph.node.insert(1, make.node("Slice", "whole from to", "batch"))
    made.graph.node.insert(2, make.node("Concat", "batch rest", "s", axis=0))
    made.graph.initializer.extend([make.constant("k", 2), make.constant("from", [0], "int64")])
    made.graph.initializer.append(make.constant("to", [1], "int64"))
    made.graph.initializer.append(make.constant("rest", [48], "int64"))
    assert codes(opened(made, preprocessing=Preprocessing(mean=0.5))) == ["PRE002"]
