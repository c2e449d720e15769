"""Unaltered inputs through an encoder: unit vectors, one input after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics.distances import unit_vectors
from rmqm_spec.contracts.encoder import Encoder, encode_checked, traits_of
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.errors import EncodingError, UnreadableError

__all__ = ["Encoded", "Refused", "encode_inputs"]


@frozen(kw_only=True)
class Refused:
    """An input that takes no part, and why."""

    name: str
    code: str
    message: str


@frozen(kw_only=True, eq=False)
class Encoded:
    """
    The encodings of all inputs that could be read.

    Parameters
    ----------
    vectors : (N, E) ndarray of float64
        Encodings divided by their Euclidean norm.
    positions : tuple of int
        Where each is among the inputs that were offered.
    ids, names : tuple of str
        Content hash and origin of each.
    refused : tuple of Refused
        Inputs that could not be read.
    """

    vectors: Float64Array
    positions: tuple[int, ...]
    ids: tuple[str, ...]
    names: tuple[str, ...]
    refused: tuple[Refused, ...]


@frozen(eq=False)
class _Batch:
    vectors: Float64Array | None
    positions: list[int]
    ids: list[str]
    names: list[str]
    refused: list[Refused]


def encode_inputs(
    encoder: Encoder, inputs: Inputs, progress: Callable[[int, int], None] | None = None
) -> Encoded:
    """
    Encode every input once, unaltered.

    Parameters
    ----------
    encoder : Encoder
        It is called as its traits wish.
    inputs : Inputs
        What to encode.
    progress : callable, optional
        Called with the number of inputs done and offered.

    Returns
    -------
    Encoded
        In the order of `inputs`.

    Raises
    ------
    EncodingError
        If an encoding has the wrong shape, zero norm or values that are not finite; it names the
        input.
    UnreadableError
        DAT018 if no input can be read.
    """
    traits = traits_of(encoder)
    starts = range(0, len(inputs), traits.batch_size)
    done: list[_Batch] = []

    def encode(first: int) -> _Batch:
        return _encode(encoder, inputs, range(first, min(first + starts.step, len(inputs))))

    for batch in _in_order(encode, starts, traits.concurrency):
        done.append(batch)
        if progress:
            progress(min(len(done) * starts.step, len(inputs)), len(inputs))
    refused = tuple(one for batch in done for one in batch.refused)
    blocks = [batch.vectors for batch in done if batch.vectors is not None]
    if not blocks:
        raise UnreadableError(
            "DAT018",
            f"at least one input must be readable; got 0 of {len(inputs)}"
            + (f", the first because {refused[0].message}" if refused else ""),
            fix="Point --data at images or arrays that can be opened.",
        )
    lengths = sorted({block.shape[1] for block in blocks})
    if len(lengths) > 1:
        raise EncodingError(
            "ENC004",
            f"encodings must all have the same length; got {lengths[1]} and {lengths[0]}",
            fix="Encode each input by itself: the length must not depend on the batch.",
        )
    return Encoded(
        vectors=np.concatenate(blocks),
        positions=tuple(one for batch in done for one in batch.positions),
        ids=tuple(one for batch in done for one in batch.ids),
        names=tuple(one for batch in done for one in batch.names),
        refused=refused,
    )


def _in_order(encode: Callable[[int], _Batch], starts: range, concurrency: int) -> Iterator[_Batch]:
    """Encode batches by several threads, at most two under way for each."""
    if concurrency == 1:
        yield from map(encode, starts)
        return
    pending: deque[Future[_Batch]] = deque()
    with ThreadPoolExecutor(concurrency, thread_name_prefix="rmqm-probe") as pool:
        try:
            for first in starts:
                pending.append(pool.submit(encode, first))
                if len(pending) == 2 * concurrency:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _encode(encoder: Encoder, inputs: Inputs, positions: range) -> _Batch:
    batch = _Batch(None, [], [], [], [])
    values = []
    for position in positions:
        try:
            one = inputs.load(position)
        except UnreadableError as error:
            name = inputs.name(position)
            batch.refused.append(Refused(name=name, code=error.code, message=error.message))
            continue
        values.append(one.values)
        batch.positions.append(position)
        batch.ids.append(one.id)
        batch.names.append(one.name)
    if not values:
        return batch
    encodings = encode_checked(encoder, np.stack(values))
    named = [
        f"{name} (id {identity[:12]})"
        for name, identity in zip(batch.names, batch.ids, strict=True)
    ]
    vectors = unit_vectors(encodings[:, None], named)[:, 0]
    return _Batch(vectors, batch.positions, batch.ids, batch.names, batch.refused)
