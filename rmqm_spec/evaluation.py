"""The one orchestration: inputs -> alteration -> encoder -> displacements and step lengths."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from attrs import frozen

from rmqm_spec.alterations import AnyAlteration, DependentAlteration, WhiteNoise
from rmqm_spec.alterations.arguments import checked_inputs
from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics import Characteristics, Variant, characterize
from rmqm_spec.characteristics.relative_changes import checked_variant
from rmqm_spec.encoders import (
    EncoderLike,
    as_differentiable,
    as_encoder,
    route_of,
    traits_of,
)
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.inputs.contract import Bounds, Inputs
from rmqm_spec.inputs.in_memory import ArrayInputs
from rmqm_spec.resolution import at_resolution, checked_resolution, resolution_of
from rmqm_spec.walk import KnownRow, Walk, Walked, walk_groups

__all__ = ["Evaluation", "Progress", "Skipped", "evaluate"]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of inputs done and offered."""

MIN_INPUTS_FOR_PRECISION = 32
"""An interval from fewer inputs is too unsure of itself to stop the work."""


@frozen(kw_only=True)
class Skipped:
    """An input that could not be read, and why."""

    name: str
    code: str
    message: str


@frozen(kw_only=True, eq=False)
class Evaluation:
    """
    What an evaluation measured, in the order of the input ids.

    Parameters
    ----------
    ids, names : tuple of str
        Content hash and origin of each of the N distinct inputs, sorted by id.
    displacements, step_lengths : (N, J) ndarray of float64
        The sufficient statistic.
    characteristics : Characteristics
        Everything that follows from it.
    alteration : dict
        The alteration and its parameters.
    skipped : tuple of Skipped
        Inputs that could not be read.
    n_offered, n_seen, n_duplicates : int
        Inputs that there are, that were looked at, and that repeat another among the latter.
    stopped_early : bool
        Whether the asked precision was reached before the inputs ran out.
    gradient_route : str, optional
        How the encoder made its gradients, where the alteration asked for them.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    displacements: Float64Array
    step_lengths: Float64Array
    characteristics: Characteristics
    alteration: dict[str, object]
    skipped: tuple[Skipped, ...]
    n_offered: int
    n_seen: int
    n_duplicates: int
    stopped_early: bool
    gradient_route: str | None = None

    @property
    def rmqm(self) -> float:
        """The score; NaN unless `status` is ``"ok"``."""
        return self.characteristics.rmqm

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the score."""
        return self.characteristics.interval

    @property
    def status(self) -> str:
        """``"ok"``, or why there is no score."""
        return self.characteristics.status


def evaluate(
    encoder: EncoderLike,
    inputs: AnyArray | Inputs,
    *,
    alteration: AnyAlteration | None = None,
    variant: Variant = "paper",
    seed: int = 0,
    bounds: Bounds = (0.0, 1.0),
    ids: Sequence[str] | None = None,
    batch_size: int | None = None,
    workers: int | None = None,
    resolution: float | None = None,
    precision: float | None = None,
    progress: Progress | None = None,
    known: Mapping[str, KnownRow] | None = None,
    keep: Callable[[Walked], None] | None = None,
) -> Evaluation:
    """
    Alter inputs, encode them, and measure how their encodings move.

    Parameters
    ----------
    encoder : callable or Encoder
        From a batch of inputs (N, *S) to encodings (N, E); any callable on NumPy arrays.
    inputs : (N, *S) ndarray of float, or Inputs
        Unaltered inputs within `bounds`.
    alteration : Alteration or DependentAlteration, optional
        White noise of 99 levels by default; then `seed` and `bounds` apply. `PGD` needs an encoder
        with a method ``vjp``.
    variant : {"paper", "authors-2022"}
        Which formulas.
    seed : int
        Seed of the default alteration.
    bounds : tuple of two floats
        Declared range of the inputs, where they are an array.
    ids : sequence of str, optional
        Names of the inputs, where they are an array; content hashes by default.
    batch_size, workers : int, optional
        Inputs per call and number of calling threads; the encoder's own wish by default.
        Neither changes the alterations.
    resolution : float, optional
        Resolution of the encoder's arithmetic; by default that of the type of its encodings.
    precision : float, optional
        Stop when the 95 % interval is at most plus and minus this wide.
    progress : callable, optional
        Called with the number of inputs done and offered.
    known : mapping, optional
        Rows of inputs, by id, that the same encoder gave under the same alteration and batch size
        in a run before: these inputs are not encoded again.
    keep : callable, optional
        Called with every group of inputs that is done, to keep its rows for such a run.

    Returns
    -------
    Evaluation
        Sorted by input id; equal inputs count once.

    Raises
    ------
    UsageError
        If an argument or the inputs break a rule.
    EncodingError
        If an encoding has the wrong shape, zero norm or values that are not finite.
    UnreadableError
        If none of the inputs can be read.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> images, weights = rng.random((8, 16), dtype=np.float32), rng.normal(size=(16, 4))
    >>> found = evaluate(lambda x: np.maximum(x @ weights, 0) + 0.1, images)
    >>> found.status, found.displacements.shape
    ('ok', (8, 99))
    """
    checked_variant(variant)
    _check_options(batch_size=batch_size, workers=workers, precision=precision)
    if resolution is not None:
        checked_resolution(resolution)
    source: Inputs
    if isinstance(inputs, Inputs):
        source = inputs
    else:
        given = np.asarray(inputs)
        source = ArrayInputs(checked_inputs(given, bounds), bounds, ids, given=given)
    if alteration is None:
        alteration = WhiteNoise(seed=seed, bounds=source.bounds)
    if tuple(alteration.bounds) != tuple(source.bounds):
        raise UsageError(
            "ARG001",
            f"alteration must have the bounds of the inputs, {source.bounds}; "
            f"got {alteration.bounds}",
            fix="Declare the same bounds for both.",
        )
    encoder = as_encoder(encoder)
    route: str | None = None
    if isinstance(alteration, DependentAlteration):
        route = route_of(as_differentiable(encoder))
    traits = traits_of(encoder)
    walk = Walk(encoder, source, alteration, batch_size or traits.batch_size, known or {})
    if resolution is None:
        resolution = traits.resolution
    gathered = _Gathered(alteration, variant, resolution)
    groups = walk_groups(walk, workers or traits.concurrency)
    try:
        _gather(groups, gathered, len(source), precision, progress, keep)
    finally:
        groups.close()
    return gathered.finish(len(source), route)


