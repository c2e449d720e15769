"""Known mistakes of inputs and their names: chapter 1 of the specification."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.identifying import Naming
from rmqm_conformance.mistakes.known import Table, changed, parts, same_bits, within

__all__ = ["TABLES"]

Array = npt.NDArray[Any]


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


IDS: dict[str, dict[str, Any]] = {
    "hashes the values alone, without the header": parts(header=lambda n, array: ""),
    "leaves the type out of the id": parts(type=lambda n, array: ""),
    "leaves the shape out of the id": parts(shape=lambda n, array: ""),
    "writes long names of types (float32 for f4) into the id": parts(
        type=lambda n, array: array.dtype.name
    ),
    "joins the lengths of the axes by commas instead of x": parts(
        shape=lambda n, array: ",".join(map(str, array.shape))
    ),
    "forgets the line feed at the end of the header": parts(
        header=lambda n, array: Naming.header(n, array).rstrip("\n")
    ),
    "hashes values big-endian": parts(
        content=lambda n, array: array.astype(array.dtype.newbyteorder(">")).tobytes()
    ),
    "hashes values in the order of Fortran, the first axis fastest": parts(
        content=lambda n, array: array.tobytes(order="F")
    ),
    "writes digests in capitals": parts(written=lambda n, digest: digest.upper()),
    "cuts digests to 16 digits": parts(written=lambda n, digest: digest[:16]),
    "hashes every NaN as the same one": parts(
        content=lambda n, array: Naming.content(
            n, np.where(np.isnan(array), array.dtype.type(np.nan), array)
        )
    ),
    "hashes -0.0 as 0.0": parts(content=lambda n, array: Naming.content(n, array + 0)),
    "rounds integers to float64 before it hashes them": parts(
        content=lambda n, array: Naming.content(
            n, array.astype(np.float64).astype(array.dtype) if array.dtype.kind in "iu" else array
        )
    ),
    "writes the shape of a single number as 1": parts(
        shape=lambda n, array: Naming.shape(n, array) or "1"
    ),
    "hashes at most 64 KiB of an input": parts(
        content=lambda n, array: Naming.content(n, array)[: 2**16]
    ),
}

PREPARED: dict[str, dict[str, Any]] = {
    "takes the id over the prepared values instead of the input as it was given": parts(
        name=lambda n, given, values: n.id(values)
    ),
    "multiplies bytes by the rounded 1/255 instead of dividing them": parts(
        divided=lambda n, image: image.astype(np.float32) * np.float32(1 / 255)
    ),
    "divides bytes by 256 instead of 255": parts(
        divided=lambda n, image: image.astype(np.float32) / np.float32(256)
    ),
    "leaves images of float64 in float64": parts(
        image=lambda n, image: image if image.dtype == np.float64 else Naming.image(n, image)
    ),
    "gives images of float64 in float64, rounded to float32": parts(
        image=lambda n, image: Naming.image(n, image).astype(np.result_type(image, np.float32))
    ),
    "makes every input float32": parts(array=lambda n, array: array.astype(np.float32)),
    "leaves integers as they are": parts(array=lambda n, array: array),
    "rounds integers to float32 on their way to float64": parts(
        array=lambda n, array: (
            array.astype(np.float32).astype(np.float64)
            if array.dtype.kind != "f"
            else Naming.array(n, array)
        )
    ),
    "leaves the channels of images last": parts(first=lambda n, image: image),
    "reverses the channels of images": parts(first=lambda n, image: image.transpose(2, 0, 1)[::-1]),
    "swaps rows and columns of images": parts(first=lambda n, image: image.transpose()),
    "clips values outside the bounds instead of refusing them": parts(
        image=lambda n, image: np.clip(Naming.image(n, image), n.low, n.high),
        array=lambda n, array: np.clip(Naming.array(n, array), n.low, n.high),
    ),
    "turns -0.0 into 0.0": parts(finished=lambda n, values: values + values.dtype.type(0)),
    "sets subnormal numbers to zero": parts(
        finished=lambda n, values: np.where(
            np.abs(values) < np.finfo(values.dtype).tiny, values.dtype.type(0), values
        )
    ),
}

SETS: dict[str, dict[str, Any]] = {
    "keeps equal ids as inputs of their own": parts(order=lambda n, ids: sorted(ids)),
    "leaves ids in the order in which they came": parts(
        order=lambda n, ids: list(dict.fromkeys(ids))
    ),
    "sorts ids without regard to case": parts(
        order=lambda n, ids: sorted(set(ids), key=lambda name: (name.lower(), name))
    ),
    "sorts ids in descending order": parts(order=lambda n, ids: sorted(set(ids), reverse=True)),
    "sorts ids by units of UTF-16": parts(
        order=lambda n, ids: sorted(set(ids), key=lambda name: name.encode("utf-16-be"))
    ),
    "joins the ids of a set by line feeds, without one at the end": parts(
        digest=lambda n, names: _hashed("\n".join(names))
    ),
    "digests ids in the order in which they came": parts(
        listed=lambda n, ids: list(dict.fromkeys(ids))
    ),
    "digests equal ids more than once": parts(listed=lambda n, ids: sorted(ids)),
    "writes digests in capitals": parts(written=lambda n, digest: digest.upper()),
    "digests the first thousand ids of a set alone": parts(
        listed=lambda n, ids: sorted(set(ids))[:1000]
    ),
    "trims white space around ids": parts(
        order=lambda n, ids: sorted({name.strip() for name in ids})
    ),
    "normalises ids (Unicode)": parts(
        order=lambda n, ids: sorted({unicodedata.normalize("NFC", name) for name in ids})
    ),
    "sorts ids in chunks and does not merge the chunks": parts(
        order=lambda n, ids: _in_chunks(list(dict.fromkeys(ids)))
    ),
}


def _in_chunks(ids: list[str]) -> list[str]:
    return [name for k in range(0, len(ids), 256) for name in sorted(ids[k : k + 256])]


def _table(operation: str, mistakes: dict[str, dict[str, Any]]) -> Table:
    return Table(
        operation=operation,
        right=changed(Naming, operation),
        same=same_bits,
        mistakes={words: changed(Naming, operation, **made) for words, made in mistakes.items()},
        fits=within(300_000),
    )


TABLES = (
    _table("content_id", IDS),
    _table("prepare", PREPARED | IDS),
    _table("name_inputs", SETS),
)
