"""What the spectra of Jacobians are asked: latent space or decoder, and which inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, field, frozen

from rmqm_spec.contracts.backend import ReconstructionUnits
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.request import DataSettings, RunRequest
from rmqm_spec.runs.values import choice, path, text

__all__ = ["NamedInputs", "SpectrumRequest", "SpectrumSettings"]


@frozen(kw_only=True)
class SpectrumSettings:
    """Which space is latent, and further inputs with their labels."""

    latent: str | None = setting(
        "Tensor of MODEL with the latent values; MODEL is an autoencoder, or --decoder is given.",
        read=text,
        panel="Spectrum",
    )
    decoder: Path | None = setting(
        "Model that decodes the latent values, where it is not a part of MODEL.",
        read=path,
        typed=Path,
        panel="Spectrum",
    )
    reconstruction: ReconstructionUnits | None = setting(
        "Where inputs are rescaled for the network: network, if reconstructions are what the "
        "network takes; inputs, if they are in the units of --data.",
        read=choice(ReconstructionUnits),
        panel="Spectrum",
    )
    labels: str | None = setting(
        "Labels of --data: file.npz:key, file.npy, file.csv:column, folders, column:NAME.",
        read=text,
        panel="Spectrum",
    )
    train: str | None = setting(
        "Inputs that the autoencoder was trained on, as --data takes them.",
        read=text,
        panel="Spectrum",
    )
    train_labels: str | None = setting("Labels of --train.", read=text, panel="Spectrum")
    test: str | None = setting(
        "Inputs that it was not trained on; with --train, they give the regressions.",
        read=text,
        panel="Spectrum",
    )
    test_labels: str | None = setting("Labels of --test.", read=text, panel="Spectrum")

    def __attrs_post_init__(self) -> None:
        if self.reconstruction is not None and not self.is_autoencoder:
            raise UsageError(
                "ARG001",
                "--reconstruction must come with --latent or --decoder; got it alone",
                fix="Leave it out for an encoder alone.",
            )
        for name, other in (("train", "test"), ("test", "train")):
            if getattr(self, name) is not None and getattr(self, other) is None:
                raise UsageError(
                    "ARG001",
                    f"--{name} must come with --{other}; got it alone",
                    fix=f"Give both, or give these inputs as --data without --{name}.",
                )
            if getattr(self, f"{name}_labels") is not None and getattr(self, name) is None:
                raise UsageError(
                    "ARG001",
                    f"--{name}-labels must come with --{name}; got it alone",
                    fix=f"Labels of --data are --labels; or give --{name} too.",
                )

    @property
    def is_autoencoder(self) -> bool:
        """Whether a decoder is known."""
        return self.latent is not None or self.decoder is not None


@frozen(kw_only=True, eq=False)
class NamedInputs:
    """
    A set of inputs.

    Parameters
    ----------
    name : {"data", "train", "test"}
        The option that gave it.
    inputs : DataSettings
        Where the inputs are.
    labels : str, optional
        Where their labels are.
    """

    name: str
    inputs: DataSettings
    labels: str | None


@frozen(kw_only=True, eq=False)
class SpectrumRequest:
    """
    Models whose Jacobians are asked for.

    Parameters
    ----------
    models : tuple of str
        Models, folders or globs of models.
    settings : Path, optional
        TOML with a table for each model that needs options of its own.
    common : RunRequest
        How to open all models, and which inputs; ``out`` is the folder of the documents, ``null``
        whether an encoder with permuted weights is measured too.
    spectrum : SpectrumSettings
        Latent space or decoder, and further inputs.
    """

    models: tuple[str, ...] = ()
    settings: Path | None = None
    common: RunRequest = field(factory=lambda: RunRequest(model=""))
    spectrum: SpectrumSettings = field(factory=SpectrumSettings)

    def sets_of(self, request: RunRequest) -> Iterator[NamedInputs]:
        """Yield the sets of inputs of a model: ``--data``, then ``--train`` and ``--test``."""
        asked, inputs = self.spectrum, request.inputs
        if inputs.data is not None or asked.train is None:
            yield NamedInputs(name="data", inputs=inputs, labels=asked.labels)
        elif asked.labels is not None:
            raise UsageError(
                "ARG001",
                "--labels must come with --data; got --train and --test alone",
                fix="Give --train-labels and --test-labels.",
            )
        for name in ("train", "test"):
            data, labels = getattr(asked, name), getattr(asked, f"{name}_labels")
            if data is not None:
                yield NamedInputs(name=name, inputs=evolve(inputs, data=data), labels=labels)
