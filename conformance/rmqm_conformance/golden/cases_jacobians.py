"""Cases of RMQM-JAC-001 to 003, 011 and 012: Jacobians of encoders, and singular values."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, refuse, within
from rmqm_conformance.golden.oracle_jacobians import (
    jacobian,
    measures,
    output,
    read,
    singular_values,
)
from rmqm_conformance.golden.precision import exact, mp, rounded_up

__all__ = ["cases", "layer", "uneven"]

_PRODUCTS = 1e-12
_SINGULAR = 1e-11


def layer(weight: Any, bias: Any = None, activation: str = "identity") -> dict[str, Any]:
    """Return a dense layer; without a bias it is 0."""
    matrix = np.array(weight, "<f8")
    offset = np.zeros(len(matrix)) if bias is None else np.array(bias, "<f8")
    return {"weight": matrix, "bias": offset, "activation": activation}


def uneven(*shape: int) -> Any:
    """Return a matrix of full rank that looks random and is not."""
    count = int(np.prod(shape))
    return np.round(np.cos(np.arange(1.0, count + 1.0) ** 2), 2).reshape(shape)


LINEAR = [layer([[1.0, -2.0, 0.5], [0.25, 1.5, -1.0]], [0.5, -0.25])]
"""From 3 to 2 values."""

SQUASHED = [layer([[0.5, -0.25, 0.75], [1.0, 0.5, -0.5], [-0.75, 0.25, 0.125],
                   [0.25, 0.25, -1.0]], [0.125, -0.25, 0.5, 0.0], "tanh")]  # fmt: skip
"""From 3 to 4 values."""

RECTIFIED = [
    layer([[1.0, -0.5], [-0.75, 1.0], [0.5, 0.5]], [0.25, -0.125, -2.0], "relu"),
    layer([[0.5, 1.0, -1.0], [-1.0, 0.25, 0.5]], [0.0, 0.5]),
]
"""From 2 to 2 values, with a hidden layer of which some units are dead."""

DEEP = [
    layer([[0.5, -1.0, 0.25], [0.75, 0.5, 0.5], [-0.5, 0.25, 1.0], [1.0, 0.0, -0.75]],
          [0.25, 0.0, -0.5, 0.125], "tanh"),
    layer([[0.5, 0.25, -0.75, 1.0], [1.0, -0.5, 0.5, 0.25], [-0.25, 1.0, 0.5, -0.5]],
          [0.5, 0.25, 0.125], "relu"),
    layer([[0.75, -0.5, 1.0], [0.5, 1.0, 0.25]], [0.0, -0.125], "tanh"),
]  # fmt: skip
"""From 3 to 2 values, with two hidden layers."""

_AT = [[0.5, -0.25, 0.125], [-0.75, 0.5, 1.0]]
_AT_TWO = [[0.5, -0.25], [-0.75, 1.0], [0.25, 2.0]]


def cases() -> list[Case]:
    """Return the cases."""
    return [*_products(), *_jacobians(), *_spectra(), *_refusals()]


def _product(name: str, title: str, encoder: Any, inputs: Any, also: str = "") -> Case:
    """Return a case of both products in three directions."""
    x, E = np.array(inputs, "<f8"), len(encoder[-1]["bias"])
    d = x.shape[1]
    tangents = np.round(np.cos(np.arange(x.shape[0] * 3 * d) + 1.0).reshape(-1, 3, d), 3)
    cotangents = np.round(np.sin(np.arange(x.shape[0] * 2 * E) + 1.0).reshape(-1, 2, E), 3)
    args = {"encoder": encoder, "inputs": x, "tangents": tangents, "cotangents": cotangents}
    network, pushed, pulled, encodings = read(encoder), [], [], []
    for one, ts, cs in zip(exact(x), exact(tangents), exact(cotangents), strict=True):
        J = jacobian(network, one)
        encodings.append(output(network, one))
        pushed.append([list(J * mp.matrix(t)) for t in ts])
        pulled.append([list(J.T * mp.matrix(c)) for c in cs])
    rules = {
        "encodings": within(encodings, _PRODUCTS, "RMQM-JAC-001"),
        "pushed": within(pushed, _PRODUCTS, "RMQM-JAC-001"),
        "pulled": within(pulled, _PRODUCTS, "RMQM-JAC-001"),
    }
    return case(name, title, "jacobian_products", args, rules, also=also)


def _products() -> list[Case]:
    return [
        _product(
            "RMQM-JAC-001/linear",
            "The products of a linear encoder are those of its weights",
            LINEAR,
            _AT,
        ),
        _product(
            "RMQM-JAC-001/squashed",
            "Behind tanh, slopes are those at the sums",
            SQUASHED,
            _AT,
        ),
        _product(
            "RMQM-JAC-001/deep",
            "Three layers multiply in their order",
            DEEP,
            _AT,
        ),
        _product(
            "RMQM-JAC-001/rectified",
            "Dead units stop both products",
            RECTIFIED,
            _AT_TWO,
        ),
        _product(
            "RMQM-JAC-001/saturated",
            "A unit of tanh in saturation has next to no slope",
            [layer([[8.0, -2.0], [0.5, 1.0]], [1.0, 0.25], "tanh")],
            [[1.0, -0.5], [-1.25, 0.5]],
        ),
    ]


def _whole(name: str, title: str, encoder: Any, inputs: Any, also: str = "") -> Case:
    """Return a case of whole Jacobians."""
    x = np.array(inputs, "<f8")
    network = read(encoder)
    values = [jacobian(network, one).tolist() for one in exact(x)]
    rules = {"jacobians": within(values, _PRODUCTS, "RMQM-JAC-001")}
    return case(name, title, "jacobians", {"encoder": encoder, "inputs": x}, rules, also=also)


def _jacobians() -> list[Case]:
    kinks = [layer([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]], None, "relu")]
    return [
        _whole(
            "RMQM-JAC-002/linear",
            "A row for each value of the encoding, a column for each value of the input",
            LINEAR,
            _AT[:1],
        ),
        _whole(
            "RMQM-JAC-002/more-values-than-the-input",
            "Also where the encoding is longer than the input",
            SQUASHED,
            _AT,
        ),
        _whole(
            "RMQM-JAC-002/square",
            "A square Jacobian is not transposed",
            RECTIFIED,
            _AT_TWO,
        ),
        _whole("RMQM-JAC-002/deep", "The Jacobian of three layers", DEEP, _AT),
        _whole(
            "RMQM-JAC-003/at-the-kink",
            "The derivative of a rectified unit at 0 is 0",
            kinks,
            [[0.0, 0.5], [0.5, 0.5], [0.0, 0.0], [-0.5, 0.0]],
            also="RMQM-JAC-002",
        ),
    ]


def _singular(name: str, title: str, encoder: Any, inputs: Any, also: str = "") -> Case:
    """Return a case of `encoder_spectrum`."""
    x = np.array(inputs, "<f8")
    network = read(encoder)
    found = [singular_values(network, one) for one in exact(x)]
    told = [measures(s) for s in found]
    rules: dict[str, Rule] = {
        "singular_values": within(found, _SINGULAR, "products of RMQM-JAC-001, a division by |f|")
    }
    least = min(one for s in found for one in s if one)
    allowed = rounded_up(_SINGULAR + _SINGULAR / least)
    for key in ("norms", "ranks", "conditions", "volumes"):
        rules[key] = within([one[key] for one in told], allowed, "those, through RMQM-JAC-012")
    args = {"encoder": encoder, "inputs": x}
    return case(name, title, "encoder_spectrum", args, rules, also=also)


def _spectra() -> list[Case]:
    isotropic = [layer(np.eye(3)[:, :2], [0.0, 0.0, 2.0])]
    return [
        _singular(
            "RMQM-JAC-011/squashed",
            "Of four values three singular values are left: a sphere has a dimension less",
            SQUASHED,
            _AT,
            also="RMQM-JAC-012",
        ),
        _singular(
            "RMQM-JAC-011/fewer-values-than-the-input",
            "An encoding of two values has a single singular value",
            LINEAR,
            _AT,
            also="RMQM-JAC-012",
        ),
        _singular(
            "RMQM-JAC-011/deep",
            "Through three layers",
            [*SQUASHED, layer(uneven(5, 4), None, "tanh")],
            _AT,
            also="RMQM-JAC-012",
        ),
        _singular(
            "RMQM-JAC-012/even",
            "Two equal singular values have the rank 2 and the condition 0",
            isotropic,
            [[0.0, 0.0]],
            also="RMQM-JAC-011",
        ),
        _singular(
            "RMQM-JAC-012/uneven",
            "Entropy and logarithms are natural, the condition is decimal",
            [
                layer(
                    [[1.0, 0.0, 0.0], [0.0, 0.125, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.015625]],
                    [0.0, 0.0, 1.0, 0.0],
                )
            ],
            [[0.0, 0.0, 0.0], [0.25, 0.5, 0.0]],
            also="RMQM-JAC-011",
        ),
        _singular(
            "RMQM-JAC-012/flat-but-not-zero",
            "A singular value of a millionth of the first is none that rounding made",
            [layer([[1.0, 0.0], [0.0, 1e-6], [0.0, 0.0]], [0.0, 0.0, 1.0])],
            [[0.5, 0.25]],
            also="RMQM-JAC-011",
        ),
        _singular(
            "RMQM-JAC-012/deficient",
            "A singular value of 0 leaves norm and rank, and makes condition and volume infinite",
            [layer([[1.0, 0.0], [2.0, 0.0], [0.0, 0.0]], [0.0, 0.0, 1.0])],
            [[0.5, 0.25]],
            also="RMQM-JAC-011",
        ),
    ]


def _refusals() -> list[Case]:
    return [
        case(
            "RMQM-JAC-011/origin",
            "An encoding of norm zero has no direction",
            "encoder_spectrum",
            {"encoder": [layer(np.eye(3))], "inputs": np.zeros((1, 3))},
            refuse("an encoding of norm zero"),
        ),
    ]
