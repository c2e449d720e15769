"""Laws of singular values of encoders alone: RMQM-JAC-011 and RMQM-JAC-012."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.jacobians.asking import NEEDS, differentiated, rotation, size_of
from rmqm_conformance.require import require, require_close, require_equal
from rmqm_conformance.strategies import Array, PlainEncoder, layered_encoders
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

DRAW = st.integers(0, 2**32 - 1)
SMOOTH = layered_encoders(activations=["identity", "tanh"], min_outputs=2)
MEASURES = ("norms", "ranks", "conditions", "volumes")
LEAST = 1e-7
"""Singular values that are further below the first are not compared by their logarithms."""


def _asked(subject: Subject, drawn: PlainEncoder) -> dict[str, Array]:
    answer = subject.perform("encoder_spectrum", **drawn.arguments)
    N, d = drawn.inputs.shape
    r = min(drawn.n_outputs - 1, d)
    require_equal("singular_values.shape", answer["singular_values"].shape, (N, r))
    for key in MEASURES:
        require_equal(f"{key}.shape", answer[key].shape, (N,))
    return answer


def _expected(drawn: PlainEncoder) -> Array:
    """Return the singular values (N, r) of the unit encoding."""
    every = []
    for x in drawn.inputs:
        z, J = differentiated(drawn.encoder, x)
        u = z / np.linalg.norm(z)
        found = np.linalg.svd((J - np.outer(u, u @ J)) / np.linalg.norm(z), compute_uv=False)
        every.append(found[: min(len(z) - 1, len(x))])
    return np.array(every)


def _doubt(drawn: PlainEncoder) -> float:
    """Return how uncertain products leave the singular values."""
    lengths = [np.linalg.norm(differentiated(drawn.encoder, x)[0]) for x in drawn.inputs]
    return float(1e-11 * (1 + size_of(drawn.encoder)) / min(lengths) * (1 + 1 / min(lengths)))


@law("RMQM-JAC-011/of-the-unit-encoding", needs=NEEDS, drawn=layered_encoders(min_outputs=2))
def of_the_unit_encoding(subject: Subject, drawn: PlainEncoder) -> None:
    """Singular values are those of the encoding divided by its norm, and fall."""
    if any(not differentiated(drawn.encoder, x)[0].any() for x in drawn.inputs):
        return
    found = _asked(subject, drawn)["singular_values"]
    require((np.diff(found, axis=1) <= 0).all(), f"singular values must fall; got {found.tolist()}")
    require((found >= 0).all(), f"singular values must not be below 0; got {found.tolist()}")
    require_close("singular_values", found, _expected(drawn), atol=_doubt(drawn))


@law("RMQM-JAC-012/of-singular-values", needs=NEEDS, drawn=SMOOTH)
def of_singular_values(subject: Subject, drawn: PlainEncoder) -> None:
    """Norm, rank, condition and volume are those of the singular values that were given."""
    answer = _asked(subject, drawn)
    for i, s in enumerate(answer["singular_values"]):
        if s[-1] <= LEAST * s[0]:
            continue
        shares = s / s.sum()
        should = {
            "norms": np.sqrt((s**2).sum()),
            "ranks": np.exp(-(shares * np.log(shares)).sum()),
            "conditions": np.log10(s[0] / s[-1]),
            "volumes": np.log(s).mean(),
        }
        for key, value in should.items():
            require_close(f"{key}[{i}]", answer[key][i], value, atol=1e-10 * (1 + abs(value)))
        require(
            1 - 1e-9 <= answer["ranks"][i] <= len(s) + 1e-9,
            f"a rank must lie between 1 and {len(s)}; got {answer['ranks'][i]}",
        )


def _require_same(
    subject: Subject, drawn: PlainEncoder, other: PlainEncoder, factor: float = 1.0
) -> None:
    """Demand that all singular values are multiplied by a factor."""
    one, found = _asked(subject, drawn), _asked(subject, other)
    s = one["singular_values"]
    doubt = 10 * (_doubt(drawn) * factor + _doubt(other))
    require_close("singular_values", found["singular_values"], factor * s, atol=doubt)
    if (s[:, -1] > LEAST * s[:, 0]).all() and doubt < LEAST**2 * s[:, 0].min():
        allowed = 1e-6
        require_close("ranks", found["ranks"], one["ranks"], atol=allowed)
        require_close("conditions", found["conditions"], one["conditions"], atol=allowed)
        moved = one["volumes"] + np.log(factor)
        require_close("volumes", found["volumes"], moved, atol=allowed)


@law("RMQM-JAC-011/scale-of-encodings", needs=NEEDS, also="RMQM-JAC-012", drawn=SMOOTH,
     factor=st.sampled_from([0.125, 3.0, 1000.0]))  # fmt: skip
def scale_of_encodings(subject: Subject, drawn: PlainEncoder, factor: float) -> None:
    """Encodings of another length have the same singular values."""
    E = drawn.n_outputs
    longer = {"weight": factor * np.eye(E), "bias": np.zeros(E), "activation": "identity"}
    _require_same(subject, drawn, evolve(drawn, encoder=[*drawn.encoder, longer]))


@law("RMQM-JAC-011/turned-encodings", needs=NEEDS, also="RMQM-JAC-012", draw=DRAW, drawn=SMOOTH)
def turned_encodings(subject: Subject, draw: int, drawn: PlainEncoder) -> None:
    """A rotation or reflection of the encodings changes no singular value."""
    turn = rotation(draw, drawn.n_outputs)
    last = {"weight": turn, "bias": np.zeros(len(turn)), "activation": "identity"}
    _require_same(subject, drawn, evolve(drawn, encoder=[*drawn.encoder, last]))


@law("RMQM-JAC-011/turned-inputs", needs=NEEDS, also="RMQM-JAC-012", draw=DRAW, drawn=SMOOTH)
def turned_inputs(subject: Subject, draw: int, drawn: PlainEncoder) -> None:
    """A rotation of the inputs changes no singular value."""
    turn = rotation(draw, drawn.inputs.shape[1])
    first = {"weight": turn.T, "bias": np.zeros(len(turn)), "activation": "identity"}
    other = evolve(drawn, encoder=[first, *drawn.encoder], inputs=drawn.inputs @ turn.T)
    _require_same(subject, drawn, other)


@law("RMQM-JAC-011/units-of-inputs", needs=NEEDS, also="RMQM-JAC-012", drawn=SMOOTH,
     factor=st.sampled_from([0.25, 2.0, 255.0]))  # fmt: skip
def units_of_inputs(subject: Subject, drawn: PlainEncoder, factor: float) -> None:
    """In units that are k times larger, inputs move encodings k times as much."""
    d = drawn.inputs.shape[1]
    first = {"weight": factor * np.eye(d), "bias": np.zeros(d), "activation": "identity"}
    other = evolve(drawn, encoder=[first, *drawn.encoder], inputs=drawn.inputs / factor)
    _require_same(subject, drawn, other, factor)


@law("RMQM-JAC-012/fewer-dimensions", needs=NEEDS, also="RMQM-JAC-011", draw=DRAW)
def fewer_dimensions(subject: Subject, draw: int) -> None:
    """Encodings of fewer dimensions than they could have have an infinite condition."""
    rng = np.random.default_rng(draw)
    inner = rng.integers(-3, 4, (1, 4)).astype(float)
    inner[0, 0] = 2.0
    outer = rng.integers(-3, 4, (5, 1)).astype(float)
    outer[0, 0] = 1.0
    bias = np.zeros(5)
    bias[1] = 4.0
    encoder = [{"weight": outer @ inner, "bias": bias, "activation": "identity"}]
    drawn = PlainEncoder(encoder=encoder, inputs=np.array([[0.5, 0.25, -0.5, 1.0]]))
    answer = _asked(subject, drawn)
    require_close("conditions", answer["conditions"], [np.inf], atol=0)
    require_close("volumes", answer["volumes"], [-np.inf], atol=0)
    require_close("ranks", answer["ranks"], [1.0], atol=1e-9)
    s = answer["singular_values"][0]
    require_close("norms", answer["norms"], [s[0]], atol=1e-9 * s[0])


@walk("RMQM-JAC-012/nothing-moves", needs=NEEDS, also="RMQM-JAC-011")
def nothing_moves(subject: Subject) -> None:
    """An encoder that does not move has the norm 0, and neither rank nor condition."""
    still = {"weight": np.zeros((3, 2)), "bias": np.array([1.0, 0.5, -2.0])}
    encoder = [still | {"activation": "identity"}]
    answer = _asked(subject, PlainEncoder(encoder=encoder, inputs=np.array([[0.5, 0.25]])))
    should = {"norms": 0.0, "ranks": np.nan, "conditions": np.nan, "volumes": -np.inf}
    for key, value in should.items():
        require_close(key, answer[key], [value], atol=0)


@walk("RMQM-JAC-012/a-single-value", needs=NEEDS, also="RMQM-JAC-011")
def a_single_value(subject: Subject) -> None:
    """The direction of a single value cannot move: it has a norm of 0, and nothing else."""
    one = {"weight": np.array([[1.0, 2.0]]), "bias": np.array([0.5]), "activation": "tanh"}
    answer = _asked(subject, PlainEncoder(encoder=[one], inputs=np.array([[0.5, 0.25]])))
    require_close("norms", answer["norms"], [0.0], atol=0)
    for key in ("ranks", "conditions", "volumes"):
        require_close(key, answer[key], [np.nan], atol=0)


@law("RMQM-JAC-011/one-by-one", needs=NEEDS, also="RMQM-JAC-012", drawn=SMOOTH)
def one_by_one(subject: Subject, drawn: PlainEncoder) -> None:
    """The singular values of an input do not depend on the others of its batch."""
    together = _asked(subject, drawn)
    for i in range(len(drawn.inputs)):
        alone = _asked(subject, evolve(drawn, inputs=drawn.inputs[[i]]))
        for key in ("singular_values", "norms"):
            values = (alone[key][0], together[key][i])
            require_close(f"{key}[{i}]", *values, atol=4 * _doubt(drawn))


CHECKS = (
    of_the_unit_encoding,
    of_singular_values,
    scale_of_encodings,
    turned_encodings,
    turned_inputs,
    units_of_inputs,
    fewer_dimensions,
    nothing_moves,
    a_single_value,
    one_by_one,
)
