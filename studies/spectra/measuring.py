"""Spectra of a model at a set of images, measured once and kept."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import fields, frozen

from rmqm_onnx import OpenOptions, open_autoencoder
from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.spectra import Spectrum, autoencoder_spectra

__all__ = ["Measured", "measured", "opened"]

FloatArray = npt.NDArray[np.floating[Any]]
_PARTS = ("latent", "input")


@frozen(eq=False)
class Measured:
    """
    Spectra of both Jacobians at N inputs, and the errors.

    Parameters
    ----------
    latents : (N, n) ndarray
        Encodings.
    mse : (N,) ndarray of float64
        Mean squared error of each input.
    l1, l2 : (N,) ndarray of float64
        Norms of the difference of both spectra over n.
    latent, input : Spectrum
        Of J_L, and of the non-zero part of J_I.
    """

    latents: FloatArray
    mse: FloatArray
    l1: FloatArray
    l2: FloatArray
    latent: Spectrum
    input: Spectrum

    def __len__(self) -> int:
        """Return N."""
        return len(self.mse)

    @property
    def spectra(self) -> dict[str, Spectrum]:
        """Both, by the name of the Jacobian."""
        return {name: getattr(self, name) for name in _PARTS}


def opened(path: Path) -> Autoencoder:
    """Open a model of the study; one thread, so that processes side by side do not compete."""
    options = OpenOptions(threads=1, output="reconstruction")
    return open_autoencoder(path, options, latent="latent")


def measured(model: Path, images: FloatArray, kept: Path) -> Measured:
    """
    Return the spectra of a model at some images, from the file if they are there.

    Parameters
    ----------
    model : Path
        An autoencoder with the output ``latent``.
    images : (N, 1, 28, 28) ndarray of float32
        0 to 1.
    kept : Path
        The file, an .npz.
    """
    if not kept.exists():
        began = time.monotonic()
        _keep(kept, model, images)
        seconds = time.monotonic() - began
        print(f"  measured {kept.stem}, {len(images)} inputs ({seconds:.1f} s)", file=sys.stderr)
    with np.load(kept, allow_pickle=False) as arrays:
        return Measured(
            **{name: arrays[name] for name in ("latents", "mse", "l1", "l2")},
            **{
                part: Spectrum(**{name: arrays[f"{part}_{name}"] for name in _names()})
                for part in _PARTS
            },
        )


def _keep(path: Path, model: Path, images: FloatArray) -> None:
    found = autoencoder_spectra(opened(model), images)
    assert found.differences is not None  # a latent of at most 20 values, of 784
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished.npz")
    np.savez(
        unfinished,
        latents=found.latents,
        mse=found.mse,
        l1=found.differences.l1,
        l2=found.differences.l2,
        **{
            f"{part}_{name}": _compact(getattr(getattr(found, part), name))
            for part in _PARTS
            for name in _names()
        },
    )
    unfinished.rename(path)


def _names() -> list[str]:
    return [attribute.name for attribute in fields(Spectrum)]


def _compact(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return values of many eigenvalues at half their size: they come from float32 products."""
    if values.ndim < 2:
        return values
    return values.astype(np.complex64 if np.iscomplexobj(values) else np.float32)
