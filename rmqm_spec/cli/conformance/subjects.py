"""The implementation that is judged, opened in this process or in any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rmqm_spec.cli.conformance.kit import implementation
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_conformance.subject import Subject

__all__ = ["open_subject"]


@contextmanager
def open_subject(cmd: str | None, name: str | None, deadline_s: float) -> Iterator[Subject]:
    """
    Open what is judged: a program, a Python object, or this installation.

    Parameters
    ----------
    cmd : str, optional
        The command of a program.
    name : str, optional
        A Python object as MODULE:NAME.
    deadline_s : float
        How long the program may take for an answer.

    Raises
    ------
    UsageError
        ARG001 if both are given, or an empty text; CON003 or CON005 if it does not start or
        cannot be imported.
    DescriptionError
        If it does not describe itself.
    """
    from rmqm_conformance.program import ProgramSubject
    from rmqm_conformance.running import subject_of

    if cmd is not None and name is not None:
        raise UsageError(
            "ARG001",
            "--cmd and --object must not be given together; got both",
            fix="Judge one implementation at a time.",
        )
    for flag, given in (("--cmd", cmd), ("--object", name)):
        if given is not None and not given.strip():
            raise UsageError(
                "ARG001",
                f"{flag} must name an implementation; got an empty text",
                fix="Name it, or leave the option out to judge this installation.",
            )
    if cmd is not None:
        with ProgramSubject(cmd, deadline_s=deadline_s) as program:
            yield program
    else:
        yield subject_of(implementation(name))
