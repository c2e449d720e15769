"""Small networks in ``.mlp.npz`` files as a backend, computed by NumPy alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.backend import OpenOptions
from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.findings import Finding

__all__ = ["NUMPY", "NumpyBackend"]

INPUT, OUTPUT = "inputs", "encodings"
"""What its only input and its only output are called."""

LAYOUTS = {"image": "nchw", "array": "array"}
"""How inputs are read, by their kind."""

Layers = tuple[tuple[FloatArray, FloatArray], ...]


@frozen(kw_only=True, eq=False)
class Network:
    """
    A multilayer perceptron as an encoder: rectified between layers, linear at the end.

    Parameters
    ----------
    layers : tuple of ((n_in, n_out) ndarray, (n_out,) ndarray)
        Weights and biases of each layer, in float32.
    spec : InputSpec
        What it takes.
    preprocessing : Preprocessing
        The value map before the first layer.
    traits : EncoderTraits
        How it likes to be fed.
    findings : tuple of Finding
        What was chosen while opening.
    description : dict
        What results say of it.
    """

    input = INPUT
    output = OUTPUT

    layers: Layers
    spec: InputSpec
    preprocessing: Preprocessing
    traits: EncoderTraits
    findings: tuple[Finding, ...]
    description: Mapping[str, Any] = field(repr=False)

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode inputs (N, *S) as (N, E)."""
        values = self._mapped(np.asarray(inputs, dtype=np.float32)).reshape(len(inputs), -1)
        for weights, biases in self.layers[:-1]:
            values = np.maximum(values @ weights + biases, 0)
        weights, biases = self.layers[-1]
        return values @ weights + biases

    def _mapped(self, inputs: FloatArray) -> FloatArray:
        """Apply (scale * x - mean) / std, with mean and deviation per channel where given so."""
        mapped = np.float32(self.preprocessing.scale) * inputs
        if self.preprocessing.mean is not None:
            mapped = mapped - self._per_channel(self.preprocessing.mean)
        if self.preprocessing.std is not None:
            mapped = mapped / self._per_channel(self.preprocessing.std)
        return mapped

    def _per_channel(self, values: Sequence[float]) -> FloatArray:
        trailing = len(self.spec.shape) - 1 if len(values) > 1 else 0
        return np.array(values, dtype=np.float32).reshape(-1, *[1] * trailing)


class NumpyBackend:
    """
    Networks in ``.mlp.npz`` files.

    A file holds ``weights_0`` (n_in, n_out) and ``biases_0`` (n_out), ``weights_1`` and so on, and
    may hold ``shape``, (C, H, W), where it takes images. Without it, inputs are arrays (n_in,).
    """

    name = "numpy"
    summary = "Multilayer perceptrons in .mlp.npz files, by NumPy alone."
    patterns = ("*.mlp.npz",)
    usual_places = ("model.mlp.npz",)
    providers = ("cpu",)

    def open(self, path: Path, options: OpenOptions) -> Network:
        """
        Open a network.

        Raises
        ------
        UsageError
            ARG001 if an option is given that says nothing of such a network.
        UnreadableError
            MOD002 if the file cannot be read, or its arrays are no network.
        """
        path = path / self.usual_places[0] if path.is_dir() else path
        layers, shape = read_network(path)
        n_in = layers[0][0].shape[0]
        spec = InputSpec(kind="image" if shape else "array", shape=shape or (n_in,))
        refuse_what_is_not_taken(options, spec)
        preprocessing = checked_preprocessing(options.preprocessing or Preprocessing(), spec)
        traits = EncoderTraits(
            batch_size=options.batch_size or 64, concurrency=options.threads or 1
        )
        sizes = " -> ".join(str(n) for n in (n_in, *(len(biases) for _, biases in layers)))
        finding = Finding(code="MOD001", level="ok", message=f"{path.name}: {sizes}", fix="")
        return Network(
            layers=layers,
            spec=spec,
            preprocessing=preprocessing,
            traits=traits,
            findings=(finding,),
            description=describe(path, layers, spec, preprocessing, traits),
        )


