"""A kind of document: what it is called, and the record that it makes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Generic, TypeVar

from attrs import fields_dict, frozen

from rmqm_spec.documents.converter import Misfit, structured

__all__ = ["Kind", "as_stored"]

R = TypeVar("R")

_PRINTED = {"ok": (True, False), "rmqm": (None,), "interval": (None,)}
"""What ``--json`` puts into every document, also where the stored document does not have it."""


@frozen(kw_only=True)
class Kind(Generic[R]):
    """
    A kind of document.

    Parameters
    ----------
    schema : str
        What its documents hold under ``schema``, such as ``"rmqm-result/1"``.
    name : str
        Name of the file of its JSON Schema.
    record : type
        The record that its documents make.
    check : callable, optional
        Raises `Misfit` where fields of a record do not go together.
    """

    schema: str
    name: str
    record: type[R]
    check: Callable[[R], None] | None = None

    def structured(self, document: dict[str, Any]) -> R:
        """Return the record of a document, or raise `Misfit` where it breaks a rule."""
        if document.get("schema") != self.schema:
            raise Misfit("schema", f"must be {self.schema!r}; got {document.get('schema')!r}")
        record = structured(as_stored(document, fields_dict(self.record)), self.record)  # type: ignore[arg-type]
        if self.check is not None:
            self.check(record)
        return record


def as_stored(document: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Leave out what ``--json`` adds to a document, where its kind does not name that key."""
    return {
        key: value
        for key, value in document.items()
        if key in known or value not in _PRINTED.get(key, ())
    }
