"""What must be known to read spectra, in plain words: findings about those that were computed."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.findings import Finding
from rmqm_spec.resolution import RESOLUTION
from rmqm_spec.spectra.autoencoders import AutoencoderSpectra
from rmqm_spec.spectra.eigenvalues import Spectrum

__all__ = ["conditions"]

_NAMES: Final = {"latent": "J_L (latent to latent)", "input": "J_I (input to input)"}

_ALARMING: Final = 0.01
"""A relative error of eigenvalues above which their digits are no longer to be trusted."""


def conditions(spectra: AutoencoderSpectra, *, resolution: float | None = None) -> list[Finding]:
    """
    Say what the spectra of these inputs rest on.

    Parameters
    ----------
    spectra : AutoencoderSpectra
        Of N inputs.
    resolution : float, optional
        Relative resolution of the Jacobians; that of float32 by default.

    Returns
    -------
    list of Finding
        Singular matrices, orientation, complex pairs, accuracy, units, and the size of the latent.
    """
    known = RESOLUTION["float32"] if resolution is None else resolution
    return [
        *_of_size(spectra),
        *_of_volume("latent", spectra.latent, known),
        *_of_volume("input", spectra.input, known),
        _of_pairs(spectra.latent),
        _of_accuracy(spectra, known),
        *_of_error(spectra),
    ]


def _of_size(spectra: AutoencoderSpectra) -> list[Finding]:
    n, d = spectra.latent.n, spectra.n_values
    if n <= d:
        return []
    return [
        Finding(
            code="SPC010",
            level="warn",
            message=f"the latent has {n} values and an input {d}: J_L has rank {d} at most, so its "
            f"log volume is -inf up to rounding; J_I is taken whole, {d} x {d}",
            fix="Read J_I, or name a latent that is smaller than the input.",
        )
    ]


def _of_volume(which: str, spectrum: Spectrum, resolution: float) -> list[Finding]:
    n_inputs = len(spectrum)
    singular = int(np.count_nonzero(spectrum.orientation == 0))
    close = spectrum.reciprocal_condition < resolution
    n_close = int(np.count_nonzero(close)) - singular
    findings = []
    if singular:
        findings.append(
            Finding(
                code="SPC008",
                level="warn",
                message=f"{_NAMES[which]} is singular at {singular} of {n_inputs} inputs: an "
                "eigenvalue is 0 and the log volume -inf there",
                fix="Read the trace, which stays defined. A latent value that never moves, such as "
                "a dead ReLU, makes every matrix singular: use a smaller latent or another tensor.",
            )
        )
    if n_close > 0:
        findings.append(
            Finding(
                code="SPC009",
                level="warn",
                message=f"{_NAMES[which]} is close to singular at {n_close} of {n_inputs} inputs: "
                f"its smallest singular value is below {resolution:.1g} times the largest, so "
                "rounding of its entries could make it singular",
                fix="There the sign of the volume is uncertain, and its logarithm less exact than "
                "elsewhere: read the trace beside it.",
            )
        )
    return findings


def _of_pairs(spectrum: Spectrum) -> Finding:
    n_inputs = len(spectrum)
    turning = int(np.count_nonzero(spectrum.eigenvalues.imag.any(axis=1)))
    return Finding(
        code="SPC011",
        level="ok",
        message=f"J_L has complex eigenvalues at {turning} of {n_inputs} inputs: a real matrix "
        "that turns its space has conjugate pairs, and their sum and product are real",
    )


def _of_accuracy(spectra: AutoencoderSpectra, resolution: float) -> Finding:
    worst = float(np.max(spectra.conditions))
    usual = float(np.median(spectra.conditions))
    bound = usual * resolution
    message = (
        f"condition of the eigenvalues of J_L at {len(spectra.conditions)} inputs: median "
        f"{usual:.3g}, largest {worst:.3g}; with entries exact to {resolution:.1g}, an eigenvalue "
        f"at a typical input is known to about {bound:.1g} times the norm of its matrix"
    )
    if bound <= _ALARMING:
        return Finding(code="SPC012", level="ok", message=message)
    return Finding(
        code="SPC012",
        level="warn",
        message=message,
        fix="Read trace and log volume, which need no eigenvectors. Trust single eigenvalues only "
        "to the digits that this leaves.",
    )


def _of_error(spectra: AutoencoderSpectra) -> list[Finding]:
    worse = int(np.count_nonzero(spectra.mse > spectra.variance))
    n_inputs = len(spectra)
    if worse <= n_inputs / 2:
        return []
    return [
        Finding(
            code="SPC013",
            level="warn",
            message=f"the reconstruction is worse than a flat input at {worse} of "
            f"{n_inputs} inputs (median error {np.median(spectra.mse):.3g}, variance within an "
            f"input {np.median(spectra.variance):.3g})",
            fix="An untrained network does this. Otherwise the reconstruction is in other units, "
            "in another order, or not the output that was meant.",
        )
    ]
