"""Every image processor class of transformers is applied exactly, or refused by name."""

from __future__ import annotations

import json

import pytest

from rmqm_onnx.reading.image_processors import class_of_model, image_processor, names
from rmqm_onnx.reading.preprocessing_files import read_preprocessing
from rmqm_spec.errors import UnreadableError

pytestmark = [pytest.mark.transformers, pytest.mark.shared]

ONE_LEVEL = 1.0
"""Largest difference allowed, in levels of 255; classes that resize no floats are at 0."""

FAIL_THEMSELVES = {
    "ChineseCLIPImageProcessor",
    "DonutImageProcessorFast",
    "NougatImageProcessorFast",
}
"""Classes of transformers 4.57 that raise an error with their own defaults."""

SIZES = [
    {"size": {"height": 40, "width": 56}},
    {"size": {"height": 64, "width": 64}},
    {"size": {"shortest_edge": 48}},
    {"size": 53},
    {"size": {"height": 60, "width": 50}, "do_center_crop": True, "crop_size": [37, 45]},
    {"size": {"shortest_edge": 48}, "do_center_crop": True, "crop_size": 43},
    {
        "size": {"shortest_edge": 48},
        "do_center_crop": True,
        "crop_size": {"height": 57, "width": 31},
    },
    {"size": {"shortest_edge": 48, "longest_edge": 64}},
]
FILTERS = [{"resample": code, "size": {"height": 61, "width": 47}} for code in range(4)]
VALUES = [
    {"do_rescale": False},
    {"do_normalize": False},
    {"rescale_factor": 1 / 127.5},
    {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.5, 0.6, 0.7]},
]
OF_CLASSES = [
    ("EfficientNet", {"include_top": False}),
    ("EfficientNet", {"rescale_offset": True, "rescale_factor": 1 / 127.5}),
    ("EfficientNet", {"do_center_crop": True, "crop_size": 289}),
    ("Vivit", {"offset": False}),
    ("ConvNext", {"crop_pct": 0.8, "size": {"shortest_edge": 60}}),
    ("ConvNext", {"size": {"shortest_edge": 400}}),
    ("PoolFormer", {"crop_pct": 0.8}),
    ("PoolFormer", {"crop_pct": 0.8, "size": {"height": 60, "width": 60}, "crop_size": 50}),
    ("PoolFormer", {"crop_pct": 0.8, "size": {"height": 60, "width": 70}, "crop_size": 50}),
    ("DPT", {"ensure_multiple_of": 14, "size": {"height": 100, "width": 120}}),
    ("DPT", {"keep_aspect_ratio": True}),
    ("DPT", {"do_pad": True, "size_divisor": 32}),
    ("DPT", {"do_pad": True, "size_divisor": 50}),
    ("MobileViT", {"do_flip_channel_order": False}),
    ("MobileViT", {"size": 288, "crop_size": 256}),
    ("Perceiver", {"size": 60, "crop_size": {"height": 64, "width": 90}}),
    ("Perceiver", {"do_center_crop": False}),
    ("SuperPoint", {"resample": 3}),
    ("SuperPoint", {"do_grayscale": True}),
    ("LayoutLMv3", {"do_normalize": False}),
    ("Idefics", {"image_size": 90}),
    ("Detr", {"size": {"height": 60, "width": 80}}),
    ("Yolos", {"size": {"height": 60, "width": 80}}),
    ("Llava", {"do_pad": True}),
    ("Llava", {"do_pad": True, "image_mean": [0.5, 0.25, 0.1], "crop_size": 300}),
    ("Llava", {"do_pad": True, "do_center_crop": False, "size": {"height": 60, "width": 80}}),
    ("DPT", {"do_pad": True, "size_divisor": 50, "do_normalize": False}),
    ("DPT", {"do_pad": True, "size_divisor": 14, "size": {"height": 100, "width": 120}}),
    ("Sam", {"size": {"longest_edge": 96}, "pad_size": {"height": 100, "width": 128}}),
    ("Sam", {"size": {"longest_edge": 96}, "pad_size": {"height": 96, "width": 96}}),
    ("Sam", {"size": {"longest_edge": 96}, "pad_size": {"height": 64, "width": 64}}),
    ("Sam", {"do_normalize": False}),
    ("Sam", {"do_pad": False}),
    ("Sam", {"resample": 3, "do_rescale": False}),
    ("Owlv2", {"size": {"height": 300, "width": 200}}),
    ("Owlv2", {"size": {"height": 30, "width": 50}, "do_pad": False}),
    ("Owlv2", {"rescale_factor": 1 / 127.5}),
    ("Owlv2", {"do_rescale": False}),
    ("Donut", {"size": [300, 400], "do_align_long_axis": True}),
    ("Donut", {"size": {"height": 200, "width": 1000}, "resample": 3, "do_align_long_axis": True}),
    ("Donut", {"size": {"height": 400, "width": 300}, "resample": 3}),
    ("Donut", {"size": {"height": 400, "width": 300}, "do_thumbnail": False}),
    ("Donut", {"size": {"height": 400, "width": 300}, "do_pad": False}),
    ("Nougat", {"size": {"height": 200, "width": 150}, "do_resize": True}),
    (
        "Nougat",
        {
            "size": {"height": 150, "width": 200},
            "do_resize": True,
            "do_align_long_axis": True,
            "do_crop_margin": False,
        },
    ),
    ("Janus", {"size": {"height": 100, "width": 100}, "image_mean": [0.5, 0.5, 0.5]}),
    ("Janus", {"size": {"height": 64, "width": 64}, "min_size": 40}),
    ("Janus", {"do_pad": False}),
    ("DeepseekVL", {"size": {"height": 100, "width": 100}, "image_mean": [0.5, 0.4, 0.3]}),
    ("Eomt", {"do_pad": True}),
    ("Eomt", {"do_pad": True, "size": {"shortest_edge": 101, "longest_edge": 101}}),
    ("Eomt", {"do_pad": True, "do_split_image": True}),
    ("MaskFormer", {"size": {"height": 100, "width": 120}}),
    ("Mask2Former", {"size": {"height": 100, "width": 120}, "size_divisor": 7}),
    ("DepthPro", {"size": {"height": 100, "width": 120}}),
    ("DepthPro", {"size": {"height": 100, "width": 120}, "resample": 3}),
    ("DepthPro", {"do_rescale": False}),
    ("RfDetr", {"size": {"height": 100, "width": 120}}),
    ("PI0", {"pad_size": {"height": 240, "width": 300}}),
    ("PPLCNet", {"resize_short": 240}),
    ("PPFormulaNet", {"size": {"height": 200, "width": 300}}),
]


