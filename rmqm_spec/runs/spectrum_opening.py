"""The model of a spectrum: an autoencoder with its latent space, or an encoder alone."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rmqm_spec.contracts.backend import AutoencoderOpening, Inspecting, ModelEncoder
from rmqm_spec.contracts.encoder import as_differentiable, encode_checked
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.runs.models import backend_of, open_model, preprocessing_of
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.spectrum_request import SpectrumSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rmqm_spec.contracts.autoencoder import Autoencoder
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["OpenedModel", "open_spectrum_model", "require_no_reconstruction"]


@frozen(kw_only=True, eq=False)
class OpenedModel:
    """
    A model whose Jacobians can be taken.

    Parameters
    ----------
    encoder : ModelEncoder
        The encoder, alone or of the autoencoder.
    autoencoder : Autoencoder, optional
        Both parts, where there is a decoder.
    """

    encoder: ModelEncoder
    autoencoder: Autoencoder | None = None

    @property
    def decoder(self) -> Mapping[str, Any] | None:
        """The model of the decoder, where it is one of its own."""
        known = {} if self.autoencoder is None else self.autoencoder.description
        return known.get("decoder")


def open_spectrum_model(request: RunRequest, asked: SpectrumSettings) -> OpenedModel:
    """
    Open the model of a request, and refuse it where its Jacobian cannot be taken.

    Raises
    ------
    RmqmError
        What opening raises; GRA010 for an encoder without gradients; SPC023 if the backend opens
        no autoencoders.
    """
    latent = asked.latent or request.opening.output if asked.is_autoencoder else None
    opening = evolve(request.opening, output=latent or request.opening.output)
    encoder = open_model(evolve(request, opening=opening))  # crashes are met in another process
    as_differentiable(encoder, purpose="spectra of Jacobians")
    if not asked.is_autoencoder:
        return OpenedModel(encoder=encoder)
    opener = backend_of(request)
    if not isinstance(opener, AutoencoderOpening):
        raise UsageError(
            "SPC023",
            f"an autoencoder must be opened by a backend that can; got {opener.name}",
            fix="Leave --latent and --decoder out, for the singular values of the encoder alone.",
        )
    known = request.opening.open_options(preprocessing_of(request.opening, opener))
    autoencoder = opener.open_autoencoder(
        request.path,
        evolve(known, output=None) if asked.decoder is not None else known,
        latent=latent,
        decoder=asked.decoder,
        reconstruction=asked.reconstruction,
    )
    return OpenedModel(encoder=encoder, autoencoder=autoencoder)


def require_no_reconstruction(
    request: RunRequest, encoder: ModelEncoder, inputs: PreparedInputs
) -> None:
    """
    Refuse an output that holds as many values as an input, unless it was named.

    Raises
    ------
    UsageError
        SPC022: the model is an autoencoder by all appearance, and its latent space must be named.
    """
    if request.opening.output is not None:
        return
    values = inputs.load(0).values[None]
    n_values = encode_checked(encoder, values).shape[1]
    if n_values != prod(values.shape[1:]):
        return
    raise UsageError(
        "SPC022",
        f"{request.path} must be an encoder; its output {encoder.output} has {n_values} values, as "
        "many as an input: it seems to be an autoencoder",
        fix=f"Name the tensor with the latent values: --latent NAME{_candidates(request)}. If the "
        f"output does hold encodings: --output {encoder.output}.",
    )


def _candidates(request: RunRequest) -> str:
    """Return tensors that could be the latent space, in words; nothing where none is known."""
    opener = backend_of(request)
    if not isinstance(opener, Inspecting):
        return ""
    try:
        found = opener.inspect(request.path, request.opening.open_options(None))
    except RmqmError:
        return ""
    names = [one["name"] for one in found.get("candidates", ())]
    return f" (rmqm-spec inspect lists {', '.join(names)})" if names else ""
