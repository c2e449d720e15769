"""Matrix products: of C = A B, the gradient of A is G B^T and that of B is A^T G."""

from __future__ import annotations

from rmqm_onnx.gradients.step import Step
from rmqm_onnx.gradients.table import Gradients, rule


@rule("MatMul")
def matmul(s: Step) -> Gradients:
    """Take a row or a column alone for a matrix with an axis of length 1."""
    a, b, g = s.input(0), s.input(1), s.g
    left, right = len(a.shape) == 1, len(b.shape) == 1
    if right:
        g = g.unsqueeze([len(g.shape)])
    if left:
        g = g.unsqueeze([len(g.shape) - 1])
    matrix_a = a.unsqueeze([0]) if left else a
    matrix_b = b.unsqueeze([1]) if right else b
    gradients = {}
    if s.wants(0):
        gradients[0] = g.matmul(matrix_b.swap_last()).sum_to(matrix_a).reshape_like(a)
    if s.wants(1):
        gradients[1] = matrix_a.swap_last().matmul(g).sum_to(matrix_b).reshape_like(b)
    return gradients


@rule("Gemm")
def gemm(s: Step) -> Gradients:
    """Differentiate alpha op(A) op(B) + beta C, op being a transposition or nothing."""
    a, b, g = s.input(0), s.input(1), s.g
    swap_a, swap_b = s.integer("transA", 0), s.integer("transB", 0)
    alpha, beta = s.number("alpha", 1.0), s.number("beta", 1.0)
    gradients = {}
    if s.wants(0) and swap_a:
        gradients[0] = b.op("Gemm", g, shape=a.shape, transA=swap_b, transB=1, alpha=alpha)
    elif s.wants(0):
        gradients[0] = g.op("Gemm", b, shape=a.shape, transB=1 - swap_b, alpha=alpha)
    if s.wants(1) and swap_b:
        gradients[1] = g.op("Gemm", a, shape=b.shape, transA=1, transB=swap_a, alpha=alpha)
    elif s.wants(1):
        gradients[1] = a.op("Gemm", g, shape=b.shape, transA=1 - swap_a, alpha=alpha)
    if s.wants(2):
        gradients[2] = (g * beta).sum_to(s.input(2))
    return gradients