KNOWN = (
    "rescales before it resizes",
    "crops the centre twice",
    "longest_edge",
    "resizes whole levels",
    "a filter that is not",
    "a pixel short",
    "gives images of no common size",
    "crops the images that it pads",
    "resizes one side",
)
"""Reasons for which settings are refused that happen to give images of one size."""


def made(classes, name, **settings):
    if name.startswith("LayoutLM"):
        settings["apply_ocr"] = False
    return loaded(classes[name], classes[name](**settings).to_json_string())


def loaded(processor_class, text):
    """Load a processor from its file: some classes do not mind what they are made with."""
    return processor_class.from_dict(json.loads(text))


def applied_names(classes):
    """Return the classes that are not refused, whatever a file says."""
    known = {name: image_processor(name) for name in classes if name != "TimmWrapperImageProcessor"}
    return [name for name, entry in known.items() if entry is not None and entry.rule is not None]


def test_every_class_is_in_the_table(classes, table):
    bases = {name.removesuffix("Fast").removesuffix("Pil") for name in classes}
    assert sorted(bases - set(names())) == []
    for name in classes:
        entry = image_processor(name)
        if entry.rule is None:
            table[name] = ("refused", entry.why_refused)


def test_every_model_type_has_the_class_that_transformers_gives_it(transformers):
    auto = transformers.models.auto.image_processing_auto
    for model_type, entry in auto.IMAGE_PROCESSOR_MAPPING_NAMES.items():
        given = entry.get("pil") or entry.get("torchvision") if isinstance(entry, dict) else None
        given = given or (entry[0] or entry[1] if isinstance(entry, tuple) else None)
        if given is None:
            continue
        base = given.removesuffix("Fast").removesuffix("Pil")
        if model_type != "llava_next_video":  # renamed from 4 to 5; both are refused
            assert class_of_model(model_type) == base, model_type


def test_absent_keys_have_the_defaults_of_transformers_4(transformers, classes, comparison):
    if not transformers.__version__.startswith("4"):
        pytest.skip("the defaults in the table are those of transformers 4")
    for name in applied_names(classes):
        try:
            full = comparison.read(comparison.file_of(made(classes, name)))
        except UnreadableError:
            full = None  # it keeps the aspect ratio by default
        try:
            bare = comparison.read({"image_processor_type": name})
        except UnreadableError:
            bare = None
        if not name.startswith(("Janus", "DeepseekVL")):  # grey without a mean, see below
            assert bare == full, name


