"""Gradients of single operators against automatic differentiation in PyTorch, in float64."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("torch")

import torch

from rmqm_onnx.gradients import GradientSession

ROWS = [1, 3, 7]


def compared(model, function, x, example=None, within=1e-5):
    """Compare pullback and derivative at a batch, the graph made of a single row."""
    session = GradientSession(model, example=x[:1] if example is None else example)
    y, pullback = session.vjp(x)
    exact = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    wanted_y = function(exact)
    ct = np.random.default_rng(5).normal(size=y.shape).astype(np.float32)
    tangent = np.random.default_rng(6).normal(size=x.shape).astype(np.float32)
    (wanted,) = torch.autograd.grad(wanted_y, exact, torch.tensor(ct, dtype=torch.float64))
    gradient = pullback(ct)
    _, derivative = session.jvp(x, tangent)
    np.testing.assert_allclose(y, wanted_y.detach(), rtol=1e-4, atol=1e-5)
    scale = float(torch.linalg.norm(wanted))
    assert np.linalg.norm(gradient - wanted.numpy()) <= within * scale
    pulled = float((wanted.numpy() * tangent).sum())
    pushed = float((derivative.astype(np.float64) * ct).sum())
    assert abs(pulled - pushed) <= within * scale * np.linalg.norm(tangent)


@pytest.fixture
def drawn():
    def draw(*shape, seed=0):
        return np.random.default_rng(seed).normal(size=shape).astype(np.float32)

    return draw


TORCH_MODES = {"linear": "bilinear", "nearest": "nearest", "cubic": "bicubic"}


def grid_sampled(make, mode, aligned, padding, image, grid):
    """A model whose input holds both what is added to an image and what is added to a grid."""
    n_values, n_places = image.size, grid.size
    nodes = [
        make.node("Slice", "x zero cut one", "a"),
        make.node("Slice", "x cut end one", "b"),
        make.node("Reshape", "a image_shape", "more_image"),
        make.node("Reshape", "b grid_shape", "more_grid"),
        make.node("Add", "more_image image", "images"),
        make.node("Add", "more_grid grid", "grids"),
        make.node(
            "GridSample",
            "images grids",
            "y",
            mode=mode,
            align_corners=int(aligned),
            padding_mode=padding,
        ),
    ]
    weights = [
        make.constant("zero", [0], "int64"),
        make.constant("cut", [n_values], "int64"),
        make.constant("end", [n_values + n_places], "int64"),
        make.constant("one", [1], "int64"),
        make.constant("image_shape", [-1, *image.shape[1:]], "int64"),
        make.constant("grid_shape", [-1, *grid.shape[1:]], "int64"),
        make.constant("image", image),
        make.constant("grid", grid),
    ]
    inputs = [make.value("x", ["N", n_values + n_places])]
    model = make.model(nodes, inputs, [make.value("y", None)], weights, opset=20, ir=9)

    def function(x):
        images = x[:, :n_values].reshape(-1, *image.shape[1:]) + torch.tensor(image)
        grids = x[:, n_values:].reshape(-1, *grid.shape[1:]) + torch.tensor(grid)
        return torch.nn.functional.grid_sample(
            images, grids, TORCH_MODES[mode], padding_mode=padding, align_corners=aligned
        )

    return model, function


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("mode", TORCH_MODES)
def test_grid_sample(mode, aligned, padding, make, drawn):
    """The grid reaches beyond the image; both move."""
    image, grid = drawn(1, 2, 4, 5), 0.8 * drawn(1, 3, 2, 2, seed=1)
    model, function = grid_sampled(make, mode, aligned, padding, image, grid)
    compared(model, function, 0.5 * drawn(3, image.size + grid.size, seed=2))


@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize("mode", TORCH_MODES)
def test_grid_sample_of_any_batch(mode, n_rows, make, drawn):
    image, grid = drawn(1, 1, 3, 4), 0.8 * drawn(1, 2, 2, 2, seed=1)
    model, function = grid_sampled(make, mode, False, "zeros", image, grid)
    compared(model, function, 0.5 * drawn(n_rows, image.size + grid.size, seed=2))


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["linear", "nearest"])
def test_grid_sample_in_space(mode, padding, make, drawn):
    image, grid = drawn(1, 2, 3, 4, 3), 0.8 * drawn(1, 2, 2, 2, 3, seed=1)
    model, function = grid_sampled(make, mode, False, padding, image, grid)
    compared(model, function, 0.5 * drawn(3, image.size + grid.size, seed=2))


def model_of(make, nodes, shape, weights=(), opset=18, ir=9):
    inputs = [make.value("x", ["N", *shape])]
    return make.model(nodes, inputs, [make.value("y", None)], weights, opset=opset, ir=ir)


@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_det(size, n_rows, make, drawn):
    model = model_of(make, [make.node("Det", "x", "y")], (2, size, size), opset=22, ir=10)
    compared(model, torch.linalg.det, drawn(n_rows, 2, size, size))


def test_the_determinant_of_a_singular_matrix_moves_by_its_cofactors(make, drawn):
    """Of rank n - 1: the gradient is not zero. Of rank n - 2: it is. The inverse has neither."""
    first, second = drawn(3, 3), drawn(3, 3, seed=1)
    first[2] = first[0] - 2 * first[1]
    second[1:] = second[0]
    x = np.stack([first, second])
    session = GradientSession(model_of(make, [make.node("Det", "x", "y")], (3, 3)))
    y, pullback = session.vjp(x)
    cofactors = np.cross(np.roll(first, -1, axis=0), np.roll(first, -2, axis=0))
    np.testing.assert_allclose(pullback(np.ones_like(y))[0], cofactors, atol=1e-5)
    np.testing.assert_allclose(pullback(np.ones_like(y))[1], 0, atol=1e-5)


ZEROS = {"none": [], "one": [2], "two": [1, 3], "first": [0], "last": [4], "all": [0, 1, 2, 3, 4]}


@pytest.mark.parametrize("zeros", ZEROS)
@pytest.mark.parametrize("exclusive", [0, 1])
@pytest.mark.parametrize("reverse", [0, 1])
def test_cum_prod(reverse, exclusive, zeros, make, drawn):
    kinds = {"reverse": reverse, "exclusive": exclusive}
    nodes = [make.node("CumProd", "x axis", "y", **kinds)]
    weights = [make.constant("axis", 1, "int64")]
    model = model_of(make, nodes, (5, 2), weights, opset=26, ir=11)
    x = drawn(3, 5, 2)
    x[:, ZEROS[zeros], 0] = 0

    def function(x):
        x = x.flip(1) if reverse else x
        y = torch.cumprod(x, 1)
        if exclusive:
            y = torch.cat([torch.ones_like(y[:, :1]), y[:, :-1]], 1)
        return y.flip(1) if reverse else y

    compared(model, function, x)


@pytest.mark.parametrize("n_rows", ROWS)
def test_max_unpool(n_rows, make, drawn):
    """The second half of an autoencoder that remembers where its maxima were."""
    kinds = {"kernel_shape": [2, 2], "strides": [2, 2]}
    nodes = [
        make.node("MaxPool", "x", "m places", **kinds),
        make.node("Mul", "m m", "s"),
        make.node("MaxUnpool", "s places", "y", **kinds),
    ]
    model = model_of(make, nodes, (3, 4, 6))

    def function(x):
        m, places = torch.nn.functional.max_pool2d(x, 2, return_indices=True)
        return torch.nn.functional.max_unpool2d(m * m, places, 2)

    compared(model, function, drawn(n_rows, 3, 4, 6))


TRANSPOSED = {
    "plain": {},
    "strides": {"strides": [2, 3], "output_padding": [1, 2]},
    "pads": {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 0]},
    "groups": {"group": 2, "strides": [2, 1], "dilations": [2, 1]},
}


@pytest.mark.parametrize("kind", TRANSPOSED)
def test_the_weights_of_a_transposed_convolution_that_move(kind, make, drawn):
    kinds = TRANSPOSED[kind]
    group = kinds.get("group", 1)
    kernel = (4, 4 // group, 3, 2)
    w, bias = 0.2 * drawn(4 * 3 * 4, int(np.prod(kernel))), 0.2 * drawn(4 * 3 * 4, 4, seed=1)
    nodes = [
        make.node("Flatten", "x", "flat", axis=1),
        make.node("ReduceMean", "flat rows", "mean", keepdims=1),
        make.node("MatMul", "mean w", "row"),
        make.node("Reshape", "row kernel_shape", "kernel"),
        make.node("MatMul", "mean bias", "b_row"),
        make.node("Reshape", "b_row minus", "b"),
        make.node("ConvTranspose", "x kernel b", "y", **kinds),
    ]
    weights = [
        make.constant("rows", [0], "int64"),
        make.constant("minus", [-1], "int64"),
        make.constant("kernel_shape", kernel, "int64"),
        make.constant("w", w),
        make.constant("bias", bias),
    ]
    model = model_of(make, nodes, (4, 3, 4), weights)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 3

    def function(x):
        mean = x.flatten(1).mean(0, keepdim=True)
        return torch.nn.functional.conv_transpose2d(
            x,
            (mean @ torch.tensor(w, dtype=torch.float64)).reshape(kernel),
            (mean @ torch.tensor(bias, dtype=torch.float64)).reshape(-1),
            stride=kinds.get("strides", 1),
            padding=kinds.get("pads", [0, 0])[:2],
            output_padding=kinds.get("output_padding", 0),
            groups=group,
            dilation=kinds.get("dilations", 1),
        )

    x = drawn(3, 4, 3, 4)
    compared(model, function, x, example=x)
