"""Laws of the two Jacobians of an autoencoder: RMQM-JAC-004 to RMQM-JAC-006."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from rmqm_conformance.laws import law
from rmqm_conformance.properties.jacobians.asking import (
    NEEDS,
    SURE,
    differentiated,
    eigenvalues_of,
    open_by,
    require_same_eigenvalues,
    size_of,
    volume_open_by,
)
from rmqm_conformance.require import require_close, require_equal
from rmqm_conformance.strategies import Array, PlainAutoencoder, autoencoders
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS", "Expected", "asked", "expected", "require_spectrum_of"]

PRODUCTS = 1e-11


@frozen(kw_only=True)
class Expected:
    """What an autoencoder makes of an input, and its two Jacobians, in float64."""

    latent: Array
    reconstruction: Array
    of_latent: Array
    of_input: Array
    whole: Array


def expected(drawn: PlainAutoencoder, x: Array) -> Expected:
    """Return both Jacobians at an input; `whole` is that of D after E, d x d."""
    z, at_x = differentiated(drawn.encoder, x)
    again, dD = differentiated(drawn.decoder, z)
    _, at_again = differentiated(drawn.encoder, again)
    return Expected(
        latent=z,
        reconstruction=again,
        of_latent=at_again @ dD,
        of_input=at_x @ dD if len(z) <= len(x) else dD @ at_x,
        whole=dD @ at_x,
    )


def asked(subject: Subject, drawn: PlainAutoencoder) -> dict[str, Any]:
    """Ask for the spectra of an autoencoder: results have their shapes."""
    answer = subject.perform("autoencoder_spectrum", **drawn.arguments)
    N, d = drawn.inputs.shape
    sizes = {"latent": drawn.n, "input": min(drawn.n, d)}
    require_equal("latents.shape", answer["latents"].shape, (N, drawn.n))
    require_equal("reconstructions.shape", answer["reconstructions"].shape, (N, d))
    require_equal("errors.shape", answer["errors"].shape, (N,))
    require_equal("latent_jacobians.shape", answer["latent_jacobians"].shape, (N, drawn.n, drawn.n))
    for space, n in sizes.items():
        found = answer[f"{space}_eigenvalues"]
        require_equal(f"{space}_eigenvalues.shape", found.shape, (N, n, 2))
        for key in ("traces", "log_volumes", "orientations"):
            require_equal(f"{space}_{key}.shape", answer[f"{space}_{key}"].shape, (N,))
    return answer


def require_spectrum_of(
    answer: dict[str, Any], space: str, i: int, A: Array, size: float, *, times: float = 1.0
) -> None:
    """Demand the spectrum of a matrix that was computed here, where rounding leaves it sure."""
    norm = float(np.linalg.norm(A))
    noise = times * max(size / norm, 1.0) if norm else np.inf
    trace = answer[f"{space}_traces"][i]
    require_close(f"{space}_traces", trace, np.trace(A), atol=times * PRODUCTS * (1 + size))
    if (allowed := 10 * noise * open_by(A)) <= SURE * norm:
        found = eigenvalues_of(answer, f"{space}_eigenvalues")[i]
        require_same_eigenvalues(f"{space}_eigenvalues", found, np.linalg.eigvals(A), allowed)
    if (moved := 10 * noise * volume_open_by(A)) <= SURE:
        sign, log = np.linalg.slogdet(A)
        require_close(f"{space}_log_volumes", answer[f"{space}_log_volumes"][i], log, atol=moved)
        require_close(f"{space}_orientations", answer[f"{space}_orientations"][i], sign, atol=0)


@law("RMQM-JAC-004/round-trip", needs=NEEDS, drawn=autoencoders())
def round_trip(subject: Subject, drawn: PlainAutoencoder) -> None:
    """Latents, reconstructions and the mean squared error over the values of an input."""
    answer = asked(subject, drawn)
    for i, x in enumerate(drawn.inputs):
        should = expected(drawn, x)
        size = 1 + size_of(drawn.encoder) * size_of(drawn.decoder)
        require_close(f"latents[{i}]", answer["latents"][i], should.latent, atol=PRODUCTS * size)
        got = answer["reconstructions"][i]
        require_close(f"reconstructions[{i}]", got, should.reconstruction, atol=PRODUCTS * size)
        error = ((should.reconstruction - x) ** 2).mean()
        require_close(
            f"errors[{i}]", answer["errors"][i], error, atol=PRODUCTS * size * (1 + error)
        )


@law("RMQM-JAC-005/latent", needs=NEEDS, also="RMQM-JAC-007 RMQM-JAC-008", drawn=autoencoders())
def latent(subject: Subject, drawn: PlainAutoencoder) -> None:
    """The latent Jacobian is that of the encoder at the reconstruction, times the decoder's."""
    answer = asked(subject, drawn)
    size = size_of(drawn.encoder) * size_of(drawn.decoder)
    for i, x in enumerate(drawn.inputs):
        A = expected(drawn, x).of_latent
        got = answer["latent_jacobians"][i]
        require_close(f"latent_jacobians[{i}]", got, A, atol=PRODUCTS * (1 + size))
        require_spectrum_of(answer, "latent", i, A, size)


