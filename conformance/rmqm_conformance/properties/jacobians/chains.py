"""Laws of whole Jacobians: RMQM-JAC-002 and RMQM-JAC-003."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.jacobians.asking import (
    NEEDS,
    PRODUCTS,
    differentiated,
    rotation,
    size_of,
)
from rmqm_conformance.require import require_close, require_equal
from rmqm_conformance.strategies import Array, PlainEncoder, layered_encoders
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

DRAW = st.integers(0, 2**32 - 1)


def _jacobians(subject: Subject, drawn: PlainEncoder) -> Array:
    found = subject.perform("jacobians", **drawn.arguments)["jacobians"]
    N, d = drawn.inputs.shape
    require_equal("jacobians.shape", found.shape, (N, drawn.n_outputs, d))
    return np.asarray(found)


@law("RMQM-JAC-002/whole", needs=NEEDS, also="RMQM-JAC-001 RMQM-JAC-003", drawn=layered_encoders())
def whole(subject: Subject, drawn: PlainEncoder) -> None:
    """The entry in row e and column k is the derivative of value e by value k of the input."""
    should = np.array([differentiated(drawn.encoder, x)[1] for x in drawn.inputs])
    got = _jacobians(subject, drawn)
    require_close("jacobians", got, should, atol=PRODUCTS * size_of(drawn.encoder))


@law("RMQM-JAC-002/chain-rule", needs=NEEDS, also="RMQM-JAC-001",
     drawn=layered_encoders(max_layers=3))  # fmt: skip
def chain_rule(subject: Subject, drawn: PlainEncoder) -> None:
    """The Jacobian of a network is the product of those of its halves."""
    if len(drawn.encoder) < 2:
        return
    first = evolve(drawn, encoder=drawn.encoder[:1])
    between = np.array([differentiated(first.encoder, x)[0] for x in drawn.inputs])
    rest = PlainEncoder(encoder=drawn.encoder[1:], inputs=between)
    if any(np.abs(layer["bias"]).min() == 0 for layer in rest.encoder):
        return
    should = _jacobians(subject, rest) @ _jacobians(subject, first)
    allowed = 4 * PRODUCTS * size_of(drawn.encoder)
    require_close("jacobians", _jacobians(subject, drawn), should, atol=allowed)


@law("RMQM-JAC-002/turned-inputs", needs=NEEDS, draw=DRAW, drawn=layered_encoders())
def turned_inputs(subject: Subject, draw: int, drawn: PlainEncoder) -> None:
    """Inputs that are turned, for an encoder that turns them back, turn the columns alone."""
    turn = rotation(draw, drawn.inputs.shape[1])
    first, *rest = drawn.encoder
    turned = evolve(
        drawn, encoder=[first | {"weight": first["weight"] @ turn.T}, *rest],
        inputs=drawn.inputs @ turn.T,
    )  # fmt: skip
    should = _jacobians(subject, drawn) @ turn.T
    allowed = 10 * PRODUCTS * size_of(drawn.encoder)
    require_close("jacobians", _jacobians(subject, turned), should, atol=allowed)


@law("RMQM-JAC-002/bounds-of-inputs", needs=NEEDS, drawn=layered_encoders())
def bounds_of_inputs(subject: Subject, drawn: PlainEncoder) -> None:
    """A value map before the encoder is a layer of its own: it divides the Jacobian by its unit."""
    d = drawn.inputs.shape[1]
    mapped = {"weight": 4.0 * np.eye(d), "bias": -0.5 * np.ones(d), "activation": "identity"}
    other = evolve(drawn, encoder=[mapped, *drawn.encoder], inputs=(drawn.inputs + 0.5) / 4)
    should = 4 * _jacobians(subject, drawn)
    allowed = 40 * PRODUCTS * size_of(drawn.encoder)
    require_close("jacobians", _jacobians(subject, other), should, atol=allowed)


@law("RMQM-JAC-003/homogeneous", needs=NEEDS, also="RMQM-JAC-002",
     drawn=layered_encoders(activations=["identity", "relu"]))  # fmt: skip
def homogeneous(subject: Subject, drawn: PlainEncoder) -> None:
    """Without biases, a rectified network is its Jacobian times its input."""
    bare = [layer | {"bias": 0 * layer["bias"]} for layer in drawn.encoder]
    other = evolve(drawn, encoder=bare)
    J = _jacobians(subject, other)
    should = np.array([differentiated(bare, x)[0] for x in drawn.inputs])
    got = np.einsum("ned,nd->ne", J, drawn.inputs)
    allowed = PRODUCTS * size_of(bare) * (1 + np.linalg.norm(drawn.inputs, axis=1).max()) * 4
    require_close("J x", got, should, atol=allowed)


@walk("RMQM-JAC-003/dead-units", needs=NEEDS, also="RMQM-JAC-001")
def dead_units(subject: Subject) -> None:
    """A unit whose sum is 0 or below has the derivative 0, one above it 1."""
    encoder = [{"weight": np.eye(4), "bias": np.zeros(4), "activation": "relu"}]
    inputs = np.array([[0.0, -0.0, 1e-300, -1e-300], [1.0, -1.0, 0.0, 1e-30]])
    drawn = PlainEncoder(encoder=encoder, inputs=inputs)
    got = _jacobians(subject, drawn)
    for i, x in enumerate(inputs):
        require_equal(f"jacobians[{i}]", got[i].tolist(), np.diag((x > 0) * 1.0).tolist())


CHECKS = (whole, chain_rule, turned_inputs, bounds_of_inputs, homogeneous, dead_units)
"""What Jacobians of any correct implementation obey."""
