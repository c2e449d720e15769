"""A trial run: what a model does on a few seeded inputs, whatever it declares."""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen

from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.errors import SubjectError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.resolution import RESOLUTION

__all__ = ["TrialRun", "batch_deviation", "try_out"]

_ROWS = 3
BATCH_TOLERANCE = 10.0
"""Encodings may move by this many resolutions when the batch changes: rounding, no more."""


@frozen(kw_only=True)
class TrialRun:
    """
    What a trial run showed.

    Parameters
    ----------
    encoder : OnnxEncoder
        The encoder, called as it must be.
    output_shape : tuple of int
        Shape of the network's output for an input.
    output_type : str
        Type of these values, as NumPy names it.
    findings : tuple of Finding
        Where the model differs from what it declares.
    """

    encoder: OnnxEncoder
    output_shape: tuple[int, ...]
    output_type: str
    findings: tuple[Finding, ...]


def try_out(encoder: OnnxEncoder, *, bounds: tuple[float, float], quantised: bool) -> TrialRun:
    """
    Run the encoder alone and in a batch, and adapt how it is called.

    Raises
    ------
    SubjectError
        If it cannot run on a single input.
    """
    low, high = bounds
    shape = (_ROWS, *encoder.spec.shape)
    inputs = np.random.default_rng(0).uniform(low, high, shape).astype(np.float32)
    raw = encoder.raw_output(np.repeat(inputs[:1], encoder.rows or 1, axis=0))
    encoder = _with_resolution_of(encoder, raw)
    findings: list[Finding] = []
    if encoder.rows is None and not _runs_in_batch(encoder, inputs):
        encoder = evolve(encoder, rows=1)
        findings.append(
            Finding(
                code="BAT002",
                level="warn",
                message="the model declares a batch of any size but runs one input at a time only",
                fix="Export it with a dynamic batch for speed; the score is right as it is.",
            )
        )
    deviation = batch_deviation(encoder, inputs)
    tolerance = BATCH_TOLERANCE * (encoder.traits.resolution or 1e-6)
    if quantised or deviation > tolerance:
        encoder = evolve(encoder, one_at_a_time=True)
        reason = "quantises its activations by the batch" if quantised else "mixes the batch"
        findings.append(
            Finding(
                code="BAT003",
                level="warn",
                message=f"the model {reason}: an encoding alone and in a batch differ by "
                f"{deviation:.1e}; every input is encoded alone",
                fix="Nothing to do: the score is right, only slower.",
            )
        )
    return TrialRun(
        encoder=encoder,
        output_shape=raw.shape[1:] or raw.shape,
        output_type=raw.dtype.name,
        findings=tuple(findings),
    )


def batch_deviation(encoder: OnnxEncoder, inputs: FloatArray) -> float:
    """Return the largest distance between unit encodings of inputs alone and in a single batch."""
    together = _units(encoder.encode(inputs))
    alone = np.concatenate([_units(encoder.encode(inputs[k : k + 1])) for k in range(len(inputs))])
    if together.shape != alone.shape:
        return float("inf")
    return float(np.sqrt(((together - alone) ** 2).sum(axis=1)).max())


def _with_resolution_of(encoder: OnnxEncoder, output: AnyArray) -> OnnxEncoder:
    """Coarsen the resolution where the output is rounded to a shorter type than the weights."""
    known = (encoder.traits.resolution or 0.0, RESOLUTION.get(output.dtype.name, 0.0))
    return evolve(encoder, traits=evolve(encoder.traits, resolution=max(known)))


def _runs_in_batch(encoder: OnnxEncoder, inputs: FloatArray) -> bool:
    try:
        encoder.encode(inputs)
    except (SubjectError, UsageError):
        return False
    return True


def _units(encodings: AnyArray) -> Float64Array:
    """Divide by the norm; zero and infinite vectors are left to the checks that name them."""
    vectors = np.nan_to_num(encodings.astype(np.float64), posinf=0, neginf=0)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1))
