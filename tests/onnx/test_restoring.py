"""What a network is handed can be turned back into the picture; constants in graphs tell ranges."""

from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from rmqm_onnx.choices.input_layout import InputLayout  # noqa: E402
from rmqm_onnx.choices.normalised_range import range_after_normalisation, range_finding  # noqa: E402
from rmqm_onnx.running.arrangement import Arrangement  # noqa: E402
from rmqm_spec.contracts.inputs import InputSpec  # noqa: E402
from rmqm_spec.contracts.preprocessing import Preprocessing  # noqa: E402

SHAPES = {
    "nchw": (3, 4, 5), "nhwc": (4, 5, 3), "flat": (60,), "array": (3, 4, 5),
}  # fmt: skip


def arrangement(layout, dtype, **preprocessing):
    kind = "array" if layout == "array" else "image"
    spec = InputSpec(kind=kind, shape=(3, 4, 5))
    known = InputLayout(
        layout=layout, spec=spec, network_shape=SHAPES[layout], batch=None, why="told"
    )
    return Arrangement(known, Preprocessing(**preprocessing), dtype)


@pytest.mark.parametrize("order", ["rgb", "bgr"])
@pytest.mark.parametrize("layout", SHAPES)
@pytest.mark.parametrize(
    ("dtype", "settings"),
    [
        ("f4", {}),
        ("f8", {"mean": 0.3, "std": 0.2}),
        ("f4", {"scale": 255, "mean": 117.0, "std": 58.0}),
        ("f2", {"mean": 0.5, "std": 0.25}),
        ("u1", {}),
    ],
)
def test_restoring_undoes_arranging(layout, order, dtype, settings):
    inputs = np.random.default_rng(0).random((2, 3, 4, 5)).astype("f4")
    arrange = arrangement(layout, dtype, channel_order=order, **settings)
    handed = arrange(inputs)
    error = np.abs(arrange.restore(handed) - inputs).max()
    assert error <= arrange.rounding(handed)
    assert arrange.rounding(handed) < 0.003


def test_channels_have_their_own_statistics():
    inputs = np.random.default_rng(0).random((2, 3, 4, 5)).astype("f4")
    arrange = arrangement("nhwc", "f4", channel_order="bgr", mean=(0.1, 0.2, 0.3), std=(1, 2, 4))
    assert np.abs(arrange.restore(arrange(inputs)) - inputs).max() < 1e-6


def test_what_was_cut_off_does_not_come_back():
    arrange = arrangement("nchw", "u1", scale=255)
    inputs = np.linspace(0, 1.5, 60, dtype="f4").reshape(1, 3, 4, 5)
    handed = arrange(inputs)
    assert np.abs(arrange.restore(handed) - inputs).max() > 100 * arrange.rounding(handed)


def graph_of(*steps):
    """A graph that applies operators with constants, one after the other, then a convolution."""
    nodes, tensors, name = [], [], "x"
    for k, (operator, *values) in enumerate(steps):
        names = [f"c{k}{j}" for j in range(len(values))]
        for one, value in zip(names, values, strict=True):
            tensors.append(numpy_helper.from_array(np.asarray(value, "f4"), one))
        nodes.append(helper.make_node(operator, [name, *names], [f"y{k}"]))
        name = f"y{k}"
    tensors.append(numpy_helper.from_array(np.ones((2, 3, 1, 1), "f4"), "w"))
    nodes.append(helper.make_node("Conv", [name, "w"], ["out"]))
    info = helper.make_tensor_value_info
    return helper.make_graph(
        nodes,
        "g",
        [info("x", TensorProto.FLOAT, [None, 3, 4, 4])],
        [info("out", TensorProto.FLOAT, None)],
        tensors,
    )


IMAGENET = (
    ("Sub", np.reshape([0.485, 0.456, 0.406], (1, 3, 1, 1))),
    ("Div", np.reshape([0.229, 0.224, 0.225], (1, 3, 1, 1))),
)
CAFFE = (("Sub", np.reshape([104.0, 117.0, 123.0], (1, 3, 1, 1))),)


def test_a_range_is_followed_through_the_graph():
    low, high, spread = range_after_normalisation(graph_of(*IMAGENET), "x", 0, 1)
    assert low == pytest.approx(-0.485 / 0.229)
    assert high == pytest.approx((1 - 0.406) / 0.225)
    assert spread == pytest.approx(1 / 0.224)


def test_batch_normalisation_counts_with_its_statistics():
    batch = ("BatchNormalization", [2, 2, 2], [1, 1, 1], [10, 10, 10], [4, 4, 4])
    low, high, spread = range_after_normalisation(graph_of(batch), "x", 0, 20)
    assert (low, high, spread) == pytest.approx((-9, 11, 20), rel=1e-4)


def test_a_network_without_normalisation_tells_nothing():
    assert range_after_normalisation(graph_of(), "x", 0, 1) is None
    assert range_finding(graph_of(), "x", 0, 1) is None


@pytest.mark.parametrize(
    ("steps", "high", "warned"),
    [
        (IMAGENET, 1, False),
        (IMAGENET, 255, True),
        (CAFFE, 255, False),
        (CAFFE, 1, True),
        ((("Div", 255.0),), 255, False),
        ((("Div", 255.0),), 1, True),
        ((("Mul", 2.0), ("Sub", 1.0)), 1, False),
        ((("Mul", 2.0), ("Sub", 1.0)), 255, True),
    ],
)
def test_bytes_and_shares_are_told_apart(steps, high, warned):
    found = range_finding(graph_of(*steps), "x", 0, high)
    assert (found is not None) == warned
    if warned:
        assert (found.code, found.level) == ("PRE007", "warn")
        assert f"--scale {1 if high == 255 else 255}" in found.fix
