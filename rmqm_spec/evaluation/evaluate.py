"""The one orchestration: inputs -> alteration -> encoder -> displacements and step lengths."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from rmqm_spec.alterations import WhiteNoise
from rmqm_spec.alterations.arguments import checked_inputs
from rmqm_spec.arrays import AnyArray
from rmqm_spec.characteristics import Variant
from rmqm_spec.characteristics.relative_changes import checked_variant
from rmqm_spec.contracts.alteration import AnyAlteration, DependentAlteration
from rmqm_spec.contracts.encoder import (
    EncoderLike,
    as_differentiable,
    as_encoder,
    route_of,
    traits_of,
)
from rmqm_spec.contracts.inputs import Bounds, Inputs
from rmqm_spec.contracts.measure import Measure, of_gradients
from rmqm_spec.errors import UsageError
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.meters import require_walk_suffices
from rmqm_spec.evaluation.precision import FIRST_LOOK, is_precise, next_look
from rmqm_spec.evaluation.statistic import Evaluation, Skipped, Statistic
from rmqm_spec.evaluation.walk import Walk, block_size, walk_groups
from rmqm_spec.inputs.in_memory import ArrayInputs
from rmqm_spec.measures.movement import RMQM
from rmqm_spec.resolution import checked_resolution

__all__ = ["Evaluation", "Progress", "Skipped", "evaluate"]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of inputs done and offered."""


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
    enough: Callable[[int], bool] | None = None,
    measures: Sequence[Measure] = (),
    progress: Progress | None = None,
    known: Mapping[int, Group] | None = None,
    keep: Callable[[Group], None] | None = None,
    walker: Callable[[Walk, int], Generator[Group]] = walk_groups,
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
        Names of the inputs, where they are an array; content hashes by default. The noise follows
        from them, and a hash from type and shape too: images as floats (C, H, W) here have other
        noise than the same pixels as files. `rmqm_spec.score` takes an array as it takes files.
    batch_size, workers : int, optional
        Inputs per call and number of calling threads; the encoder's own wish by default.
        Neither changes the alterations.
    resolution : float, optional
        Resolution of the encoder's arithmetic; by default that of the type of its encodings.
    precision : float, optional
        Stop when the 95 % interval is at most plus and minus this wide, from 100 inputs on.
    enough : callable, optional
        Called with the number of inputs that have encodings, after each group; where it returns
        True, no further inputs are taken.
    measures : sequence of Measure
        What else to measure beside RMQM, from the same encodings.
    progress : callable, optional
        Called with the number of inputs done and offered, at the start and after each group.
    known : mapping, optional
        Groups of the same inputs, by first position, that the same encoder gave under the same
        alteration and batch size in a run before: they are neither loaded nor encoded again.
    keep : callable, optional
        Called with every group of inputs that is done, in order, to keep it for such a run.
    walker : callable
        From the walk and the number of threads to its groups in order; an executor brings its own.

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
    for name, plug in (("alteration", alteration), *(("measures", one) for one in measures)):
        if isinstance(plug, str):
            raise UsageError(
                "ARG001",
                f"{name} must be given as objects here; got the name {plug!r}",
                fix="Load it: rmqm_spec.contracts.registry. rmqm_spec.score takes names.",
            )
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
    require_walk_suffices((RMQM, *measures))
    for name in of_gradients(measures):
        route = route_of(as_differentiable(encoder, purpose=name))
    walk = Walk(
        encoder,
        source,
        alteration,
        batch_size or block_size(encoder, alteration),
        (RMQM, *measures),
        known or {},
    )
    if resolution is None:
        resolution = traits.resolution
    statistic = Statistic(alteration, variant, resolution, source.name, measures)
    groups = walker(walk, workers or traits.concurrency)
    try:
        _gather(groups, statistic, len(source), precision, enough, progress, keep)
    finally:
        groups.close()
    return statistic.finish(len(source), route)


def _gather(
    groups: Generator[Group],
    statistic: Statistic,
    n_offered: int,
    precision: float | None,
    enough: Callable[[int], bool] | None,
    progress: Progress | None,
    keep: Callable[[Group], None] | None,
) -> None:
    """Collect groups in order until they run out or the interval is narrow enough."""
    due = FIRST_LOOK
    if progress:
        progress(0, n_offered)  # the clock of a rate starts here
    for group in groups:
        statistic.add(group)
        if keep:
            keep(group)
        if progress:
            progress(statistic.n_seen, n_offered)
        if enough and statistic.n_seen < n_offered and enough(len(statistic.rows)):
            statistic.stopped_early = True
            return
        if precision is None or len(statistic.rows) < due:
            continue
        if statistic.n_seen < n_offered and is_precise(statistic.characteristics(), precision):
            statistic.stopped_early = True
            return
        due = next_look(len(statistic.rows))


def _check_options(**options: float | None) -> None:
    for name, value in options.items():
        if value is not None and not value > 0:
            raise UsageError(
                "ARG001", f"{name} must be above 0; got {value}", fix="Give a number above 0."
            )
