"""Plugs, found by entry points: listing them imports none, and a broken plug breaks no other."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from attrs import frozen

from rmqm_spec.errors import UnavailableError, UsageError
from rmqm_spec.nearest import nearest_name

if TYPE_CHECKING:
    from rmqm_spec.contracts.alteration import AlterationKind
    from rmqm_spec.contracts.backend import Backend
    from rmqm_spec.contracts.executor import ExecutorKind
    from rmqm_spec.contracts.measure import Measure

__all__ = [
    "GROUPS",
    "BrokenPlug",
    "alteration_kind",
    "available",
    "backend",
    "default_alteration",
    "executor_kind",
    "facts_of",
    "load",
    "load_all",
    "measure",
]

GROUPS = {
    "backend": "rmqm_spec.backends",
    "alteration": "rmqm_spec.alterations",
    "measure": "rmqm_spec.measures",
    "executor": "rmqm_spec.executors",
}
"""What can be plugged in, and the entry point group of each."""


@frozen
class BrokenPlug:
    """A plug that cannot be used, by `kind`, `name` and `origin`, and the `error` that says why."""

    kind: str
    name: str
    origin: str
    error: UnavailableError


def available(kind: str) -> dict[str, str]:
    """
    Return the name of each installed plug of a kind, and what it stands for; imports none.

    Examples
    --------
    >>> available("backend")["onnx"]
    'rmqm_onnx.backend:ONNX'
    """
    return {entry.name: entry.value for entry in _entries(kind)}


def load(kind: str, name: str) -> Any:
    """
    Import one plug, and only that one.

    Raises
    ------
    UsageError
        ARG003 if there is no such plug, or two of one name.
    UnavailableError
        ENV004 if it cannot be imported, or is not what its group asks for; its own error where
        importing it raises an `UnavailableError`, which says what to install.
    """
    entries = [entry for entry in _entries(kind) if entry.name == name]
    if len({entry.value for entry in entries}) != 1:
        installed = ", ".join(available(kind)) or "none"
        listed = " and ".join(entry.value for entry in entries) or "none of that name"
        near = nearest_name(name, available(kind))
        meant = f"Type {near}." if near else "Correct the name."
        raise UsageError(
            "ARG003",
            f"{kind} must name exactly one of those installed ({installed}); got {name!r}: "
            f"{listed}",
            fix="Uninstall all but one of them." if entries else meant,
        )
    return _loaded(kind, entries[0])


def load_all(kind: str) -> tuple[dict[str, Any], list[BrokenPlug]]:
    """Import every plug of a kind: those that work, by name, and those that do not."""
    working: dict[str, Any] = {}
    broken: list[BrokenPlug] = []
    for name, origin in available(kind).items():
        try:
            working[name] = load(kind, name)
        except UnavailableError as error:
            broken.append(BrokenPlug(kind, name, origin, error))
        except UsageError as error:  # two plugs of one name
            failure = UnavailableError(error.code, error.message, fix=error.fix)
            broken.append(BrokenPlug(kind, name, origin, failure))
    return working, broken


def alteration_kind(name: str) -> AlterationKind:
    """Return the alteration of a name; raises as `load`."""
    kind: AlterationKind = load("alteration", name)
    return kind


def default_alteration() -> AlterationKind:
    """Return the alteration that is taken where none is named."""
    for name in available("alteration"):
        with suppress(UnavailableError, UsageError):
            if alteration_kind(name).is_default:
                return alteration_kind(name)
    raise UnavailableError(
        "ENV004", "a usual alteration must be installed; got none", fix="Reinstall rmqm-spec."
    )


def facts_of(parameters: Mapping[str, Any]) -> AlterationKind:
    """
    Return the facts of the alteration of a protocol; neutral ones where it is not installed.

    Parameters
    ----------
    parameters : mapping
        The alteration as a protocol holds it.
    """
    from rmqm_spec.contracts.alteration import AlterationKind

    name = str(parameters["name"])
    if name in available("alteration"):
        with suppress(UnavailableError, UsageError):
            return alteration_kind(name)

    def make(_: object) -> Any:
        return alteration_kind(name)  # says what is missing

    return AlterationKind(
        name=name,
        title=name,
        summary="An alteration that is not installed here.",
        axis=f"level ({name})",
        usual_levels=int(parameters["J"]),
        make=make,
        words=lambda given: f"{name} with J = {given['J']}",
    )


def measure(name: str) -> Measure:
    """Return the measure of a name; raises as `load`."""
    loaded: Measure = load("measure", name)
    return loaded


def executor_kind(name: str) -> ExecutorKind:
    """Return the executor of a name; raises as `load`."""
    kind: ExecutorKind = load("executor", name)
    return kind


def backend(name: str) -> Backend:
    """Return the backend of a name; raises as `load`."""
    loaded: Backend = load("backend", name)
    return loaded


@cache
def _entries(kind: str) -> list[EntryPoint]:
    """Find the plugs of a kind, the package's own first; looking through packages takes long."""
    return sorted(
        entry_points(group=GROUPS[kind]),
        key=lambda entry: (not _is_own(entry), entry.name, entry.value),
    )


def _is_own(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == "rmqm-spec"


def _loaded(kind: str, entry: EntryPoint) -> Any:
    try:
        plug = entry.load()
    except UnavailableError:
        raise
    except Exception as error:
        raise UnavailableError(
            "ENV004",
            f"{kind} {entry.name!r} must be importable from {entry.value}; got "
            f"{type(error).__name__}: {error}",
            fix="Install what it needs, or uninstall it; rmqm-spec doctor lists all plugs.",
        ) from error
    if getattr(plug, "name", None) != entry.name or not _is(kind, plug):
        raise UnavailableError(
            "ENV004",
            f"{kind} {entry.name!r} must be a {kind} of that name at {entry.value}; got "
            f"{type(plug).__name__} named {getattr(plug, 'name', None)!r}",
            fix="Correct the entry point or the plug: docs/extending.md.",
        )
    return plug


def _is(kind: str, plug: object) -> bool:
    if kind == "alteration":
        from rmqm_spec.contracts.alteration import AlterationKind

        return isinstance(plug, AlterationKind)
    if kind == "executor":
        from rmqm_spec.contracts.executor import ExecutorKind

        return isinstance(plug, ExecutorKind)
    if kind == "measure":
        from rmqm_spec.contracts.measure import Measure

        return isinstance(plug, Measure)
    from rmqm_spec.contracts.backend import Backend

    return isinstance(plug, Backend)
