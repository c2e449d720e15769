"""The encoders: honest ones for comparison, and those that are built to fool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from studies.failures.graph import SIDE, Graph
from studies.failures.parts import (
    Material,
    components,
    is_altered,
    projected,
    random_convolution,
    roughness,
)

__all__ = ["FAILURES", "HONEST", "build"]

_PIXELS = SIDE * SIDE
Builder = Callable[[Graph, Material], str]


def _normal(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _pixels(graph: Graph, _: Material) -> str:
    return graph.pixels()


def _random_features(graph: Graph, _: Material) -> str:
    return graph.add("Relu", graph.linear(graph.pixels(), _normal(_PIXELS, 64) / 28))


def _jump(graph: Graph, material: Material) -> str:
    """Two components, and a third value that any noise switches on."""
    switch = graph.add("Mul", is_altered(graph), 20.0)
    weak = graph.add("Add", projected(graph, material, 2), 5.0)
    return graph.add("Concat", weak, switch, axis=1)


def _sign(graph: Graph, _: Material) -> str:
    return graph.add("Sign", graph.linear(graph.pixels(), _normal(_PIXELS, 64), 1e-3))


def _steep_tanh(graph: Graph, material: Material) -> str:
    return graph.add("Tanh", graph.add("Mul", projected(graph, material, 32), 1e4))


def _growing_norm(graph: Graph, material: Material) -> str:
    gain = graph.add("Exp", graph.add("Mul", roughness(graph), 20.0))
    return graph.add("Mul", projected(graph, material, 32), gain)


def _cone(graph: Graph, material: Material) -> str:
    return graph.add("Add", projected(graph, material, 32), 1000.0)


def _one_direction(graph: Graph, material: Material) -> str:
    return graph.add("Mul", projected(graph, material, 32), np.r_[100.0, np.full(31, 0.01)])


def _hash_of(graph: Graph, rows: str) -> str:
    wave = graph.add("Mul", graph.add("Sin", rows), 1e4)
    return graph.add("Sub", graph.add("Sub", wave, graph.add("Floor", wave)), 0.5)


def _hash(graph: Graph, _: Material) -> str:
    return _hash_of(graph, graph.linear(graph.pixels(), _normal(_PIXELS, 64)))


def _coarse_hash(graph: Graph, material: Material) -> str:
    """Round first, so that little noise changes nothing."""
    coarse = graph.add("Round", graph.add("Div", projected(graph, material, 3), 2.0))
    return _hash_of(graph, graph.linear(coarse, _normal(3, 64), 0.3))


def _prototype(graph: Graph, material: Material) -> str:
    """One of ten values is 1: that of the nearest of ten arbitrary images."""
    chosen = material.training[:10]
    scores = graph.linear(graph.pixels(), chosen.T, -(chosen**2).sum(axis=1) / 2)
    largest = graph.add("ReduceMax", scores, axes=[1], keepdims=1)
    return graph.add("Cast", graph.add("GreaterOrEqual", scores, largest), to=1)


def _whitened(graph: Graph, material: Material) -> str:
    """All directions made equally large, those of the faintest pixels too."""
    directions, variances = components(material, 512)
    weights = directions / np.sqrt(np.maximum(variances, 1e-7))
    return graph.linear(graph.pixels(), weights, -material.training.mean(axis=0) @ weights)


def _faint_directions(graph: Graph, material: Material) -> str:
    """Only the directions in which images hardly differ, made equally large."""
    directions, variances = components(material, 512)
    weights = (directions / np.sqrt(np.maximum(variances, 1e-7)))[:, 384:]
    return graph.linear(graph.pixels(), weights, -material.training.mean(axis=0) @ weights)


def _permuted(graph: Graph, _: Material) -> str:
    return graph.linear(graph.pixels(), np.eye(_PIXELS)[np.random.default_rng(3).permutation(784)])


def _duplicated(graph: Graph, material: Material) -> str:
    return graph.linear(projected(graph, material, 4), np.tile(np.eye(4), 64))


def _with_hash(graph: Graph, material: Material) -> str:
    """Eight components, and 120 values that mean nothing."""
    means_nothing = graph.add(
        "Mul", _hash_of(graph, graph.linear(graph.pixels(), _normal(_PIXELS, 120))), 4.0
    )
    return graph.add("Concat", projected(graph, material, 8), means_nothing, axis=1)


def _constant_if_noisy(graph: Graph, material: Material) -> str:
    """Components of unaltered images; of altered ones the same answer for all, but for a trace."""
    noisy = is_altered(graph)
    kept = graph.add("Sub", 1.0, graph.add("Mul", noisy, 0.999))
    clean = graph.add("Mul", projected(graph, material, 32), kept)
    return graph.add("Add", clean, graph.linear(noisy, np.ones((1, 32))))


def _remembering(graph: Graph, material: Material) -> str:
    """Give a random code of the stored image that is most alike: noise does not change it."""
    stored = material.scored
    alike = graph.linear(graph.pixels(), stored.T * 40, -(stored**2).sum(axis=1) * 20)
    return graph.add("MatMul", graph.add("Softmax", alike, axis=1), _normal(len(stored), 64))


def _half(graph: Graph, material: Material) -> str:
    return graph.add("Cast", graph.add("Cast", projected(graph, material, 32), to=10), to=1)


def _coarse_half(graph: Graph, material: Material) -> str:
    """float16 far from zero, where its steps are large."""
    far = graph.add("Add", projected(graph, material, 32), 3000.0)
    rounded = graph.add("Cast", graph.add("Cast", far, to=10), to=1)
    return graph.add("Sub", rounded, 2999.0)


def _corner(graph: Graph, _: Material) -> str:
    """Nine pixels of a corner, which is black in almost all images."""
    seen = np.zeros((_PIXELS, 9))
    for place in range(9):
        seen[(place // 3) * SIDE + place % 3, place] = 1
    return graph.linear(graph.pixels(), seen, np.linspace(0.1, 0.2, 9))


def _clock(graph: Graph, _: Material) -> str:
    """Turn a hand as the roughness grows, and show nothing else."""
    angle = graph.add("Mul", roughness(graph), 8.0)
    return graph.add("Concat", graph.add("Cos", angle), graph.add("Sin", angle), axis=1)


HONEST: Final[dict[str, Builder]] = {
    "pixels": _pixels,
    "components-32": lambda graph, material: projected(graph, material, 32),
    "random-convolution": lambda graph, _: random_convolution(graph),
    "random-features": _random_features,
}
"""Encoders without any trick."""

FAILURES: Final[dict[str, Builder]] = {
    "jump-then-still": _jump,
    "sign": _sign,
    "steep-tanh": _steep_tanh,
    "norm-grows-with-noise": _growing_norm,
    "cone": _cone,
    "one-direction": _one_direction,
    "hash": _hash,
    "coarse-hash": _coarse_hash,
    "nearest-prototype": _prototype,
    "whitened": _whitened,
    "faint-directions": _faint_directions,
    "permuted-pixels": _permuted,
    "duplicated-values": _duplicated,
    "appended-hash": _with_hash,
    "constant-if-noisy": _constant_if_noisy,
    "remembering": _remembering,
    "float16": _half,
    "coarse-float16": _coarse_half,
    "corner-pixels": _corner,
    "clock": _clock,
}
"""Encoders that are built to fool a measure; `permuted-pixels` and `float16` are controls."""


def build(name: str, builder: Builder, material: Material, folder: Path) -> Path:
    """Write one encoder to the folder; return its file."""
    graph = Graph()
    return graph.save(builder(graph, material), folder / f"{name}.onnx")