def refuse_what_is_not_taken(options: OpenOptions, spec: InputSpec) -> None:
    """Refuse options that would be without effect: to drop them would be silent."""
    holds: dict[str, Any] = {
        "input": INPUT,
        "output": OUTPUT,
        "pooling": "flatten",
        "layout": LAYOUTS[spec.kind],
    }
    given = {name: getattr(options, name) for name in (*holds, "size")}
    for name, value in {**given, "feed": options.feeds or None}.items():
        if value not in (None, holds.get(name)):
            raise UsageError(
                "ARG001",
                f"--{name} must be left out for the backend numpy; got {value!r}",
                fix="Leave it out.",
            )


def checked_preprocessing(preprocessing: Preprocessing, spec: InputSpec) -> Preprocessing:
    """Refuse what is more than a value map, or of another number of channels."""
    geometry = (preprocessing.resize, preprocessing.crop, preprocessing.size)
    if preprocessing.channel_order != "rgb" or any(geometry):
        raise UsageError(
            "ARG001",
            "preprocessing for the backend numpy must be scale, mean and std alone; "
            f"got {preprocessing.to_dict()}",
            fix="Prepare the inputs beforehand.",
        )
    for name in ("mean", "std"):
        values = getattr(preprocessing, name)
        if values is not None and len(values) not in {1, spec.shape[0]}:
            raise UsageError(
                "ARG001",
                f"--{name} must have one value, or {spec.shape[0]}; got {len(values)}",
                fix="Give one value per channel.",
            )
    return preprocessing


def read_network(path: Path) -> tuple[Layers, tuple[int, ...]]:
    """Read weights, biases and the shape of images; the shape is empty where there is none."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            stored = {name: arrays[name] for name in arrays.files}
        n_layers = sum(name.startswith("weights_") for name in stored)
        layers = tuple(
            (_floats(stored[f"weights_{k}"], axes=2), _floats(stored[f"biases_{k}"], axes=1))
            for k in range(n_layers)
        )
        shape = tuple(int(length) for length in stored.get("shape", ()))
        _check_sizes(layers, shape)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise UnreadableError(
            "MOD002",
            f"{path} must be an .npz file with weights_0, biases_0 and so on; got {error}",
            fix="Save the layers with numpy.savez.",
        ) from error
    return layers, shape


def _floats(values: AnyArray, *, axes: int) -> FloatArray:
    if values.ndim != axes or values.dtype.kind != "f" or not np.isfinite(values).all():
        raise ValueError(f"{values.dtype} of shape {values.shape}, or values that are not finite")
    return values.astype(np.float32)


def _check_sizes(layers: Layers, shape: tuple[int, ...]) -> None:
    if not layers:
        raise ValueError("no layer")
    for weights, biases in layers:
        if weights.shape[1] != len(biases):
            raise ValueError(f"weights {weights.shape} and biases {biases.shape}")
    for (weights, _), (following, _) in pairwise(layers):
        if weights.shape[1] != len(following):
            raise ValueError(f"weights {weights.shape} before weights {following.shape}")
    if shape and (len(shape) != 3 or prod(shape) != len(layers[0][0])):
        raise ValueError(f"images of shape {shape} for {len(layers[0][0])} values")


def describe(
    path: Path,
    layers: Layers,
    spec: InputSpec,
    preprocessing: Preprocessing,
    traits: EncoderTraits,
) -> dict[str, Any]:
    """Return what results say of a network, as docs/result.md lists it."""
    content = path.read_bytes()
    return {
        "model": {
            "name": path.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
        },
        "input": {
            "name": INPUT,
            "layout": LAYOUTS[spec.kind],
            "feeds": {},
        },
        "output": {
            "name": OUTPUT,
            "shape": [len(layers[-1][1])],
            "type": "float32",
            "pooling": "flatten",
        },
        "preprocessing": preprocessing.to_dict(),
        "geometry": {
            "shape": list(spec.shape),
            "type": "float32",
            "resize": preprocessing.resize,
            "crop": preprocessing.crop,
            "interpolation": preprocessing.interpolation,
        },
        "runtime": {
            "builds": {"numpy": np.__version__},
            "version": np.__version__,
            "provider": "cpu",
            "providers": ["cpu"],
            "threads_per_operator": 1,
            "callers": traits.concurrency,
            "batch_size": traits.batch_size,
            "rows_per_call": None,
            "one_at_a_time": False,
        },
    }


NUMPY = NumpyBackend()
