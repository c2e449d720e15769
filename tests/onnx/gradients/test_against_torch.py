"""Gradients of single operators against automatic differentiation in PyTorch, in float64."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
torch = pytest.importorskip("torch")

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
