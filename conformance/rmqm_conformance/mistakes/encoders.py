"""Known mistakes of encoders that answers betray: RMQM-ENC-001 to 005 and RMQM-ENC-008."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from rmqm_conformance.recording import Exchange

__all__ = ["mistakes_of_encoder"]


def mistakes_of_encoder(exchanges: Sequence[Exchange]) -> list[str]:
    """Return what is wrong with encodings and vector-Jacobian products, by their own answers."""
    answered = [exchange for exchange in exchanges if exchange.answer is not None]
    encoded = [e for e in answered if e.operation == "encode"]
    pulled = [e for e in answered if e.operation == "vjp"]
    found = [
        *(words for exchange in encoded for words in _forms(exchange)),
        *_repeated(encoded, "inputs", "encodings"),
        *_rows(encoded, "encodings"),
        *(words for exchange in pulled for words in _gradients(exchange)),
        *_rows(pulled, "gradient"),
    ]
    return list(dict.fromkeys(found))


def _forms(exchange: Exchange) -> Iterator[str]:
    inputs, answer = exchange.arguments["inputs"], exchange.answer or {}
    encodings, n = answer["encodings"], len(exchange.arguments["inputs"])
    if answer["inputs"].shape == inputs.shape and answer["inputs"].tobytes() != inputs.tobytes():
        yield "writes to the inputs that it encodes"
    if encodings.ndim == 1 and n == 1:
        yield "drops the axis of a batch that holds a single input"
    elif encodings.ndim == 2 and len(encodings) != n == encodings.shape[1]:
        yield "returns a column per input: the encodings are transposed"
    elif encodings.ndim == 2 and len(encodings) < n:
        yield "leaves inputs of a batch out"
    if not np.isfinite(encodings).all():
        yield "gives encodings that are not finite"


def _repeated(encoded: Sequence[Exchange], taken: str, given: str) -> Iterator[str]:
    """Yield a mistake if equal requests have unequal answers."""
    for one, other in combinations(encoded, 2):
        a, b = one.arguments[taken], other.arguments[taken]
        if a.shape == b.shape and a.tobytes() == b.tobytes():
            x, y = (e.answer[given] for e in (one, other) if e.answer)
            if x.shape == y.shape and not np.allclose(x, y, rtol=1e-4, atol=1e-6, equal_nan=True):
                yield "encodes the same batch differently: draws at random (dropout, augmentation)"
                return


def _rows(answered: Sequence[Exchange], key: str) -> Iterator[str]:
    """Compare the rows of batches with the same inputs asked alone, as far as they were."""
    alone = {_row(e, 0): e.answer[key][0] for e in answered if e.answer and _single(e, key)}
    for exchange in answered:
        rows = exchange.answer[key] if exchange.answer else np.empty(0)
        n = len(exchange.arguments["inputs"])
        should = {i: alone[_row(exchange, i)] for i in range(n) if _row(exchange, i) in alone}
        if n < 2 or len(rows) != n or not should:
            continue
        alike = all(rows[0].shape == row.shape for row in should.values())
        if alike and any(not _close(rows[i], row) for i, row in should.items()):
            yield _named(rows, should, key)
            return


def _single(exchange: Exchange, key: str) -> bool:
    return len(exchange.arguments["inputs"]) == 1 == len((exchange.answer or {})[key])


def _row(exchange: Exchange, i: int) -> tuple[bytes, ...]:
    taken = (exchange.arguments[name] for name in sorted(exchange.arguments))
    return tuple(np.ascontiguousarray(values[i]).tobytes() for values in taken)


def _named(rows: Any, should: dict[int, Any], key: str) -> str:
    """Return what is wrong with the rows of a batch, some of which are known."""
    what = "representations" if key == "encodings" else "products"
    if all(_close(rows[i] * len(rows), row) for i, row in should.items()):
        return f"divides {what} by the size of the batch"
    if all(_close(row, rows[0]) for row in rows):
        return f"gives all inputs of a batch the same {what}"
    if all(any(_close(row, other) for other in rows) for row in should.values()):
        return f"returns the {what} of a batch in another order"
    return f"lets the {what} of an input depend on its batch"


def _close(got: Any, should: Any) -> bool:
    return bool(np.allclose(got, should, rtol=1e-3, atol=1e-5))


def _gradients(exchange: Exchange) -> Iterator[str]:
    gradient, inputs = (exchange.answer or {})["gradient"], exchange.arguments["inputs"]
    if gradient.shape != inputs.shape and gradient.size == inputs.size:
        yield "returns products flattened, not in the shape of the inputs"
    if not exchange.arguments["cotangent"].any() and gradient.any():
        yield "ignores the cotangent"
