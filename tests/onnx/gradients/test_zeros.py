"""Gradients at zeros: kinks of norms, slopes that are infinite, and slopes behind a mask."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.gradients import GradientSession

ROWS = np.array([[0, 0, 0], [3, 0, 4]], np.float32)
UNIT = np.array([[0, 0, 0], [0.6, 0, 0.8]], np.float32)
CONSTANTS = {
    "ax": ([1], "int64"),
    "two": (2.0, "float32"),
    "three": (3.0, "float32"),
    "half": (0.5, "float32"),
    "third": (1 / 3, "float32"),
    "nearly": (1 / (2 + 1e-6), "float32"),
    "zero": (0.0, "float32"),
    "one": (1.0, "float32"),
    "eps": (1e-6, "float32"),
    "low": (-5.0, "float32"),
}


def pulled(make, lines, x, ct=None):
    """The gradient of a graph of lines ``operator inputs -> output``, its cotangent ones."""
    nodes, used = [], set()
    for line in lines:
        operator, *names = line.replace("->", " ").split()
        kinds = {"keepdims": 1} if operator.startswith("Reduce") else {}
        if operator == "Einsum":
            kinds = {"equation": "ni,ni->n"}
        nodes.append(make.node(operator, " ".join(names[:-1]), names[-1], **kinds))
        used.update(names)
    stored = [make.constant(k, *CONSTANTS[k]) for k in CONSTANTS if k in used]
    inputs = [make.value("x", ["N", *x.shape[1:]])]
    model = make.model(nodes, inputs, [make.value("y", None)], stored, opset=18)
    session = GradientSession(model)
    y, pullback = session.vjp(x)
    gradient = pullback(np.ones_like(y) if ct is None else ct)
    _, derivative = session.jvp(x, np.ones_like(x))
    if np.isfinite(gradient).all():
        ones = np.ones_like(y) if ct is None else ct
        np.testing.assert_allclose(gradient.sum(), (derivative * ones).sum(), rtol=1e-4, atol=1e-6)
    return gradient


NORMS = {
    "ReduceL2": ["ReduceL2 x ax -> y"],
    "sum of products": ["Mul x x -> s", "ReduceSum s ax -> t", "Sqrt t -> y"],
    "sum of powers": ["Pow x two -> s", "ReduceSum s ax -> t", "Sqrt t -> y"],
    "power of a sum": ["ReduceSumSquare x ax -> t", "Pow t half -> y"],
    "power as PyTorch exports it": ["ReduceSumSquare x ax -> t", "Pow t nearly -> y"],
    "einsum": ["Einsum x x -> t", "Sqrt t -> y"],
    "root of two norms": [
        "ReduceSumSquare x ax -> t",
        "Mul t t -> s",
        "Sqrt s -> r",
        "Sqrt r -> y",
    ],
}


@pytest.mark.parametrize("form", NORMS)
def test_the_norm_does_not_move_at_zero_however_it_is_written(form, make):
    np.testing.assert_allclose(pulled(make, NORMS[form], ROWS), UNIT, rtol=1e-5)


def test_a_norm_of_order_three_does_not_move_at_zero(make):
    lines = ["Abs x -> a", "Pow a three -> p", "ReduceSum p ax -> s", "Pow s third -> y"]
    wanted = ROWS**2 / 91 ** (2 / 3)
    np.testing.assert_allclose(pulled(make, lines, ROWS), wanted, rtol=1e-5)


def test_the_magnitude_of_a_complex_number_does_not_move_at_zero(make):
    lines = ["Mul x x -> a", "Pow x two -> b", "Add a b -> s", "Sqrt s -> y"]
    x = np.array([[0, 2, -2]], np.float32)
    np.testing.assert_allclose(pulled(make, lines, x), np.sqrt(2) * np.sign(x), rtol=1e-6)


def test_the_deviation_of_equal_values_does_not_move(make):
    lines = ["ReduceMean x ax -> m", "Sub x m -> c", "Mul c c -> s", "ReduceMean s ax -> v"]
    gradient = pulled(make, [*lines, "Sqrt v -> y"], np.float32([[2, 2, 2], [1, 2, 3]]))
    side = 1 / np.sqrt(6)
    np.testing.assert_allclose(gradient, [[0, 0, 0], [-side, 0, side]], atol=1e-6)


def test_a_vector_of_zeros_over_its_norm_or_a_small_number(make):
    """The norm is cut off, so that only the division moves: 1 / eps, as in PyTorch."""
    for norm in ("ReduceL2 x ax -> n", "Mul x x -> q#ReduceSum q ax -> s#Sqrt s -> n"):
        for cut in ("Max n eps -> m", "Clip n eps -> m"):
            lines = [*norm.split("#"), cut, "Div x m -> y"]
            gradient = pulled(make, lines, ROWS)
            np.testing.assert_allclose(gradient[0], 1e6, rtol=1e-5)
            tangential = 1 / 5 - ROWS[1] * ROWS[1].sum() / 125
            np.testing.assert_allclose(gradient[1], tangential, rtol=1e-4, atol=1e-6)


def test_a_cosine_with_a_vector_of_zeros(make):
    lines = [
        "Add x one -> other",
        "Mul x other -> p",
        "ReduceSum p ax -> dot",
        "ReduceSumSquare x ax -> a",
        "ReduceSumSquare other ax -> b",
        "Mul a b -> ab",
        "Sqrt ab -> n",
        "Max n eps -> m",
        "Div dot m -> y",
    ]
    gradient = pulled(make, lines, ROWS)
    np.testing.assert_allclose(gradient[0], 1e6, rtol=1e-5)
    assert np.isfinite(gradient[1]).all()


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["Sqrt x -> y"], np.inf),
        (["Pow x half -> y"], np.inf),
        (["Log x -> y"], np.inf),
        (["Reciprocal x -> y"], -np.inf),
        (["Abs x -> a", "Sqrt a -> y"], np.nan),
        (["Mul x x -> s", "Pow s third -> y"], np.nan),
    ],
)
def test_a_slope_that_is_infinite_stays_so(lines, wanted, make):
    """Nothing finite would be true; PyTorch gives the same."""
    assert pulled(make, lines, np.zeros((1, 2), np.float32))[0] == pytest.approx(
        [wanted] * 2, nan_ok=True
    )


MASKED = {
    "log": (["Log p -> l"], lambda x: 1 / x),
    "root": (["Sqrt p -> l"], lambda x: 0.5 / np.sqrt(x)),
    "power": (["Pow p third -> l"], lambda x: x ** (-2 / 3) / 3),
    "reciprocal": (["Reciprocal p -> l"], lambda x: -1 / x**2),
    "quotient": (["Div one p -> l"], lambda x: -1 / x**2),
    "entropy": (["Log p -> k", "Mul p k -> l"], lambda x: np.log(x) + 1),
    "ratio": (["Log p -> k", "Div k p -> l"], lambda x: (1 - np.log(x)) / x**2),
    "negative log": (["Log p -> k", "Neg k -> l"], lambda x: -1 / x),
}


@pytest.mark.parametrize("name", MASKED)
def test_what_a_mask_stops_is_zero_and_not_nan(name, make):
    """Zero times infinity counts as zero where nothing flows: one Where is enough."""
    inner, slope = MASKED[name]
    x = np.array([[0, 1.5, 0, 0.25]], np.float32)
    lines = ["Identity x -> p", "Greater x zero -> c", *inner, "Where c l zero -> y"]
    wanted = np.where(x > 0, slope(np.where(x > 0, x, 1)), 0)
    np.testing.assert_allclose(pulled(make, lines, x), wanted, rtol=1e-5)


def test_what_overflows_behind_a_mask_is_zero(make):
    """An exponential unit written by hand."""
    x = np.array([[-1, 2, 1000]], np.float32)
    lines = ["Greater x zero -> c", "Exp x -> e", "Where c x e -> y"]
    np.testing.assert_allclose(pulled(make, lines, x), [[np.exp(-1), 1, 1]], rtol=1e-6)


def test_what_a_bound_stops_is_zero(make):
    """The logarithm of 0 is cut off, as in binary cross entropy."""
    x = np.array([[0, 0.5]], np.float32)
    for cut in ("Clip l low -> y", "Max l low -> y", "Max low l -> y"):
        np.testing.assert_allclose(pulled(make, ["Log x -> l", cut], x), [[0, 2]], rtol=1e-6)


def test_a_bound_before_an_infinite_slope_stops_it(make):
    """The root of what was cut off below 0: PyTorch gives 0 below 0."""
    x = np.array([[-1, 4]], np.float32)
    for cut in ("Clip x zero -> p", "Relu x -> p", "Max x zero -> p"):
        np.testing.assert_allclose(pulled(make, [cut, "Sqrt p -> y"], x), [[0, 0.25]], rtol=1e-6)
