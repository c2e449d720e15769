"""RMQM-JAC-001 to 006, 011 and 012 to 50 digits: networks of dense layers and their Jacobians."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = [
    "Layers",
    "ReadLayers",
    "jacobian",
    "measures",
    "output",
    "read",
    "singular_values",
    "unit_jacobian",
]

Layers: TypeAlias = Sequence[dict[str, Any]]
"""Dense layers as in the operations: weight (O, I), bias (O), activation."""

ReadLayers: TypeAlias = list[tuple[Any, Any, str]]
"""Weight and bias of each layer as matrices of `mp`, and the name of its activation."""

Matrix: TypeAlias = Any


def read(layers: Layers) -> ReadLayers:
    """Return layers without rounding."""
    return [
        (mp.matrix(exact(one["weight"])), mp.matrix(exact(one["bias"])), one["activation"])
        for one in layers
    ]


def output(layers: ReadLayers, x: Sequence[Exact]) -> list[Exact]:
    """Return what a network makes of an input."""
    values = mp.matrix(list(x))
    for weight, bias, activation in layers:
        values = mp.matrix([_value(activation, one) for one in weight * values + bias])
    return list(values)


def jacobian(layers: ReadLayers, x: Sequence[Exact]) -> Matrix:
    """Return the Jacobian (E, d) of a network at an input."""
    values, product = mp.matrix(list(x)), mp.eye(len(x))
    for weight, bias, activation in layers:
        sums = weight * values + bias
        product = mp.diag([_slope(activation, one) for one in sums]) * (weight * product)
        values = mp.matrix([_value(activation, one) for one in sums])
    return product


def _value(activation: str, s: Exact) -> Exact:
    if activation == "tanh":
        return mp.tanh(s)
    return s if activation == "identity" else max(s, mp.zero)


def _slope(activation: str, s: Exact) -> Exact:
    if activation == "tanh":
        return 1 - mp.tanh(s) ** 2
    return mp.mpf(activation == "identity" or s > 0)


def unit_jacobian(layers: ReadLayers, x: Sequence[Exact]) -> Matrix:
    """Return the Jacobian of the encoding divided by its norm (RMQM-JAC-011)."""
    z = mp.matrix(output(layers, x))
    length = mp.norm(z)
    u = z / length
    return (mp.eye(len(z)) - u * u.T) * jacobian(layers, x) / length


def singular_values(layers: ReadLayers, x: Sequence[Exact]) -> list[Exact]:
    """Return the largest singular values of the unit encoding, as many as it can have."""
    J = unit_jacobian(layers, x)
    found = sorted(mp.svd_r(J, compute_uv=False), reverse=True)
    return [_settled(one, found[0]) for one in found[: min(J.rows - 1, J.cols)]]


def _settled(value: Exact, largest: Exact) -> Exact:
    return value if value > largest * mp.mpf(10) ** -40 else mp.zero


def measures(s: Sequence[Exact]) -> dict[str, Exact]:
    """Return the four quantities of RMQM-JAC-012."""
    total = mp.fsum(s)
    shares = [one / total for one in s if one]
    return {
        "norms": mp.sqrt(mp.fsum(one**2 for one in s)),
        "ranks": mp.exp(-mp.fsum(p * mp.log(p) for p in shares)),
        "conditions": mp.log10(s[0] / s[-1]) if s[-1] else mp.inf,
        "volumes": mp.fsum(map(mp.log, s)) / len(s) if s[-1] else -mp.inf,
    }
