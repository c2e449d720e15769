"""The encoder contract: anything that turns a batch of inputs into a batch of encodings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from attrs import Factory, field, frozen

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.errors import EncodingError, ShapeError, UsageError

__all__ = [
    "DifferentiableEncoder",
    "Encoder",
    "EncoderLike",
    "EncoderTraits",
    "ForwardDifferentiableEncoder",
    "LinearizableEncoder",
    "Pullback",
    "Pushforward",
    "as_encoder",
    "encodings_of_several_lengths",
]

Pullback: TypeAlias = Callable[[FloatArray], FloatArray]
"""From a cotangent of the encodings, (N, E), to a gradient of the inputs, (N, *S)."""

Pushforward: TypeAlias = Callable[[FloatArray], AnyArray]
"""From tangents of the inputs, (N, *S), to derivatives of the encodings, (N, E)."""


@frozen(kw_only=True)
class EncoderTraits:
    """
    What an encoder tells about itself, so that it is fed well; none of it changes a number.

    Parameters
    ----------
    batch_size : int
        Number of inputs per call that suits the encoder; it must accept any number.
    concurrency : int
        How many threads may call `encode` and `vjp` at once.
    resolution : float, optional
        Resolution of its arithmetic; by default that of the type of its encodings.
    block_size : int
        Number of inputs that are best altered and measured together: several batches where these
        are small. By default one batch.
    """

    batch_size: int = 64
    concurrency: int = 1
    resolution: float | None = None
    block_size: int = field(default=Factory(lambda traits: traits.batch_size, takes_self=True))


@runtime_checkable
class Encoder(Protocol):
    """
    An encoder: a deterministic function of each input alone (clause family RMQM-ENC).

    An optional attribute `traits`, an `EncoderTraits`, tells how to feed it.
    """

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode inputs (N, *S) as (N, E), for any N >= 1, without writing to `inputs`."""
        ...


@runtime_checkable
class DifferentiableEncoder(Encoder, Protocol):
    """
    An encoder with vector-Jacobian products, named as in ``jax.vjp`` (clause RMQM-ENC-008).

    An optional attribute `gradient_route`, a text, tells how they are made; results name it.
    """

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Return the encodings (N, E) and the function from cotangents to input gradients."""
        ...


@runtime_checkable
class ForwardDifferentiableEncoder(Encoder, Protocol):
    """An encoder with Jacobian-vector products, named as in ``jax.jvp``."""

    def jvp(self, inputs: FloatArray, tangents: FloatArray, /) -> tuple[AnyArray, AnyArray]:
        """
        Return the encodings (N, E) and their derivatives (N, E) in the directions of `tangents`.

        The tangents (N, *S) hold a direction for each input.
        """
        ...


@runtime_checkable
class LinearizableEncoder(ForwardDifferentiableEncoder, Protocol):
    """An encoder that pushes many tangents through one forward pass, as ``jax.linearize``."""

    def linearize(self, inputs: FloatArray, /) -> tuple[AnyArray, Pushforward]:
        """Return the encodings (N, E) and the function from tangents to derivatives."""
        ...


EncoderLike: TypeAlias = Encoder | Callable[[Any], Any]


@frozen
class CallableEncoder:
    """Any callable on NumPy arrays as an encoder."""

    function: Callable[[Any], Any]

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Call the function."""
        return np.asarray(self.function(inputs))


def as_encoder(encoder: EncoderLike) -> Encoder:
    """
    Return `encoder` itself if it has a method ``encode``, else wrap the callable.

    Raises
    ------
    UsageError
        If it is neither.

    Examples
    --------
    >>> as_encoder(lambda inputs: inputs.reshape(len(inputs), -1)).encode(np.ones((2, 3, 3))).shape
    (2, 9)
    """
    if isinstance(encoder, Encoder) and not isinstance(encoder, str):  # text has an encode too
        return encoder
    if callable(encoder):
        return CallableEncoder(encoder)
    raise UsageError(
        "ARG001",
        f"encoder must be callable or have a method encode(inputs); got {type(encoder).__name__}",
        fix="Pass a function from arrays (N, *S) to arrays (N, E).",
    )


def traits_of(encoder: Encoder) -> EncoderTraits:
    """Return what the encoder tells about itself, or the defaults."""
    traits = getattr(encoder, "traits", None)
    return traits if isinstance(traits, EncoderTraits) else EncoderTraits()


def encode_checked(encoder: Encoder, inputs: FloatArray) -> AnyArray:
    """
    Encode, and refuse what is not (N, E).

    Raises
    ------
    EncodingError
        If the encodings are not numbers of shape (N, E), one row per input.
    """
    return _checked(encoder.encode(inputs), len(inputs))


def encodings_of_several_lengths(first: int, other: int) -> EncodingError:
    """Return the error that names the lengths of two encodings of the same encoder."""
    return EncodingError(
        "ENC004",
        f"encodings must all have the same length; got {other} after {first}",
        fix="Encode each input by itself: the length must not depend on the batch.",
    )


def _checked(found: AnyArray, n_inputs: int) -> AnyArray:
    encodings = np.asarray(found)
    if encodings.ndim != 2 or len(encodings) != n_inputs or encodings.shape[1] < 1:
        raise EncodingError(
            "ENC004",
            f"encodings must have shape (N, E) with N = {n_inputs} and E >= 1; "
            f"got {encodings.shape}",
            fix="Flatten or pool the encodings of each input to one vector.",
        )
    if encodings.dtype.kind not in "fiub":
        raise EncodingError(
            "ENC004", f"encodings must be real numbers; got {encodings.dtype}", fix="Convert them."
        )
    return encodings


