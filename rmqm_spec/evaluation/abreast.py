"""A group of inputs through all levels, for several encoders: each altered block is made once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.alteration import Alteration, DependentAlteration
from rmqm_spec.contracts.encoder import (
    as_differentiable,
    encode_checked,
    encodings_of_several_lengths,
)
from rmqm_spec.contracts.measure import of_gradients
from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.evaluation.alteration_contract import require_contract
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.interruptible import interruptible
from rmqm_spec.evaluation.meters import Meters
from rmqm_spec.evaluation.one_thread import ONE_THREAD

if TYPE_CHECKING:
    from rmqm_spec.evaluation.walk import Walk

__all__ = ["Outcome", "walk_abreast"]

Outcome: TypeAlias = Group | RmqmError
"""What became of a group: its distances, or why the encoder or a measure failed on it."""

_Skipped: TypeAlias = tuple[tuple[int, UnreadableError], ...]


def walk_abreast(walks: Sequence[Walk], first: int) -> list[Outcome]:
    """
    Take the inputs from `first` on through all levels, for every walk.

    Parameters
    ----------
    walks : sequence of Walk
        Walks that differ in encoder, measures and known groups alone.
    first : int
        First position of the group.

    Returns
    -------
    list of Group or RmqmError
        For each walk. An encoder or a measure that fails leaves the others alone.

    Raises
    ------
    RmqmError
        If the alteration fails: it is the same for all.
    """
    outcomes: list[Outcome | None] = [walk.known_group(first) for walk in walks]
    waiting = [walk for walk, known in zip(walks, outcomes, strict=True) if known is None]
    if waiting:
        walked = iter(_walked(waiting, first))
        outcomes = [next(walked) if known is None else known for known in outcomes]
    return cast("list[Outcome]", outcomes)


def _walked(walks: Sequence[Walk], first: int) -> list[Outcome]:
    leader = walks[0]
    loaded, unreadable = leader.load(first)
    end, skipped = leader.end_of(first), tuple(unreadable)
    if not loaded:
        return [Group(first, end, (), {}, np.float64, skipped) for _ in walks]
    ids = [entry.id for entry in loaded]
    names = [f"{entry.name} (id {entry.id[:12]})" for entry in loaded]
    values = np.stack([entry.values for entry in loaded])
    parties = [_Party(walk, values, names, alone=len(walks) == 1) for walk in walks]
    if leader.dependent is not None:
        for party in parties:
            party.attempt(party.follow, leader.dependent, values, ids)
    else:
        _walk_levels(leader, parties, values, ids, is_first=first == 0)
    return [party.outcome(first, end, ids, skipped) for party in parties]


def _walk_levels(
    leader: Walk, parties: Sequence[_Party], values: FloatArray, ids: list[str], *, is_first: bool
) -> None:
    """Make several levels at once, and hand them to every encoder."""
    alteration = cast("Alteration", leader.alteration)
    n_encodings, step = alteration.n_levels + 1, leader.levels_per_block
    for level in range(0, n_encodings, step):
        n_levels = min(step, n_encodings - level)
        for block in leader.blocks(len(ids)):
            leader.stop_if_cancelled()
            is_trial = is_first and level == block.start == 0
            altered = _altered(leader, values[block], ids[block], level, n_levels, is_trial)
            if len(parties) > 1:
                # What an encoder wrote into the block would reach the encoders after it.
                altered = altered.view()
                altered.flags.writeable = False
            for party in parties:
                party.attempt(party.take, altered)
        for party in parties:
            party.attempt(party.measure)


def _altered(
    leader: Walk, values: FloatArray, ids: list[str], level: int, n_levels: int, is_trial: bool
) -> FloatArray:
    """Make a block; the first of a run shows whether the alteration keeps to its contract."""
    alteration = cast("Alteration", leader.alteration)
    if not is_trial:
        return leader.altered(alteration, values, ids, level, n_levels)
    given = values.copy()
    altered = leader.altered(alteration, values, ids, level, n_levels)
    require_contract(alteration, given, values, altered)
    return altered


class _Party:
    """One encoder's part in a group: what it encodes, and what its measures keep of that."""

    def __init__(self, walk: Walk, values: FloatArray, names: list[str], *, alone: bool) -> None:
        self._walk = walk
        self._alone = alone
        self._error: RmqmError | None = None
        self._dtype: npt.DTypeLike = np.float64
        self._blocks: list[AnyArray] = []
        self._n_inputs = len(values)
        self.attempt(self._start, values, names)

    def attempt(self, step: Callable[..., None], *arguments: object) -> None:
        """Do a step unless an earlier step failed; beside others an error is kept for later."""
        if self._error is not None:
            return
        try:
            step(*arguments)
        except RmqmError as error:
            if self._alone:
                raise
            self._error = error

    def _start(self, values: FloatArray, names: list[str]) -> None:
        walk = self._walk
        self._meters = Meters(walk.measures, len(names), walk.alteration.n_levels, names)
        self._meters.look(values)
        if names := of_gradients(walk.measures):
            encoder = as_differentiable(walk.encoder, purpose=names[0])
            with ONE_THREAD:
                self._meters.differentiate(interruptible(encoder, walk.stop_if_cancelled), values)

    def take(self, altered: FloatArray) -> None:
        """Encode a block (n, L, *S)."""
        begun = time.perf_counter()
        encodings = encode_checked(self._walk.encoder, altered.reshape(-1, *altered.shape[2:]))
        self._walk.seconds.append(time.perf_counter() - begun)
        block = encodings.reshape(*altered.shape[:2], -1)
        # An encoder may return its inputs, or memory of its own that it uses again.
        self._blocks.append(block.copy() if len(altered) < self._n_inputs else block)

    def measure(self) -> None:
        """Measure the encodings of all blocks of the same levels."""
        blocks, self._blocks = self._blocks, []
        for block in blocks[1:]:
            if block.shape[-1] != blocks[0].shape[-1]:
                raise encodings_of_several_lengths(blocks[0].shape[-1], block.shape[-1])
        self._update(blocks[0] if len(blocks) == 1 else np.concatenate(blocks))

    def follow(self, alteration: DependentAlteration, values: FloatArray, ids: list[str]) -> None:
        """Take the encodings that the alteration needs anyway."""
        path = alteration.path(as_differentiable(self._walk.encoder), values, ids)
        for _, (_, encodings) in zip(range(alteration.n_levels + 1), path, strict=True):
            self._walk.stop_if_cancelled()
            self._update(encodings[:, None])

    def _update(self, encodings: AnyArray) -> None:
        self._dtype = encodings.dtype
        self._meters.update(encodings)

    def outcome(self, first: int, end: int, ids: list[str], skipped: _Skipped) -> Outcome:
        """Return what the measures kept, or the error."""
        columns: dict[str, AnyArray] = {}
        self.attempt(lambda: columns.update(self._meters.columns()))
        return self._error or Group(first, end, tuple(ids), columns, self._dtype, skipped)
