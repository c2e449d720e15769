"""What is to be computed of a model: its run, and that of its null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import define

from rmqm_spec.errors import RmqmError
from rmqm_spec.runs.nulls import OpenNull
from rmqm_spec.runs.opening import Run
from rmqm_spec.runs.sharing import Computed

if TYPE_CHECKING:
    from rmqm_spec.results.stored import StoredResult

__all__ = ["Entry", "Job"]


@define(kw_only=True, eq=False)
class Entry:
    """A model of the batch: its run, what is stored of it, what came of it and of its null."""

    run: Run
    started: float
    stored: StoredResult | None
    outcome: Computed | RmqmError | None = None
    null: OpenNull | None = None
    null_outcome: StoredResult | RmqmError | None = None

    def jobs(self) -> Iterator[Job]:
        """Yield the runs that are to be computed."""
        if self.result is None and self.outcome is None:
            yield Job(entry=self, run=self.run)
        if self.null is not None and self.null_outcome is None:
            yield Job(entry=self, run=self.null.run, is_null=True)

    @property
    def result(self) -> StoredResult | None:
        """The result, by now."""
        return self.outcome.stored if isinstance(self.outcome, Computed) else self.stored


@define(kw_only=True, eq=False)
class Job:
    """A run to be computed, and whose it is."""

    entry: Entry
    run: Run
    is_null: bool = False

    def finish(self, outcome: Computed | RmqmError) -> None:
        """Take what came of it."""
        if self.is_null:
            self.entry.null_outcome = outcome.stored if isinstance(outcome, Computed) else outcome
        else:
            self.entry.outcome = outcome
