"""``spectrum``: eigenvalues of the Jacobians of autoencoders, singular values of encoders'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.over_models import measure_models
from rmqm_spec.runs.selection import select_candidates
from rmqm_spec.runs.spectra import ModelSpectra, ModelSpectrum, SetDifference
from rmqm_spec.runs.spectrum_model import model_spectrum
from rmqm_spec.runs.spectrum_request import SpectrumRequest

__all__ = ["spectrum"]


def spectrum(request: SpectrumRequest, listener: Listener | None = None) -> ModelSpectra:
    """
    Measure the spectra of models on the same inputs.

    Parameters
    ----------
    request : SpectrumRequest
        The models, latent space or decoder, and the inputs.
    listener : Listener, optional
        Hears of progress and steps.

    Returns
    -------
    ModelSpectra
        The spectra as they are on disk. Models that fail are in it, with the reason.

    Raises
    ------
    RmqmError
        If the request breaks a rule, or two models fail by one and the same fault of the data.
    """
    heard = listener or Listener()
    selection = select_candidates(request.models, request.common, request.settings)
    if request.spectrum.decoder is not None and len(selection.candidates) > 1:
        raise UsageError(
            "ARG001",
            f"--decoder must come with the encoder that it belongs to; got "
            f"{len(selection.candidates)} models",
            fix="Name one model; or export each autoencoder as one model, and name --latent.",
        )
    measured = measure_models(
        selection,
        lambda candidate, folder: model_spectrum(candidate, request, folder, heard),
        command="spectrum",
        out=request.common.out,
        findings_of=lambda model: model.findings,
        of_the_data=("ARG", "DAT", "IMG", "PRB", "SPC"),
        listener=heard,
    )
    return ModelSpectra(
        models=measured.done,
        failed=measured.failed,
        differences=tuple(_differences(measured.done)),
        findings=selection.findings,
    )


def _differences(models: Mapping[str, ModelSpectrum]) -> Iterator[SetDifference]:
    from rmqm_spec.probes.pairing import compare_quantities
    from rmqm_spec.spectra.columns import quantities

    sets = dict.fromkeys(name for model in models.values() for name in model.columns)
    for set_name in sets:
        known = {
            name: quantities(model.columns[set_name])
            for name, model in models.items()
            if set_name in model.columns
        }
        for compared in compare_quantities(known):
            yield SetDifference(set=set_name, compared=compared)
