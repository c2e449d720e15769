"""A trial run: what a model does on a few seeded inputs, whatever it declares."""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen

from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.self_test import SelfTest
from rmqm_onnx.running.units import largest_distance
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.errors import SubjectError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.resolution import RESOLUTION

__all__ = ["BatchDependence", "TrialRun", "trial_inputs", "try_out"]

_ROWS = 3
BATCH_TOLERANCE = 10.0
"""Encodings may move by this many resolutions when the batch changes: rounding, no more."""


@frozen(kw_only=True)
class BatchDependence:
    """
    How far the unit encoding of an input moves when only its batch changes.

    Parameters
    ----------
    company : float
        With other inputs beside it, in a batch of the same size.
    size : float
        Alone instead of in a batch.
    """

    company: float = 0.0
    size: float = 0.0


@frozen(kw_only=True)
class TrialRun:
    """
    What a trial run showed.

    Parameters
    ----------
    encoder : OnnxEncoder
        The encoder, called as it can be.
    output_shape : tuple of int
        Shape of what the network gives for one input.
    n_values : int
        Number of values of an encoding, E.
    output_type : str
        Type of these values, as NumPy names it.
    wavering : float
        How far the unit encoding of an input moves when it is encoded again, alone or in the same
        batch.
    is_repeatable : bool
        Whether it has the same bits then.
    batch : BatchDependence
        What the batch does to encodings.
    findings : tuple of Finding
        What sets the model apart from what it declares.
    against_cpu : SelfTest, optional
        How far the provider is from the CPU, where it is another.
    """

    encoder: OnnxEncoder
    output_shape: tuple[int, ...]
    n_values: int
    output_type: str
    wavering: float
    is_repeatable: bool
    batch: BatchDependence
    findings: tuple[Finding, ...]
    against_cpu: SelfTest | None = None

    @property
    def resolution(self) -> float:
        """Length below which movement of a unit encoding is rounding."""
        return self.encoder.traits.resolution or RESOLUTION["float32"]

    @property
    def tolerance(self) -> float:
        """
        How far the batch may move an encoding by rounding.

        A device that rounds more coarsely than the model moves it by as much as it is away from the
        CPU, twice; but by no more than rounding to 16 bits could.
        """
        usual = BATCH_TOLERANCE * self.resolution
        if self.against_cpu is None:
            return usual
        coarsest = BATCH_TOLERANCE * RESOLUTION["float16"]
        return max(usual, min(2 * self.against_cpu.deviation, coarsest))


def trial_inputs(encoder: OnnxEncoder, bounds: tuple[float, float]) -> FloatArray:
    """Return a few seeded inputs (3, *S) within bounds."""
    shape = (_ROWS, *encoder.spec.shape)
    return np.random.default_rng(0).uniform(*bounds, shape).astype(np.float32)


def try_out(encoder: OnnxEncoder, *, bounds: tuple[float, float]) -> TrialRun:
    """
    Run the encoder alone, again, and in two companies, and adapt how it is called.

    Raises
    ------
    SubjectError
        If it cannot run on a single input.
    """
    inputs = trial_inputs(encoder, bounds)
    alone = np.repeat(inputs[:1], encoder.rows or 1, axis=0)
    raw = encoder.raw_output(alone)
    again = encoder.raw_output(alone)
    encoder = _with_resolution_of(encoder, raw)
    findings: list[Finding] = []
    together = _together(encoder, inputs)
    if together is None:
        encoder = evolve(encoder, rows=1)
        together = encoder.encode(inputs)
        findings.append(
            Finding(
                code="BAT002",
                level="warn",
                message="the model declares a batch of any size but runs one input at a time only",
                fix="Export it with a dynamic batch for speed; here every input is encoded alone.",
            )
        )
    repeated = ((raw, again), (together, encoder.encode(inputs)))
    return TrialRun(
        encoder=encoder,
        output_shape=raw.shape[1:] or raw.shape,
        n_values=int(together.shape[1]),
        output_type=raw.dtype.name,
        wavering=max(largest_distance(*pair) for pair in repeated),
        is_repeatable=all(np.array_equal(*pair, equal_nan=True) for pair in repeated),
        batch=_batch_dependence(encoder, inputs, together, bounds),
        findings=tuple(findings),
    )


def _batch_dependence(
    encoder: OnnxEncoder, inputs: FloatArray, together: AnyArray, bounds: tuple[float, float]
) -> BatchDependence:
    """
    Encode each input alone, and the first in other company.

    A company of extremes moves whatever looks at the whole batch, such as the range of a dynamic
    quantisation or the mean of a batch normalisation.
    """
    if encoder.rows == 1:
        return BatchDependence()
    low, high = (np.full_like(inputs[0], bound) for bound in bounds)
    beside = encoder.encode(np.stack([inputs[0], high, low]))
    each = [encoder.encode(inputs[k : k + 1]) for k in range(len(inputs))]
    if any(rows.shape[1:] != together.shape[1:] for rows in each):
        return BatchDependence(size=np.inf)
    return BatchDependence(
        company=largest_distance(together[:1], beside[:1]),
        size=largest_distance(together, np.concatenate(each)),
    )


def _with_resolution_of(encoder: OnnxEncoder, output: AnyArray) -> OnnxEncoder:
    """Coarsen the resolution where the output is rounded to a shorter type than the weights."""
    known = (encoder.traits.resolution or 0.0, RESOLUTION.get(output.dtype.name, 0.0))
    return evolve(encoder, traits=evolve(encoder.traits, resolution=max(known)))


def _together(encoder: OnnxEncoder, inputs: FloatArray) -> AnyArray | None:
    """Encode inputs in one batch; None where the network runs on a single one only."""
    if encoder.rows is not None:
        return encoder.encode(inputs)
    try:
        return encoder.encode(inputs)
    except (SubjectError, UsageError):
        return None
