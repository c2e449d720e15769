"""Options of probes: labels, split, neighbours and the linear probe."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer
from attrs import frozen

from rmqm_spec.cli.values import as_counts, as_numbers
from rmqm_spec.errors import UsageError

__all__ = ["ProbeRequest"]

Text = Optional[str]  # noqa: UP045 - typer reads the annotation at run time


def _probe(help: str, *names: str, **settings: Any) -> Any:  # noqa: A002 - typer's own name
    return typer.Option(*names, help=help, rich_help_panel="Probes", **settings)


@frozen(kw_only=True)
class ProbeRequest:
    """Options about labels and probes, as they were typed."""

    labels: Annotated[
        Text,
        _probe("Labels of --data: file.npz:key, file.npy, file.csv:column, folders, column:NAME."),
    ] = None
    train_data: Annotated[Text, _probe("Inputs to learn from; without it --data is split.")] = None
    train_labels: Annotated[Text, _probe("Labels of --train-data.")] = None
    train_share: Annotated[
        Optional[float],  # noqa: UP045
        _probe("Share of each class to learn from; 0.5 by default."),
    ] = None
    leave_one_out: Annotated[
        bool, _probe("Judge neighbours of each input among all others.", "--leave-one-out")
    ] = False
    k: Annotated[str, _probe("Numbers of neighbours.", "--k")] = "1,5"
    C: Annotated[
        str,
        _probe("Inverse penalties of the linear probe to choose from; none: no such probe.", "--C"),
    ] = "0.1,1,10,100,1000,10000"
    task: Annotated[Text, _probe("What to call the task.")] = None

    def check(self) -> None:
        """
        Refuse options that do not go together.

        Raises
        ------
        UsageError
            ARG001.
        """
        self.neighbours()
        self.penalties()
        if self.train_labels is not None and self.train_data is None:
            raise _conflict("--train-labels must come with --train-data; got it alone")
        if self.train_data is None:
            return
        for name in ("train_share", "leave_one_out"):
            if getattr(self, name):
                option = f"--{name.replace('_', '-')}"
                raise _conflict(f"{option} must come without --train-data; got both")

    def neighbours(self) -> tuple[int, ...]:
        """Numbers of neighbours, ascending."""
        return as_counts("--k", self.k)

    def penalties(self) -> tuple[float, ...]:
        """Values of C; none where no linear probe is wanted."""
        if self.C == "none":
            return ()
        numbers = as_numbers("--C", self.C) or ()
        if not all(one > 0 for one in numbers):
            raise UsageError(
                "ARG001",
                f"--C must be numbers above 0, or none; got {self.C!r}",
                fix="For example --C 1,100.",
            )
        return tuple(sorted(set(numbers)))

    @property
    def share(self) -> float:
        """Share of the training part."""
        return 0.5 if self.train_share is None else self.train_share


def _conflict(message: str) -> UsageError:
    return UsageError("ARG001", message, fix="Leave one of them out.")
