"""
Operators that compute with quantised values, written as rounding around the real operator.

So their gradient goes straight through, as that of QuantizeLinear and DequantizeLinear does.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from rmqm_onnx.gradients.step import FLOAT, NoRuleError, Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = [
    "dynamic_quantize_matmul",
    "matmul_integer_to_float",
    "matmul_n_bits",
    "q_gemm",
    "q_linear_binary",
    "q_linear_concat",
    "q_linear_conv",
    "q_linear_global_average_pool",
    "q_linear_matmul",
    "q_linear_unary",
]

_UINT8 = int(TensorProto.UINT8)


def q_linear_conv(s: Step) -> Tensor:
    """Convolve; weights have a single scale, or a scale per output channel."""
    x, weight = counted(s, 0), counted(s, 3, axis=0)
    bias = s.input(8).cast(FLOAT) if s.has(8) else None
    kept = {name: helper.get_attribute_value(value) for name, value in s.names().items()}
    product = x.op("Conv", weight, bias, shape=s.y.shape, **kept)
    ratio = _plain(s.input(1)) * _plain(s.input(4)) / _plain(s.input(6))
    if ratio.shape:
        ratio = ratio.reshape([*ratio.shape, *(1 for _ in s.y.shape[2:])])
    return rounded(s, product * ratio, 7)


def q_linear_matmul(s: Step) -> Tensor:
    """Multiply matrices; the second has a single scale, or a scale per column."""
    columns = len(s.input(3).shape) - 1
    product = counted(s, 0).matmul(counted(s, 3, axis=columns))
    ratio = _plain(s.input(1)) * _plain(s.input(4)) / _plain(s.input(6))
    return rounded(s, product * ratio, 7)


def q_gemm(s: Step) -> Tensor:
    """alpha op(A) op(B) + C, with C in the scale of the product."""  # noqa: D403
    turned = s.integer("transB", 0)
    product = counted(s, 0).op(
        "Gemm",
        counted(s, 3, axis=0 if turned else 1),
        s.input(6).cast(FLOAT) if s.has(6) else None,
        shape=s.y.shape,
        transA=s.integer("transA", 0),
        transB=turned,
    )
    ratio = _plain(s.input(1)) * _plain(s.input(4)) * s.number("alpha", 1.0)
    if not s.has(7):
        return product * ratio
    return rounded(s, product * (ratio / _plain(s.input(7))), 8)


def q_linear_binary(s: Step) -> Tensor:
    """Add or multiply."""
    a, b = real(s, 0), real(s, 3)
    return whole(s, a + b if s.node.op_type == "QLinearAdd" else a * b, 6)


def q_linear_unary(s: Step) -> Tensor:
    """Apply LeakyRelu or Sigmoid."""
    operator = s.node.op_type.removeprefix("QLinear")
    given = {"alpha": s.number("alpha", 0.01)} if operator == "LeakyRelu" else {}
    return whole(s, real(s, 0).map(operator, **given), 3)


def q_linear_global_average_pool(s: Step) -> Tensor:
    """Average over the positions."""
    rank = len(s.x.shape)
    axes = range(1, rank - 1) if s.integer("channels_last", 0) else range(2, rank)
    n_values = int(np.prod(s.fixed([s.x.shape[k] for k in axes], "height or width")))
    return whole(s, real(s, 0).sum(axes) * (1 / n_values), 3)


def q_linear_concat(s: Step) -> Tensor:
    """Concatenate inputs with scales of their own; inputs 0 and 1 are the scale of the result."""
    first, *rest = [real(s, k) for k in range(2, s.n_inputs, 3)]
    joined = first.op("Concat", *rest, shape=s.y.shape, axis=s.integer("axis", 0))
    return whole(s, joined, 0)


def dynamic_quantize_matmul(s: Step) -> Tensor:
    """Quantise the first factor while it runs, and multiply by the stored second factor."""
    x = s.x
    outputs = [(x.shape, _UINT8), ((), FLOAT), ((), _UINT8)]
    q, scale, zero = s.tape.emit("DynamicQuantizeLinear", x, outputs=outputs)
    a = q.op("DequantizeLinear", scale, zero, shape=x.shape, of=FLOAT)
    y = a.matmul(_second(s, 1, 2, 3))
    return y + s.input(4) if s.has(4) else y


def matmul_integer_to_float(s: Step) -> Tensor:
    """Multiply quantised matrices into a real matrix."""
    zero = _plain(s.input(4)) if s.has(4) else None
    a = s.x.op("DequantizeLinear", _plain(s.input(2)), zero, shape=s.x.shape, of=FLOAT)
    y = a.matmul(_second(s, 1, 3, 5))
    return y + s.input(6) if s.has(6) else y


def matmul_n_bits(s: Step) -> Tensor:
    """Multiply by weights of 4 or 8 bits that are stored in blocks, each with its scale."""
    bits, size = s.integer("bits", 4), s.integer("block_size", 32)
    rows, columns = s.integer("N", 0), s.integer("K", 0)
    packed, scales = s.value(1), s.value(2)
    zeros = s.value(3) if s.has(3) else None
    if packed is None or scales is None or (s.has(3) and zeros is None) or s.has(4):
        raise NoRuleError("its weights are computed while it runs or have an order of their own")
    n_blocks = -(-columns // size)
    values = unpacked(packed.reshape(rows, -1), bits)[:, : n_blocks * size]
    middle = np.full((rows, n_blocks), float(2 ** (bits - 1)))
    if zeros is not None and zeros.dtype == np.uint8:
        middle = unpacked(zeros.reshape(rows, -1), bits)[:, :n_blocks].astype(float)
    elif zeros is not None:
        middle = zeros.reshape(rows, n_blocks).astype(float)
    blocks = values.reshape(rows, n_blocks, size) - middle[:, :, None]
    weight = (blocks * scales.reshape(rows, n_blocks, 1)).reshape(rows, -1)[:, :columns]
    y = s.x.matmul(s.tape.constant(weight.T.astype(np.float32), s.x.type))
    return y + s.input(5) if s.has(5) else y


def unpacked(rows: np.ndarray, bits: int) -> np.ndarray:
    """
    Return the values of rows of bytes, the low half of a byte first.

    Examples
    --------
    >>> unpacked(np.array([[0x21, 0x43]], np.uint8), 4).tolist()
    [[1, 2, 3, 4]]
    """
    if bits == 8:
        return rows
    if bits != 4:
        raise NoRuleError(f"its weights have {bits} bits")
    return np.stack([rows & 15, rows >> 4], axis=-1).reshape(len(rows), -1)


def real(s: Step, k: int, axis: int | None = None) -> Tensor:
    """Return the real values of input k; its scale and zero point are the next two inputs."""
    x = s.input(k)
    scale, zero = _plain(s.input(k + 1)), _plain(s.input(k + 2)) if s.has(k + 2) else None
    along = axis if scale.shape else None
    return x.op("DequantizeLinear", scale, zero, shape=x.shape, of=FLOAT, axis=along)


def counted(s: Step, k: int, axis: int | None = None) -> Tensor:
    """
    Return input k less its zero point, in steps of its scale; the next two inputs are these.

    Sums of such products are whole numbers, so nothing is rounded before the runtime's own
    rounding: a step more or less in an early layer would be a different encoding.
    """
    x, scale = s.input(k), _plain(s.input(k + 1))
    zero = _plain(s.input(k + 2)) if s.has(k + 2) else None
    steps = s.tape.constant(np.ones(s.fixed(scale.shape, "scale"), dtype=np.float32))
    along = axis if scale.shape else None
    return x.op("DequantizeLinear", steps, zero, shape=x.shape, of=FLOAT, axis=along)


def rounded(s: Step, y: Tensor, k: int) -> Tensor:
    """Round what is given in steps of the output's scale; input k is its zero point."""
    zero = _plain(s.input(k)) if s.has(k) else None
    of = zero.type if zero else _UINT8
    return y.op("QuantizeLinear", s.tape.constant(1.0, FLOAT), zero, shape=y.shape, of=of)


def whole(s: Step, y: Tensor, k: int) -> Tensor:
    """Round to the scale in input k and the zero point in the next input."""
    zero = _plain(s.input(k + 1)) if s.has(k + 1) else None
    of = zero.type if zero else _UINT8
    return y.op("QuantizeLinear", _plain(s.input(k)), zero, shape=y.shape, of=of)


def _second(s: Step, k: int, scale: int, zero: int) -> Tensor:
    """Return the second factor of a product, with a single scale or a scale per column."""
    x, last = s.input(k), len(s.input(k).shape) - 1
    of_x = _plain(s.input(scale))
    middle = _plain(s.input(zero)) if s.has(zero) else None
    along = last if of_x.shape else None
    return x.op("DequantizeLinear", of_x, middle, shape=x.shape, of=FLOAT, axis=along)


def _plain(x: Tensor) -> Tensor:
    """Return a single number as a scalar."""
    return x.reshape(()) if x.shape == (1,) else x
