"""From plain data to records, strictly: what is wrong is named by place and rule."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import Converter

from rmqm_spec.contracts.record import is_open, types_of, without_none
from rmqm_spec.documents.rules import broken_rules

__all__ = ["Misfit", "converter", "structured"]

T = TypeVar("T")

_LARGEST = sys.float_info.max

_WORDS = {str: "a text", bool: "true or false", NoneType: "null"}


class Misfit(ValueError):  # noqa: N818 - says what it is about
    """Data that do not make a record: `place` with dots and brackets, and the broken `rule`."""

    def __init__(self, place: str, rule: str) -> None:
        super().__init__(f"{place} {rule}" if place else rule)
        self.place = place
        self.rule = rule


def structured(data: object, cls: type[T]) -> T:
    """
    Return plain data as a record.

    Parameters
    ----------
    data : object
        What JSON or TOML gave.
    cls : type
        The record.

    Raises
    ------
    Misfit
        At the first place that breaks a rule.

    Examples
    --------
    >>> from rmqm_spec.contracts.record import entry, record
    >>> @record
    ... class Point:
    ...     x: float = entry(least=0)
    >>> structured({"x": 1}, Point)
    Point(x=1)
    >>> structured({"x": "1"}, Point)
    Traceback (most recent call last):
        ...
    rmqm_spec.documents.converter.Misfit: x must be a number; got '1'
    """
    try:
        return converter().structure(data, cls)
    except RecursionError as error:
        raise Misfit("", "must not be nested this deeply") from error
    except Exception as error:
        raise _first(error) from error


@cache
def converter() -> Converter:
    """Return the one converter of all documents."""
    one = Converter()
    for kind, words in _WORDS.items():
        one.register_structure_hook(kind, _exactly(kind, words))
    one.register_structure_hook(int, _integer)
    one.register_structure_hook(float, _number)
    one.register_structure_hook_func(lambda kind: kind is Any, lambda value, _: value)
    one.register_structure_hook_func(_is(Literal), _literal)
    one.register_structure_hook_func(_is_union, lambda value, kind: _union(value, kind, one))
    one.register_structure_hook_func(_is(tuple), lambda value, kind: _tuple(value, kind, one))
    one.register_structure_hook_func(_is(dict), lambda value, kind: _dict(value, kind, one))
    one.register_structure_hook_factory(attrs.has, lambda cls: _record(cls, one))
    return one


def _record(cls: type, one: Converter) -> Callable[[Any, Any], Any]:
    """Make the function that structures a record: its fields, then their rules."""
    types = types_of(cls)
    fields = {field.name: field for field in attrs.fields(cls)}
    by_name: Callable[[], dict[str, type]] = getattr(cls, "__by_name__", dict)

    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, Mapping):
            raise Misfit("", f"must be an object; got {_short(value)}")
        own = by_name().get(str(value.get("name")))
        if own is not None:
            return one.structure(value, own)
        for name in value:
            if name not in fields and not is_open(cls):
                raise Misfit("", f"must have the keys {', '.join(fields)}; got {name!r} too")
        values: dict[str, Any] = {}
        for name, field in fields.items():
            if name not in value:
                if field.metadata.get("optional"):
                    continue
                raise Misfit(name, "is missing")
            with _below(name):
                values[name] = one.structure(value[name], types[name])
                for place, problem in broken_rules(values[name], field.metadata.get("rules", {})):
                    raise Misfit(place, problem)
        return cls(**values)

    return structure


@contextmanager
def _below(place: str) -> Iterator[None]:
    """Put a place in front of the misfits that are met inside."""
    try:
        yield
    except Misfit as error:
        inner = error.place
        dot = "." if inner and not inner.startswith(("[", ".")) else ""
        raise Misfit(f"{place}{dot}{inner}", error.rule) from error


def _exactly(kind: type, words: str) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise Misfit("", f"must be {words}; got {_short(value)}")
        return value

    return structure


def _integer(value: Any, _: Any) -> Any:
    whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (isinstance(value, int) or whole):
        raise Misfit("", f"must be a whole number; got {_short(value)}")
    return value


def _number(value: Any, _: Any) -> Any:
    """Take a number as it is: a whole one stays whole, so that the same text comes out again."""
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_real or abs(value) > _LARGEST or value != value:  # noqa: PLR0124 - not a number
        raise Misfit("", f"must be a number; got {_short(value)}")
    return value


def _literal(value: Any, kind: Any) -> Any:
    for allowed in get_args(kind):
        if type(value) is type(allowed) and value == allowed:
            return value
    words = ", ".join(map(_short, get_args(kind)))
    raise Misfit("", f"must be one of {words}; got {_short(value)}")


def _is(origin: Any) -> Callable[[Any], bool]:
    """Return whether a type is a tuple, a dict or a Literal, whatever is in its brackets."""
    return lambda kind: get_origin(kind) == origin


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in {Union, UnionType}


def _union(value: Any, kind: Any, one: Converter) -> Any:
    members, has_none = without_none(kind)
    if value is None and has_none:
        return None
    misfits = []
    for member in members:
        try:
            return one.structure(value, member)
        except Misfit as misfit:
            misfits.append(misfit)
    # The member that fits furthest says best what is wrong.
    raise max(misfits, key=lambda misfit: len(misfit.place))


def _tuple(value: Any, kind: Any, one: Converter) -> Any:
    if not isinstance(value, list | tuple):
        raise Misfit("", f"must be a list; got {_short(value)}")
    members = get_args(kind)
    if members[-1] is not Ellipsis and len(value) != len(members):
        raise Misfit("", f"must be a list of {len(members)}; got {len(value)} items")
    items = []
    for index, item in enumerate(value):
        with _below(f"[{index}]"):
            items.append(one.structure(item, members[0]))
    return tuple(items)


def _dict(value: Any, kind: Any, one: Converter) -> Any:
    if not isinstance(value, Mapping):
        raise Misfit("", f"must be an object; got {_short(value)}")
    _, inner = get_args(kind)
    found = {}
    for key, item in value.items():
        with _below(str(key)):
            found[key] = one.structure(item, inner)
    return found


def _first(error: BaseException) -> Misfit:
    if isinstance(error, Misfit):
        return error
    return Misfit("", f"must be plain data; got {type(error).__name__}: {error}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
