"""Inputs through all levels of an alteration: in batches, over threads, in order."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from math import ceil, prod
from typing import cast

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.alteration import Alteration, AnyAlteration, DependentAlteration
from rmqm_spec.contracts.encoder import Encoder, as_differentiable, encode_checked
from rmqm_spec.contracts.guarding import by_alteration, failed_alteration
from rmqm_spec.contracts.inputs import Input, Inputs
from rmqm_spec.contracts.measure import Measure
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.alteration_contract import require_contract
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.meters import Meters
from rmqm_spec.measures.movement import RMQM

__all__ = ["Walk", "walk_groups"]

_SHORT_TASK_S = 0.05
_MAX_SPAN = 32
"""Tasks grow to this many groups while they take less than that many seconds."""


class Cancelled(Exception):  # noqa: N818 - a signal between threads, not an error
    """The work of a thread was called off."""


@frozen(eq=False)
class Walk:
    """
    How to take a group of inputs through all levels.

    A block of work is a rectangle, n inputs times L consecutive levels, whose area is about one
    batch: as many levels of one input as fit, or all levels of several inputs. Where levels depend
    on each other, it is one level of a batch of inputs.
    """

    encoder: Encoder
    inputs: Inputs
    alteration: AnyAlteration
    batch_size: int
    measures: tuple[Measure, ...] = (RMQM,)
    known: Mapping[int, Group] = field(factory=dict)
    cancelled: threading.Event = field(factory=threading.Event)
    _memory: threading.local = field(factory=threading.local)

    @cached_property
    def _dependent(self) -> DependentAlteration | None:
        """The alteration, if its levels follow from each other; a protocol is slow to ask."""
        return self.alteration if isinstance(self.alteration, DependentAlteration) else None

    @cached_property
    def group_size(self) -> int:
        """Number of inputs that walk together."""
        if self._dependent is not None:
            return self.batch_size
        return max(1, self.batch_size // (self.alteration.n_levels + 1))

    @cached_property
    def levels_per_block(self) -> int:
        """Number of consecutive levels in a block, all blocks nearly equal."""
        n_encodings = self.alteration.n_levels + 1
        return ceil(n_encodings / ceil(n_encodings / self.batch_size))

    def group(self, first: int) -> Group:
        """Take inputs `first` to `first + group_size - 1` through all levels."""
        end = min(first + self.group_size, len(self.inputs))
        known = self.known.get(first)
        if known is not None and known.end == end:
            # A group is taken whole or not at all: a batch of another size may round differently.
            return known
        loaded, unreadable = self._load(range(first, end))
        if not loaded:
            return Group(first, end, (), {}, np.float64, tuple(unreadable))
        ids = [entry.id for entry in loaded]
        names = [f"{entry.name} (id {entry.id[:12]})" for entry in loaded]
        meters = Meters(self.measures, len(loaded), self.alteration.n_levels, names)
        values = np.stack([entry.values for entry in loaded])
        meters.look(values)
        if self._dependent is not None:
            dtype = self._follow(self._dependent, values, ids, meters)
        else:
            alteration = cast("Alteration", self.alteration)
            dtype = self._pack(alteration, values, ids, meters, is_first=first == 0)
        return Group(first, end, tuple(ids), meters.columns(), dtype, tuple(unreadable))

    def unaltered(self, first: int) -> tuple[list[str], AnyArray]:
        """Encode the unaltered inputs of a group, in the same block as `group` does."""
        loaded, _ = self._load(range(first, min(first + self.group_size, len(self.inputs))))
        if not loaded:
            return [], np.empty((0, 0))
        ids = [entry.id for entry in loaded]
        values = np.stack([entry.values for entry in loaded])
        if self._dependent is not None:
            path = self._dependent.path(as_differentiable(self.encoder), values, ids)
            _, encodings = next(iter(path))
            return ids, np.array(encodings)
        alteration = cast("Alteration", self.alteration)
        n_levels = min(self.levels_per_block, alteration.n_levels + 1)
        altered = self._altered(alteration, values, ids, 0, n_levels)
        encodings = encode_checked(self.encoder, altered.reshape(-1, *values.shape[1:]))
        return ids, np.array(encodings.reshape(len(ids), n_levels, -1)[:, 0])

    def _pack(
        self,
        alteration: Alteration,
        values: FloatArray,
        ids: list[str],
        meters: Meters,
        *,
        is_first: bool,
    ) -> npt.DTypeLike:
        """Make and encode several levels at once; returns the type of the encodings."""
        given = values.copy() if is_first else values
        n_encodings = alteration.n_levels + 1
        for level in range(0, n_encodings, self.levels_per_block):
            self._stop_if_cancelled()
            n_levels = min(self.levels_per_block, n_encodings - level)
            altered = self._altered(alteration, values, ids, level, n_levels)
            if is_first and level == 0:
                require_contract(alteration, given, values, altered)
            encodings = encode_checked(self.encoder, altered.reshape(-1, *values.shape[1:]))
            meters.update(encodings.reshape(len(ids), n_levels, -1))
        return encodings.dtype

    def _altered(
        self, alteration: Alteration, values: FloatArray, ids: list[str], level: int, n_levels: int
    ) -> FloatArray:
        """Make levels in the memory of this thread; an error in there is the alteration's."""
        block = self._block((len(ids), n_levels, *values.shape[1:]), values.dtype)
        taken = (values, ids, level, n_levels)
        altered = by_alteration(alteration.name, "alter", alteration.alter, *taken, out=block)
        if not isinstance(altered, np.ndarray):
            raise failed_alteration(alteration.name, "alter", type(altered).__name__)
        return altered

    def _follow(
        self,
        alteration: DependentAlteration,
        values: FloatArray,
        ids: list[str],
        meters: Meters,
    ) -> npt.DTypeLike:
        """Take the encodings that the alteration needs anyway; returns their type."""
        path = alteration.path(as_differentiable(self.encoder), values, ids)
        for _, (_, encodings) in zip(range(alteration.n_levels + 1), path, strict=True):
            self._stop_if_cancelled()
            meters.update(encodings[:, None])
        return encodings.dtype

    def _stop_if_cancelled(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled

    def _block(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> FloatArray:
        """Lend the calling thread memory for a block: fresh memory costs more than the noise."""
        size = prod(shape)
        memory: FloatArray | None = getattr(self._memory, "values", None)
        if memory is None or memory.size < size or memory.dtype != dtype:
            memory = self._memory.values = np.empty(size, dtype=dtype)
        return memory[:size].reshape(shape)

    def _load(self, indices: range) -> tuple[list[Input], list[tuple[int, UnreadableError]]]:
        loaded: list[Input] = []
        unreadable: list[tuple[int, UnreadableError]] = []
        for index in indices:
            try:
                loaded.append(self.inputs.load(index))
            except UnreadableError as error:
                unreadable.append((index, error))
        return loaded, unreadable


def walk_groups(walk: Walk, workers: int) -> Generator[Group]:
    """
    Yield every group of inputs in order, made by `workers` threads.

    At most two tasks per thread are under way, so memory does not grow with the inputs. Closing
    the iterator, or an interrupt, stops the threads at their next block.
    """
    starts = range(0, len(walk.inputs), walk.group_size)
    if workers == 1:
        yield from map(walk.group, starts)
        return
    pending: deque[Future[tuple[list[Group], float]]] = deque()
    span, position = 1, 0
    with ThreadPoolExecutor(workers, thread_name_prefix="rmqm-walk") as pool:
        try:
            while pending or position < len(starts):
                while position < len(starts) and len(pending) < 2 * workers:
                    pending.append(pool.submit(_timed, walk, starts[position : position + span]))
                    position += span
                walked, seconds = pending.popleft().result()
                yield from walked
                # Groups that are known or cannot be read tell nothing about the encoder.
                encoded = all(one.ids and one.first not in walk.known for one in walked)
                if encoded and seconds < _SHORT_TASK_S and span < _MAX_SPAN:
                    span *= 2
        finally:
            walk.cancelled.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _timed(walk: Walk, starts: range) -> tuple[list[Group], float]:
    """Walk several groups in one task: handing over tasks costs more than a small network."""
    begun = time.monotonic()
    return [walk.group(start) for start in starts], time.monotonic() - begun
