"""Lengths that a model leaves open: said, or those of the data; no advice leads in a circle."""

from __future__ import annotations

import re

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx import OpenOptions
from rmqm_spec.errors import RmqmError
from rmqm_spec.inputs.opening import shape_of_rows
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.models import open_model

from .conftest import constant, model, node, random, value


def write(path, dims, kind="mean"):
    """A network of any length, which takes the mean over all values but the last axis."""
    axes = list(range(1, len(dims)))
    nodes = [
        node("Tanh", "x", "t"),
        node("ReduceMean", "t", "m", axes=axes, keepdims=0),
        node("Unsqueeze", "m one", "u"),
        node("MatMul", "u w", "emb"),
    ]
    graph = model(
        nodes,
        [value("x", dims)],
        [value("emb", [None, 5])],
        [constant("one", [1], "int64"), random("w", 1, 5)],
    )
    path.write_bytes(graph.SerializeToString())
    return path


def opened(path, **options):
    return open_model(request_of(path, options))


def refused(path, **options):
    with pytest.raises(RmqmError) as caught:
        opened(path, **options)
    return caught.value


@pytest.mark.parametrize(
    ("dims", "row", "shape"),
    [
        ([None, None], (400,), (400,)),
        ([None, None], (1, 400), (400,)),
        ([None, 1, None], (400,), (1, 400)),
        ([None, None, 9], (50, 9), (50, 9)),
        ([None, None, 9], (450,), (50, 9)),
        ([None, None, None], (50, 9), (50, 9)),
        ([None, 1, None, 80], (1, 60, 80), (1, 60, 80)),
        ([1, None], (400,), (400,)),
    ],
)
@pytest.mark.parametrize("kind", ["array", "npy", "npz", "npz key"])
def test_open_lengths_are_those_of_the_data(tmp_path, dims, row, shape, kind):
    path = write(tmp_path / "m.onnx", dims)
    data = np.zeros((3, *row), np.float32)
    given = {"array": data, "npy": f"{tmp_path}/x.npy", "npz": f"{tmp_path}/x.npz"}
    np.save(tmp_path / "x.npy", data)
    np.savez(tmp_path / "x.npz", x=data, y=np.arange(3))
    encoder = opened(path, data=given.get(kind, f"{tmp_path}/x.npz:x"))
    assert encoder.spec.shape == shape
    assert [found.level for found in encoder.findings if found.code == "INP007"] == ["ok"]
    assert encoder.encode(np.zeros((2, *shape), np.float32)).shape == (2, 5)


def test_what_is_said_goes_before_the_data(tmp_path):
    path = write(tmp_path / "m.onnx", [None, None])
    encoder = opened(path, data=np.zeros((3, 400)), input_shape="300")
    assert encoder.spec.shape == (300,)
    assert "INP007" not in {found.code for found in encoder.findings}


def test_pictures_are_resized_whatever_the_size_of_the_data(tmp_path):
    path = write(tmp_path / "m.onnx", [None, 3, None, None])
    encoder = opened(path, data=np.zeros((3, 3, 40, 50)))
    assert encoder.spec.shape == (3, 224, 224)
    assert opened(path, input_shape="3x40x50").spec.shape == (3, 40, 50)


@pytest.mark.parametrize("given", ["1x300", "0", "300x", "-4", "a"])
def test_a_shape_that_does_not_fit_is_refused(tmp_path, given):
    path = write(tmp_path / "m.onnx", [None, None])
    assert refused(path, input_shape=given).code in {"INP004", "ARG001"}
    assert refused(write(tmp_path / "s.onnx", [None, None, 9]), input_shape="50x8").code == "INP004"


@pytest.mark.parametrize(
    "dims", [[None, None], [None, None, 9], [None, None, None], [None, 1, None]]
)
@pytest.mark.parametrize("layout", [None, "array", "flat", "nchw"])
def test_no_advice_on_an_open_shape_leads_in_a_circle(tmp_path, dims, layout):
    """Whatever is typed first, following the advice ends in an encoder, in a few steps."""
    path = write(tmp_path / "m.onnx", dims)
    options = {} if layout is None else {"layout": layout}
    steps = [options]
    while options is not None:
        options = after(path, options)
        steps.append(options)
        assert len(steps) < 5, steps


def after(path, options):
    """Return what the refusal of these options advises; None where there is none."""
    try:
        opened(path, **options)
    except RmqmError as error:
        return follow(options, error.fix)
    return None


def follow(options, fix):
    """Do what a message says: its last example, or leave out what it says to leave out."""
    if "Leave --layout out" in fix:
        return {}
    name, given = re.findall(r"--(input-shape) ([0-9x]+)", fix)[-1]
    return {**options, name: given}


def test_the_shape_of_rows_is_known_before_the_encoder(tmp_path):
    np.savez(tmp_path / "two.npz", a=np.zeros((3, 4)), b=np.zeros((3, 5)))
    assert shape_of_rows(f"{tmp_path}/two.npz") is None
    assert shape_of_rows(f"{tmp_path}/two.npz:b") == (5,)
    for other in (None, tmp_path, f"{tmp_path}/none.npy", "https://a.org/x.npy", np.zeros(3)):
        assert shape_of_rows(other) is None


def test_options_of_an_encoder_hold_its_shape(tmp_path):
    import pickle

    path = write(tmp_path / "m.onnx", [None, None])
    encoder = opened(path, data=np.zeros((3, 400)))
    assert pickle.loads(pickle.dumps(encoder)).spec.shape == (400,)
    assert OpenOptions().input_shape is None
