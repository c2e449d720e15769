"""What an implementation can be asked to do: the table of ``operations.toml``."""

from __future__ import annotations

import sys
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import field, frozen

from rmqm_conformance.problems import UnknownNameError

__all__ = [
    "CAPABILITIES",
    "EXTENSIONS",
    "Operation",
    "Slot",
    "operation",
    "operations",
    "operations_in_markdown",
]

CAPABILITIES: Final = (
    "inputs",
    "noise",
    "pgd",
    "encoder",
    "characteristics",
    "interval",
    "documents",
    "comparison",
    "value-map",
    "nnk",
    "spectrum",
)
"""What an implementation can claim, in the order of the data; the clauses need the same names."""

EXTENSIONS: Final = ("common", "weighted")
"""What the specification leaves free and the kit can judge: RMQM-WN-009, RMQM-MET-003."""


@frozen
class Slot:
    """An argument or a result: its `kind`, whether it may be null, and its meaning."""

    kind: str
    nullable: bool
    meaning: str

    @classmethod
    def read(cls, entry: list[str]) -> Slot:
        """Read ``["float?", "a meaning"]``."""
        kind, meaning = entry
        return cls(kind.removesuffix("?"), kind.endswith("?"), meaning)


def _slots(raw: dict[str, list[str]]) -> dict[str, Slot]:
    return {name: Slot.read(entry) for name, entry in raw.items()}


@frozen(kw_only=True)
class Operation:
    """
    Something that an implementation can be asked to do.

    Parameters
    ----------
    name : str
        Name of the method, and of the operation in messages.
    needs : str
        The capability that it belongs to.
    does : str
        One sentence.
    takes, gives : dict of str to Slot
        Arguments and results.
    """

    name: str
    needs: str
    does: str
    takes: dict[str, Slot] = field(converter=_slots)
    gives: dict[str, Slot] = field(converter=_slots)


@cache
def operations() -> dict[str, Operation]:
    """
    Return every operation by its name.

    Examples
    --------
    >>> sorted(operations()["distances"].gives)
    ['displacements', 'resolution', 'step_lengths']
    """
    text = files("rmqm_conformance").joinpath("operations.toml").read_text(encoding="utf-8")
    return {name: Operation(name=name, **entry) for name, entry in tomllib.loads(text).items()}


def operation(name: str) -> Operation:
    """Return an operation; `UnknownNameError` if there is none of that name."""
    if name not in operations():
        raise UnknownNameError(f"operation must be one of {', '.join(operations())}; got {name!r}")
    return operations()[name]


def operations_in_markdown() -> str:
    """Return the table of operations, as docs/conformance.md holds it."""
    return "\n\n".join(_section(operation) for operation in operations().values()) + "\n"


def _section(operation: Operation) -> str:
    lines = [f"### `{operation.name}`", "", f"{operation.does} *Needs:* {operation.needs}.", ""]
    lines += ["| | name | kind | meaning |", "| --- | --- | --- | --- |"]
    for word, slots in (("takes", operation.takes), ("gives", operation.gives)):
        for name, slot in slots.items():
            kind = slot.kind + " or null" * slot.nullable
            lines.append(f"| {word} | `{name}` | {kind} | {slot.meaning} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(operations_in_markdown())