@law("RMQM-JAC-006/input", needs=NEEDS, also="RMQM-JAC-007 RMQM-JAC-008", drawn=autoencoders())
def input_(subject: Subject, drawn: PlainAutoencoder) -> None:
    """The input spectrum is that of the encoder at the input, times the decoder's."""
    answer = asked(subject, drawn)
    size = size_of(drawn.encoder) * size_of(drawn.decoder)
    for i, x in enumerate(drawn.inputs):
        require_spectrum_of(answer, "input", i, expected(drawn, x).of_input, size)


@law("RMQM-JAC-006/as-the-large-matrix", needs=NEEDS,
     drawn=autoencoders(activations=["identity", "tanh"], narrow=True))  # fmt: skip
def as_the_large_matrix(subject: Subject, drawn: PlainAutoencoder) -> None:
    """With as many zeros as are missing, the eigenvalues are those of the d x d Jacobian."""
    answer = asked(subject, drawn)
    size = size_of(drawn.encoder) * size_of(drawn.decoder)
    for i, x in enumerate(drawn.inputs):
        whole = expected(drawn, x).whole
        trace = answer["input_traces"][i]
        require_close("input_traces", trace, np.trace(whole), atol=PRODUCTS * (1 + size))
        roots = eigenvalues_of(answer, "input_eigenvalues")[i]
        powers = np.trace(whole @ whole), (roots**2).sum()
        require_close("sum of squares", powers[1].real, powers[0], atol=1e-9 * (1 + size) ** 2)
        require_close("imaginary part of it", powers[1].imag, 0.0, atol=1e-9 * (1 + size) ** 2)


@law("RMQM-JAC-005/from-jacobians", needs=NEEDS, also="RMQM-JAC-002 RMQM-JAC-006",
     drawn=autoencoders(narrow=True))  # fmt: skip
def from_jacobians(subject: Subject, drawn: PlainAutoencoder) -> None:
    """Both spectra follow from the Jacobians of encoder and decoder that `jacobians` gives."""
    answer = asked(subject, drawn)

    def ask(layers: Any, at: Array) -> Array:
        found = subject.perform("jacobians", encoder=layers, inputs=at)["jacobians"]
        return np.asarray(found)

    expected_ = [expected(drawn, x) for x in drawn.inputs]
    dD = ask(drawn.decoder, np.array([one.latent for one in expected_]))
    at_again = ask(drawn.encoder, np.array([one.reconstruction for one in expected_]))
    at_x = ask(drawn.encoder, drawn.inputs)
    size = size_of(drawn.encoder) * size_of(drawn.decoder)
    allowed = PRODUCTS * (1 + size)
    require_close("latent_jacobians", answer["latent_jacobians"], at_again @ dD, atol=allowed)
    traces = np.trace(at_x @ dD, axis1=1, axis2=2)
    require_close("input_traces", answer["input_traces"], traces, atol=allowed)


CHECKS = (round_trip, latent, input_, as_the_large_matrix, from_jacobians)
