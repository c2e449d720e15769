"""The encoder contract, checked on real inputs (clause family RMQM-ENC)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.encoder import EncoderLike, as_encoder, encode_checked, traits_of
from rmqm_spec.encoders.near_collapse import NEARLY_EQUAL, near_collapse
from rmqm_spec.encoders.output_advice import advice_of
from rmqm_spec.findings import Finding
from rmqm_spec.resolution import RESOLUTION, resolution_of

__all__ = ["check_encoder"]

TOLERANCE = 10.0
"""How many resolutions an encoding may move when nothing but the batch changes."""


def check_encoder(
    encoder: EncoderLike, inputs: FloatArray, *, own_inputs: bool = True
) -> Iterator[Finding]:
    """
    Judge an encoder by what it does to a few inputs.

    Parameters
    ----------
    encoder : callable or Encoder
        From inputs (N, *S) to encodings (N, E).
    inputs : (N, *S) ndarray of float
        At least two different inputs.
    own_inputs : bool
        Whether the inputs are of the kind that the encoder was made for: only then can one encoding
        for all of them mean that it has collapsed.

    Yields
    ------
    Finding
        A finding for each rule: finite, norm above zero, not constant, deterministic, independent
        of the batch, inputs left alone; and a warning if the encodings look like probabilities.

    Raises
    ------
    EncodingError
        If the encodings do not have the shape (N, E).

    Examples
    --------
    >>> noisy = lambda x: x.reshape(len(x), -1) + np.random.default_rng().normal(size=(len(x), 4))
    >>> findings = check_encoder(noisy, np.random.default_rng(0).random((3, 2, 2)))
    >>> [finding.code for finding in findings if finding.level == "fail"]
    ['DET001', 'BAT001']
    """
    advice = advice_of(encoder)
    encoder = as_encoder(encoder)
    given = inputs.copy()
    returned = encode_checked(encoder, given)
    encodings = returned.copy()
    finite = _finite(encodings)
    yield finite
    if finite.level == "fail":
        return
    if encodings.shape[1] < 2:
        yield _single_value()
        return
    norms = _norms(encodings, advice.zeros)
    yield norms
    if norms.level == "fail":
        return
    resolution = traits_of(encoder).resolution or resolution_of(encodings.dtype)
    if (inputs != inputs[0]).any():
        yield from _distinct(encodings, resolution, own_inputs)
        spread = _spread(encodings)
        if resolution <= spread < NEARLY_EQUAL:
            yield near_collapse(
                encoder,
                lambda others: _spread(encode_checked(encoder, others)),
                inputs.copy(),
                spread,
                own_inputs=own_inputs,
            )
    yield from _probabilities(encodings, advice.scores)
    # Copies throughout: an encoder that writes into its arrays must not spoil the next call.
    again = encode_checked(encoder, inputs.copy()).copy()
    yield _deterministic(encodings, again, resolution)
    alone = [encode_checked(encoder, inputs[k : k + 1].copy()).copy() for k in range(len(inputs))]
    if any(encoding.shape != encodings[:1].shape for encoding in alone):
        yield _other_length(encodings, alone)
        return
    yield _batch_invariant(encodings, np.concatenate(alone), resolution)
    yield _untouched(inputs, given)
    yield from _unshared(encodings, returned)


def _finite(encodings: AnyArray) -> Finding:
    bad = np.argwhere(~np.isfinite(encodings))
    if not len(bad):
        return Finding(
            code="ENC001", level="ok", message=f"{encodings.shape[1]} finite values per input"
        )
    row, column = bad[0]
    return Finding(
        code="ENC001",
        level="fail",
        message=f"{len(bad)} of {encodings.size} values are not finite, the first "
        f"{encodings[row, column]} at input {row}, dimension {column}",
        fix="Check the preprocessing and the range of the model: float16 overflows at 65504.",
    )


def _single_value() -> Finding:
    return Finding(
        code="OUT009",
        level="fail",
        message="an encoding must have at least two values, because one value has no direction; "
        "got 1",
        fix="Take an earlier layer.",
    )


def _norms(encodings: AnyArray, fix: str) -> Finding:
    norms = np.linalg.norm(encodings.astype(np.float64), axis=1)
    if (norms > 0).all():
        message = f"norms from {norms.min():.3g} to {norms.max():.3g}"
        return Finding(code="ENC002", level="ok", message=message)
    return Finding(
        code="ENC002",
        level="fail",
        message=f"{int((norms == 0).sum())} of {len(norms)} encodings have a norm of 0",
        fix=fix,
    )


def _distinct(encodings: AnyArray, resolution: float, own_inputs: bool) -> Iterator[Finding]:
    spread = _spread(encodings)
    if spread < resolution:
        yield Finding(
            code="ENC005",
            level="fail",
            message=f"{len(encodings)} inputs have one encoding: they differ by {spread:.1e} at "
            "most",
            fix="Check the output, the preprocessing and the training: this encoder has collapsed."
            if own_inputs
            else "These inputs may mean nothing to the encoder: pass --data with inputs of its own "
            "kind.",
        )
        return
    yield Finding(
        code="ENC005", level="ok", message=f"inputs differ: unit encodings up to {spread:.3f} apart"
    )
    n_constant = int((encodings == encodings[0]).all(axis=0).sum())
    if n_constant:
        yield Finding(
            code="ENC006",
            level="warn",
            message=f"{n_constant} of {encodings.shape[1]} dimensions are the same for all "
            f"{len(encodings)} inputs",
            fix="Nothing to do for the score.",
        )


def _probabilities(encodings: AnyArray, fix: str) -> Iterator[Finding]:
    values = encodings.astype(np.float64)
    if (
        values.shape[1] > 1
        and (values >= 0).all()
        and np.allclose(values.sum(axis=1), 1, atol=1e-3)
    ):
        yield Finding(
            code="ENC007",
            level="warn",
            message="the encodings look like probabilities: non-negative rows that sum to 1",
            fix=fix,
        )


def _deterministic(first: AnyArray, second: AnyArray, resolution: float) -> Finding:
    if np.array_equal(first, second):
        return Finding(code="DET001", level="ok", message="same input twice: bit-identical")
    moved = _largest_distance(first, second)
    return Finding(
        code="DET001",
        level="warn" if moved < max(resolution, RESOLUTION["float32"]) else "fail",
        message=f"same input twice: unit encodings differ by {moved:.1e} "
        f"(the resolution is {resolution:g})",
        fix="Switch off dropout and sampling before the export.",
    )


def _batch_invariant(together: AnyArray, alone: AnyArray, resolution: float) -> Finding:
    moved = _largest_distance(together, alone)
    allowed = TOLERANCE * resolution
    message = f"batch of 1 and of {len(together)}: unit encodings differ by {moved:.1e}"
    if moved <= allowed:
        return Finding(code="BAT001", level="ok", message=message)
    if moved <= TOLERANCE * RESOLUTION["float32"]:
        return Finding(
            code="BAT001",
            level="warn",
            message=f"{message}, more than rounding in {together.dtype}: the encoder "
            "computes in float32",
            fix="Return float32, or state the resolution: EncoderTraits(resolution=1e-6).",
        )
    return Finding(
        code="BAT001",
        level="fail",
        message=f"{message} (at most {allowed:g} is allowed)",
        fix="Export the model in evaluation mode; normalise by stored statistics, not the batch's.",
    )


def _untouched(before: FloatArray, after: FloatArray) -> Finding:
    if np.array_equal(before, after):
        return Finding(code="ENC008", level="ok", message="inputs are left alone")
    return Finding(
        code="ENC008",
        level="fail",
        message="encoding writes into its inputs",
        fix="Copy the inputs before changing them.",
    )


def _other_length(together: AnyArray, alone: list[AnyArray]) -> Finding:
    lengths = ", ".join(str(encoding.shape[1]) for encoding in alone)
    return Finding(
        code="BAT001",
        level="fail",
        message=f"the batch of {len(together)} gives encodings of length {together.shape[1]}, each "
        f"input alone {lengths}",
        fix="Give every input an encoding of the same length, whatever is beside it.",
    )


def _unshared(before: AnyArray, after: AnyArray) -> Iterator[Finding]:
    """Warn of an encoder that overwrites its earlier encodings when it is called again."""
    if not np.array_equal(before, after):
        yield Finding(
            code="ENC009",
            level="warn",
            message="encoding writes into the encodings that it returned before",
            fix="Return a new array from each call, or use one worker.",
        )


def _spread(encodings: AnyArray) -> float:
    """Return how far unit encodings are from the first of them at most."""
    vectors = _units(encodings)
    return float(np.sqrt(((vectors - vectors[0]) ** 2).sum(axis=1)).max())


def _largest_distance(first: AnyArray, second: AnyArray) -> float:
    return float(np.sqrt(((_units(first) - _units(second)) ** 2).sum(axis=1)).max())


def _units(encodings: AnyArray) -> Float64Array:
    vectors = encodings.astype(np.float64)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1))
