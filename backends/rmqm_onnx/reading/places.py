"""Where a model's file lies: at the given path, or in a usual place of a folder."""

from __future__ import annotations

from pathlib import Path

from rmqm_spec.errors import UnreadableError
from rmqm_spec.nearest import nearest_path

__all__ = ["PATTERNS", "USUAL_PLACES", "locate_model"]

PATTERNS = ("*.onnx",)

USUAL_PLACES = ("model.onnx", "onnx/model.onnx")
"""Where exporters put the model in a folder: plain, and the layout of transformers.js."""


def locate_model(path: Path) -> Path:
    """
    Find the model in a file or folder.

    Raises
    ------
    UnreadableError
        If there is none, or a folder holds several and none in the usual place.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise _nothing_to_read(path)
    for place in USUAL_PLACES:
        if (path / place).is_file():
            return path / place
    models = _files(path, "*.onnx") or _files(path, "onnx/*.onnx")
    if len(models) == 1:
        return models[0]
    listed = ", ".join(model.name for model in models[:8]) or "no .onnx file"
    raise UnreadableError(
        "MOD002",
        f"a model folder must hold {' or '.join(USUAL_PLACES)}; got {listed} in {path}",
        fix="Name the file itself.",
    )


def _nothing_to_read(path: Path) -> UnreadableError:
    """Say what is there instead of a file, or which file is called almost the same."""
    what, near = str(path), nearest_path(path)
    fix = "Check the path." if near is None else f"Did you mean {near}?"
    if what == "-" or path.exists() or path.is_relative_to("/dev"):
        kind = "standard input" if what == "-" else "a pipe, a device or a socket"
        what = f"{path}, which is {kind}"
        fix = "Models are read more than once: save it as a file that ends in .onnx, and give that."
    return UnreadableError(
        "MOD002", f"model must be an existing file or folder; got {what}", fix=fix
    )


def _files(folder: Path, pattern: str) -> list[Path]:
    """Return the files alone: reading a pipe would wait for its writer."""
    return sorted(path for path in folder.glob(pattern) if path.is_file())
