"""Between the declared range and the network: where statistics come from, and what they do."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.reading.preprocessing_files import find_preprocessing, read_preprocessing
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UnreadableError, UsageError

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
            "std, channel_order, resize, crop, interpolation, size."
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
        ({"size": {"shortest_edge": 256}}, (256, None, None)),
        ({"size": 224}, (None, None, (224, 224))),
        ({"size": [224, 224]}, (None, None, (224, 224))),
        ({"size": 224, "do_resize": False}, (None, None, None)),
        ({"crop_size": 224}, (None, None, None)),
        (
            {"size": {"shortest_edge": 256}, "do_center_crop": True, "crop_size": 224},
            (256, (224, 224), (224, 224)),
        ),
        (
            {"do_center_crop": True, "crop_size": {"height": 24, "width": 32}},
            (None, (24, 32), (24, 32)),
        ),
    ],
)
def test_resize_and_crop_become_geometry(beside, content, geometry):
    found = processor(beside, **PROCESSOR, **content)
    assert (found.resize, found.crop, found.size) == geometry


def test_a_plain_number_is_the_shorter_side_for_processors_that_mean_it_so(beside):
    found = processor(beside, **CLIP, size=224, do_center_crop=True, crop_size=224)
    assert (found.resize, found.crop) == (224, (224, 224))


@pytest.mark.parametrize(
    ("shorter", "geometry"),
    [(224, (256, (224, 224), (224, 224))), (384, (None, None, (384, 384)))],
)
def test_a_crop_share_belongs_to_the_shorter_side(beside, shorter, geometry):
    found = processor(beside, **PROCESSOR, size={"shortest_edge": shorter}, crop_pct=0.875)
    assert (found.resize, found.crop, found.size) == geometry


@pytest.mark.parametrize(
    ("code", "name"), [(0, "nearest"), (1, "lanczos"), (2, "bilinear"), (3, "bicubic")]
)
def test_the_filter_is_pillows_number(beside, code, name):
    assert processor(beside, **PROCESSOR, resample=code).interpolation == name


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"resample": 4}, "resample 4, which is none of Pillow's 0 to 3"),
        ({"resample": "cubic"}, "resample 'cubic', which is none of Pillow's 0 to 3"),
        ({"do_center_crop": True}, "do_center_crop without crop_size"),
        ({"size": {"longest_edge": 9}}, "size with longest_edge"),
        ({"size": {}}, "size with nothing"),
        (
            {"size": 256, "do_center_crop": True, "crop_size": 224},
            "a resize to an exact size before a smaller crop",
        ),
    ],
)
def test_a_processor_that_is_half_understood_is_refused(beside, content, reason):
    message = unreadable(beside, preprocessor_config={**PROCESSOR, **content})
    assert message == f"preprocessing in preprocessor_config.json must be readable; got {reason}"


def test_normalising_without_statistics_is_refused(beside):
    content = {"do_rescale": True, "do_normalize": True}
    assert unreadable(beside, preprocessor_config=content).endswith(
        "got do_normalize without image_mean and image_std"
    )


# Configurations of timm.


@pytest.mark.parametrize(
    ("content", "geometry"),
    [
        ({}, (224, (224, 224), (224, 224), "bilinear")),
        ({"crop_pct": 0.875}, (256, (224, 224), (224, 224), "bilinear")),
        ({"input_size": [1, 28, 32]}, (28, (28, 32), (28, 32), "bilinear")),
        ({"interpolation": "bicubic"}, (224, (224, 224), (224, 224), "bicubic")),
        ({"crop_mode": "squash", "crop_pct": 1.0}, (None, None, (224, 224), "bilinear")),
    ],
)
@pytest.mark.parametrize("wrap", [dict, lambda config: {"pretrained_cfg": config}])
def test_a_configuration_of_timm_becomes_geometry(beside, content, geometry, wrap):
    found = find_preprocessing({}, beside(config=wrap({**CONFIG, **content})))
    assert (found.resize, found.crop, found.size, found.interpolation) == geometry
    assert (found.mean, found.std) == (MEAN, STD)


@pytest.mark.parametrize(
    "content",
    [
        {"crop_mode": "squash", "crop_pct": 0.9},
        {"crop_mode": "border"},
        {"interpolation": "random"},
        {"input_size": [224, 224]},
        {"crop_pct": 500},
    ],
)
def test_a_configuration_of_timm_that_is_half_understood_is_refused(beside, content):
    assert unreadable(beside, config={**CONFIG, **content})


# Height and width from the preprocessing.


def dynamic(make, height=None, width=None):
    nodes = [make.node("GlobalAveragePool", "x", "p"), make.node("Flatten", "p", "y")]
    inputs = [make.value("x", ("N", 3, height, width))]
    return make.model(nodes, inputs, [make.value("y", ("N", 3))])


def test_open_height_and_width_are_those_of_the_preprocessing(opened, saved, make, beside, codes):
    path = saved(dynamic(make))
    beside(preprocessor_config={**PROCESSOR, "size": {"height": 32, "width": 48}})
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
