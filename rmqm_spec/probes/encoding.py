"""Encode unaltered inputs, input by input, as unit vectors."""

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

__all__ = ["Encoded", "LeftOutInput", "encode_inputs"]


@frozen(kw_only=True)
class LeftOutInput:
    """An input that is left out, and why."""

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
        Position of each among the inputs that were offered.
    ids, names : tuple of str
        Content hash and origin of each.
    left_out : tuple of LeftOutInput
        Inputs that could not be read.
    """

    vectors: Float64Array
    positions: tuple[int, ...]
    ids: tuple[str, ...]
    names: tuple[str, ...]
    left_out: tuple[LeftOutInput, ...]


@frozen(eq=False)
class _Batch:
    vectors: Float64Array | None
    positions: list[int]
    ids: list[str]
    names: list[str]
    left_out: list[LeftOutInput]


def encode_inputs(
    encoder: Encoder, inputs: Inputs, progress: Callable[[int, int], None] | None = None
) -> Encoded:
    """
    Encode every input once, unaltered.

    Parameters
    ----------
    encoder : Encoder
        Called in the way that its traits ask for.
    inputs : Inputs
        What to encode.
    progress : callable, optional
        Called with the number of inputs done, and the number offered.

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
    left_out = tuple(entry for batch in done for entry in batch.left_out)
    blocks = [batch.vectors for batch in done if batch.vectors is not None]
    if not blocks:
        raise UnreadableError(
            "DAT018",
            f"at least one input must be readable; got 0 of {len(inputs)}"
            + (f", the first because {left_out[0].message}" if left_out else ""),
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
        positions=tuple(position for batch in done for position in batch.positions),
        ids=tuple(identity for batch in done for identity in batch.ids),
        names=tuple(name for batch in done for name in batch.names),
        left_out=left_out,
    )


def _in_order(encode: Callable[[int], _Batch], starts: range, concurrency: int) -> Iterator[_Batch]:
    """Encode batches in several threads, with at most two batches pending per thread."""
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
            loaded = inputs.load(position)
        except UnreadableError as error:
            name = inputs.name(position)
            batch.left_out.append(LeftOutInput(name=name, code=error.code, message=error.message))
            continue
        values.append(loaded.values)
        batch.positions.append(position)
        batch.ids.append(loaded.id)
        batch.names.append(loaded.name)
    if not values:
        return batch
    encodings = encode_checked(encoder, np.stack(values))
    named = [
        f"{name} (id {identity[:12]})"
        for name, identity in zip(batch.names, batch.ids, strict=True)
    ]
    vectors = unit_vectors(encodings[:, None], named)[:, 0]
    return _Batch(vectors, batch.positions, batch.ids, batch.names, batch.left_out)
