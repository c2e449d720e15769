"""Quantised operators: encodings as the runtime's, gradients as those of the real operator."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.gradients import GradientSession
from rmqm_onnx.gradients.contrib import DEFINITIONS

MS = "com.microsoft"
SCALE, ZERO = np.float32(0.02), np.uint8(120)


def whole(*shape, seed=1, of=np.uint8):
    # Processors without VNNI add two products of bytes in 16 bits: 7-bit weights do not saturate.
    low, high = (0, 256) if of is np.uint8 else (-63, 64)
    return np.random.default_rng(seed).integers(low, high, size=shape).astype(of)


def scales(n):
    return np.random.default_rng(5).uniform(0.005, 0.02, size=n).astype(np.float32)


W = whole(5, 4, 3, 3, of=np.int8)
M = whole(6, 5, of=np.int8)
IMAGE, ROWS = (2, 4, 6, 5), (3, 6)
OUT = {"ys": np.float32(0.3), "yz": np.uint8(128)}
CONV = {"pads": [1, 0, 1, 1], "strides": [2, 1]}


def conv(x, w):
    from numpy.lib.stride_tricks import sliding_window_view

    padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (0, 1)])
    seen = sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2]
    return np.einsum("nihwab,oiab->nohw", seen, w)


CASES = {
    "QLinearConv": (
        "",
        IMAGE,
        {
            "w": W,
            "ws": np.float32([0.01]),
            "wz": np.int8([0]),
            **OUT,
            "b": whole(5, of=np.int8).astype(np.int32),
        },
        CONV,
        lambda x: conv(x, W * 0.01),
    ),
    "QLinearConv by channel": (
        "",
        IMAGE,
        {"w": W, "ws": scales(5), "wz": np.zeros(5, np.int8), **OUT},
        CONV,
        lambda x: conv(x, W * scales(5)[:, None, None, None]),
    ),
    "QLinearMatMul": (
        "",
        ROWS,
        {"w": M, "ws": np.float32(0.01), "wz": np.int8(3), **OUT},
        {},
        lambda x: x @ ((M - 3.0) * 0.01),
    ),
    "QGemm": (
        MS,
        ROWS,
        {
            "w": M.T.copy(),
            "ws": np.float32(0.01),
            "wz": np.int8(0),
            "c": np.arange(5, dtype=np.int32),
            **OUT,
        },
        {"transB": 1},
        lambda x: x @ (M * 0.01),
    ),
    "QLinearAdd": (
        MS,
        ROWS,
        {
            "w": whole(6),
            "ws": np.float32(0.01),
            "wz": np.uint8(9),
            "ys": np.float32(0.05),
            "yz": np.uint8(100),
        },
        {},
        lambda x: x,
    ),
    "QLinearMul": (
        MS,
        ROWS,
        {"w": whole(6), "ws": np.float32(0.01), "wz": np.uint8(9), **OUT},
        {},
        lambda x: x * ((whole(6) - 9.0) * 0.01),
    ),
    "QLinearLeakyRelu": (
        MS,
        ROWS,
        {"ys": np.float32(0.02), "yz": ZERO},
        {"alpha": 0.5},
        lambda x: np.where(x > 0, x, 0.5 * x),
    ),
    "QLinearSigmoid": (
        MS,
        ROWS,
        {"ys": np.float32(0.009), "yz": np.uint8(0)},
        {},
        lambda x: 1 / (1 + np.exp(-x)),
    ),
    "QLinearGlobalAveragePool": (
        MS,
        IMAGE,
        {"ys": np.float32(0.01), "yz": ZERO},
        {},
        lambda x: x.mean((2, 3)),
    ),
}


def model_of(make, name, with_input_first=True):
    domain, shape, stored, attributes, _ = CASES[name]
    operator = name.split()[0]
    between = "q s z" if operator != "QLinearConcat" else "ys yz q s z"
    rest = [key for key in stored if not (operator == "QLinearConcat" and key in ("ys", "yz"))]
    nodes = [
        make.node("QuantizeLinear", "x s z", "q"),
        make.node(operator, f"{between} {' '.join(rest)}", "r", domain=domain, **attributes),
        make.node("DequantizeLinear", "r ys yz", "y"),
    ]
    known = {"s": SCALE, "z": ZERO, **stored}
    weights = [
        make.constant(key, value, str(np.asarray(value).dtype)) for key, value in known.items()
    ]
    inputs, outputs = [make.value("x", ["N", *shape[1:]])], [make.value("y", None)]
    domains = [domain] if domain else []
    return make.model(nodes, inputs, outputs, weights, opset=18, domains=domains), shape


def quotient(function, x, ct):
    found = np.zeros(x.size)
    for k in range(x.size):
        moved = []
        for sign in (1, -1):
            near = x.astype(np.float64)
            near.reshape(-1)[k] += sign * 1e-5
            moved.append(function(near).reshape(ct.shape))
        found[k] = ((moved[0] - moved[1]) * ct).sum() / 2e-5
    return found.reshape(x.shape)


@pytest.mark.parametrize("name", CASES)
def test_an_operator_is_rounding_around_the_real_one(name, make, build):
    model, shape = model_of(make, name)
    x = build.spread(shape, low=-1.5, high=1.5)
    y, pullback = GradientSession(model).vjp(x)
    plain = build.session(model).run(None, {"x": x})[0]
    step = CASES[name][2]["ys"]
    assert np.abs(y - plain).max() <= step * 1.001  # rounded to the same or to the next step
    assert np.abs(y).max() < 120 * step  # nothing saturates
    ct = build.weights(*y.shape)
    seen = (np.round(x / SCALE) * SCALE).astype(np.float64)
    wanted = quotient(CASES[name][4], seen, ct)
    assert np.linalg.norm(pullback(ct) - wanted) < 1e-3 * np.linalg.norm(wanted)


def test_concatenated_parts_keep_their_scales(make, build):
    nodes = [
        make.node("QuantizeLinear", "x s z", "q"),
        make.node("QuantizeLinear", "x s2 z", "q2"),
        make.node("QLinearConcat", "ys z q s z q2 s2 z", "r", domain=MS, axis=1),
        make.node("DequantizeLinear", "r ys z", "y"),
    ]
    weights = [make.constant("s", 0.02), make.constant("s2", 0.04), make.constant("ys", 0.03)]
    weights.append(make.constant("z", 120, "uint8"))
    inputs, outputs = [make.value("x", ["N", 6])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights, opset=18, domains=[MS])
    x = build.spread((2, 6), low=-1, high=1)
    y, pullback = GradientSession(model).vjp(x)
    ct = build.weights(*y.shape)
    np.testing.assert_allclose(pullback(ct), ct[:, :6] + ct[:, 6:], rtol=1e-5)
    np.testing.assert_allclose(y, build.session(model).run(None, {"x": x})[0], atol=0.031)


def test_products_that_are_quantised_as_they_come(make, build):
    nodes = [
        make.node("DynamicQuantizeMatMul", "x w ws wz b", "h", domain=MS),
        make.node("DynamicQuantizeLinear", "h", "q s z"),
        make.node("MatMulIntegerToFloat", "q w2 s ws2 z wz2", "y", domain=MS),
    ]
    second = whole(5, 4, of=np.int8)
    weights = [
        make.constant("w", M, "int8"),
        make.constant("ws", scales(5)),
        make.constant("wz", np.zeros(5), "int8"),
        make.constant("b", np.arange(5)),
        make.constant("w2", second, "int8"),
        make.constant("ws2", [0.01]),
        make.constant("wz2", [2], "int8"),
    ]
    inputs, outputs = [make.value("x", ["N", 6])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights, opset=18, domains=[MS])
    x = build.spread((3, 6))
    y, pullback = GradientSession(model).vjp(x)
    plain = build.session(model).run(None, {"x": x})[0]
    np.testing.assert_allclose(y, plain, atol=0.03 * np.abs(plain).max())
    ct = build.weights(*y.shape)
    wanted = ct @ ((second - 2.0) * 0.01).T @ (M * scales(5)).T
    np.testing.assert_allclose(pullback(ct), wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("zeros", [False, True])
def test_weights_of_four_bits(zeros, make, build, check):
    rows, columns, size = 5, 40, 16
    blocks = 3
    known = {
        "w": whole(rows, blocks, size // 2),
        "s": scales(rows * blocks),
        **({"z": whole(rows, 2)} if zeros else {}),
    }
    node = make.node(
        "MatMulNBits",
        f"x {' '.join(known)}",
        "y",
        domain=MS,
        K=columns,
        N=rows,
        bits=4,
        block_size=size,
    )
    weights = [make.constant(key, one, str(one.dtype)) for key, one in known.items()]
    inputs, outputs = [make.value("x", ["N", columns])], [make.value("y", None)]
    model = make.model([node], inputs, outputs, weights, opset=18, domains=[MS])
    check(model, build.spread((2, columns)), step=0.1)


def test_every_quantised_operator_has_a_case():
    tried = {name.split()[0] for name in CASES}
    tried |= {"QLinearConcat", "DynamicQuantizeMatMul", "MatMulIntegerToFloat", "MatMulNBits"}
    defined = {name for _, name in DEFINITIONS if name.startswith(("Q", "Dynamic", "MatMul"))}
    assert defined - {"QuickGelu"} == tried


def test_deep_networks_round_every_step_as_the_runtime_does(make, build):
    """Twelve layers: a step that is rounded the other way early would be another encoding."""
    scale, zero = make.constant("s", 0.05), make.constant("z", 128, "uint8")
    first, last = make.node("QuantizeLinear", "x s z", "q0"), "q12 s z"
    nodes, weights = [first], [scale, zero, make.constant("wz", [0] * 8, "int8")]
    for k in range(12):
        nodes.append(
            make.node("QLinearConv", f"q{k} s z w{k} s{k} wz s z", f"q{k + 1}", pads=[1, 1, 1, 1])
        )
        weights.append(make.constant(f"w{k}", whole(8, 8, 3, 3, seed=k, of=np.int8), "int8"))
        weights.append(make.constant(f"s{k}", [1 / 256] * 8))  # many sums lie halfway
    nodes.append(make.node("DequantizeLinear", last, "y"))
    inputs, outputs = [make.value("x", ["N", 8, 16, 16])], [make.value("y", None)]
    model = make.model(nodes, inputs, outputs, weights)
    x = np.random.default_rng(3).normal(size=(2, 8, 16, 16)).astype(np.float32)
    encodings, pullback = GradientSession(model).vjp(x)
    assert encodings.std() > 0.3
    np.testing.assert_array_equal(encodings, build.session(model).run(None, {"x": x})[0])
    assert np.abs(pullback(np.ones_like(encodings))).max() > 0
