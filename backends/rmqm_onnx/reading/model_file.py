"""The model on disk: a file, or a folder that holds it; read without weights."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

from attrs import frozen
from onnx import ModelProto, TensorProto

from rmqm_onnx.reading.graph import all_tensors
from rmqm_onnx.reading.places import locate_model
from rmqm_spec.errors import UnreadableError
from rmqm_spec.identity import digest_of_json

__all__ = ["ModelFile", "read_model"]


@frozen(kw_only=True, eq=False)
class ModelFile:
    """
    A model as it lies on disk.

    Parameters
    ----------
    path : Path
        The ``.onnx`` file.
    proto : ModelProto
        Its graph; external weights are not loaded.
    external : tuple of Path
        Files with external tensor data, sorted.
    """

    path: Path
    proto: ModelProto
    external: tuple[Path, ...]

    @property
    def n_bytes(self) -> int:
        """Size of the model and its external data, in bytes."""
        return sum(path.stat().st_size for path in (self.path, *self.external))

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file; with external data, that of a list of all files."""
        main = _sha256(self.path)
        if not self.external:
            return main
        folder = self.path.parent
        parts = {path.relative_to(folder).as_posix(): _sha256(path) for path in self.external}
        return digest_of_json({"model": main, "external": parts})

    def require_same(self, sha256: str) -> None:
        """
        Refuse a model of another digest.

        Raises
        ------
        UnreadableError
            MOD002 if it has changed since it was opened.
        """
        if self.sha256 != sha256:
            raise UnreadableError(
                "MOD002",
                f"{self.path} must not change while it is in use; got another file, of SHA-256 "
                f"{self.sha256[:12]}... instead of {sha256[:12]}...",
                fix="Open it again, or put the file back that was opened.",
            )


def read_model(path: str | Path) -> ModelFile:
    """
    Read the graph of a model, and make sure that its external data is there.

    Raises
    ------
    UnreadableError
        If the file is not an ONNX model, or external data is missing, too short, or outside the
        model's folder.
    """
    located = locate_model(Path(path))
    proto = ModelProto()
    try:
        proto.ParseFromString(located.read_bytes())
    except OSError as error:
        raise UnreadableError(
            "MOD002", f"model must be readable; got {error}", fix="Check the permissions."
        ) from error
    except Exception as error:
        raise _not_onnx(located) from error
    if not proto.graph.node and not proto.graph.output:
        raise _not_onnx(located)
    external = _external_files(located, proto)
    return ModelFile(path=located, proto=proto, external=external)


def _not_onnx(path: Path) -> UnreadableError:
    with path.open("rb") as stream:
        head = stream.read(40)
    what = f"{path.stat().st_size} bytes that begin with {head!r}"
    hint = "Export the model to ONNX again, or name another file."
    if head.startswith(b"version https://git-lfs"):
        hint = "This is a Git LFS pointer: fetch the real file with git lfs pull."
    return UnreadableError("MOD002", f"{path} must be an ONNX model; got {what}", fix=hint)


def _external_files(path: Path, proto: ModelProto) -> tuple[Path, ...]:
    """Return the external data files of all tensors, each checked."""
    needed: dict[Path, int] = {}
    for tensor in all_tensors(proto):
        if tensor.data_location == TensorProto.EXTERNAL:
            entries = {entry.key: entry.value for entry in tensor.external_data}
            target = _inside(path, tensor.name, entries.get("location", ""))
            needed[target] = max(needed.get(target, 0), _end(path, tensor.name, entries))
    for target, end in needed.items():
        _require_bytes(path, target, end)
    return tuple(sorted(needed))


def _inside(path: Path, tensor: str, location: str) -> Path:
    """
    Return the file with external data, refusing what lies elsewhere.

    In the cache of the Hugging Face hub a model and its data are links to another folder, so
    the folder in which the model's file really lies counts as its own too.
    """
    folders = {path.parent.resolve(), path.resolve().parent}
    target = path.parent / location
    is_relative = location and not Path(location).is_absolute()
    if is_relative and any(target.resolve().is_relative_to(folder) for folder in folders):
        return target
    raise UnreadableError(
        "MOD006",
        f"external data of tensor {tensor!r} must lie in the model's folder; got {location!r}",
        fix="Save the model with its data file beside it.",
    )


def _end(path: Path, tensor: str, entries: dict[str, str]) -> int:
    """Return where the data of a tensor ends in its file, as far as the model says."""
    offset, length = entries.get("offset", "0"), entries.get("length", "0")
    if offset.isdecimal() and length.isdecimal():
        return int(offset) + int(length)
    raise UnreadableError(
        "MOD002",
        f"offset and length of the external data of tensor {tensor!r} must be whole numbers; "
        f"got {offset!r} and {length!r} in {path.name}",
        fix="Export the model again.",
    )


def _require_bytes(path: Path, target: Path, n_bytes: int) -> None:
    size = target.stat().st_size if target.is_file() else None
    if size is not None and size >= n_bytes:
        return
    got = "got no such file" if size is None else f"got {size}"
    rule = "" if size is None else f" with at least {n_bytes} bytes"
    raise UnreadableError(
        "MOD005",
        f"external data file {target.name} must exist beside {path.name}{rule}; {got}",
        fix=f"Put {target.name} into {path.parent}: the weights are in it.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
