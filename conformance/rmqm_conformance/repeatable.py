"""
Draws that depend on the seed alone.

Hypothesis sometimes draws a constant that it finds in the source of modules that are loaded. Which
modules are loaded depends on the implementation, on the checks that ran before, and on the process
that judges: the same seed would try other examples in a rerun of a single check.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis.internal.conjecture import providers

__all__ = ["draws_of_the_seed_alone"]

_CONSTANTS_OF_MODULES = "_get_local_constants"
"""What hypothesis asks for them; versions before 6.131.1 know no such constants."""


@contextmanager
def draws_of_the_seed_alone() -> Iterator[None]:
    """Let what hypothesis draws inside depend on nothing but its seed."""
    if (usual := getattr(providers, _CONSTANTS_OF_MODULES, None)) is None:
        yield
        return
    providers.CONSTANTS_CACHE.cache.clear()  # other tests in this process may have filled it
    setattr(providers, _CONSTANTS_OF_MODULES, providers.Constants)
    try:
        yield
    finally:
        setattr(providers, _CONSTANTS_OF_MODULES, usual)
        providers.CONSTANTS_CACHE.cache.clear()
