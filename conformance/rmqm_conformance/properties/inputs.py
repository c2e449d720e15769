"""Laws of inputs and their names: family RMQM-INP."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import hash_of
from rmqm_conformance.require import require_equal
from rmqm_conformance.strategies import Array, any_arrays, images, names
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "inputs"


def _content_id(subject: Subject, array: Array) -> str:
    return str(subject.perform("content_id", input=array)["id"])


@law("RMQM-INP-002/digest", needs=NEEDS, array=any_arrays())
def digest(subject: Subject, array: Array) -> None:
    """The id is the SHA-256 digest of a header and the values in C order, little-endian."""
    require_equal("id", _content_id(subject, array), hash_of(array))


@law("RMQM-INP-002/same-content", needs=NEEDS, array=any_arrays())
def same_content(subject: Subject, array: Array) -> None:
    """Memory layout and byte order do not change the id."""
    name = _content_id(subject, array)
    backwards = np.ascontiguousarray(array[::-1])[::-1]
    for what, other in (
        ("column-major order", np.asfortranarray(array)),
        ("a view", backwards),
        ("big-endian values", array.astype(array.dtype.newbyteorder(">"))),
    ):
        require_equal(f"id of {what}", _content_id(subject, other), name)


@law(
    "RMQM-INP-002/other-content",
    needs=NEEDS,
    array=any_arrays(dtypes=("|u1", "<f4", "<f8", "<i4")),
    place=st.integers(0, 1000),
)
def other_content(subject: Subject, array: Array, place: int) -> None:
    """Another type, another shape or another value has another id."""
    changed = array.copy()
    changed.flat[place % array.size] += 1
    others = [changed, array[None], array[None, None], array.astype("<u2"), array.astype("<i8")]
    ids = [_content_id(subject, content) for content in (array, *others)]
    require_equal("number of different ids", len(set(ids)), len(ids))


@law("RMQM-INP-003/given-image", needs=NEEDS, also="RMQM-INP-002", image=images())
def given_image(subject: Subject, image: Array) -> None:
    """The id of an image is that of the array (H, W, C) that was given."""
    result = subject.perform("prepare", input=image, kind="image", low=0.0, high=1.0)
    require_equal("id", result["id"], hash_of(image))


@law("RMQM-INP-003/given-array", needs=NEEDS, also="RMQM-INP-002", array=any_arrays())
def given_array(subject: Subject, array: Array) -> None:
    """The id of another input is that of the array that was given."""
    result = subject.perform("prepare", input=array, kind="array", low=0.0, high=128.0)
    require_equal("id", result["id"], hash_of(array))


@law(
    "RMQM-INP-005/ascending",
    needs=NEEDS,
    also="RMQM-INP-004 RMQM-INP-010 RMQM-INP-011",
    ids=names(),
    order=st.integers(0),
)
def ascending(subject: Subject, ids: list[str], order: int) -> None:
    """Ids are given once each, in ascending order; the name of the set follows from them."""
    rows = np.random.default_rng(order).permutation(len(ids))
    result = subject.perform("name_inputs", ids=[ids[k] for k in rows])
    once = sorted(set(ids))
    require_equal("ids", result["ids"], once)
    text = "".join(f"{name}\n" for name in once)
    require_equal("digest", result["digest"], hashlib.sha256(text.encode()).hexdigest())


CHECKS = (
    digest,
    same_content,
    other_content,
    given_image,
    given_array,
    ascending,
)
