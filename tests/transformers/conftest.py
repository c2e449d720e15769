"""
Image processors of the installed transformers, timm and torchvision, without weights.

``RMQM_PROCESSOR_TABLE=table.md python -m pytest tests/transformers`` also writes a table of all
classes with the largest difference to our pixels, in levels of 255.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rmqm_onnx.reading.hugging_face import read_image_processor
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.inputs.geometry import fit_image

SHARED = Path(__file__).parents[3] / "shared"


def import_torchvision() -> Any:
    """Import torchvision, also where its compiled operators belong to another build of PyTorch."""
    torch = pytest.importorskip("torch")
    try:
        return importlib.import_module("torchvision")
    except ImportError:
        pytest.skip("needs torchvision")
    except RuntimeError:  # its Python code registers two operators that were not loaded
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        torch._rmqm_torchvision = library  # kept alive: it ends with the object
        return importlib.import_module("torchvision")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let other people's packages warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="session")
def torchvision() -> Any:
    """The installed torchvision."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_torchvision()


@pytest.fixture(scope="session")
def transformers() -> Any:
    """The installed transformers."""
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    os.environ["HF_HUB_OFFLINE"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("transformers")
        import_torchvision()
        return importlib.import_module("transformers")


@pytest.fixture(scope="session")
def classes(transformers: Any) -> dict[str, type]:
    """All image processor classes of the installed transformers, by name."""
    root = Path(transformers.__file__).parent
    found: dict[str, type] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted(root.glob("models/**/image_processing*.py")):
            if path.parent.name == "auto":
                continue
            parts = path.relative_to(root).with_suffix("").parts
            module = importlib.import_module(".".join(("transformers", *parts)))
            found |= {
                name: value
                for name, value in vars(module).items()
                if inspect.isclass(value)
                and value.__module__ == module.__name__
                and "ImageProcessingMixin" in {base.__name__ for base in value.__mro__}
            }
    return found


def _photos() -> dict[str, Image.Image]:
    cat = Image.open(SHARED / "photos" / "skimage_chelsea.png").convert("RGB")
    hats = Image.open(SHARED / "photos" / "imageio_kodim03.png").convert("RGB")
    return {
        "wide": cat,
        "tall": hats.rotate(90, expand=True).resize((511, 767)),
        "square": hats.crop((100, 0, 612, 512)),
        "tiny": cat.resize((37, 23)),
        "odd": hats.crop((3, 5, 402, 406)),
        "strip": cat.crop((0, 100, 451, 140)),
        "page": _page(hats),
    }


def _page(picture: Image.Image) -> Image.Image:
    """A page with light margins that are not quite white, and a picture on it."""
    paper = np.random.default_rng(0).normal(240, 6, (700, 500, 3)).clip(0, 255)
    page = Image.fromarray(paper.astype(np.uint8))
    page.paste(picture.resize((301, 200)), (70, 90))
    return page


@pytest.fixture(scope="session")
def photos() -> dict[str, Image.Image]:
    """Photographs of odd sizes: square, tall, tiny, wide; and a page."""
    if not (SHARED / "photos").is_dir():
        pytest.skip("needs the folder shared/photos beside the project")
    return _photos()


def _pixel_values(processor: Any, image: Image.Image) -> np.ndarray:
    """Return what a processor makes of an image, (C, H, W)."""
    takes_videos = "videos" in inspect.signature(processor.preprocess).parameters
    made = processor([image]) if takes_videos else processor(images=image)
    if hasattr(made, "keys"):
        made = made["pixel_values" if "pixel_values" in made else "pixel_values_images"]
    while isinstance(made, list | tuple):
        made = made[0]
    values = np.asarray(made, dtype=np.float64)
    while values.ndim > 3:
        values = values[0]
    return values


def _file_of(processor: Any, transformers: Any) -> dict[str, Any]:
    """Return the file in which a processor is saved, as its version of transformers writes it."""
    content = json.loads(processor.to_json_string())
    if not transformers.__version__.startswith("5"):
        return content
    return {"image_processor": {**content, "image_processor_type": type(processor).__name__}}


def _difference(theirs: np.ndarray, image: Image.Image, preprocessing: Preprocessing) -> float:
    """Return the largest difference of pixels, in levels of 255, before mean and std."""
    mean = np.reshape(preprocessing.mean or (0.0,), (-1, 1, 1))
    std = np.reshape(preprocessing.std or (1.0,), (-1, 1, 1))
    pixels = (theirs * std + mean) / preprocessing.scale
    if preprocessing.channel_order == "bgr":
        pixels = pixels[::-1]
    spec = InputSpec(kind="image", shape=theirs.shape)
    ours = fit_image(np.asarray(image), spec, preprocessing)
    return float(255 * np.abs(ours - pixels).max())


@pytest.fixture
def comparison(transformers: Any) -> SimpleNamespace:
    """What a processor makes of images, its file, and how far ours is from it."""
    return SimpleNamespace(
        pixel_values=_pixel_values,
        file_of=lambda processor: _file_of(processor, transformers),
        read=lambda content: read_image_processor(content, "the file"),
        difference=_difference,
    )


@pytest.fixture(scope="session")
def table() -> Iterator[dict[str, tuple[str, str]]]:
    """Lines of the table of all classes, by name: difference, and where or why."""
    lines: dict[str, tuple[str, str]] = {}
    yield lines
    path = os.environ.get("RMQM_PROCESSOR_TABLE")
    if path:
        head = (
            "| class | largest difference, levels of 255 | where, or why refused |\n|---|---|---|\n"
        )
        body = "".join(f"| {name} | {' | '.join(lines[name])} |\n" for name in sorted(lines))
        with contextlib.suppress(OSError):
            Path(path).write_text(head + body)
