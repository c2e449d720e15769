"""The rules with many attributes, on shapes and attributes that are drawn."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

DRAWN = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def pairs(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high)).map(list)


def padding(kernel):
    """Pads of four sides, or one of the modes that reckon them."""
    sides = st.tuples(*(st.integers(0, k - 1) for k in (*kernel, *kernel))).map(list)
    modes = st.sampled_from(["SAME_UPPER", "SAME_LOWER", "VALID"])
    return st.one_of(sides.map(lambda pads: {"pads": pads}), modes.map(lambda m: {"auto_pad": m}))


@st.composite
def windows(draw, dilated=True):
    kernel = draw(pairs(1, 4))
    size = draw(pairs(4, 9))
    dilations = draw(pairs(1, 2)) if dilated else [1, 1]
    found = {"strides": draw(pairs(1, 3)), **draw(padding(kernel))}
    dilations = [1, 1] if "SAME" in found.get("auto_pad", "") else dilations
    found["dilations"] = dilations
    reach = [d * (k - 1) + 1 for d, k in zip(dilations, kernel, strict=True)]
    pads = found.get("pads", [0] * 4)
    assume(all(size[k] + pads[k] + pads[k + 2] >= reach[k] for k in (0, 1)))
    return kernel, size, found


@DRAWN
@given(windows(), st.sampled_from([(4, 2, 1), (4, 6, 2), (3, 3, 3)]))
def test_convolutions(build, drawn, channels):
    kernel, size, attributes = drawn
    inputs, outputs, group = channels
    x = build.spread((2, inputs, *size))
    weight = build.weights(outputs, inputs // group, *kernel)
    found = build.errors(build.one_node("Conv", x, weight, group=group, **attributes), x, 1e-1)
    assert found.vjp < 1e-3
    assert found.jvp < 1e-5


@DRAWN
@given(windows(), pairs(0, 1), st.sampled_from([1, 2]))
def test_transposed_convolutions(build, drawn, extra, group):
    kernel, size, attributes = drawn
    size = [min(one, 5) for one in size]
    strides = attributes["strides"]
    if "pads" in attributes:
        extra = [min(e, s - 1) for e, s in zip(extra, strides, strict=True)]
        attributes = {**attributes, "output_padding": extra}
        reach = [d * (k - 1) + 1 for d, k in zip(attributes["dilations"], kernel, strict=True)]
        pads = attributes["pads"]
        for k in (0, 1):
            total = (size[k] - 1) * strides[k] + reach[k] + extra[k] - pads[k] - pads[k + 2]
            assume(total >= 1)
    else:
        assume(attributes["dilations"] == [1, 1])
        assume(all(k >= s for k, s in zip(kernel, strides, strict=True)))
    x = build.spread((2, 4, *size))
    weight = build.weights(4, 3, *kernel)
    model = build.one_node("ConvTranspose", x, weight, group=group, **attributes)
    found = build.errors(model, x, 1e-1)
    assert found.vjp < 1e-3
    assert found.jvp < 1e-5


@DRAWN
@given(
    st.sampled_from(["MaxPool", "AveragePool", "LpPool"]),
    windows(),
    st.booleans(),
    st.booleans(),
)
def test_pools(build, operator, drawn, ceil, counted):
    kernel, size, attributes = drawn
    attributes = {**attributes, "kernel_shape": kernel}
    if operator == "AveragePool":
        attributes["count_include_pad"] = int(counted)
    if operator != "LpPool" and "pads" in attributes:
        attributes["ceil_mode"] = int(ceil)
    if "SAME" in attributes.get("auto_pad", ""):
        assume(all(k >= stride for k, stride in zip(kernel, attributes["strides"], strict=True)))
    x = build.spread((2, 3, *size), low=-3, high=3)
    found = build.errors(build.one_node(operator, x, **attributes), x)
    assert found.vjp < 2e-2
    assert found.jvp < 1e-5


@st.composite
def ranges(draw, length):
    """A range that takes something, its start and its end counted from either side."""
    start, step = draw(st.integers(0, length - 1)), draw(st.sampled_from([-3, -2, -1, 1, 2, 3]))
    end = start + step * draw(st.integers(1, 3))
    if 0 <= end < length and draw(st.booleans()):
        end -= length
    elif end < 0:
        end = -100
    return start - length * draw(st.booleans()), end, step


@DRAWN
@given(st.data())
def test_slices(build, data):
    shape = (2, *data.draw(st.tuples(st.integers(1, 7), st.integers(1, 7))))
    taken = [data.draw(ranges(length)) for length in shape[1:]]
    starts, ends, steps = (np.array(one) for one in zip(*taken, strict=True))
    x = build.spread(shape)
    found = build.errors(build.one_node("Slice", x, starts, ends, np.array([1, 2]), steps), x, 0.1)
    assert found.vjp < 1e-4
    assert found.jvp < 1e-5


@DRAWN
@given(st.data(), st.sampled_from(["constant", "reflect", "edge", "wrap"]))
def test_pads(build, data, mode):
    size = data.draw(pairs(3, 6))
    low = -1 if mode == "constant" else 0
    sides = [data.draw(st.integers(low, size[k % 2] - 1)) for k in range(4)]
    pads = np.array([0, 0, *sides[:2], 0, 0, *sides[2:]])
    x = build.spread((2, 2, *size))
    found = build.errors(build.one_node("Pad", x, pads, mode=mode), x, 0.1)
    assert found.vjp < 1e-4
    assert found.jvp < 1e-5


@DRAWN
@given(
    st.sampled_from(["nearest", "linear", "cubic"]),
    st.sampled_from(["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]),
    st.sampled_from(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
    pairs(2, 6),
    pairs(1, 11),
)
def test_resizes(build, mode, coordinates, rounding, old, new):
    x = build.spread((2, 2, *old))
    given_modes = {"coordinate_transformation_mode": coordinates, "nearest_mode": rounding}
    sizes = np.array([2, 2, *new])
    model = build.one_node("Resize", x, None, None, sizes, mode=mode, static=True, **given_modes)
    found = build.errors(model, x, 0.1)
    assert found.vjp < 1e-3
    assert found.jvp < 1e-5


SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@DRAWN
@given(st.sampled_from(["Add", "Sub", "Mul", "Div", "Max", "Where"]), SHAPES, st.data())
def test_broadcasting(build, operator, shape, data):
    whole = (2, *shape)
    keep = [data.draw(st.booleans()) for _ in whole]
    own = tuple(n if k else 1 for n, k in zip(whole, keep, strict=True))
    cut = data.draw(st.integers(0, len(whole) - 1))
    other = build.weights(*whole[cut:]) + np.float32(4 * (operator == "Div"))
    x = build.spread(own, low=0.1, high=2)
    first = {"first": build.weights(*whole, seed=1) > 0} if operator == "Where" else {}
    model = build.one_node(operator, x, other, static=True, **first)
    found = build.errors(model, x, 2e-4 if operator == "Max" else 2e-3)
    assert found.vjp < 1e-2
    assert found.jvp < 1e-5


@DRAWN
@given(
    st.sampled_from(["ReduceMean", "ReduceSum", "ReduceL2", "ReduceMax", "ReduceProd"]),
    st.lists(st.integers(-3, 3), min_size=1, max_size=3),
    st.booleans(),
)
def test_reductions(build, operator, axes, keep):
    distinct = sorted({axis % 4 for axis in axes} - {0}) or [1]
    x = build.spread((2, 2, 3, 2), low=0.4, high=1.6)
    model = build.one_node(operator, x, np.array(distinct), keepdims=int(keep))
    found = build.errors(model, x)
    assert found.vjp < 1e-2
    assert found.jvp < 1e-5


@st.composite
def windows_of_any_rank(draw, rank):
    def each(low, high):
        return draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank))

    kernel, size, dilations = each(1, 3), each(3, 6), each(1, 2)
    found = {"strides": each(1, 3)}
    mode = draw(st.sampled_from(["pads", "SAME_UPPER", "SAME_LOWER", "VALID"]))
    if mode == "pads":
        found["pads"] = [draw(st.integers(0, k - 1)) for k in (*kernel, *kernel)]
    else:
        found["auto_pad"] = mode
    if mode.startswith("SAME"):  # the runtime pools no windows with gaps between them then
        assume(all(k >= stride for k, stride in zip(kernel, found["strides"], strict=True)))
    else:
        found["dilations"] = dilations
    pads = found.get("pads", [0] * (2 * rank))
    reach = [
        d * (k - 1) + 1 for d, k in zip(found.get("dilations", [1] * rank), kernel, strict=True)
    ]
    assume(all(size[k] + pads[k] + pads[k + rank] >= reach[k] for k in range(rank)))
    return kernel, size, found


@DRAWN
@given(
    st.data(),
    st.sampled_from([1, 3]),
    st.sampled_from(["Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool"]),
    st.sampled_from([18, 22]),
)
def test_windows_of_one_and_of_three_axes(build, data, rank, operator, opset):
    kernel, size, attributes = data.draw(windows_of_any_rank(rank))
    x = build.spread((2, 2, *size), low=-3, high=3)
    if operator == "ConvTranspose":
        assume("auto_pad" not in attributes)
        for k in range(rank):
            reach = attributes["dilations"][k] * (kernel[k] - 1) + 1
            total = (size[k] - 1) * attributes["strides"][k] + reach
            assume(total > attributes["pads"][k] + attributes["pads"][k + rank])
    others = [build.weights(2, 2, *kernel)] if "Conv" in operator else []
    if not others:
        attributes = {**attributes, "kernel_shape": kernel}
    if operator == "LpPool":
        attributes["p"] = data.draw(st.integers(1, 3))
    if operator in ("MaxPool", "AveragePool") and "pads" in attributes:
        attributes["ceil_mode"] = data.draw(st.integers(0, 1))
    if operator == "AveragePool":
        attributes["count_include_pad"] = data.draw(st.integers(0, 1))
        if opset < 19:
            attributes.pop("dilations", None)
    found = build.errors(build.one_node(operator, x, *others, opset=opset, **attributes), x)
    assert found.vjp < 2e-2
    assert found.jvp < 1e-5


@DRAWN
@given(st.data())
def test_matrix_products(build, data):
    """Leading axes of length 1 or missing on either side; rows and columns alone."""
    lead = data.draw(st.lists(st.integers(1, 3), max_size=2))
    m, k, n = (data.draw(st.integers(1, 4)) for _ in range(3))

    def side(shape):
        cut = data.draw(st.integers(0, len(lead)))
        own = [length if data.draw(st.booleans()) else 1 for length in lead[cut:]]
        return (*own, *shape)

    left, right = side((m, k)), side((k, n))
    if data.draw(st.booleans()):
        right = (k,)
    x = build.spread(left)
    found = build.errors(build.one_node("MatMul", x, build.weights(*right), static=True), x, 0.1)
    assert found.vjp < 1e-3
    turned = build.spread(right)
    given_first = {"first": build.weights(*left), "static": True}
    found = build.errors(build.one_node("MatMul", turned, **given_first), turned, 0.1)
    assert found.vjp < 1e-3


@DRAWN
@given(st.data())
def test_gathers(build, data):
    """Indices from either end, some of them twice, of any rank."""
    shape = (2, *data.draw(st.tuples(st.integers(1, 5), st.integers(1, 4))))
    axis = data.draw(st.integers(1, 2))
    length = shape[axis]
    whole = data.draw(st.lists(st.integers(1, 3), max_size=2))
    indices = np.random.default_rng(data.draw(st.integers(0, 99))).integers(-length, length, whole)
    x = build.spread(shape)
    signed = axis - 3 * data.draw(st.booleans())
    found = build.errors(build.one_node("Gather", x, indices, axis=signed), x, 0.1)
    assert found.vjp < 1e-4
    assert found.jvp < 1e-5


@DRAWN
@given(st.data(), st.sampled_from(["GatherElements", "ScatterElements"]))
def test_elements(build, data, operator):
    shape = (2, *data.draw(st.tuples(st.integers(2, 5), st.integers(1, 4))))
    axis = data.draw(st.integers(1, 2))
    size = (2, *(data.draw(st.integers(1, n)) for n in shape[1:]))
    draw = np.random.default_rng(data.draw(st.integers(0, 99)))
    if operator == "GatherElements":
        others = [draw.integers(-shape[axis], shape[axis], size)]
    else:
        places = np.argsort(draw.random(shape), axis=axis)
        indices = places[tuple(slice(n) for n in size)]
        others = [indices, build.weights(*size)]
    x = build.spread(shape)
    model = build.one_node(operator, x, *others, axis=axis - 3, static=True)
    found = build.errors(model, x, 0.1)
    assert found.vjp < 1e-4
    assert found.jvp < 1e-5


@DRAWN
@given(st.integers(-3, -1), st.booleans(), st.sampled_from([1e-5, 0.1]))
def test_layer_normalisations(build, axis, biased, epsilon):
    x = build.spread((2, 3, 4, 5))
    size = x.shape[axis:]
    others = [build.weights(*size), *([build.weights(*size, seed=1)] if biased else [])]
    model = build.one_node("LayerNormalization", x, *others, axis=axis, epsilon=epsilon)
    found = build.errors(model, x)
    assert found.vjp < 1e-2
    assert found.jvp < 1e-5
