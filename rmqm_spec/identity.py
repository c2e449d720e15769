"""Identities: content hashes that name inputs and protocols independently of order and place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import numpy as np

from rmqm_spec.arrays import AnyArray

__all__ = ["content_id", "digest_of_ids", "digest_of_json"]


def content_id(values: AnyArray) -> str:
    """
    Name an input by what it is: SHA-256 over its type, its shape and its values.

    Parameters
    ----------
    values : (*S) ndarray
        One input, as it was given. Memory layout and byte order do not matter.

    Returns
    -------
    str
        64 hexadecimal digits.

    Notes
    -----
    Clause RMQM-INP-002. The hashed bytes are an ASCII header ``rmqm-input/1 <type> <d0>x<d1>...``
    and a line feed, then the values in C order, little-endian. The type is the NumPy kind and the
    item size, for example ``u1`` or ``f4``.

    Examples
    --------
    >>> image = np.zeros((2, 2), dtype=np.uint8)
    >>> content_id(image) == content_id(image.copy(order="F"))
    True
    >>> content_id(image)[:12]
    '...'
    """
    shape = "x".join(str(length) for length in values.shape)
    header = f"rmqm-input/1 {values.dtype.kind}{values.dtype.itemsize} {shape}\n"
    digest = hashlib.sha256(header.encode("ascii"))
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    digest.update(little.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def digest_of_ids(ids: Iterable[str]) -> str:
    """
    Name a set of inputs: SHA-256 over their sorted, distinct ids, each with a line feed.

    Examples
    --------
    >>> digest_of_ids(["b", "a"]) == digest_of_ids(["a", "b", "b"])
    True
    """
    text = "".join(f"{identity}\n" for identity in sorted(set(ids)))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def digest_of_json(document: object) -> str:
    """Name plain data: SHA-256 over its canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
