"""Measures of the Jacobian of the unit encoding: what a small change of the input does to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder, traits_of
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary
from rmqm_spec.jacobians import LocalSpectra, jacobians, local_spectra
from rmqm_spec.measures.jackknife import jackknife_interval
from rmqm_spec.resolution import resolution_of

__all__ = [
    "JACOBIAN_CONDITION",
    "JACOBIAN_NORM",
    "JACOBIAN_RANK",
    "JACOBIAN_VOLUME",
    "JacobianMeasure",
]


class _Meter:
    """The meter: keeps the singular values at each input, and lets the encodings pass."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._found: list[LocalSpectra] = []

    def differentiate(self, encoder: DifferentiableEncoder, inputs: FloatArray, /) -> None:
        """Take the encoder and the unaltered inputs (n, *S); memory stays that of a block."""
        resolution = traits_of(encoder).resolution or 0.0
        first = 0
        for block in jacobians(encoder, inputs):
            names = self._names[first : first + len(block.encodings)]
            is_coarser = resolution > resolution_of(block.encodings.dtype)
            unit = resolution if is_coarser else None
            found = local_spectra(block.encodings, block.matrices, names=names, unit=unit)
            self._found.append(found)
            first += len(block.encodings)

    def update(self, encodings: AnyArray, /) -> None:
        """Let encodings pass."""

    def columns(self) -> Mapping[str, AnyArray]:
        """Return singular values (n, r), and up to where they are rounding, (n,)."""
        return {
            "singular_values": np.concatenate([found.singular_values for found in self._found]),
            "tolerance": np.concatenate([found.tolerance for found in self._found]),
        }


@frozen(kw_only=True)
class JacobianMeasure:
    """
    A measure that is the mean, over inputs, of a number of the singular values at each.

    The Jacobian is that of the unit encoding with respect to the input in its declared range; see
    `rmqm_spec.jacobians.singular`. It has at most r = min(E - 1, d) singular values.

    Parameters
    ----------
    name, title, summary, source : str
        As in `rmqm_spec.contracts.measure.Measure`.
    function : callable
        From `LocalSpectra` to a number for each input, (N,).
    details : callable, optional
        From `LocalSpectra` to further numbers, by name.

    Examples
    --------
    >>> singular_values = np.array([[3.0, 4.0], [0.0, 0.0]])
    >>> columns = {"singular_values": singular_values, "tolerance": np.full(2, 1e-6)}
    >>> JACOBIAN_NORM.summarise(columns).value
    2.5
    >>> JACOBIAN_RANK.summarise(columns).status
    'zero-jacobian'
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"gradients"})
    kept: ClassVar[tuple[Column, ...]] = (
        Column(
            name="singular_values",
            units="1 / the input's own",
            meaning="of the Jacobian of the unit encoding, falling, (r,)",
        ),
        Column(
            name="tolerance",
            units="1 / the input's own",
            meaning="singular values up to it are rounding, ()",
        ),
    )
    keeps: ClassVar[str] = "jacobian"
    """All such measures share one meter and its columns."""

    cost: ClassVar[str] = "1, with E pullbacks or d derivatives in a direction"
    units: ClassVar[str] = "1"
    direction: ClassVar[Direction] = None
    has_interval: ClassVar[bool] = True

    name: str
    title: str
    summary: str
    source: str
    function: Callable[[LocalSpectra], Float64Array]
    details: Callable[[LocalSpectra], Mapping[str, float]] = lambda _: {}

    def pullbacks(self, length: int, n_values: int) -> int:  # noqa: ARG002 - the contract's
        """Return how many products an input takes: a row of the Jacobian is one."""
        return length

    def start(
        self,
        n_inputs: int,  # noqa: ARG002 - the contract's parameters
        n_levels: int,  # noqa: ARG002
        names: Sequence[str],
    ) -> _Meter:
        """Return a meter for a group of inputs."""
        return _Meter(names)

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the mean over inputs with its interval."""
        spectra = LocalSpectra(columns["singular_values"], columns["tolerance"])
        if not spectra.singular_values.shape[1]:
            return Summary(value=math.nan, status="one-value")
        values = self.function(spectra)
        details = dict(self.details(spectra))
        if not np.isfinite(values).all():
            status = "rank-deficient" if spectra.rank.all() else "zero-jacobian"
            return Summary(value=math.nan, status=status, details=details)
        value = _mean(values)
        interval = jackknife_interval(_mean, values, value=value)
        return Summary(value=value, interval=interval, details=details)


def _mean(values: Float64Array) -> float:
    return float(values.mean())


def _at_rank(values: Float64Array, spectra: LocalSpectra) -> dict[str, float]:
    """Return the mean down to the numerical rank, and how many inputs have a smaller one than r."""
    deficient = spectra.rank < spectra.singular_values.shape[1]
    return {"at-rank": _mean(values), "rank-deficient": float(deficient.sum())}


_SOURCE: Final = "of the Jacobian of the unit encoding; clause family RMQM-JAC"

JACOBIAN_NORM: Final = JacobianMeasure(
    name="jacobian-norm",
    title="Jacobian norm",
    summary="How far a small change of an input moves its unit encoding.",
    source=f"Frobenius norm {_SOURCE}; Novak et al. 2018, Sensitivity and Generalization",
    function=lambda spectra: spectra.norm,
)

JACOBIAN_RANK: Final = JacobianMeasure(
    name="jacobian-rank",
    title="Local effective rank",
    summary="In how many directions small changes of an input move its unit encoding.",
    source=f"exponential of the entropy of the shares of the singular values {_SOURCE}; "
    "Roy and Vetterli 2007",
    function=lambda spectra: spectra.effective_rank,
    details=lambda spectra: {"numerical": _mean(spectra.rank)},
)

JACOBIAN_CONDITION: Final = JacobianMeasure(
    name="jacobian-condition",
    title="Local condition",
    summary="How unevenly small changes of an input move its unit encoding, in powers of ten.",
    source=f"log10 of the greatest over the smallest singular value {_SOURCE}",
    function=lambda spectra: spectra.condition,
    details=lambda spectra: _at_rank(spectra.condition_at_rank, spectra),
)

JACOBIAN_VOLUME: Final = JacobianMeasure(
    name="jacobian-volume",
    title="Local log volume",
    summary="By how much small changes of an input grow or shrink on the way to its unit encoding.",
    source=f"mean logarithm of the singular values {_SOURCE}",
    function=lambda spectra: spectra.volume,
    details=lambda spectra: _at_rank(spectra.volume_at_rank, spectra),
)
