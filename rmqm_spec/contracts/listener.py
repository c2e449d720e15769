"""Who hears what a run does: progress, findings and notes, on whatever screen there is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias

from rmqm_spec.findings import Finding

__all__ = ["Listener", "Progress"]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of inputs done and of all inputs, at the start and now and then."""


class Listener:
    """
    Hears what a run does, and does nothing; others override what they want to hear.

    Examples
    --------
    >>> with Listener().work("scoring") as progress:
    ...     progress(0, 10)
    """

    def work(
        self,
        what: str,  # noqa: ARG002
        *,
        units: tuple[str, str] = ("inputs", "encodings"),  # noqa: ARG002
        per_input: int = 1,  # noqa: ARG002
        n_known: int = 0,  # noqa: ARG002
    ) -> AbstractContextManager[Progress]:
        """
        Return a context for a stretch of long work; inside it progress is reported.

        Parameters
        ----------
        what : str
            What is being done.
        units : tuple of two str
            What is counted, and what the rate counts.
        per_input : int
            How many of the latter one of the former takes.
        n_known : int
            How many were done before: they say nothing about the rate.
        """
        return nullcontext(_ignore)

    def finding(self, finding: Finding) -> None:
        """Hear of a finding while the work goes on."""

    def note(self, text: str) -> None:
        """Hear of a step, a place or a choice, in one line for people."""


def _ignore(done: int, total: int) -> None:
    """Report to nobody."""
