"""An encoder beside what its framework gives: does the export compute the same?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import evolve, frozen

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.backend import Backend, ModelEncoder, PreprocessingReading
from rmqm_spec.documents.archives import BROKEN_ARCHIVE
from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.runs.request import DataSettings

__all__ = ["Reference", "read_reference", "reference_findings"]

_KEYS = ("inputs", "network_inputs", "encodings")

_WHERE_FROM = {
    "inputs": "Leave those inputs out: no encoder has a meaningful answer to them.",
    "network_inputs": "The framework's preprocessing gives them: look there for a division by "
    "zero, or leave those inputs out.",
    "encodings": "The framework's own network gives them: mend it before it is exported, or leave "
    "those inputs out.",
}
"""What to do about values that are not finite."""

_SAME = 1e-4
"""Largest difference of encodings, relative to their largest value, that rounding explains."""

_SAME_IN_HALF = 2e-2
"""The same for encoders in half precision."""

_PIXEL = 1 / 255
"""Largest difference of network inputs, relative to their range: a grey level."""


@frozen(kw_only=True, eq=False)
class Reference:
    """
    What a framework gives for a few inputs, from an .npz file.

    Parameters
    ----------
    path : Path
        The file.
    encodings : (N, ...) ndarray
        The encodings of the framework.
    has_inputs : bool
        Whether it holds the inputs before preprocessing, under ``inputs``.
    network_inputs : (N, *T) ndarray, optional
        What the framework's preprocessing hands to the network.
    """

    path: Path
    encodings: AnyArray
    has_inputs: bool
    network_inputs: AnyArray | None


def read_reference(path: Path) -> Reference:
    """
    Read a reference.

    Raises
    ------
    UnreadableError
        REF001 if it is no .npz file with ``encodings``, and ``inputs`` or ``network_inputs``, of as
        many rows each.
    """
    if not path.is_file():
        message = f"{path} must be a file; there is none"
        raise UnreadableError("REF001", message, fix="Check the path.")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in _KEYS if name in stored.files}
    except BROKEN_ARCHIVE as error:
        raise _unreadable(f"{path} must be an .npz file; got {error}") from error
    if "encodings" not in arrays or len(arrays) < 2:
        got = ", ".join(arrays) or "none of them"
        raise _unreadable(
            f"{path} must hold encodings, and inputs or network_inputs or both; got {got}"
        )
    rows = {name: len(array) if array.ndim else 0 for name, array in arrays.items()}
    if len(set(rows.values())) > 1 or not rows["encodings"]:
        listed = ", ".join(f"{count} of {name}" for name, count in rows.items())
        raise _unreadable(f"{path} must hold as many rows of each array; got {listed}")
    for name, array in arrays.items():
        if array.dtype.kind not in "fiub":
            raise _unreadable(f"{name} in {path} must hold finite numbers; got {array.dtype}")
        n_bad = array.size - int(np.count_nonzero(np.isfinite(array)))
        if n_bad:
            raise UnreadableError(
                "REF001",
                f"{name} in {path} must hold finite numbers; got {n_bad} of {array.size} that are "
                "NaN or infinite",
                fix=_WHERE_FROM[name],
            )
    return Reference(
        path=path,
        encodings=arrays["encodings"],
        has_inputs="inputs" in arrays,
        network_inputs=arrays.get("network_inputs"),
    )


def reference_findings(
    reference: Reference, inputs: DataSettings, backend: Backend, encoder: ModelEncoder
) -> Iterator[Finding]:
    """
    Compare an encoder with a reference: the network alone, preprocessing, and both together.

    Raises
    ------
    UsageError, UnreadableError
        If the inputs of the reference do not fit the encoder.
    """
    network = None
    if reference.network_inputs is not None and isinstance(backend, PreprocessingReading):
        given = backend.encoded_as_given(encoder, reference.network_inputs)
        network = _encodings("REF002", "the network alone", given, reference.encodings)
        yield network
    if not reference.has_inputs:
        return
    values, rows = _loaded(reference, inputs, encoder)
    if reference.network_inputs is not None and isinstance(backend, PreprocessingReading):
        handed = backend.arranged(encoder, values).values
        yield _preprocessing(handed, reference.network_inputs[rows])
    encodings = encoder.encode(values)
    yield _encodings("REF004", "preprocessing and network", encodings, reference.encodings[rows])


def _loaded(
    reference: Reference, inputs: DataSettings, encoder: ModelEncoder
) -> tuple[AnyArray, list[int]]:
    """Load the inputs of a reference as a run does; returns also which rows they are."""
    from rmqm_spec.runs.opening import open_inputs

    own = evolve(inputs, data=f"{reference.path}:inputs", n=None)
    prepared = open_inputs(own, encoder)
    values = np.stack([prepared.load(index).values for index in range(len(prepared))])
    if prepared.features is not None:
        values = prepared.features.from_unit(values)
    return values, [prepared.position(index) for index in range(len(prepared))]


def _encodings(code: str, what: str, given: AnyArray, expected: AnyArray) -> Finding:
    flat = expected.reshape(len(expected), -1).astype(np.float64)
    if given.shape != flat.shape:
        return Finding(
            code=code,
            level="fail",
            message=f"{what}: encodings must have the shape of the reference, {flat.shape}; got "
            f"{given.shape}",
            fix="Choose the same tensor in both: --output and --pooling here.",
        )
    largest = float(np.abs(flat).max())
    difference = float(np.abs(given - flat).max()) / (largest or 1.0)
    message = (
        f"{what}: encodings differ from the reference by up to {difference:.1e} of their largest "
        "value"
    )
    tolerance = _SAME_IN_HALF if given.dtype == np.float16 else _SAME
    if difference <= tolerance:
        return Finding(code=code, level="ok", message=message)
    fix = (
        "The exported network is another function: export it again, from the very module that gave "
        "the reference."
        if code == "REF002"
        else "If the network alone agrees (REF002), the preprocessing differs: correct --scale, "
        "--mean, --std, the size or the filter."
    )
    return Finding(code=code, level="fail", message=message, fix=fix)


def _preprocessing(handed: AnyArray, expected: AnyArray) -> Finding:
    if handed.shape != expected.shape:
        return Finding(
            code="REF003",
            level="fail",
            message=f"preprocessing: the network input must have the shape of the reference, "
            f"{expected.shape[1:]}; got {handed.shape[1:]}",
            fix="Correct --size, --layout or the crop.",
        )
    apart = np.abs(handed.astype(np.float64) - expected)
    spread = float(expected.max()) - float(expected.min())
    difference = float(apart.max()) / (spread or 1.0)
    message = (
        f"preprocessing: network inputs differ from the reference by up to {difference:.1e} of "
        f"their range, on average by {float(apart.mean()) / (spread or 1.0):.1e}"
    )
    if difference <= _PIXEL:
        return Finding(code="REF003", level="ok", message=message)
    return Finding(
        code="REF003",
        level="fail",
        message=message,
        fix="Correct --scale, --mean, --std, --channel-order, the size or the filter; "
        "rmqm-spec preprocess show shows what the network sees.",
    )


def _unreadable(message: str) -> UnreadableError:
    return UnreadableError(
        "REF001",
        message,
        fix='Write it with numpy.savez("ref.npz", inputs=..., network_inputs=..., encodings=...).',
    )
