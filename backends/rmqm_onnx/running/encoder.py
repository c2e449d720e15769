"""An open model as an encoder of any number of inputs, padded where needed, in several threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from attrs import evolve, field, frozen
from onnx import GraphProto

from rmqm_onnx.reading.signature import TensorInfo
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_onnx.running.call_size import CallSize
from rmqm_onnx.running.feeding import spread
from rmqm_onnx.running.gradient_route import GradientRoute
from rmqm_onnx.running.session import encodings_of
from rmqm_onnx.running.width import EncodingWidth
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.backend import OutputAdvice, Pooling
from rmqm_spec.contracts.encoder import EncoderTraits, Pullback, Pushforward
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.encoders.pooling import pool, unpool
from rmqm_spec.errors import ShapeError, SubjectError, UsageError
from rmqm_spec.findings import Finding

__all__ = ["OnnxEncoder"]

Multiply: TypeAlias = Callable[[AnyArray], AnyArray]

_CARRIED = (
    "arrangement", "feeds", "pooling", "channels_first", "rows", "one_at_a_time", "call_size",
    "gradients",
)  # fmt: skip
"""What a pickle holds beside the origin: whatever changes a number must not be decided anew."""


@frozen(kw_only=True, eq=False)
class OnnxEncoder:
    """
    An ONNX model as an encoder.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The open model.
    input, output : str
        Names of the altered input and of the encodings.
    arrangement : Arrangement
        From inputs in their declared range to the network's input.
    feeds : dict of str to (TensorInfo, ndarray)
        Values of the other inputs, for a single row.
    pooling : {"flatten", "mean", "cls"}
        How encodings of several axes become a vector.
    channels_first : bool, optional
        Where the channels of these encodings are, if the graph shows it.
    rows : int, optional
        Number of rows that every call must have; None if any number will do.
    one_at_a_time : bool
        Whether a call may hold one distinct input only, because encodings depend on the batch.
    call_size : CallSize
        How many rows a call has, where the device sets a price or a limit.
    traits : EncoderTraits
        Its batch size, concurrency and resolution.
    findings : tuple of Finding
        What was chosen while opening, and what is worth a warning; later also what it met in use.
    advice : OutputAdvice, optional
        What could be scored instead of its output.
    description : dict
        Model, choices, preprocessing and runtime, as plain data for results.
    leading : GraphProto
        The operators before the first layer: they show the range that the network expects.
    gradients : GradientRoute, optional
        The network's gradient, made when it is first asked for.
    origin : callable, optional
        Opens the same model again; an encoder pickles by it.
    width : EncodingWidth
        The length of the encodings, from the first call on.
    """

    session: Any
    input: str
    output: str
    arrangement: Arrangement
    feeds: dict[str, tuple[TensorInfo, AnyArray]]
    pooling: Pooling
    channels_first: bool | None = None
    rows: int | None = None
    call_size: CallSize = field(factory=CallSize)
    traits: EncoderTraits = field(factory=EncoderTraits)
    one_at_a_time: bool = False
    _findings: tuple[Finding, ...] = field(default=(), alias="findings")
    advice: OutputAdvice | None = None
    description: Mapping[str, Any] = field(factory=dict)
    leading: GraphProto = field(factory=GraphProto)
    gradients: GradientRoute | None = None
    origin: Callable[[], OnnxEncoder] | None = None
    _width: EncodingWidth = field(factory=EncodingWidth, alias="width")

    @property
    def spec(self) -> InputSpec:
        """What the encoder takes, without the batch axis."""
        return self.arrangement.layout.spec

    @property
    def preprocessing(self) -> Preprocessing:
        """Geometry and value map of the inputs."""
        return self.arrangement.preprocessing

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was chosen while opening, and what was met since."""
        return (*self._findings, *self.call_size.findings())

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """
        Encode inputs.

        Parameters
        ----------
        inputs : (N, *S) ndarray of float
            Inputs in their declared range, images as (C, H, W).

        Returns
        -------
        (N, E) ndarray
            Encodings, of the network's own type.

        Raises
        ------
        ShapeError
            If the inputs do not have the shape (N, *S).
        SubjectError
            If the network cannot run, or does not give a row per input; OUT010 if the encodings
            have another length than those before.
        """
        return self._in_calls(self._arranged(inputs), self._rows_per_call)

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """
        Encode, and return the way back from encodings to inputs (clause RMQM-ENC-008).

        The first call writes the gradient as a graph of its own. Encodings and gradients of
        networks in half precision are computed in float32.

        Parameters
        ----------
        inputs : (N, *S) ndarray of float
            As for `encode`.

        Returns
        -------
        (N, E) ndarray
            Encodings.
        callable
            From a cotangent (N, E) to the gradient (N, *S) with respect to the inputs in their
            declared range (clause RMQM-PGD-003).

        Raises
        ------
        SubjectError
            GRA001, naming the operators that have no derivative rule; and as `encode`.
        """
        encodings, back = self._in_passes(self._arranged(inputs), self._vjp)

        def pullback(cotangent: FloatArray) -> FloatArray:
            gradient = self.arrangement.pull_back(back(cotangent))
            return gradient.astype(inputs.dtype, copy=False)

        return encodings, pullback

    def linearize(self, inputs: FloatArray, /) -> tuple[AnyArray, Pushforward]:
        """
        Encode, and return the way forward from directions of the inputs to derivatives.

        Parameters
        ----------
        inputs : (N, *S) ndarray of float
            As for `encode`.

        Returns
        -------
        (N, E) ndarray
            Encodings, of networks in half precision in float32, as `vjp`.
        callable
            From tangents (N, *S) of the inputs in their declared range to the derivatives (N, E) of
            the encodings in these directions.

        Raises
        ------
        SubjectError
            As `vjp`.
        """
        encodings, forward = self._in_passes(self._arranged(inputs), self._linearized)

        def pushforward(tangents: FloatArray) -> AnyArray:
            return forward(self.arrangement.push_forward(tangents))

        return encodings, pushforward

    def jvp(self, inputs: FloatArray, tangents: FloatArray, /) -> tuple[AnyArray, AnyArray]:
        """
        Encode, and return the derivatives of the encodings in a direction of each input.

        Parameters
        ----------
        inputs : (N, *S) ndarray of float
            As for `encode`.
        tangents : (N, *S) ndarray of float
            Directions of the inputs in their declared range.

        Returns
        -------
        encodings, derivatives : (N, E) ndarray
            Of networks in half precision in float32, as `vjp`.

        Raises
        ------
        ShapeError
            ARG001 if the tangents have another shape than the inputs.
        SubjectError
            As `vjp`.
        """
        if tangents.shape != inputs.shape:
            raise ShapeError(
                "ARG001",
                f"tangents must have the shape of the inputs, {inputs.shape}; got {tangents.shape}",
                fix="Give a direction for each input, with a number for each of its values.",
            )
        step = self._rows_per_call
        parts = []
        for k in range(0, len(inputs), step):  # what a part keeps is freed before the next
            encodings, pushforward = self.linearize(inputs[k : k + step])
            parts.append((encodings, pushforward(tangents[k : k + step])))
        encodings, derivatives = (np.concatenate(of) for of in zip(*parts, strict=True))
        return encodings, derivatives

    @property
    def gradient_route(self) -> str:
        """How gradients are made, for results."""
        return self.gradients.route if self.gradients else "none"

    def raw_output(self, inputs: FloatArray) -> AnyArray:
        """Return what the network gives for a single batch, before pooling."""
        return self._call(self.arrangement(inputs))

    def encode_as_given(self, values: AnyArray) -> AnyArray:
        """
        Encode what another preprocessing hands to the network.

        Parameters
        ----------
        values : (N, *T) ndarray
            In the network's own layout, order of channels and range.

        Raises
        ------
        ShapeError
            DAT012 if T is not the shape that the network takes.
        """
        taken = self.arrangement.layout.network_shape
        if values.shape[1:] != taken:
            raise ShapeError(
                "DAT012",
                f"network inputs must have shape (N, {', '.join(map(str, taken))}); got "
                f"{values.shape}",
                fix="Save exactly what the framework hands to the network.",
            )
        cast = values.astype(self.arrangement.dtype, copy=False)
        return self._in_calls(cast, self._rows_per_call)

    def feeds_of(self, inputs: FloatArray) -> dict[str, AnyArray]:
        """Return what the network is fed with for one batch of inputs (n, *S)."""
        return self._feeds(self._padded(self.arrangement(inputs)))

    def __reduce__(self) -> tuple[Any, ...]:
        """
        Pickle without the session: the model is opened again, and called in the same way.

        Raises
        ------
        UsageError
            ARG001 if the encoder does not know its model's file.
        """
        if self.origin is None:
            raise UsageError(
                "ARG001",
                "an encoder must know its model's file to be pickled; this encoder of "
                f"{self.output!r} does not",
                fix="Open it with open_encoder.",
            )
        return _opened_again, (self.origin, {name: getattr(self, name) for name in _CARRIED})

    @property
    def _rows_per_call(self) -> int:
        if self.one_at_a_time:
            return 1
        return self.rows or self.call_size.most(self.traits.batch_size)

    def _arranged(self, inputs: FloatArray) -> AnyArray:
        """Arrange inputs for the network."""
        if inputs.shape[1:] != self.spec.shape or not len(inputs):
            raise ShapeError(
                "DAT012",
                f"inputs must have shape (N, {', '.join(map(str, self.spec.shape))}) with N >= 1; "
                f"got {inputs.shape}",
                fix="Images are (N, C, H, W) whatever the layout of the network is.",
            )
        return self.arrangement(inputs)

    def _in_calls(self, arranged: AnyArray, step: int) -> AnyArray:
        """Encode what is arranged, `step` rows at a time, or fewer where memory runs out."""
        try:
            parts = [self._run(arranged[k : k + step]) for k in range(0, len(arranged), step)]
        except SubjectError as error:
            tried = min(step, len(arranged))
            if error.code != "MOD010" or self.rows or not self.call_size.halve(tried):
                raise
            return self._in_calls(arranged, self._rows_per_call)
        for part in parts:
            self._width.require(part, self.output)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _padded(self, arranged: AnyArray) -> AnyArray:
        n_rows = len(arranged)
        wanted = self.rows or self.call_size.padded(n_rows, most=self._rows_per_call)
        if n_rows >= wanted:
            return arranged
        padding = np.repeat(arranged[-1:], wanted - n_rows, axis=0)
        return np.concatenate([arranged, padding])

    def _run(self, arranged: AnyArray) -> AnyArray:
        n_inputs, arranged = len(arranged), self._padded(arranged)
        return self._pool(self._call(arranged), len(arranged))[:n_inputs]

    def _pool(self, output: AnyArray, n_rows: int) -> AnyArray:
        return pool(output, n_rows, self.pooling, channels_first=self.channels_first)

    def _vjp(self, arranged: AnyArray) -> tuple[AnyArray, Pullback]:
        n_inputs, arranged = len(arranged), self._padded(arranged)
        output, back = self._known_gradients().vjp(self._feeds(arranged), self.input)
        pooled = self._pool(output, len(arranged))

        def pullback(cotangent: FloatArray) -> FloatArray:
            whole = np.zeros(pooled.shape, dtype=pooled.dtype)
            whole[:n_inputs] = cotangent
            first = self.channels_first
            return back(unpool(whole, output.shape, self.pooling, channels_first=first))[:n_inputs]

        return pooled[:n_inputs], pullback

    def _linearized(self, arranged: AnyArray) -> tuple[AnyArray, Pushforward]:
        n_inputs, arranged = len(arranged), self._padded(arranged)
        output, forward = self._known_gradients().linearize(self._feeds(arranged), self.input)

        def pushforward(directions: AnyArray) -> AnyArray:  # pooling is linear
            return self._pool(forward(self._padded(directions)), len(arranged))[:n_inputs]

        return self._pool(output, len(arranged))[:n_inputs], pushforward

    def _in_passes(
        self, arranged: AnyArray, linear: Callable[[AnyArray], tuple[AnyArray, Multiply]]
    ) -> tuple[AnyArray, Multiply]:
        """Run as many forward passes as calls are needed, and let directions go through each."""
        step = self._rows_per_call
        passes = [linear(arranged[k : k + step]) for k in range(0, len(arranged), step)]
        if len(passes) == 1:
            return passes[0]
        encodings = np.concatenate([rows for rows, _ in passes])
        ends = np.cumsum([len(rows) for rows, _ in passes])[:-1]

        def multiply(directions: AnyArray) -> AnyArray:
            split = np.split(directions, ends)
            return np.concatenate([by(rows) for (_, by), rows in zip(passes, split, strict=True)])

        return encodings, multiply

    def _known_gradients(self) -> GradientRoute:
        if self.gradients is None:
            raise SubjectError(
                "GRA002",
                "an encoder must know its model's file to give gradients; this encoder does not",
                fix="Open it with open_encoder.",
            )
        return self.gradients

    def _feeds(self, arranged: AnyArray) -> dict[str, AnyArray]:
        return {self.input: arranged, **spread(self.feeds, len(arranged))}

    def _call(self, arranged: AnyArray) -> AnyArray:
        return encodings_of(self.session, self.output, self._feeds(arranged), altered=self.input)


def _opened_again(origin: Callable[[], OnnxEncoder], carried: Mapping[str, Any]) -> OnnxEncoder:
    return evolve(origin(), **carried)
