"""The model of a spectrum: an autoencoder with its latent space, or an encoder alone."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve, frozen

from rmqm_spec.contracts.backend import AutoencoderOpening, ModelEncoder
from rmqm_spec.contracts.encoder import as_differentiable, encode_checked
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.memory import available_memory, in_words
from rmqm_spec.runs.isolation.trials import require_sound
from rmqm_spec.runs.models import backend_of, open_model, preprocessing_of
from rmqm_spec.runs.request import ModelSettings, RunRequest
from rmqm_spec.runs.spectrum_request import SpectrumSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rmqm_spec.contracts.autoencoder import Autoencoder
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["OpenedModel", "open_spectrum_model", "require_no_reconstruction", "require_room"]

_UNSOUND: Final = ("MOD008", "MOD009", "MOD010")
"""What a model does that crashes, hangs or takes too much memory."""


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
    def description(self) -> Mapping[str, Any]:
        """What was opened, for the document."""
        known = self.encoder if self.autoencoder is None else self.autoencoder
        return known.description


def open_spectrum_model(request: RunRequest, asked: SpectrumSettings) -> OpenedModel:
    """
    Open the model of a request, and refuse it where its Jacobian cannot be taken.

    Raises
    ------
    RmqmError
        What opening raises; GRA010 for an encoder without gradients; SPC023 if the backend opens
        no autoencoders.
    """
    if not asked.is_autoencoder:
        encoder = open_model(request)
        as_differentiable(encoder, purpose="singular values of Jacobians")
        return OpenedModel(encoder=encoder)
    opener = backend_of(request)
    if not isinstance(opener, AutoencoderOpening):
        raise UsageError(
            "SPC023",
            f"an autoencoder must be opened by a backend that can; got {opener.name}",
            fix="Leave --latent and --decoder out, for the singular values of the encoder alone.",
        )
    _require_sound(request, asked.latent)
    if asked.decoder is not None:
        _require_sound(_alone(request, asked.decoder), None)
    return _autoencoder(request, asked, opener)


def _autoencoder(
    request: RunRequest, asked: SpectrumSettings, opener: AutoencoderOpening
) -> OpenedModel:
    from rmqm_spec.inputs.opening import shape_of_rows

    opening = request.opening
    shape = None if opening.input_shape else shape_of_rows(request.inputs.data)
    found = opener.open_autoencoder(
        request.path,
        opening.open_options(preprocessing_of(opening, backend_of(request)), shape),
        latent=asked.latent,
        decoder=asked.decoder,
        reconstruction=asked.reconstruction,
    )
    return OpenedModel(encoder=cast("ModelEncoder", found.encoder), autoencoder=found)


def _require_sound(request: RunRequest, output: str | None) -> None:
    """Open a model in another process first; whatever else is wrong is said where it is opened."""
    try:
        require_sound(evolve(request, opening=evolve(request.opening, output=output)))
    except RmqmError as error:
        if error.code in _UNSOUND:
            raise


def _alone(request: RunRequest, decoder: Path) -> RunRequest:
    """Return the request of the decoder's file, which is opened on the same machine."""
    own = request.opening
    kept = ModelSettings(
        backend=own.backend,
        provider=own.provider,
        threads=own.threads,
        timeout=own.timeout,
        memory=own.memory,
    )
    return evolve(request, model=str(decoder), name=None, opening=kept)


def require_no_reconstruction(
    request: RunRequest, encoder: ModelEncoder, inputs: PreparedInputs
) -> None:
    """
    Refuse an output that holds as many values as an input, unless it was named.

    Raises
    ------
    UsageError
        SPC022: the model looks like an autoencoder, whose latent space must be named.
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
        "many as an input, like the reconstruction of an autoencoder",
        fix=f"{_offer(request)} If the output does hold encodings: --output {encoder.output}.",
    )


def require_room(encoder: ModelEncoder, inputs: PreparedInputs) -> None:
    """
    Refuse, before any work, Jacobians of which not even one fits into memory.

    Raises
    ------
    UsageError
        SPC025, with the memory that an input would take.
    """
    values = inputs.load(0).values[None]
    n_rows, n_columns = encode_checked(encoder, values).shape[1], values[0].size
    # The matrix in two precisions, its copy for the decomposition, and the directions.
    needed = n_rows * n_columns * 3 * 8 + n_rows * n_rows * 4
    free = available_memory()
    if free is not None and needed > free:
        raise UsageError(
            "SPC025",
            f"the Jacobian at an input must fit into memory; got {n_rows:,} values of an encoding "
            f"times {n_columns:,} of an input, which take {in_words(needed)} where "
            f"{in_words(free)} are free",
            fix="Choose an output with fewer values (--output NAME, --pooling mean), or smaller "
            "inputs (--size) where the model takes them.",
        )


def _offer(request: RunRequest) -> str:
    """Return what the backend would say to an autoencoder whose latent space is not named."""
    opener = backend_of(request)
    if isinstance(opener, AutoencoderOpening):
        try:
            _autoencoder(request, SpectrumSettings(), opener)
        except RmqmError as error:
            if error.code == "SPC014":
                return error.fix
    return "Name the tensor with the latent values: --latent NAME."
