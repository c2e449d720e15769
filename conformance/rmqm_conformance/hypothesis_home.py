"""A folder for hypothesis, which would make its own where the user happens to be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from hypothesis.configuration import set_hypothesis_home_dir

__all__ = ["home_of_hypothesis"]


@contextmanager
def home_of_hypothesis() -> Iterator[None]:
    """Give hypothesis a folder that goes away."""
    with TemporaryDirectory(prefix="rmqm-conformance-") as folder:
        set_hypothesis_home_dir(folder)
        yield
