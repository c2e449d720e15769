"""Inputs through all levels of an alteration, in batches and in order."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from functools import cached_property
from math import ceil
from typing import cast

import numpy as np
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.alteration import Alteration, AnyAlteration, DependentAlteration
from rmqm_spec.contracts.encoder import Encoder, as_differentiable, encode_checked, traits_of
from rmqm_spec.contracts.guarding import by_alteration, failed_alteration
from rmqm_spec.contracts.inputs import Input, Inputs
from rmqm_spec.contracts.measure import Measure
from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.evaluation.abreast import walk_abreast
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.threads import in_threads
from rmqm_spec.measures.movement import RMQM
from rmqm_spec.scratch import Scratch

__all__ = ["Walk", "block_size", "walk_groups"]

_BLOCKS_PER_GROUP = 4
"""Blocks with all levels of several inputs are small: measuring each by itself costs too much."""


class Cancelled(Exception):  # noqa: N818 - a signal between threads, not an error
    """The work of a thread was called off."""


@frozen(eq=False)
class Walk:
    """
    How to take a group of inputs through all levels.

    A block of work is a rectangle, n inputs times L consecutive levels, whose area is about one
    batch: as many levels of one input as fit, or all levels of several inputs; then a group is
    several blocks, which are measured together. Where levels depend on each other, a block is one
    level of a batch of inputs. `seconds` has the time of every call of the
    encoder with such a block.
    """

    encoder: Encoder
    inputs: Inputs
    alteration: AnyAlteration
    batch_size: int
    measures: tuple[Measure, ...] = (RMQM,)
    known: Mapping[int, Group] = field(factory=dict)
    cancelled: threading.Event = field(factory=threading.Event)
    seconds: list[float] = field(factory=list)
    _memory: Scratch = field(factory=Scratch)

    @cached_property
    def dependent(self) -> DependentAlteration | None:
        """The alteration, if its levels follow from each other; a protocol is slow to ask."""
        return self.alteration if isinstance(self.alteration, DependentAlteration) else None

    @cached_property
    def group_size(self) -> int:
        """Number of inputs that walk together."""
        if self.dependent is not None or self.inputs_per_block == 1:
            return self.inputs_per_block
        return _BLOCKS_PER_GROUP * self.inputs_per_block

    @cached_property
    def inputs_per_block(self) -> int:
        """Number of inputs that are encoded together."""
        if self.dependent is not None:
            return self.batch_size
        return max(1, self.batch_size // (self.alteration.n_levels + 1))

    @cached_property
    def levels_per_block(self) -> int:
        """Number of consecutive levels in a block, all blocks nearly equal."""
        n_encodings = self.alteration.n_levels + 1
        return ceil(n_encodings / ceil(n_encodings / self.batch_size))

    def group(self, first: int) -> Group:
        """Take inputs `first` to `first + group_size - 1` through all levels."""
        (outcome,) = walk_abreast((self,), first)
        if isinstance(outcome, RmqmError):
            raise outcome
        return outcome

    def known_group(self, first: int) -> Group | None:
        """Return the group that begins there if it was walked before."""
        known = self.known.get(first)
        # A group is taken whole or not at all: a batch of another size may round differently.
        return known if known is not None and known.end == self.end_of(first) else None

    @property
    def starts(self) -> range:
        """First positions of all groups."""
        return range(0, len(self.inputs), self.group_size)

    def end_of(self, first: int) -> int:
        """Return where the group that begins at `first` ends."""
        return min(first + self.group_size, len(self.inputs))

    def unaltered(self, first: int) -> tuple[list[str], AnyArray]:
        """Encode the unaltered inputs of a group, in the same block as `group` does."""
        loaded, _ = self.load(first)
        if not loaded:
            return [], np.empty((0, 0))
        ids = [entry.id for entry in loaded]
        values = np.stack([entry.values for entry in loaded])
        if self.dependent is not None:
            path = self.dependent.path(as_differentiable(self.encoder), values, ids)
            _, encodings = next(iter(path))
            return ids, np.array(encodings)
        alteration = cast("Alteration", self.alteration)
        n_levels = min(self.levels_per_block, alteration.n_levels + 1)
        rows = []
        for block in self.blocks(len(ids)):
            altered = self.altered(alteration, values[block], ids[block], 0, n_levels)
            encodings = encode_checked(self.encoder, altered.reshape(-1, *values.shape[1:]))
            rows.append(encodings.reshape(len(altered), n_levels, -1)[:, 0].copy())
        return ids, np.concatenate(rows)

    def blocks(self, n_inputs: int) -> list[slice]:
        """Return which inputs of a group of `n_inputs` are encoded together."""
        step = self.inputs_per_block
        return [slice(start, start + step) for start in range(0, n_inputs, step)]

    def altered(
        self, alteration: Alteration, values: FloatArray, ids: list[str], level: int, n_levels: int
    ) -> FloatArray:
        """Make levels in the memory of this thread; an error in there is the alteration's."""
        block = self._memory.lend("altered", (len(ids), n_levels, *values.shape[1:]), values.dtype)
        taken = (values, ids, level, n_levels)
        altered = by_alteration(alteration.name, "alter", alteration.alter, *taken, out=block)
        if not isinstance(altered, np.ndarray):
            raise failed_alteration(alteration.name, "alter", type(altered).__name__)
        return altered

    def stop_if_cancelled(self) -> None:
        """Leave the work where it was called off."""
        if self.cancelled.is_set():
            raise Cancelled

    def load(self, first: int) -> tuple[list[Input], list[tuple[int, UnreadableError]]]:
        """Load the inputs of the group that begins at `first`, as far as they can be read."""
        loaded: list[Input] = []
        unreadable: list[tuple[int, UnreadableError]] = []
        for index in range(first, self.end_of(first)):
            try:
                loaded.append(self.inputs.load(index))
            except UnreadableError as error:
                unreadable.append((index, error))
        return loaded, unreadable


def block_size(encoder: Encoder, alteration: AnyAlteration) -> int:
    """Return how many inputs at a time an encoder likes best; on a path, a gradient is a call."""
    traits = traits_of(encoder)
    is_path = isinstance(alteration, DependentAlteration)
    return traits.batch_size if is_path else traits.block_size


def walk_groups(walk: Walk, workers: int) -> Generator[Group]:
    """Yield every group of inputs in order, made by `workers` threads."""

    def tells_pace(group: Group) -> bool:
        # Groups that are known or cannot be read say nothing about the encoder.
        return bool(group.ids) and group.first not in walk.known

    return in_threads(
        walk.group, walk.starts, workers, cancelled=walk.cancelled, tells_pace=tells_pace
    )
