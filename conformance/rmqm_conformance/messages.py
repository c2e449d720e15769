"""Messages are never trusted: each is checked against the shipped JSON Schema before use."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rmqm_conformance.problems import Errored

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

__all__ = ["checked_reply", "complaint"]


def checked_reply(line: str, kind: str, seq: int | None) -> dict[str, Any]:
    """
    Read a line as the reply to a request.

    Parameters
    ----------
    line : str
        What the program wrote.
    kind : str
        ``"start"``, ``"spec"`` or ``"run.<operation>"``.
    seq : int, optional
        The number of the request, if it is numbered.

    Raises
    ------
    Errored
        If it is not JSON, breaks the schema, or answers another request.

    Examples
    --------
    >>> checked_reply('{"ok": true}', "spec", None)
    {'ok': True}
    >>> checked_reply('{"okay": true}', "spec", None)
    Traceback (most recent call last):
        ...
    rmqm_conformance.problems.Errored: the reply breaks the schema of reply.spec at the top: ...
    """
    try:
        reply = json.loads(line)
    except ValueError as error:
        raise Errored(
            f"a line on stdout must be one JSON object; got {line.strip()[:200]!r} ({error}). "
            "Send everything else to stderr."
        ) from error
    name = _name_of(reply, kind)
    if problem := complaint(name, reply):
        raise Errored(f"the reply breaks the schema of {name} {problem}")
    if seq is not None and reply["seq"] != seq:
        raise Errored(f"the reply must have seq {seq}; got {reply['seq']}")
    checked: dict[str, Any] = reply
    return checked


def complaint(name: str, message: Any) -> str:
    """Say where a message breaks the schema of that name; nothing if it does not."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(name).iter_errors(message))
    if error is None:
        return ""
    place = "/".join(map(str, error.absolute_path)) or "the top"
    return f"at {place}: {error.message[:300]}"


def _name_of(reply: Any, kind: str) -> str:
    if kind.startswith("run.") and isinstance(reply, dict):
        for other in ("refused", "errored"):
            if other in reply:
                return f"reply.{other}"
    return f"reply.{kind}"


@cache
def _schema() -> dict[str, Any]:
    text = files("rmqm_conformance").joinpath("schemas", "messages.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(name: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator({**_schema(), "$ref": f"#/$defs/{name}"})
