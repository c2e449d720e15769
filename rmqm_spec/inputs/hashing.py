"""Digests by which inputs are chosen: every input is read once, in threads, with progress."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

__all__ = ["Hashed", "Progress"]

Progress = Callable[[int, int], object]
"""Called with the number of inputs done and the number of all inputs."""

_THREADS = 8
_BLOCK = 1024
"""How many inputs are handed to the threads at a time: memory stays flat for millions."""


class Hashed(ABC):
    """A source whose inputs are hashed one by one, from several threads."""

    progress: Progress | None = None
    """Called after every digest; set it before `digests` are first used."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _digest(self, index: int) -> str:
        """Return the digest of input `index`, readable or not."""

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of the bytes of every input, or of its place where it cannot be read."""
        return tuple(self._with_progress(self._hashed()))

    def _hashed(self) -> Iterator[str]:
        with ThreadPoolExecutor(max_workers=_THREADS) as pool:
            for start in range(0, len(self), _BLOCK):
                yield from pool.map(self._digest, range(start, min(start + _BLOCK, len(self))))

    def _with_progress(self, digests: Iterator[str]) -> Iterator[str]:
        for done, digest in enumerate(digests, start=1):
            if self.progress is not None:
                self.progress(done, len(self))
            yield digest
