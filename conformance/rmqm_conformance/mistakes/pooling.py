"""Known mistakes of pooling: RMQM-ENC-006."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.known import Answering, Table, same_numbers, within

__all__ = ["TABLES"]

Array = npt.NDArray[Any]


def _pool(output: Array, how: str) -> dict[str, Any]:
    if how == "flatten":
        return {"encodings": output.reshape(len(output), -1)}
    if how == "mean":
        return {"encodings": output.mean(1 if output.ndim == 3 else (2, 3))}
    if how == "cls" and output.ndim == 3:
        return {"encodings": output[:, 0]}
    raise ValueError("no such pooling")


def _pools(**by_name: Any) -> Answering:
    """Return a pooling some of whose ways are replaced."""

    def pool(output: Array, how: str) -> dict[str, Any]:
        instead = by_name.get(f"{how}_{output.ndim}") or by_name.get(how)
        return {"encodings": instead(output)} if instead else _pool(output, how)

    return pool


POOLING: dict[str, Answering] = {
    "flattens in the order of Fortran": _pools(
        flatten=lambda z: np.stack([row.ravel(order="F") for row in z])
    ),
    "takes the last token instead of the first": _pools(cls=lambda z: z[:, -1]),
    "averages over the last axis": _pools(mean=lambda z: z.mean(-1).reshape(len(z), -1)),
    "averages over the last axis alone": _pools(mean_3=lambda z: z.mean(-1)),
    "leaves the first token out of the mean": _pools(mean_3=lambda z: z[:, 1:].mean(1)),
    "averages over the batch instead of the tokens": _pools(
        mean=lambda z: z.mean(0).reshape(z.shape[1], -1)
    ),
    "averages over the batch": _pools(mean=lambda z: z.mean(0)),
    "averages feature maps as if channels came last": _pools(mean_4=lambda z: z.mean((1, 2))),
    "averages feature maps over the rows alone": _pools(
        mean_4=lambda z: z.mean(2).reshape(len(z), -1)
    ),
    "averages feature maps over the columns alone": _pools(
        mean_4=lambda z: z.mean(3).reshape(len(z), -1)
    ),
    "takes the maximum for the mean": _pools(mean=lambda z: z.max(1 if z.ndim == 3 else (2, 3))),
    "takes the sum for the mean": _pools(mean=lambda z: z.sum(1 if z.ndim == 3 else (2, 3))),
    "averages the first 128 tokens alone": _pools(mean_3=lambda z: z[:, :128].mean(1)),
    "takes the mean for every pooling": _pools(
        cls=lambda z: z.mean(1), flatten=lambda z: z.mean(1)
    ),
}

TABLES = (
    Table(operation="pool", right=_pool, same=same_numbers, mistakes=POOLING, fits=within(200_000)),
)
