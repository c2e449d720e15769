"""The routes to the gradient of an opened network: its own graph, or another framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from rmqm_spec.arrays import AnyArray

__all__ = ["GradientRoute"]


class GradientRoute(Protocol):
    """The gradient of a network with respect to one of its inputs."""

    @property
    def route(self) -> str:
        """How the gradient is made, for results."""
        ...

    def vjp(
        self, feeds: Mapping[str, AnyArray], name: str, /
    ) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
        """Return the network's output and the way back to its input `name`."""
        ...

    def linearize(
        self, feeds: Mapping[str, AnyArray], name: str, /
    ) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
        """Return the network's output and its derivative in directions of its input `name`."""
        ...
