"""Attention of com.microsoft, written as products and a softmax."""

from __future__ import annotations

from math import sqrt

import numpy as np

from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.tensor import Tensor

__all__ = ["attention", "multi_head_attention"]


def attention(s: Step) -> Tensor:
    """Project to query, key and value, then attend."""
    if any(s.has(k) for k in range(3, s.n_inputs)) or s.integer("unidirectional", 0):
        raise NoRuleError("it has a mask, a past or a bias of scores")
    if "qkv_hidden_sizes" in s.names() or s.integer("do_rotary", 0):
        raise NoRuleError("it has widths of its own or rotates")
    projected = s.x.matmul(s.input(1))
    if s.has(2):
        projected = projected + s.input(2)
    width = s.fixed(projected.shape[2:], "width")[0] // 3
    parts = [projected.slice(2, k * width, (k + 1) * width) for k in range(3)]
    return _attend(s, parts)


def multi_head_attention(s: Step) -> Tensor:
    """Attend; query, key and value are projected already."""
    if any(s.has(k) for k in range(4, s.n_inputs)) or s.integer("unidirectional", 0):
        raise NoRuleError("it has a mask, a past or a bias of scores")
    if not (s.has(1) and s.has(2)) or any(len(s.input(k).shape) != 3 for k in range(3)):
        raise NoRuleError("its query, key and value are packed")
    parts = [s.input(k) for k in range(3)]
    if s.has(3):
        widths = s.fixed([part.shape[2] for part in parts], "width")
        ends = np.cumsum([0, *widths]).tolist()
        bias = [s.input(3).slice(0, ends[k], ends[k + 1]) for k in range(3)]
        parts = [part + added for part, added in zip(parts, bias, strict=True)]
    return _attend(s, parts)


def _attend(s: Step, parts: list[Tensor]) -> Tensor:
    n_heads = s.integer("num_heads", 1)
    q, k, v = (_heads(s, part, n_heads) for part in parts)
    scale = s.number("scale", 0.0) or 1 / sqrt(s.fixed(q.shape[3:], "width")[0])
    scores = (q.matmul(k.swap_last()) * scale).map("Softmax", axis=-1)
    return scores.matmul(v).transpose([0, 2, 1, 3]).reshape(s.y.shape)


def _heads(s: Step, x: Tensor, n_heads: int) -> Tensor:
    batch, tokens, width = x.shape
    each = s.fixed([width], "width")[0] // n_heads
    return x.reshape([batch, tokens, n_heads, each]).transpose([0, 2, 1, 3])
