"""A network to compare with: the same graph, with the values of each weight tensor permuted."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from onnx import ModelProto, TensorProto
from onnx.external_data_helper import ExternalDataInfo, set_external_data

from rmqm_onnx.reading.graph import all_tensors
from rmqm_onnx.reading.model_file import read_model
from rmqm_onnx.reading.weights import WIDTHS, weights
from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.backend import NullModel
from rmqm_spec.errors import SubjectError, UnavailableError

__all__ = ["write_null"]

_FIELDS = ("float_data", "int32_data", "double_data")
_BLOCK = 2**24


def write_null(model: str | Path, folder: Path, *, seed: int = 0) -> NullModel:
    """
    Write a model whose weight tensors keep their values, each in another place of its tensor.

    Parameters
    ----------
    model : str or Path
        An ``.onnx`` file or a folder that holds it.
    folder : Path
        An empty folder; the model has the same file name in it.
    seed : int
        Seed of the permutations. That of a tensor depends on the seed, the tensor's name and its
        length alone: it is the same on every machine and for any order of the file.

    Returns
    -------
    NullModel
        What was written.

    Raises
    ------
    SubjectError
        NUL001 if the model has no weights.
    UnreadableError
        If the model cannot be read.
    UnavailableError
        NUL002 if the folder cannot take the file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from onnx import helper, numpy_helper
    >>> w = numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(3, 2), "w")
    >>> info = helper.make_tensor_value_info
    >>> x, y = info("x", 1, ["N", 3]), info("y", 1, ["N", 2])
    >>> node = helper.make_node("MatMul", ["x", "w"], ["y"])
    >>> graph = helper.make_graph([node], "", [x], [y], [w])
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.onnx")
    ...     _ = path.write_bytes(helper.make_model(graph).SerializeToString())
    ...     (Path(folder) / "null").mkdir()
    ...     made = write_null(path, Path(folder) / "null")
    ...     permuted = read_model(made.path).proto.graph.initializer[0]
    >>> made.tensors, made.values, sorted(numpy_helper.to_array(permuted).ravel().tolist())
    (1, 6, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    """
    file = read_model(model)
    proto = _without_functions(file.proto)
    tensors = weights(proto)
    if not tensors:
        raise SubjectError(
            "NUL001",
            f"a model must have weights to permute; got none in {file.path.name}",
            fix="Nothing to do: there is no null for trees, tables and formulas.",
        )
    path = folder / file.path.name
    permutations = {id(tensor): (seed, name) for name, tensor in tensors}
    try:
        _permute_inside(tensors, seed)
        if file.external:
            with path.with_name(f"{path.name}.data").open("wb") as target:
                _move_external(proto, file.path.parent, target, permutations)
        path.write_bytes(proto.SerializeToString(deterministic=True))
    except OSError as error:
        raise UnavailableError(
            "NUL002",
            f"the null of {file.path.name} must be written to {folder}; got {error}",
            fix="Point TMPDIR at a folder with room for the model, or pass --no-null.",
        ) from error
    n_values = sum(int(np.prod(tensor.dims)) for _, tensor in tensors)
    return NullModel(path=path, seed=seed, tensors=len(tensors), values=n_values)


def _without_functions(model: ModelProto) -> ModelProto:
    """Write the model's own functions out: their inputs hide what is multiplied with what."""
    if not model.functions:
        return model
    from onnx.inliner import inline_local_functions

    return inline_local_functions(model)


def _permute_inside(tensors: list[tuple[str, TensorProto]], seed: int) -> None:
    for name, tensor in tensors:
        if tensor.data_location == TensorProto.EXTERNAL:
            continue
        if tensor.raw_data:
            tensor.raw_data = _permuted_bytes(tensor.raw_data, tensor.data_type, seed, name)
            continue
        for field in _FIELDS:
            values: Any = getattr(tensor, field)
            if len(values):
                array = np.array(values)
                values[:] = array[_permutation(len(array), seed, name)].tolist()


def _move_external(
    model: ModelProto, folder: Path, target: IO[bytes], permutations: dict[int, tuple[int, str]]
) -> None:
    """Copy all external data into a single file, permuted where it is a weight."""
    for tensor in all_tensors(model):
        if tensor.data_location != TensorProto.EXTERNAL:
            continue
        info = ExternalDataInfo(tensor)
        begin = target.tell()
        with (folder / info.location).open("rb") as source:
            source.seek(info.offset or 0)
            if id(tensor) in permutations:
                data = source.read(info.length or -1)
                target.write(_permuted_bytes(data, tensor.data_type, *permutations[id(tensor)]))
            else:
                _copy(source, target, info.length)
        length = target.tell() - begin
        tensor.raw_data = b"\0"  # what set_external_data asks for; cleared below
        set_external_data(tensor, Path(target.name).name, offset=begin, length=length)
        tensor.ClearField("raw_data")


def _copy(source: IO[bytes], target: IO[bytes], length: int | None) -> None:
    left = length
    while block := source.read(_BLOCK if left is None else min(_BLOCK, left)):
        target.write(block)
        left = None if left is None else left - len(block)


def _permuted_bytes(data: bytes, data_type: int, seed: int, name: str) -> bytes:
    values: AnyArray = np.frombuffer(data, dtype=f"u{WIDTHS[data_type]}")
    return values[_permutation(len(values), seed, name)].tobytes()


def _permutation(length: int, seed: int, name: str) -> AnyArray:
    """Return the order of random words of Philox, whose stream NumPy promises never to change."""
    key = hashlib.sha256(f"rmqm-null/1 {seed} {name}".encode()).digest()[:16]
    random = np.random.Philox(key=int.from_bytes(key, "little"))
    return np.argsort(random.random_raw(length), kind="stable")
