"""Sessions of gradients: pullbacks, derivatives in a direction, a loss with its gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from onnx import ModelProto

from rmqm_onnx.gradients.derivation import derivation
from rmqm_onnx.gradients.example import Example
from rmqm_onnx.gradients.models import vjp_model
from rmqm_onnx.gradients.passes import Product, passes
from rmqm_onnx.gradients.two_passes import TwoPasses, failed, numpy_type
from rmqm_onnx.running.provider_choice import read_provider
from rmqm_onnx.running.session import open_session
from rmqm_spec.arrays import AnyArray

__all__ = ["GradientSession", "LossAndGradient"]

Inputs: TypeAlias = AnyArray | Mapping[str, AnyArray]
Multiply: TypeAlias = Callable[[AnyArray], AnyArray]


class LossAndGradient(NamedTuple):
    """Results of a run: encodings, the loss of each row, and the gradient of the losses' sum."""

    encodings: AnyArray
    loss: AnyArray
    gradient: AnyArray


class GradientSession:
    """
    An encoder with derivatives; each graph is made and opened when it is first needed.

    Parameters
    ----------
    model : ModelProto, str or Path
        The encoder.
    input, output : str, optional
        What is differentiated with respect to what: by default the first output and the first
        input of floating type.
    example : ndarray or mapping of str to ndarray, optional
        Values with a batch axis for inputs whose shape is left open.
    batch : int, optional
        The only batch size that the model runs with, if it declares that any is allowed.
    provider : str
        Where to run: a name, and options of the provider, as ``--provider`` takes them.
    threads : int
        Threads within an operator.

    Examples
    --------
    >>> from onnx import parser
    >>> model = parser.parse_model('''<ir_version: 10, opset_import: ["": 20]>
    ... encoder (float[N, 2] x) => (float[N, 1] y) { y = ReduceProd <keepdims=1> (x, axes)
    ... }'''.replace("{ y", "<int64[1] axes = {1}> { y"))
    >>> session = GradientSession(model)
    >>> encodings, pullback = session.vjp(np.float32([[2, 3]]))
    >>> encodings, pullback(np.float32([[1]]))
    (array([[6.]], dtype=float32), array([[3., 2.]], dtype=float32))
    >>> session.jvp(np.float32([[2, 3]]), np.float32([[1, 1]]))
    (array([[6.]], dtype=float32), array([[5.]], dtype=float32))
    """

    def __init__(
        self,
        model: ModelProto | str | Path,
        *,
        input: str | None = None,  # noqa: A002
        output: str | None = None,
        example: Example = None,
        batch: int | None = None,
        provider: str = "cpu",
        threads: int = 1,
    ) -> None:
        self._chosen: dict[str, Any] = {
            "input": input,
            "output": output,
            "example": example,
            "batch": batch,
        }
        self._model = model
        self._provider = read_provider(provider)
        self._threads = threads

    def vjp(self, inputs: Inputs) -> tuple[AnyArray, Multiply]:
        """
        Encode, and keep what the gradient needs: a forward pass, and a backward pass per pull.

        Parameters
        ----------
        inputs : (N, ...) ndarray or mapping of str to ndarray
            The differentiated input, or a value for every input.

        Returns
        -------
        (N, ...) ndarray
            The encoder's output.
        callable
            From a cotangent of the output, (N, ...), to the gradient of the input. It also takes K
            cotangents for each input, (N, K, ...), and gives K gradients by K backward passes.
        """
        name, vjp = self._vjp
        encodings, pullback = vjp(self._feeds(inputs, name, vjp.forward))
        return encodings, _for_many(pullback, encodings.ndim)

    def linearize(self, inputs: Inputs) -> tuple[AnyArray, Multiply]:
        """
        Encode, and keep what derivatives in a direction need, as ``jax.linearize``.

        Parameters
        ----------
        inputs : (N, ...) ndarray or mapping of str to ndarray
            The differentiated input, or a value for every input.

        Returns
        -------
        (N, ...) ndarray
            The encoder's output.
        callable
            From a tangent of the input, (N, ...), to the derivative of the output; or from K
            tangents for each input, (N, K, ...), to K derivatives, by a pass each.
        """
        name, jvp = self._jvp
        encodings, pushforward = jvp(self._feeds(inputs, name, jvp.forward))
        n_axes = np.ndim(inputs[name] if isinstance(inputs, Mapping) else inputs)
        return encodings, _for_many(pushforward, n_axes)

    def jvp(self, inputs: Inputs, tangents: AnyArray) -> tuple[AnyArray, AnyArray]:
        """Return the encodings and their derivatives in a direction, or in K (see `linearize`)."""
        encodings, pushforward = self.linearize(inputs)
        return encodings, pushforward(tangents)

    def displacement(self, inputs: Inputs, references: AnyArray) -> LossAndGradient:
        """
        Return encodings, their squared distances to references, and the gradient, of a single run.

        Parameters
        ----------
        inputs : (N, ...) ndarray or mapping of str to ndarray
            The differentiated input, or a value for every input.
        references : (N, E) ndarray
            Unit vectors; the encodings are divided by their norms.
        """
        return LossAndGradient(*self._fed(self._displacement, inputs, references))

    @cached_property
    def _vjp(self) -> tuple[str, TwoPasses]:
        return self._passes("vjp")

    @cached_property
    def _jvp(self) -> tuple[str, TwoPasses]:
        return self._passes("jvp")

    def _passes(self, product: Product) -> tuple[str, TwoPasses]:
        parts = derivation(self._model, **self._chosen)
        cut = passes(parts, product)
        sessions = self._open(cut.forward), self._open(cut.linear)
        return parts.input, TwoPasses(cut, *sessions, self._provider.provider.tensors)

    @cached_property
    def _displacement(self) -> Any:
        return self._open(vjp_model(self._model, loss="displacement", **self._chosen))

    def _open(self, model: ModelProto) -> Any:
        return open_session(
            model.SerializeToString(),
            folder=None,
            provider=self._provider,
            threads=self._threads,
        )

    def _fed(self, session: Any, inputs: Inputs, last: AnyArray) -> list[AnyArray]:
        names = [value.name for value in session.get_inputs()]
        feeds = self._feeds(inputs, names[0], session)
        feeds[names[-1]] = _typed(last, session.get_inputs()[-1].type)
        try:
            results: list[AnyArray] = session.run(None, feeds)
        except Exception as error:
            raise failed(error) from error
        return results

    def _feeds(self, inputs: Inputs, name: str, session: Any) -> dict[str, AnyArray]:
        given = dict(inputs) if isinstance(inputs, Mapping) else {name: inputs}
        taken = {value.name: value.type for value in session.get_inputs()}
        return {key: _typed(value, taken[key]) for key, value in given.items() if key in taken}


def _for_many(multiply: Multiply, n_axes: int) -> Multiply:
    """Let a product with a direction (N, ...) of so many axes take K of them, (N, K, ...)."""

    def products(directions: AnyArray) -> AnyArray:
        if directions.ndim != n_axes + 1:
            return multiply(directions)
        return np.stack([multiply(directions[:, k]) for k in range(directions.shape[1])], axis=1)

    return products


def _typed(values: AnyArray, of: str) -> AnyArray:
    """Give numbers the type that the graph takes: half precision and bytes became float32."""
    return np.ascontiguousarray(values, dtype=numpy_type(of))
