"""Which model is measured on which images, and where the spectra are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from attrs import frozen

from studies.spectra.design import EPOCHS, MIDDLE, Run
from studies.spectra.images import OTHERS, Images
from studies.spectra.measuring import Measured, measured, opened
from studies.spectra.predictors import FloatArray, jacobian_norms

__all__ = ["Kept", "Model", "models_of"]


@frozen
class Model:
    """
    A checkpoint of the study.

    Parameters
    ----------
    name : str
        Of its file, without the ending.
    run : Run
        The run that made it.
    epoch : int
        Passes over the training images.
    """

    name: str
    run: Run
    epoch: int

    @property
    def is_end(self) -> bool:
        """Whether its run ends here."""
        return self.epoch == self.run.epochs

    @property
    def is_main(self) -> bool:
        """Whether it is the end of a main run."""
        run = self.run
        return self.is_end and run.seed == 0 and run.epochs <= EPOCHS and not run.variant

    @property
    def sets(self) -> list[str]:
        """The sets of images that it is measured on."""
        more = ["all"] if self.is_main and self.run.layers == MIDDLE else []
        if self.is_main:
            more += OTHERS
        if self.is_end and self.run.seed == 0 and not self.run.variant:
            more += ["no-images"]
        return ["drawn", *more]


def models_of(runs: Sequence[Run], folder: Path) -> list[Model]:
    """Return the checkpoints whose files are there; a checkpoint of two runs is the shorter's."""
    found: dict[str, Model] = {}
    for run in runs:
        for epoch in run.checkpoints:
            name = run.model(epoch)
            if (folder / f"{name}.onnx").exists():
                found.setdefault(name, Model(name, run, epoch))
    return list(found.values())


@frozen(eq=False)
class Kept:
    """
    What is measured of the models, made where it is not there yet.

    Parameters
    ----------
    models : Path
        Folder of the ONNX files.
    folder : Path
        Receives the spectra.
    images : mapping of str to Images
        Sets by their names.
    """

    models: Path
    folder: Path
    images: Mapping[str, Images]

    def spectra(self, model: Model, of: str) -> Measured:
        """Return the spectra of a model at a set of images."""
        return measured(self._file(model), self.images[of].values, self._at(model, of))

    def norms(self, model: Model, of: str) -> tuple[FloatArray, FloatArray]:
        """Return the norms of the Jacobians of autoencoder and encoder at a set of images."""
        path = self._at(model, f"{of}-norms")
        if not path.exists():
            found = jacobian_norms(opened(self._file(model)), self.images[of].values)
            unfinished = path.with_suffix(".unfinished.npz")
            np.savez(unfinished, autoencoder=found[0], encoder=found[1])
            unfinished.rename(path)
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["autoencoder"], arrays["encoder"]

    def has(self, model: Model, of: str) -> bool:
        """Return whether the spectra are there."""
        return self._at(model, of).exists()

    def measure(self, models: Sequence[Model]) -> None:
        """Measure what is missing, the small sets of all models first."""
        for of, several in _by_set(models):
            for model in several:
                self.spectra(model, of)
                if of in OTHERS:
                    self.norms(model, of)

    def _file(self, model: Model) -> Path:
        return self.models / f"{model.name}.onnx"

    def _at(self, model: Model, of: str) -> Path:
        return self.folder / f"{model.name}-{of}.npz"


def _by_set(models: Sequence[Model]) -> Iterator[tuple[str, list[Model]]]:
    for of in ("drawn", *OTHERS, "no-images", "all"):
        yield of, [model for model in models if of in model.sets]
