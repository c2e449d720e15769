"""What goes over the wire comes back bit for bit."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rmqm_conformance.message_schema import message_schema
from rmqm_conformance.messages import complaint
from rmqm_conformance.operations import operation, operations
from rmqm_conformance.wire import (
    DTYPES,
    decode_arguments,
    decode_results,
    encode_arguments,
    encode_results,
)


@given(value=st.floats())
def test_floats_survive(value):
    asked = operation("interval")
    raw = json.loads(json.dumps(encode_results(asked, {"low": value, "high": value})))
    found = decode_results(asked, raw)["low"]
    assert math.isnan(found) if math.isnan(value) else found.hex() == value.hex()


@given(data=st.data(), dtype=st.sampled_from(DTYPES))
def test_arrays_survive(data, dtype):
    array = data.draw(arrays(np.dtype(dtype), array_shapes(min_dims=0, max_dims=3, max_side=3)))
    asked = operation("content_id")
    raw = json.loads(json.dumps(encode_arguments(asked, {"input": array})))
    found = decode_arguments(asked, raw)["input"]
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert found.tobytes() == array.tobytes()


@pytest.mark.parametrize("text", ["0x1.8p+0", "1.5", "15e-1", 1.5, "0X1.8P0", "+1.5"], ids=repr)
def test_floats_in_replies_may_be_written_in_other_ways(text):
    assert decode_results(operation("interval"), {"low": text, "high": "nan"})["low"] == 1.5


def test_arrays_of_any_memory_layout_go_in_c_order():
    asked = operation("content_id")
    array = np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3))[:, ::-1]
    raw = encode_arguments(asked, {"input": array})["input"]
    assert raw["dtype"] == "<i4"
    assert (decode_arguments(asked, {"input": raw})["input"] == array).all()


@pytest.mark.parametrize("name", sorted(operations()))
def test_the_shipped_schema_is_that_of_the_table_of_operations(name):
    from importlib.resources import files

    shipped = files("rmqm_conformance").joinpath("schemas", "messages.schema.json")
    made = json.loads(json.dumps(message_schema()))
    assert json.loads(shipped.read_text(encoding="utf-8")) == made
    assert f"request.run.{name}" in made["$defs"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ({"seq": 1, "result": {"low": "0x1p", "high": "nan"}}, "at result/low"),
        ({"seq": 1, "result": {"low": "low", "high": "nan"}}, "at result/low"),
        ({"seq": "1", "result": {"low": 1, "high": 2}}, "at seq"),
        ({"seq": 1, "result": {"low": 1}}, "'high' is a required property"),
    ],
)
def test_a_reply_of_a_wrong_form_is_complained_about(reply, said):
    assert said in complaint("reply.run.interval", reply)
    good = {"seq": 1, "result": {"low": 1, "high": "0x1.8p+1"}}
    assert complaint("reply.run.interval", good) == ""
