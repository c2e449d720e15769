"""``preprocess show``: the pictures that a network really sees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

from rmqm_spec.alterations import WhiteNoise
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.backend import Arranged, ModelEncoder, PreprocessingReading
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.contact_sheets import contact_sheet
from rmqm_spec.runs.models import backend_of, open_model
from rmqm_spec.runs.network_range import network_range, range_findings
from rmqm_spec.runs.opening import open_inputs
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.values import numbers

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["SeenInputs", "SightRequest", "see"]

SCHEMA = "rmqm-preprocess/1"
_DEFAULT_N = 3


@frozen(kw_only=True, eq=False)
class SightRequest:
    """
    Which pictures to write.

    Parameters
    ----------
    run : RunRequest
        The model and its inputs.
    levels : str, optional
        Levels of white noise to show; 0, 24, 49 and 99 by default.
    out : Path
        Folder of the pictures.
    """

    run: RunRequest
    levels: str | None = None
    out: Path = Path("rmqm-preprocess")


@frozen(kw_only=True, eq=False)
class SeenInputs:
    """What was written (``document``, ``rmqm-preprocess/1``), and the `findings` about it."""

    document: dict[str, Any]
    findings: tuple[Finding, ...]


@frozen(kw_only=True, eq=False)
class _Sight:
    """One input at a few levels: as it was altered, and as the network is handed it."""

    id: str
    name: str
    altered: FloatArray
    arranged: Arranged

    @property
    def error(self) -> float:
        """Largest difference between what was altered and what was handed over."""
        return float(np.abs(self.arranged.restored - self.altered).max())


def see(request: SightRequest, listener: Listener | None = None) -> SeenInputs:
    """
    Write the pictures that a network sees, unaltered and at a few levels.

    Parameters
    ----------
    request : SightRequest
        The model, the inputs, the levels and the folder.
    listener : Listener, optional
        Hears how far the reading of the inputs is.

    Raises
    ------
    UsageError
        If the backend cannot show what a network sees, or a level does not exist.
    UnreadableError
        DAT018 if no input can be read.
    """
    run = request.run
    backend = backend_of(run)
    if not isinstance(backend, PreprocessingReading):
        raise UsageError(
            "ARG001",
            f"the backend must show what a network is handed; {backend.name} cannot",
            fix="Look at the model with the tools of its own framework.",
        )
    encoder = open_model(run, backend)
    prepared = open_inputs(run.inputs, encoder, listener, default_n=_DEFAULT_N)
    noise = WhiteNoise(seed=run.inputs.seed, bounds=prepared.bounds)
    levels = _levels(request.levels, noise.n_levels)
    sights, errors = _sights(backend, encoder, prepared, noise, levels)
    if not sights:
        raise UnreadableError(
            "DAT018",
            f"at least one input must be readable; got 0 of {len(errors)}, the first because "
            f"{errors[0].message}",
            fix="Point --data at images or arrays that can be opened.",
        )
    captions = [
        "unaltered" if level == 0 else f"level {level} of {noise.n_levels}" for level in levels
    ]
    pictures = [
        _draw(sight, encoder, prepared, run.path, captions, request.out) for sight in sights
    ]
    handed = _handed_range(backend, encoder, prepared)
    findings = [finding for finding in encoder.findings if finding.code.startswith("PRE")]
    if prepared.features is None:
        findings += range_findings(backend, encoder, prepared.bounds)
    findings.append(_restoring_finding(sights))
    document = _document(run.path, encoder, prepared, sights, handed)
    document |= {
        "ok": all(finding.level != "fail" for finding in findings),
        "levels": list(levels),
        "findings": [finding.to_dict() for finding in findings],
        "inputs": [
            {"id": sight.id, "name": sight.name, "picture": path and str(path)}
            for sight, path in zip(sights, pictures, strict=True)
        ],
        "skipped": [{"code": error.code, "message": error.message} for error in errors],
    }
    return SeenInputs(document=document, findings=tuple(findings))


def _levels(asked: str | None, n_levels: int) -> tuple[int, ...]:
    """Return the levels to show: ascending, each once."""
    if asked is None:
        return tuple(dict.fromkeys((0, n_levels // 4, n_levels // 2, n_levels)))
    given = numbers("--levels", asked)
    if not all(level.is_integer() and 0 <= level <= n_levels for level in given):
        raise UsageError(
            "ARG001",
            f"--levels must be whole numbers from 0 to {n_levels}; got {asked!r}",
            fix="For example --levels 0,25,50,99.",
        )
    return tuple(sorted({int(level) for level in given}))


def _sights(
    backend: PreprocessingReading,
    encoder: ModelEncoder,
    prepared: PreparedInputs,
    noise: WhiteNoise,
    levels: Sequence[int],
) -> tuple[list[_Sight], list[UnreadableError]]:
    """Alter each input and hand it to the value map of the encoder."""
    sights: list[_Sight] = []
    errors: list[UnreadableError] = []
    for index in range(len(prepared)):
        try:
            loaded = prepared.load(index)
        except UnreadableError as error:
            errors.append(error)
            continue
        altered = np.stack(
            [noise.alter(loaded.values[None], [loaded.id], level, 1)[0, 0] for level in levels]
        )
        if prepared.features is not None:
            altered = prepared.features.from_unit(altered).astype(loaded.values.dtype)
        arranged = backend.arranged(encoder, altered)
        sights.append(_Sight(id=loaded.id, name=loaded.name, altered=altered, arranged=arranged))
    return sights, errors


def _draw(
    sight: _Sight,
    encoder: ModelEncoder,
    prepared: PreparedInputs,
    model: Path,
    captions: Sequence[str],
    out: Path,
) -> Path | None:
    """Write the sheet of one input; None where it is no picture."""
    from rmqm_spec.documents.writing import check_writable, write_atomically

    shape = encoder.spec.shape
    if encoder.spec.kind != "image" or shape[0] not in {1, 3}:
        return None
    title = f"{sight.name}, as {model.name} sees it: {shape[2]} x {shape[1]}"
    content = contact_sheet(_drawable(sight, prepared), prepared.bounds, title, captions)
    check_writable(out)
    path = out / f"{model.stem}-{sight.id[:12]}.png"
    write_atomically(path, content)
    return path


def _drawable(sight: _Sight, prepared: PreparedInputs) -> AnyArray:
    """Return what was handed over on one scale: of ranges per value, the share of each."""
    features = prepared.features
    if features is None:
        return sight.arranged.restored
    return features.to_unit(np.clip(sight.arranged.restored, features.low, features.high), "")


def _handed_range(
    backend: PreprocessingReading, encoder: ModelEncoder, prepared: PreparedInputs
) -> tuple[float, float]:
    """Return the range of what the network can be handed."""
    features = prepared.features
    if features is None:
        return network_range(backend, encoder, prepared.bounds)
    ends = np.stack([features.low, features.high]).astype(np.float32)
    values = backend.arranged(encoder, ends).values
    return float(values.min()), float(values.max())


def _channels(values: AnyArray, layout: str) -> list[dict[str, Any]]:
    """Return smallest, mean and largest value of each channel of a batch, in its order."""
    axis = {"nchw": 1, "nhwc": values.ndim - 1}.get(layout)
    moved = values[None] if axis is None else np.moveaxis(values, axis, 0)
    rows = moved.reshape(len(moved), -1).astype(np.float64)
    return [
        {"min": float(row.min()), "mean": float(row.mean()), "max": float(row.max())}
        for row in rows
    ]


def _restoring_finding(sights: Sequence[_Sight]) -> Finding:
    """Say whether the picture that was drawn is what went into the value map."""
    worst = max(sights, key=lambda sight: sight.error - sight.arranged.rounding)
    rounding = worst.arranged.rounding
    if worst.error <= rounding:
        message = f"undoing the preprocessing gives the pictures back, up to {worst.error:.1e}"
        return Finding(code="PRE008", level="ok", message=message)
    return Finding(
        code="PRE008",
        level="fail",
        message=f"what reaches the network must be the picture, up to {rounding:.1e};"
        f" got {worst.error:.1e} in {worst.name}",
        fix="Values are cut off on the way: correct --scale, --mean and --std.",
    )


def _document(
    model: Path,
    encoder: ModelEncoder,
    prepared: PreparedInputs,
    sights: Sequence[_Sight],
    network_range: tuple[float, float],
) -> dict[str, Any]:
    arranged = sights[0].arranged
    before = np.stack([sight.altered[0] for sight in sights])
    after = np.stack([sight.arranged.values[0] for sight in sights])
    is_image = encoder.spec.kind == "image"
    has_colours = is_image and encoder.spec.shape[0] == 3
    preprocessing = encoder.preprocessing
    bounds, features = prepared.bounds, prepared.features
    if features is not None:
        bounds = float(features.low.min()), float(features.high.max())
    document = {
        "schema": SCHEMA,
        "ok": True,
        "rmqm": None,
        "interval": None,
        "model": str(model),
        "data": prepared.source.label,
        "network_input": {
            "name": encoder.input,
            "type": arranged.values.dtype.name,
            "shape": list(arranged.shape),
            "layout": arranged.layout,
            "channel_order": preprocessing.channel_order if has_colours else None,
        },
        "preprocessing": preprocessing.to_dict(),
        "before": {
            "range": list(bounds),
            "channels": _channels(before, "nchw" if is_image else "array"),
        },
        "after": {"range": list(network_range), "channels": _channels(after, arranged.layout)},
        "restored_error": max(sight.error for sight in sights),
    }
    if features is not None:
        document["ranges"] = {
            "source": features.source,
            "low": features.low.ravel().tolist(),
            "high": features.high.ravel().tolist(),
        }
    return document
