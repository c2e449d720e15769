"""Records of documents: typed fields that say what they mean and which rules they obey."""

from __future__ import annotations

from typing import Any, Final, TypeVar, dataclass_transform, get_args, get_type_hints

import attrs

__all__ = ["CODE", "DIGEST", "OMITTED", "entry", "is_open", "record", "types_of"]

T = TypeVar("T")

DIGEST: Final = "^[0-9a-f]{64}$"
CODE: Final = "^[A-Z]{3}[0-9]{3}$"


class _Omitted:
    """Stands for a key that a document does not have."""

    def __repr__(self) -> str:
        return "OMITTED"

    def __bool__(self) -> bool:
        return False


OMITTED: Final[Any] = _Omitted()


@dataclass_transform(kw_only_default=True, frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make a record of a document: frozen, its fields named by keyword."""
    return attrs.frozen(kw_only=True)(cls)


def is_open(cls: type) -> bool:
    """Whether documents may have keys that the record does not name (``__open__ = True``)."""
    return bool(getattr(cls, "__open__", False))


def entry(meaning: str = "", *, optional: bool = False, **rules: Any) -> Any:
    """
    Declare a field of a record.

    Parameters
    ----------
    meaning : str
        What it holds, where its name does not say it.
    optional : bool
        Whether a document may lack it.
    **rules
        ``least``, ``most``, ``above`` for numbers, ``pattern`` for texts, ``format``
        (``"date-time"``) for times, ``shortest`` for the
        length of lists and objects, ``keys`` that an object must have, ``key_pattern``, and the
        same with ``each_`` for the items of a list or the values of an object.
    """
    metadata = {"meaning": meaning, "optional": optional, "rules": rules}
    return attrs.field(default=OMITTED if optional else attrs.NOTHING, metadata=metadata)


def types_of(cls: type) -> dict[str, Any]:
    """Return the types of a record's fields by name, read from their annotations."""
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in attrs.fields(cls)}


def without_none(kind: Any) -> tuple[list[Any], bool]:
    """Return the members of a union but None, and whether None is one of them."""
    members = [member for member in get_args(kind) if member is not type(None)]
    return members, len(members) < len(get_args(kind))
