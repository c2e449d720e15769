"""Parts that several encoders share: honest features, and looks at the noise itself."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from studies.failures.graph import SIDE, Graph

__all__ = ["Material", "components", "is_altered", "projected", "random_convolution", "roughness"]


@frozen(eq=False)
class Material:
    """
    What encoders are built from.

    Parameters
    ----------
    training : (N, 784) ndarray of float64
        Pixels of training images, 0 to 1.
    scored : (M, 784) ndarray of float64
        Pixels of the images that measures will see.
    """

    training: np.ndarray
    scored: np.ndarray


def components(material: Material, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first principal directions (784, size) of the pixels, and their variances."""
    centred = material.training - material.training.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    return vectors[:, ::-1][:, :size], values[::-1][:size]


def projected(graph: Graph, material: Material, size: int) -> str:
    """Add principal components of the pixels, (N, size)."""
    directions, _ = components(material, size)
    return graph.linear(graph.pixels(), directions, -material.training.mean(axis=0) @ directions)


def random_convolution(graph: Graph, channels: int = 16) -> str:
    """Add random 5 x 5 filters, ReLU and means over 4 x 4 places."""
    filters = np.random.default_rng(0).normal(size=(channels, 1, 5, 5)) / 5
    maps = graph.add("Relu", graph.add("Conv", graph.image, filters, pads=[2, 2, 2, 2]))
    pooled = graph.add("AveragePool", maps, kernel_shape=[4, 4], strides=[4, 4])
    return graph.add("Flatten", pooled)


def is_altered(graph: Graph) -> str:
    """Add 1 where pixels are no whole bytes any more, else 0, (N, 1): any noise shows."""
    bytes_ = graph.add("Mul", graph.pixels(), 255.0)
    fraction = graph.add("Abs", graph.add("Sub", bytes_, graph.add("Round", bytes_)))
    mean = graph.add("ReduceMean", fraction, axes=[1], keepdims=1)
    return graph.add("Cast", graph.add("Greater", mean, 0.003), to=1)


def roughness(graph: Graph) -> str:
    """Add the mean absolute difference of pixels and their surroundings, (N, 1)."""
    difference = np.full((1, 1, 3, 3), -1 / 8)
    difference[0, 0, 1, 1] = 1
    edges = graph.add("Abs", graph.add("Conv", graph.image, difference, pads=[1, 1, 1, 1]))
    flat = graph.add("Reshape", edges, np.array([-1, SIDE * SIDE], dtype=np.int64))
    return graph.add("ReduceMean", flat, axes=[1], keepdims=1)
