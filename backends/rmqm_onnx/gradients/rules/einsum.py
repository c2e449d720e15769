"""Einsum: the gradient of an operand is an Einsum of the cotangent with the other operands."""

from __future__ import annotations

from string import ascii_letters

import numpy as np

from rmqm_onnx.gradients.shapes import Length
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_onnx.gradients.tensor import Tensor


@rule("Einsum")
def einsum(s: Step) -> Gradients:
    """Exchange the operand and the output in the equation."""
    ranks = [len(s.input(k).shape) for k in range(s.n_inputs)]
    terms, output = spelled_out(s.text("equation", ""), ranks)
    gradients = {}
    for k, term in enumerate(terms):
        if s.wants(k):
            others = [j for j in range(s.n_inputs) if j != k]
            gradients[k] = _gradient(
                s, s.input(k), term, [(terms[j], s.input(j)) for j in others], output
            )
    return gradients


def _gradient(
    s: Step, x: Tensor, term: str, others: list[tuple[str, Tensor]], output: str
) -> Tensor:
    """Contract everything but this operand; letters that only it has were summed: repeat them."""
    letters = "".join(dict.fromkeys(term))
    if letters != term:
        shape = tuple(x.shape[term.index(letter)] for letter in letters)
        diagonal = x.op("Einsum", shape=shape, equation=f"{term}->{letters}")
        return _on_diagonal(_gradient(s, diagonal, letters, others, output), term)
    reachable = set(output) | {letter for letters, _ in others for letter in letters}
    kept = "".join(letter for letter in term if letter in reachable)
    lengths = _lengths([(output, s.g), *others])
    shape = tuple(lengths[letter] for letter in kept)
    equation = ",".join([output, *(letters for letters, _ in others)]) + "->" + kept
    gradient = s.g.op("Einsum", *(t for _, t in others), shape=shape, equation=equation)
    gradient = gradient.unsqueeze([j for j, letter in enumerate(term) if letter not in kept])
    broadcast = [j for j, length in enumerate(x.shape) if length == 1 and gradient.shape[j] != 1]
    return gradient.sum(broadcast).expand_like(x)


def _on_diagonal(g: Tensor, term: str) -> Tensor:
    """Put values back on the diagonal that a letter written twice had taken, zeros beside it."""
    for axis, letter in enumerate(term):
        first = term.index(letter)
        if first == axis:
            continue
        length = g.shape[first]
        if not isinstance(length, int):
            raise NoRuleError("it takes a diagonal along the batch")
        g = g.unsqueeze([axis])
        shape = [length if k in (first, axis) else 1 for k in range(len(g.shape))]
        g = g * g.tape.constant(np.eye(length).reshape(shape), g.type)
    return g


def _lengths(terms: list[tuple[str, Tensor]]) -> dict[str, Length]:
    lengths: dict[str, Length] = {}
    for term, tensor in terms:
        for letter, length in zip(term, tensor.shape, strict=True):
            if lengths.get(letter, 1) == 1:
                lengths[letter] = length
    return lengths


def spelled_out(equation: str, ranks: list[int]) -> tuple[list[str], str]:
    """
    Return the terms and the output of an equation, with letters for an ellipsis.

    Examples
    --------
    >>> spelled_out("...ij,jk", [4, 2])
    (['ABij', 'jk'], 'ABik')
    """
    left, arrow, output = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    free = [letter for letter in reversed(ascii_letters) if letter not in equation]
    free = sorted(free, key=lambda letter: (letter.islower(), letter))
    own = [rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks, strict=True)]
    width = max(own)
    dots = "".join(free[:width])
    if not arrow:
        letters = left.replace("...", "").replace(",", "")
        output = "..." + "".join(sorted({c for c in letters if letters.count(c) == 1}))
    spelled = [term.replace("...", dots[width - k :]) for term, k in zip(terms, own, strict=True)]
    return spelled, output.replace("...", dots)
