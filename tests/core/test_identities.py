"""Names that follow from content: of inputs, of sets of inputs, of plain data."""

import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rmqm_spec import content_id
from rmqm_spec.identity import digest_of_ids, digest_of_json

REAL = ["?", "u1", "i2", "u4", "i8", "f2", "f4", "f8"]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("values", "content"),
    [
        (np.arange(6, dtype="u1").reshape(2, 3), b"rmqm-input/1 u1 2x3\n" + bytes(range(6))),
        (np.array([1.5, -2.0], "f4"), b"rmqm-input/1 f4 2\n" + struct.pack("<2f", 1.5, -2)),
        (np.array([[3.0]]), b"rmqm-input/1 f8 1x1\n" + struct.pack("<d", 3)),
        (np.array([258], "i2"), b"rmqm-input/1 i2 1\n\x02\x01"),
        (np.array([True, False]), b"rmqm-input/1 b1 2\n\x01\x00"),
        (np.array(7, "u1"), b"rmqm-input/1 u1 \n\x07"),
    ],
)
def test_an_id_is_the_digest_of_header_and_values(values, content):
    assert content_id(values) == sha256(content)


@pytest.mark.parametrize("dtype", REAL)
@given(data=st.data(), order=st.permutations(range(3)))
def test_memory_layout_does_not_change_an_id(dtype, data, order):
    values = data.draw(arrays(dtype, array_shapes(min_dims=3, max_dims=3)))
    turned = values.transpose(order).copy().transpose(np.argsort(order))
    assert content_id(turned) == content_id(values)


@pytest.mark.parametrize("dtype", REAL)
def test_byte_order_does_not_change_an_id(dtype):
    values = np.arange(2).astype(dtype)
    assert content_id(values.astype(values.dtype.newbyteorder(">"))) == content_id(values)


@pytest.mark.parametrize("step", [2, -1])
def test_a_view_has_the_id_of_its_copy(step):
    values = np.arange(10.0)[::step]
    assert content_id(values) == content_id(values.copy())


def test_every_type_gives_another_id():
    ids = {content_id(np.array([0, 1]).astype(dtype)) for dtype in REAL}
    assert len(ids) == len(REAL)


@pytest.mark.parametrize("shape", [(12,), (4, 3), (3, 4), (1, 12), (12, 1), (2, 6), (3, 2, 2)])
def test_every_shape_gives_another_id(shape):
    others = [(6, 2), (2, 2, 3), (12, 1, 1)]
    ids = {content_id(np.zeros(each)) for each in [shape, *others]}
    assert len(ids) == 4


@pytest.mark.parametrize("other", [[0.0, np.nextafter(1, 2)], [-0.0, 1.0], [1.0, 0.0]])
def test_every_bit_of_every_value_counts(other):
    assert content_id(np.array(other)) != content_id(np.array([0.0, 1.0]))


def test_a_set_of_inputs_is_named_by_its_sorted_ids():
    assert digest_of_ids(["b", "a"]) == sha256(b"a\nb\n")


@given(ids=st.lists(st.text("abc", min_size=1)), order=st.randoms())
def test_neither_order_nor_copies_change_the_name_of_a_set(ids, order):
    turned = ids * 2
    order.shuffle(turned)
    assert digest_of_ids(turned) == digest_of_ids(ids)


def test_ids_do_not_run_together():
    assert digest_of_ids(["ab", "c"]) != digest_of_ids(["a", "bc"])


def test_plain_data_is_named_by_its_canonical_json():
    document = {"b": [1, 2.5, None, "ä"], "a": True}
    assert digest_of_json(document) == sha256('{"a":true,"b":[1,2.5,null,"ä"]}'.encode())


def test_the_order_of_keys_does_not_change_the_name_of_plain_data():
    assert digest_of_json({"a": {"c": 1, "b": 2}}) == digest_of_json({"a": {"b": 2, "c": 1}})