def as_differentiable(encoder: Encoder, *, purpose: str = "PGD") -> DifferentiableEncoder:
    """
    Return the encoder itself if it gives gradients; `purpose` is what they are needed for.

    Raises
    ------
    UsageError
        GRA010 if it has no method ``vjp``.

    Examples
    --------
    >>> as_differentiable(as_encoder(np.tanh))
    Traceback (most recent call last):
        ...
    rmqm_spec.errors.UsageError: an encoder for PGD must have a method vjp(inputs); ...
    """
    if isinstance(encoder, DifferentiableEncoder):
        return encoder
    raise UsageError(
        "GRA010",
        f"an encoder for {purpose} must have a method vjp(inputs); this encoder gives no "
        f"gradients: got {type(encoder).__name__}",
        fix="For inputs of at most 256 values: score --gradient finite-differences, or in Python "
        "with_finite_differences(encoder). Otherwise give the encoder vjp(inputs) -> (encodings, "
        "pullback).",
    )


def as_forward_differentiable(encoder: Encoder) -> ForwardDifferentiableEncoder:
    """
    Return the encoder itself if it gives derivatives in a direction.

    Raises
    ------
    UsageError
        GRA017 if it has no method ``jvp``.
    """
    if isinstance(encoder, ForwardDifferentiableEncoder):
        return encoder
    raise UsageError(
        "GRA017",
        "an encoder that tangents are pushed through must have a method jvp(inputs, tangents); "
        f"this encoder gives no derivatives in a direction: got {type(encoder).__name__}",
        fix="Where it has vjp(inputs), pull back instead: jacobian(encoder, inputs, way='rows'). "
        "Otherwise give the encoder jvp(inputs, tangents) -> (encodings, derivatives).",
    )


def route_of(encoder: Encoder) -> str:
    """Return how the encoder makes its gradients, as it says itself."""
    return str(getattr(encoder, "gradient_route", "the encoder's own"))


def vjp_checked(encoder: DifferentiableEncoder, inputs: FloatArray) -> tuple[AnyArray, Pullback]:
    """
    Encode, and return a pullback that refuses gradients of another shape than the inputs.

    Raises
    ------
    EncodingError
        If the encodings are not numbers of shape (N, E); when pulling back, GRA012 if the
        gradient is not real numbers of the shape of the inputs.
    ShapeError
        When pulling back, ARG001 if the cotangent has another shape than the encodings.
    """
    found, pullback = encoder.vjp(inputs)
    encodings = _checked(found, len(inputs))

    def checked(cotangent: FloatArray) -> FloatArray:
        if cotangent.shape != encodings.shape:
            raise ShapeError(
                "ARG001",
                f"a cotangent must have the shape of the encodings, {encodings.shape}; "
                f"got {cotangent.shape}",
                fix="Give a row for each input, as long as its encoding.",
            )
        gradient = np.asarray(pullback(cotangent))
        if gradient.shape != inputs.shape or gradient.dtype.kind not in "fiu":
            raise EncodingError(
                "GRA012",
                f"a gradient must be real numbers of the shape of the inputs, {inputs.shape}; "
                f"got {gradient.dtype} of shape {gradient.shape}",
                fix="vjp(inputs) must return the encodings and a function from cotangents (N, E) "
                "to gradients of the inputs.",
            )
        return gradient

    return encodings, checked


def linearize_checked(
    encoder: ForwardDifferentiableEncoder, inputs: FloatArray
) -> tuple[AnyArray, Pushforward]:
    """
    Encode, and return a pushforward that refuses derivatives of another shape than the encodings.

    An encoder that has ``jvp`` but no ``linearize`` encodes anew whenever tangents are pushed.

    Raises
    ------
    EncodingError
        If the encodings are not numbers of shape (N, E); when pushing forward, GRA012 if the
        derivatives are not real numbers of the shape of the encodings.
    ShapeError
        When pushing forward, ARG001 if the tangents have another shape than the inputs.
    """
    if isinstance(encoder, LinearizableEncoder):
        found, pushforward = encoder.linearize(inputs)
    else:
        found = encoder.encode(inputs)
        pushforward = lambda tangents: encoder.jvp(inputs, tangents)[1]  # noqa: E731
    encodings = _checked(found, len(inputs))

    def checked(tangents: FloatArray) -> AnyArray:
        if tangents.shape != inputs.shape:
            raise ShapeError(
                "ARG001",
                f"tangents must have the shape of the inputs, {inputs.shape}; got {tangents.shape}",
                fix="Give a direction for each input, with a number for each of its values.",
            )
        derivatives = np.asarray(pushforward(tangents))
        if derivatives.shape != encodings.shape or derivatives.dtype.kind not in "fiu":
            raise EncodingError(
                "GRA012",
                "derivatives in a direction must be real numbers of the shape of the encodings, "
                f"{encodings.shape}; got {derivatives.dtype} of shape {derivatives.shape}",
                fix="jvp(inputs, tangents) must return the encodings (N, E) and their derivatives "
                "(N, E).",
            )
        return derivatives

    return encodings, checked


def jvp_checked(
    encoder: ForwardDifferentiableEncoder, inputs: FloatArray, tangents: FloatArray
) -> tuple[AnyArray, AnyArray]:
    """Encode and push forward, with the checks of `linearize_checked`."""
    encodings, pushforward = linearize_checked(encoder, inputs)
    return encodings, pushforward(tangents)
