"""Laws of products with Jacobians: RMQM-JAC-001 to RMQM-JAC-003."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.jacobians.asking import NEEDS, PRODUCTS, differentiated, size_of
from rmqm_conformance.require import require_close, require_equal
from rmqm_conformance.strategies import Array, PlainEncoder, layered_encoders
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

DRAW = st.integers(0, 2**32 - 1)


def _asked(
    subject: Subject, drawn: PlainEncoder, tangents: Array, cotangents: Array
) -> dict[str, Array]:
    answer = subject.perform(
        "jacobian_products", **drawn.arguments, tangents=tangents, cotangents=cotangents
    )
    N, d = drawn.inputs.shape
    require_equal("encodings.shape", answer["encodings"].shape, (N, drawn.n_outputs))
    require_equal("pushed.shape", answer["pushed"].shape, (*tangents.shape[:2], drawn.n_outputs))
    require_equal("pulled.shape", answer["pulled"].shape, (*cotangents.shape[:2], d))
    return answer


def _directions(draw: int, drawn: PlainEncoder) -> tuple[Array, Array]:
    rng = np.random.default_rng(draw)
    N, d = drawn.inputs.shape
    K, L = (int(count) for count in rng.integers(1, 4, 2))
    return rng.normal(size=(N, K, d)), rng.normal(size=(N, L, drawn.n_outputs))


@law("RMQM-JAC-001/both-sides", needs=NEEDS, draw=DRAW, drawn=layered_encoders())
def both_sides(subject: Subject, draw: int, drawn: PlainEncoder) -> None:
    """The product of c with J t is that of J'c with t, for all t and c."""
    tangents, cotangents = _directions(draw, drawn)
    answer = _asked(subject, drawn, tangents, cotangents)
    forward = np.einsum("nle,nke->nlk", cotangents, answer["pushed"])
    backward = np.einsum("nld,nkd->nlk", answer["pulled"], tangents)
    lengths = np.linalg.norm(cotangents, axis=2).max() * np.linalg.norm(tangents, axis=2).max()
    allowed = 2 * PRODUCTS * size_of(drawn.encoder) * lengths
    require_close("<J'c, t>", backward, forward, atol=allowed)


@law("RMQM-JAC-001/products", needs=NEEDS, also="RMQM-JAC-003", draw=DRAW,
     drawn=layered_encoders())  # fmt: skip
def products(subject: Subject, draw: int, drawn: PlainEncoder) -> None:
    """Products are those of the derivatives of all layers, in their order."""
    tangents, cotangents = _directions(draw, drawn)
    answer = _asked(subject, drawn, tangents, cotangents)
    size = size_of(drawn.encoder)
    for i, x in enumerate(drawn.inputs):
        z, J = differentiated(drawn.encoder, x)
        require_close(f"encodings[{i}]", answer["encodings"][i], z, atol=1e-12 * (1 + size))
        for key, vectors, matrix in (("pushed", tangents, J.T), ("pulled", cotangents, J)):
            length = np.linalg.norm(vectors[i], axis=1).max()
            should = vectors[i] @ matrix
            require_close(f"{key}[{i}]", answer[key][i], should, atol=PRODUCTS * size * length)


@law("RMQM-JAC-001/linear-in-directions", needs=NEEDS, draw=DRAW, drawn=layered_encoders())
def linear_in_directions(subject: Subject, draw: int, drawn: PlainEncoder) -> None:
    """A sum of directions has the sum of their products, a multiple the multiple."""
    tangents, cotangents = _directions(draw, drawn)
    several = [
        np.concatenate([vectors[:, :1], vectors[:, -1:], 3 * vectors[:, :1] - vectors[:, -1:]], 1)
        for vectors in (tangents, cotangents)
    ]
    answer = _asked(subject, drawn, *several)
    for key, vectors in zip(("pushed", "pulled"), several, strict=True):
        first, last, combined = np.moveaxis(answer[key], 1, 0)
        allowed = 6 * PRODUCTS * size_of(drawn.encoder) * np.linalg.norm(vectors, axis=2).max()
        require_close(key, combined, 3 * first - last, atol=allowed)


@law("RMQM-JAC-001/one-by-one", needs=NEEDS, draw=DRAW, drawn=layered_encoders())
def one_by_one(subject: Subject, draw: int, drawn: PlainEncoder) -> None:
    """The products of an input do not depend on the others, nor on other directions."""
    tangents, cotangents = _directions(draw, drawn)
    together = _asked(subject, drawn, tangents, cotangents)
    for i in range(len(drawn.inputs)):
        alone = evolve(drawn, inputs=drawn.inputs[[i]])
        got = _asked(subject, alone, tangents[[i], -1:], cotangents[[i], -1:])
        for key in ("pushed", "pulled"):
            allowed = 20 * PRODUCTS * size_of(drawn.encoder)
            require_close(f"{key} of input {i}", got[key][0, 0], together[key][i, -1], atol=allowed)


@law("RMQM-JAC-002/rows-and-columns", needs=NEEDS, also="RMQM-JAC-001", drawn=layered_encoders())
def rows_and_columns(subject: Subject, drawn: PlainEncoder) -> None:
    """Rows are products with cotangents of the identity, columns with tangents."""
    N, d = drawn.inputs.shape
    E = drawn.n_outputs
    tangents = np.broadcast_to(np.eye(d), (N, d, d))
    cotangents = np.broadcast_to(np.eye(E), (N, E, E))
    answer = _asked(subject, drawn, np.array(tangents), np.array(cotangents))
    J = subject.perform("jacobians", **drawn.arguments)["jacobians"]
    require_equal("jacobians.shape", J.shape, (N, E, d))
    allowed = 2 * PRODUCTS * size_of(drawn.encoder)
    require_close("jacobians by rows", J, answer["pulled"], atol=allowed)
    require_close("jacobians by columns", J, answer["pushed"].transpose(0, 2, 1), atol=allowed)


CHECKS = (both_sides, products, linear_in_directions, one_by_one, rows_and_columns)
"""What products of any correct implementation obey."""
