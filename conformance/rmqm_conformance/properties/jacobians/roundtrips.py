"""Laws of related autoencoders: other latents, other inputs, fixed points. RMQM-JAC-005 and 006."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.jacobians.asking import (
    NEEDS,
    SURE,
    differentiated,
    eigenvalues_of,
    open_by,
    require_same_eigenvalues,
    rotation,
    size_of,
    well_conditioned,
)
from rmqm_conformance.properties.jacobians.autoencoders import asked, expected, require_spectrum_of
from rmqm_conformance.require import require_close
from rmqm_conformance.strategies import Array, PlainAutoencoder, autoencoders
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

DRAW = st.integers(0, 2**32 - 1)


def _require_spectra(
    subject: Subject, drawn: PlainAutoencoder, other: PlainAutoencoder, times: float = 1.0
) -> None:
    """Demand of another autoencoder the spectra of the drawn one."""
    answer = asked(subject, other)
    size = size_of(drawn.encoder) * size_of(drawn.decoder)
    for i, x in enumerate(drawn.inputs):
        should = expected(drawn, x)
        require_spectrum_of(answer, "latent", i, should.of_latent, size, times=times)
        require_spectrum_of(answer, "input", i, should.of_input, size, times=times)


@law("RMQM-JAC-005/turned-latents", needs=NEEDS, also="RMQM-JAC-006 RMQM-JAC-007", draw=DRAW,
     drawn=autoencoders())  # fmt: skip
def turned_latents(subject: Subject, draw: int, drawn: PlainAutoencoder) -> None:
    """Latents that are turned, for a decoder that turns them back, have the same spectra."""
    turn = rotation(draw, drawn.n)
    _require_spectra(subject, drawn, drawn.through(turn, turn.T), times=10)


@law("RMQM-JAC-005/other-latents", needs=NEEDS, also="RMQM-JAC-006 RMQM-JAC-007", draw=DRAW,
     drawn=autoencoders())  # fmt: skip
def other_latents(subject: Subject, draw: int, drawn: PlainAutoencoder) -> None:
    """No invertible map between encoder and decoder changes a spectrum."""
    change = well_conditioned(draw, drawn.n)
    _require_spectra(subject, drawn, drawn.through(change, np.linalg.inv(change)), times=40)


@law("RMQM-JAC-006/turned-inputs", needs=NEEDS, also="RMQM-JAC-005", draw=DRAW,
     drawn=autoencoders())  # fmt: skip
def turned_inputs(subject: Subject, draw: int, drawn: PlainAutoencoder) -> None:
    """A rotation of the space of inputs changes neither spectra nor errors."""
    turn = rotation(draw, drawn.inputs.shape[1])
    size = len(turn)
    back = {"weight": turn.T, "bias": np.zeros(size), "activation": "identity"}
    there = {"weight": turn, "bias": np.zeros(size), "activation": "identity"}
    other = evolve(
        drawn,
        encoder=[back, *drawn.encoder],
        decoder=[*drawn.decoder, there],
        inputs=drawn.inputs @ turn.T,
    )
    _require_spectra(subject, drawn, other, times=10)
    errors = (asked(subject, one)["errors"] for one in (other, drawn))
    require_close("errors", *errors, atol=1e-10 * (1 + size_of(drawn.decoder)) ** 2)


@law("RMQM-JAC-006/fixed-point", needs=NEEDS, also="RMQM-JAC-005",
     drawn=autoencoders(activations=["identity", "tanh"], narrow=True))  # fmt: skip
def fixed_point(subject: Subject, drawn: PlainAutoencoder) -> None:
    """Where an input is reconstructed without error, both spectra agree."""
    x = drawn.inputs[:1]
    last = drawn.decoder[-1] | {"activation": "identity"}
    plain = evolve(drawn, inputs=x, decoder=[*drawn.decoder[:-1], last])
    missing = x[0] - expected(plain, x[0]).reconstruction
    exact = [*plain.decoder[:-1], last | {"bias": last["bias"] + missing}]
    answer = asked(subject, evolve(plain, decoder=exact))
    require_close("errors", answer["errors"], [0.0], atol=1e-20)
    A = expected(evolve(plain, decoder=exact), x[0]).of_input
    size = 1 + size_of(drawn.encoder) * size_of(drawn.decoder)
    traces = (answer[f"{space}_traces"] for space in ("latent", "input"))
    require_close("traces of both", *traces, atol=1e-10 * size)
    noise = max(size / max(float(np.linalg.norm(A)), 1e-300), 1.0)
    if (allowed := 20 * noise * open_by(A)) <= SURE * float(np.linalg.norm(A)):
        got = eigenvalues_of(answer, "latent_eigenvalues")[0]
        should = eigenvalues_of(answer, "input_eigenvalues")[0]
        require_same_eigenvalues("eigenvalues of both", got, should, allowed)


@law("RMQM-JAC-006/linear", needs=NEEDS, also="RMQM-JAC-005",
     drawn=autoencoders(activations=["identity"], narrow=True))  # fmt: skip
def linear(subject: Subject, drawn: PlainAutoencoder) -> None:
    """A linear autoencoder has the same two spectra everywhere."""
    answer = asked(subject, drawn)
    size = size_of(drawn.encoder) * size_of(drawn.decoder)
    A = expected(drawn, drawn.inputs[0]).of_input
    for i in range(len(drawn.inputs)):
        for space in ("latent", "input"):
            require_spectrum_of(answer, space, i, A, size)


@law("RMQM-JAC-006/the-other-way-round", needs=NEEDS, also="RMQM-JAC-005",
     drawn=autoencoders(narrow=True))  # fmt: skip
def the_other_way_round(subject: Subject, drawn: PlainAutoencoder) -> None:
    """The latent spectrum at x is the input spectrum, at its latent, of decoder and encoder."""
    latents = np.array([differentiated(drawn.encoder, x)[0] for x in drawn.inputs])
    other = PlainAutoencoder(encoder=drawn.decoder, decoder=drawn.encoder, inputs=latents)
    answer = asked(subject, other)
    size = size_of(drawn.encoder) * size_of(drawn.decoder)
    for i, x in enumerate(drawn.inputs):
        require_spectrum_of(answer, "input", i, expected(drawn, x).of_latent, size)


@law("RMQM-JAC-006/one-by-one", needs=NEEDS, also="RMQM-JAC-005", drawn=autoencoders())
def one_by_one(subject: Subject, drawn: PlainAutoencoder) -> None:
    """The spectra of an input do not depend on the others of its batch."""
    together = asked(subject, drawn)
    size = 1 + size_of(drawn.encoder) * size_of(drawn.decoder)
    for i in range(len(drawn.inputs)):
        alone = asked(subject, evolve(drawn, inputs=drawn.inputs[[i]]))
        for key in ("latents", "errors", "latent_jacobians", "latent_traces", "input_traces"):
            values: tuple[Array, Array] = (alone[key][0], together[key][i])
            require_close(f"{key}[{i}]", *values, atol=1e-11 * size**2)


CHECKS = (
    turned_latents,
    other_latents,
    turned_inputs,
    fixed_point,
    linear,
    the_other_way_round,
    one_by_one,
)
