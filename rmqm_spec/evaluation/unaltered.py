"""The encodings of unaltered inputs, with the bits that an evaluation saw."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.evaluation.walk import Walk

__all__ = ["unaltered_encodings"]


def unaltered_encodings(
    walk: Walk,
    ids: Sequence[str],
    workers: int,
    progress: Callable[[int, int], None] | None = None,
) -> AnyArray:
    """
    Encode unaltered inputs in the blocks of a walk, since a batch of another size may round
    differently.

    Parameters
    ----------
    walk : Walk
        As the evaluation did it.
    ids : sequence of str
        The inputs that are wanted.
    workers : int
        Number of calling threads.
    progress : callable, optional
        Called with the number of inputs done, and the number wanted.

    Returns
    -------
    (N, E) ndarray
        In the order of `ids`, of the encoder's own type.
    """
    places = {identity: place for place, identity in enumerate(ids)}
    encodings: AnyArray | None = None
    done: set[str] = set()
    for group_ids, rows in _in_order(walk, workers):
        for identity, row in zip(group_ids, rows, strict=True):
            if identity in places and identity not in done:
                if encodings is None:
                    encodings = np.empty((len(ids), *row.shape), dtype=row.dtype)
                encodings[places[identity]] = row
                done.add(identity)
        if progress:
            progress(len(done), len(ids))
        if len(done) == len(ids):
            break
    if encodings is None or len(done) < len(ids):
        raise ValueError(f"{len(ids) - len(done)} of {len(ids)} inputs are not in the walk")
    return encodings


def _in_order(walk: Walk, workers: int) -> Iterator[tuple[Sequence[str], AnyArray]]:
    """Encode groups in several threads, with at most two pending per thread."""
    starts = range(0, len(walk.inputs), walk.group_size)
    pending: deque[Future[tuple[Sequence[str], AnyArray]]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="rmqm-unaltered") as pool:
        try:
            for first in starts:
                pending.append(pool.submit(walk.unaltered, first))
                if len(pending) == 2 * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
