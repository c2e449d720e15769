"""Which preprocessing applies: the user's, that in or beside the model, or none."""

from __future__ import annotations

from collections.abc import Iterable

from rmqm_onnx.choices.normalised_range import fitting_scale
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.preprocessing_files import (
    find_preprocessing,
    find_size,
    preprocessing_sources,
)
from rmqm_onnx.reading.signature import TensorInfo
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.findings import Finding

__all__ = ["choose_preprocessing", "of_arrays", "stored_preprocessing", "usual_size"]


def choose_preprocessing(
    file: ModelFile,
    info: TensorInfo,
    asked: Preprocessing | None,
) -> tuple[Preprocessing, list[Finding]]:
    """
    Choose the preprocessing of a model's altered input; findings say where it comes from.

    Raises
    ------
    UnreadableError
        If preprocessing that lies in or beside the model cannot be understood.
    """
    if asked is not None and asked.is_switched_off:
        return asked, [_switched_off(file, info)]
    known = asked or stored_preprocessing(file, info)
    if known is not None:
        message = f"preprocessing known: {known.source}"
        return known, [Finding(code="PRE001", level="ok", message=message)]
    if info.type == "uint8":
        message = "no preprocessing found: the network takes bytes, so values go in as 0 to 255"
        return Preprocessing(), [Finding(code="PRE001", level="ok", message=message)]
    scale = fitting_scale(file.proto.graph, info.name)
    usual = "if it takes [0, 1], say --scale 1."
    if scale is not None:
        usual = f"the graph's own normalisation expects 0 to {scale}: --scale {scale}."
    return Preprocessing(), [
        Finding(
            code="PRE001",
            level="warn",
            message="no preprocessing found: the values in [0, 1] go in as they are",
            fix="Say what the model was trained with: --mean, --std, --scale or --preprocess FILE; "
            + usual,
        )
    ]


def _switched_off(file: ModelFile, info: TensorInfo) -> Finding:
    """Say that nothing is applied, and what would be without the option."""
    unused = " and ".join(stored_sources(file))
    beside = f"; not used: {unused}" if unused else ""
    values = "values go in as 0 to 255" if info.type == "uint8" else "values go in as they are"
    return Finding(
        code="PRE001",
        level="ok",
        message=f"no preprocessing, as --preprocess none asks: {values}{beside}",
    )


def stored_sources(file: ModelFile) -> list[str]:
    """Name what holds or may hold preprocessing in or beside a model; none of it is read."""
    metadata = [entry.key for entry in file.proto.metadata_props]
    return preprocessing_sources(metadata, file.path)


def of_arrays(findings: Iterable[Finding]) -> list[Finding]:
    """Say of arrays, which are not mapped to [0, 1], that they go in as they are."""
    return [
        Finding(
            code="PRE001",
            level="warn",
            message="no preprocessing found: the values go in as they are",
            fix="Say what the model was trained with: --mean, --std, --scale or --preprocess FILE; "
            "if it takes the values of the array themselves, say --scale 1.",
        )
        if finding.level == "warn"
        else finding
        for finding in findings
    ]


def stored_preprocessing(file: ModelFile, info: TensorInfo | None = None) -> Preprocessing | None:
    """Return the preprocessing that lies in or beside a model, for its altered input if known."""
    metadata = {entry.key: entry.value for entry in file.proto.metadata_props}
    return find_preprocessing(metadata, file.path, (info and info.dims) or ())


def usual_size(
    file: ModelFile, info: TensorInfo, preprocessing: Preprocessing | None
) -> tuple[int, int] | None:
    """Return the height and width that the preprocessing names, or, for open axes, config.json."""
    if preprocessing is not None and preprocessing.size is not None:
        return preprocessing.size
    return find_size(file.path) if None in (info.dims or ())[1:] else None
