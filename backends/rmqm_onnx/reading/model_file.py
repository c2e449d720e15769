"""The model on disk: a file, or a folder that holds it; read without weights."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

from attrs import frozen
from onnx import ModelProto, TensorProto
from onnx import __version__ as onnx_version

from rmqm_onnx.reading.external_data import external_files
from rmqm_onnx.reading.graph import all_tensors
from rmqm_onnx.reading.places import locate_model
from rmqm_onnx.reading.soundness import require_texts, require_whole_tensors
from rmqm_onnx.reading.wording import shortened
from rmqm_spec.errors import SubjectError, UnreadableError
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
        If the file is not an ONNX model, or external data is missing, too short, declared wrongly,
        or outside the model's folder.
    SubjectError
        MOD003 if a stored tensor has a type that ONNX does not have; MOD011 if a text is not UTF-8
        or a stored tensor has not as many bytes as its shape needs.
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
    require_texts(proto, located)
    _require_known_types(proto)
    require_whole_tensors(proto, located)
    external = external_files(located, proto)
    return ModelFile(path=located, proto=proto, external=external)


def _require_known_types(proto: ModelProto) -> None:
    """Refuse what the runtime refuses too, before anything asks for the name of the type."""
    known = set(TensorProto.DataType.values()) - {TensorProto.UNDEFINED}
    for tensor in all_tensors(proto):
        if tensor.data_type not in known:
            raise SubjectError(
                "MOD003",
                f"the type of the stored tensor {shortened(tensor.name)} must be a number that "
                f"ONNX {onnx_version} knows (1 to {max(known)}); got {tensor.data_type}",
                fix="Export the model again; if its type is newer than that, update the packages "
                "onnx and onnxruntime.",
            )


def _not_onnx(path: Path) -> UnreadableError:
    with path.open("rb") as stream:
        head = stream.read(40)
    what = f"{path.stat().st_size} bytes that begin with {head!r}"
    hint = "Export the model to ONNX again, or name another file."
    if head.startswith(b"version https://git-lfs"):
        hint = "This is a Git LFS pointer: fetch the real file with git lfs pull."
    return UnreadableError("MOD002", f"{path} must be an ONNX model; got {what}", fix=hint)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