def _gather(
    groups: Generator[Walked],
    gathered: _Gathered,
    n_offered: int,
    precision: float | None,
    progress: Progress | None,
    keep: Callable[[Walked], None] | None,
) -> None:
    """Collect groups in order until they run out or the interval is narrow enough."""
    next_look = MIN_INPUTS_FOR_PRECISION
    for walked in groups:
        gathered.add(walked)
        if keep:
            keep(walked)
        if progress:
            progress(gathered.n_seen, n_offered)
        if precision is None or len(gathered.rows) < next_look:
            continue
        low, high = gathered.characteristics().interval
        if (high - low) / 2 <= precision and gathered.n_seen < n_offered:
            gathered.stopped_early = True
            return
        # Looking costs time in proportion to what was gathered: look ever more rarely.
        next_look = math.ceil(1.2 * len(gathered.rows))


class _Gathered:
    """The sufficient statistic while it grows; the first of equal inputs counts."""

    def __init__(
        self, alteration: AnyAlteration, variant: Variant, resolution: float | None
    ) -> None:
        self.rows: dict[str, tuple[str, Float64Array, Float64Array]] = {}
        self.skipped: list[Skipped] = []
        self.n_seen = 0
        self.stopped_early = False
        self._alteration = alteration
        self._variant = variant
        self._resolution = resolution

    def add(self, walked: Walked) -> None:
        for error, name in walked.unreadable:
            self.skipped.append(Skipped(name=name, code=error.code, message=error.message))
        if walked.inputs and self._resolution is None:
            self._resolution = resolution_of(walked.dtype)
        rows = zip(walked.inputs, walked.displacements, walked.step_lengths, strict=True)
        for one, d, s in rows:
            self.rows.setdefault(one.id, (one.name, d, s))
        self.n_seen += len(walked.inputs) + len(walked.unreadable)

    def statistic(self) -> tuple[list[str], Float64Array, Float64Array, float]:
        if not self.rows:
            raise UnreadableError(
                "DAT018",
                f"at least one input must be readable; got 0 of {self.n_seen}"
                + (f", the first because {self.skipped[0].message}" if self.skipped else ""),
                fix="Point --data at images or arrays that open.",
            )
        resolution = checked_resolution(self._resolution or 0.0)
        ids = sorted(self.rows)
        d = at_resolution(np.stack([self.rows[one][1] for one in ids]), resolution)
        s = at_resolution(np.stack([self.rows[one][2] for one in ids]), resolution)
        return ids, d, s, resolution

    def characteristics(self) -> Characteristics:
        _, d, s, resolution = self.statistic()
        return characterize(d, s, variant=self._variant, resolution=resolution)

    def finish(self, n_offered: int, route: str | None) -> Evaluation:
        ids, d, s, resolution = self.statistic()
        return Evaluation(
            ids=tuple(ids),
            names=tuple(self.rows[one][0] for one in ids),
            displacements=d,
            step_lengths=s,
            characteristics=characterize(d, s, variant=self._variant, resolution=resolution),
            alteration=self._alteration.to_dict(),
            skipped=tuple(self.skipped),
            n_offered=n_offered,
            n_seen=self.n_seen,
            n_duplicates=self.n_seen - len(self.skipped) - len(ids),
            stopped_early=self.stopped_early,
            gradient_route=route,
        )


def _check_options(**options: float | None) -> None:
    for name, value in options.items():
        if value is not None and not value > 0:
            raise UsageError("ARG001", f"{name} must be above 0; got {value}", fix="Leave it out.")
