"""Requests from flat names: ``score("model.onnx", data="photos/", n=200, levels=20)``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from rmqm_spec.contracts.registry import available, default_alteration, load
from rmqm_spec.errors import UnavailableError, UsageError
from rmqm_spec.runs.fields import settings_of
from rmqm_spec.runs.hub import hub_model, is_hub_id
from rmqm_spec.runs.request import DataSettings, ModelSettings, ProtocolSettings, RunRequest

__all__ = ["GROUPS", "grouped", "plug_options", "request_of"]

GROUPS: Mapping[str, type] = {
    "opening": ModelSettings,
    "inputs": DataSettings,
    "protocol": ProtocolSettings,
}
"""The groups of settings in a `RunRequest`, by field."""

_OWNERS = {"alteration": "alteration_options", "executor": "executor_options"}


def request_of(
    model: str | Any, options: Mapping[str, Any], *, name: str | None = None
) -> RunRequest:
    """
    Return the request that flat options make.

    Parameters
    ----------
    model : str or Path
        The model.
    options : mapping
        Settings by name, with underscores or hyphens; None counts as not given. Options of the
        chosen alteration and executor stand among them.
    name : str, optional
        What to call the model.

    Raises
    ------
    UsageError
        ARG001 if an option is unknown, breaks its rule, or does not go with the others.

    Examples
    --------
    >>> request = request_of("model.onnx", {"n": 200, "levels": 20, "coupling": "common"})
    >>> request.inputs.n, request.protocol.levels, request.protocol.alteration_options
    (200, 20, {'coupling': 'common'})
    """
    given = {key.replace("-", "_"): value for key, value in options.items() if value is not None}
    groups = grouped(given)
    protocol: dict[str, Any] = groups["protocol"]
    named = protocol.get("alteration")
    alteration = str(named) if named else default_alteration().name
    executor = str(given.get("executor", "threads"))
    own = {name: given.pop(name) for name in settings_of(RunRequest) if name in given}
    protocol["alteration_options"] = _taken(given, "alteration", alteration)
    own["executor_options"] = _taken(given, "executor", executor)
    if given:
        raise _unknown(next(iter(given)))
    if is_hub_id(model):
        model, hub_name = hub_model(model)
        name = name or hub_name
    records = {group: GROUPS[group](**values) for group, values in groups.items()}
    return RunRequest(model=str(model), name=name, **records, **own)


def grouped(given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Take the settings of each group out of `given`."""
    groups: dict[str, dict[str, Any]] = {}
    for group, record in GROUPS.items():
        names = [name for name in settings_of(record) if name in given]
        groups[group] = {name: given.pop(name) for name in names}
    return groups


def plug_options(kind: str) -> dict[str, list[str]]:
    """Return which plugs of a kind take an option of each name; broken plugs take none."""
    owners: dict[str, list[str]] = {}
    for name in available(kind):
        try:
            plug = load(kind, name)
        except (UnavailableError, UsageError):
            continue
        for option in plug.options:
            owners.setdefault(option.name, []).append(name)
    return owners


def _taken(given: dict[str, Any], kind: str, chosen: str) -> dict[str, Any]:
    """Take the options of the chosen plug out of `given`; refuse those of its siblings."""
    taken: dict[str, Any] = {}
    if not given:
        return taken
    owners = plug_options(kind)
    for name in [name for name in given if name in owners]:
        if chosen not in owners[name]:
            flag = f"--{name.replace('_', '-')}"
            needed = " or ".join(f"--{kind} {owner}" for owner in owners[name])
            raise UsageError(
                "ARG001",
                f"{flag} must come with {needed}; got --{kind} {chosen}",
                fix=f"Leave it out, or choose {needed}.",
            )
        taken[name] = given.pop(name)
    return taken


def _unknown(name: str) -> UsageError:
    known = sorted(known_names())
    near = difflib.get_close_matches(name, known, n=1)
    return UsageError(
        "ARG001",
        f"an option must be one of those that a run takes; got {name!r}",
        fix=f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(known)}.",
    )


def known_names() -> Iterable[str]:
    """Return the names of all options of a run, those of plugs included."""
    for record in (*GROUPS.values(), RunRequest):
        yield from settings_of(record)
    for kind in _OWNERS:
        yield from plug_options(kind)
