"""Models of derivatives: vector-Jacobian and Jacobian-vector products as ONNX graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from onnx import ModelProto

from rmqm_onnx.gradients.assembly import assembled
from rmqm_onnx.gradients.derivation import Derivation, derivation
from rmqm_onnx.gradients.example import Example
from rmqm_onnx.gradients.losses import displacement
from rmqm_onnx.gradients.reverse import Missing
from rmqm_onnx.gradients.rules.quantisation import STRAIGHT_THROUGH
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["jvp_model", "unsupported", "vjp_model"]


def vjp_model(
    model: ModelProto | str | Path,
    *,
    input: str | None = None,  # noqa: A002
    output: str | None = None,
    example: Example = None,
    batch: int | None = None,
    loss: Literal["displacement"] | None = None,
) -> ModelProto:
    """
    Write the gradient of an encoder behind its graph.

    Parameters
    ----------
    model : ModelProto, str or Path
        The encoder, of opset 7 or later.
    input, output : str, optional
        What is differentiated with respect to what: by default the first output and the first
        input of floating type.
    example : ndarray or mapping of str to ndarray, optional
        Values with a batch axis for inputs whose shape is left open. Lengths other than the
        batch are fixed to those of the example.
    batch : int, optional
        The only batch size that the model runs with, if it declares that any is allowed.
    loss : {"displacement"}, optional
        Put the loss into the graph.

    Returns
    -------
    ModelProto
        Its inputs are those of the encoder and last ``ct``, the cotangent of the output; its
        outputs are the encoder's output and ``grad_`` + the name of the input. With a loss the
        last input is ``reference``, unit vectors (N, E), and ``loss`` (N,) comes between. Any
        batch size, operators of ``ai.onnx`` alone.

    Raises
    ------
    SubjectError
        GRA001, naming every node without a rule; GRA002 if the output does not depend on the
        input; GRA003 or GRA004 if the model cannot run or be converted.

    Examples
    --------
    >>> import numpy as np
    >>> import onnxruntime
    >>> from onnx import parser
    >>> model = parser.parse_model('''<ir_version: 10, opset_import: ["": 20]>
    ... encoder (float[N, 2] x) => (float[N, 2] y) { y = Mul(x, x) }''')
    >>> bytes_of = vjp_model(model).SerializeToString()
    >>> session = onnxruntime.InferenceSession(bytes_of, providers=["CPUExecutionProvider"])
    >>> x, ct = np.float32([[1, 2], [3, 4]]), np.float32([[1, 1], [0, 1]])
    >>> session.run(["grad_x"], {"x": x, "ct": ct})[0]
    array([[2., 4.],
           [0., 8.]], dtype=float32)
    """
    parts = derivation(model, input=input, output=output, example=example, batch=batch)
    y = parts.tape.tensors[parts.output]
    name = f"grad_{parts.input}"
    if loss is None:
        ct, gradient = written_vjp(parts)
        outputs = {parts.output: y, name: gradient}
        return assembled(parts, [ct], outputs, description=_described(parts, "pullback"))
    reference, value, ones = displacement(parts, y)
    gradient = parts.back(value.name, ones, parts.input)
    outputs = {parts.output: y, "loss": value, name: gradient}
    return assembled(parts, [reference], outputs, description=_described(parts, loss))


def jvp_model(
    model: ModelProto | str | Path,
    *,
    input: str | None = None,  # noqa: A002
    output: str | None = None,
    example: Example = None,
    batch: int | None = None,
) -> ModelProto:
    """
    Write the derivative of an encoder in a direction behind its graph.

    The pullback is linear in the cotangent, and its own pullback is the derivative in a
    direction; so the same rules suffice.

    Returns
    -------
    ModelProto
        Its inputs are those of the encoder and last ``tangent``, of the input's shape; its
        outputs are the encoder's output and ``jvp``, of the same shape.

    Raises
    ------
    SubjectError
        As `vjp_model`.
    """
    parts = derivation(model, input=input, output=output, example=example, batch=batch)
    tangent, derivative = written_jvp(parts)
    outputs = {parts.output: parts.tape.tensors[parts.output], "jvp": derivative}
    return assembled(parts, [tangent], outputs, description=_described(parts, "derivative"))


def unsupported(
    model: ModelProto | str | Path,
    *,
    input: str | None = None,  # noqa: A002
    output: str | None = None,
    example: Example = None,
    batch: int | None = None,
) -> list[Missing]:
    """Return every node between input and output that has no rule, in order."""
    return derivation(model, input=input, output=output, example=example, batch=batch).missing()


def written_vjp(parts: Derivation) -> tuple[Tensor, Tensor]:
    """Write the pullback; return its cotangent and the gradient."""
    ct = parts.seed("ct", parts.output)
    return ct, parts.back(parts.output, ct, parts.input)


def written_jvp(parts: Derivation) -> tuple[Tensor, Tensor]:
    """Write the derivative in a direction; return the direction and the derivative."""
    ct = parts.zero_seed("ct", parts.output)  # any value will do: the pullback is linear in it
    gradient = parts.back(parts.output, ct, parts.input)
    tangent = parts.seed("tangent", parts.input)
    return tangent, parts.back(gradient.name, tangent, ct.name)


def _described(parts: Derivation, what: str) -> str:
    operators = {node.op_type for node in parts.model.graph.node}
    quantised = sorted(operators & set(STRAIGHT_THROUGH))
    text = f"{what} of {parts.output} with respect to {parts.input}"
    return f"{text}; straight through {', '.join(quantised)}" if quantised else text
