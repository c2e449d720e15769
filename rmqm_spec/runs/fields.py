"""Fields of requests: one declaration for the command line, TOML and Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import Attribute, Converter, field, fields

__all__ = ["Setting", "flag_of", "setting", "settings_of"]

Setting = Attribute
"""A field of a request that a user may set."""


def setting(
    help: str,  # noqa: A002 - the word of the command line
    *,
    default: Any = None,
    read: Callable[[str, Any], Any] | None = None,
    typed: Any = str,
    panel: str = "",
    flag: str = "",
    **limits: Any,
) -> Any:
    """
    Declare a field that a user may set.

    Parameters
    ----------
    help : str
        What it says, in one short sentence.
    default : object
        What holds where it is not given.
    read : callable
        From the flag, for errors, and what was given, a text or a value, to the value.
    typed : type
        What the command line takes it as.
    panel : str
        Under which heading help lists it.
    flag : str
        The option as it is typed, where it is not the name of the field.
    limits : object
        Further facts for the command line, such as ``min=1``.
    """
    metadata = {"help": help, "typed": typed, "panel": panel, "flag": flag, "limits": limits}
    if read is None:
        return field(default=default, metadata=metadata)

    def convert(given: Any, attribute: Attribute[Any]) -> Any:
        return None if given is None else read(flag_of(attribute), given)

    return field(default=default, converter=Converter(convert, takes_field=True), metadata=metadata)


def flag_of(attribute: Attribute[Any]) -> str:
    """Return a setting as it is typed."""
    return attribute.metadata.get("flag") or f"--{attribute.name.replace('_', '-')}"


def settings_of(record: type) -> Mapping[str, Attribute[Any]]:
    """Return the fields of a record that a user may set, by name."""
    return {known.name: known for known in fields(record) if "help" in known.metadata}