@pytest.mark.parametrize("short", ["Janus", "DeepseekVL"])
def test_classes_that_pad_with_the_mean_pad_with_grey_if_a_file_has_none(
    transformers, classes, comparison, photos, short
):
    suffix = "" if transformers.__version__.startswith("5") else "Fast"
    for name in {f"{short}ImageProcessor", f"{short}ImageProcessor{suffix}"}:
        content = {"image_processor_type": name}
        if transformers.__version__.startswith("5"):
            content = {"image_processor": content}
        theirs = comparison.pixel_values(loaded(classes[name], "{}"), photos["wide"])
        assert comparison.difference(theirs, photos["wide"], comparison.read(content)) < ONE_LEVEL


def test_every_class_with_its_defaults_gives_its_own_pixels(classes, comparison, photos, table):
    wrong = {}
    for name in applied_names(classes):
        processor = made(classes, name)
        try:
            preprocessing = comparison.read(comparison.file_of(processor))
        except UnreadableError as error:
            table[name] = ("refused by default", error.message.split(", which ")[-1])
            continue
        try:
            theirs = {
                key: comparison.pixel_values(processor, image) for key, image in photos.items()
            }
        except (KeyError, TypeError, ValueError) as error:
            table[name] = ("fails itself", f"{type(error).__name__}: {error}")
            assert name in FAIL_THEMSELVES, name
            continue
        worst, where = max(
            (comparison.difference(theirs[key], image, preprocessing), key)
            for key, image in photos.items()
        )
        table[name] = (f"{worst:.3f}", where)
        if worst >= ONE_LEVEL or {one.shape[1:] for one in theirs.values()} != {preprocessing.size}:
            wrong[name] = (worst, where)
    assert wrong == {}


def judged(classes, comparison, photos, name, settings):
    """Compare a class with settings: what is wrong, or None."""
    try:
        processor = made(classes, name, **settings)
        theirs = {key: comparison.pixel_values(processor, image) for key, image in photos.items()}
    except Exception:  # transformers refuses these settings itself
        return None
    shapes = {one.shape for one in theirs.values()}
    try:
        preprocessing = comparison.read(comparison.file_of(processor))
    except UnreadableError as error:
        refused_well = len(shapes) > 1 or settings.get("do_grayscale") or settings.get("do_pad")
        return None if refused_well or any(map(error.message.count, KNOWN)) else error.message
    worst = max(comparison.difference(theirs[key], photos[key], preprocessing) for key in photos)
    if len(shapes) > 1:
        return f"{len(shapes)} shapes, and not refused"
    return None if worst < ONE_LEVEL else f"{worst:.1f} levels"


@pytest.mark.parametrize("settings", [*SIZES, *FILTERS, *VALUES], ids=str)
def test_published_variations_give_the_pixels_of_the_class(
    classes, comparison, photos, settings, transformers
):
    few = {key: photos[key] for key in ("odd", "tiny", "strip")}
    is_5 = transformers.__version__.startswith("5")
    if settings in VALUES:
        settings = {**settings, "size": {"height": 64, "width": 64}}
    wrong = {}
    for name in applied_names(classes):
        crops = getattr(classes[name], "do_center_crop", None) is not None
        if is_5 and "do_center_crop" in settings and not crops:
            continue  # some classes of transformers 5 crop where those of 4 do not
        if name.endswith("Pil"):
            continue  # no file names them: transformers 5 leaves the suffix out
        reason = judged(classes, comparison, few, name, settings)
        if reason:
            wrong[name] = reason
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        (
            "DPTImageProcessor",
            {"keep_aspect_ratio": True, "ensure_multiple_of": 14, "size": 98, "resample": 3},
        ),
        ("CLIPImageProcessor", {"do_center_crop": False, "size": {"shortest_edge": 90}}),
        ("DetrImageProcessor", {"size": {"shortest_edge": 80, "longest_edge": 133}}),
    ],
)
def test_the_advice_for_a_class_that_keeps_the_aspect_ratio_is_exact_for_square_images(
    classes, comparison, photos, tmp_path, name, settings
):
    processor = made(classes, name, **settings)
    with pytest.raises(UnreadableError) as caught:
        comparison.read(comparison.file_of(processor))
    given = caught.value.fix.split("file with ")[1].split(". Square")[0]
    (tmp_path / "own.json").write_text(given)
    advised = read_preprocessing(tmp_path / "own.json")
    theirs = comparison.pixel_values(processor, photos["square"])
    assert theirs.shape[1:] == advised.crop
    assert comparison.difference(theirs, photos["square"], advised) < ONE_LEVEL


@pytest.mark.parametrize(("short", "settings"), OF_CLASSES, ids=str)
def test_the_rule_of_a_class_holds_for_its_own_settings(
    classes, comparison, photos, short, settings
):
    tried = [name for name in classes if name.removesuffix("Fast") == f"{short}ImageProcessor"]
    if not tried:
        pytest.skip("needs another version of transformers")
    for name in tried:
        assert judged(classes, comparison, photos, name, settings) is None, name
