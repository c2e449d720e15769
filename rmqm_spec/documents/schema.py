"""JSON Schemas, made from records."""

from __future__ import annotations

import inspect
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs

from rmqm_spec.contracts.record import is_open, types_of, without_none

__all__ = ["schema_of_record"]

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
_RULES = {
    "least": "minimum",
    "most": "maximum",
    "above": "exclusiveMinimum",
    "pattern": "pattern",
    "format": "format",
}


def schema_of_record(cls: type, title: str) -> dict[str, Any]:
    """
    Return the JSON Schema of the documents that a record describes.

    Parameters
    ----------
    cls : type
        The record.
    title : str
        Name of the kind of document, such as ``rmqm-result/1``.

    Examples
    --------
    >>> from rmqm_spec.contracts.record import entry, record
    >>> @record
    ... class Point:
    ...     "A point."
    ...     x: float = entry("Where it is.", least=0)
    >>> schema_of_record(Point, "point/1")["properties"]
    {'x': {'type': 'number', 'minimum': 0, 'description': 'Where it is.'}}
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": " ".join((inspect.getdoc(cls) or "").split()),
        **_object(cls),
    }


def _object(cls: type) -> dict[str, Any]:
    types = types_of(cls)
    properties, required = {}, []
    for field in attrs.fields(cls):
        facts = field.metadata
        schema = _with_rules(_of(types[field.name]), facts.get("rules", {}))
        if facts.get("meaning"):
            schema["description"] = facts["meaning"]
        properties[field.name] = schema
        if not facts.get("optional"):
            required.append(field.name)
    schema = {"type": "object", "properties": properties, "required": required}
    if not is_open(cls):
        schema["additionalProperties"] = False
    return _with_own(cls, schema)


def _with_own(cls: type, schema: dict[str, Any]) -> dict[str, Any]:
    """Add the records that objects of certain names have (``__by_name__``)."""
    own: dict[str, type] = getattr(cls, "__by_name__", dict)()
    if not own:
        return schema
    named = {name: _named({"const": name}) for name in sorted(own)}
    # Not anyOf: what is wrong is then said of the record of that name, not of another.
    return {
        "allOf": [
            *({"if": named[name], "then": _object(own[name])} for name in named),
            {"if": {"not": _named({"enum": sorted(own)})}, "then": schema},
        ]
    }


def _named(rule: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"name": rule}, "required": ["name"]}


def _of(kind: Any) -> dict[str, Any]:
    """Return the schema of a type."""
    if kind is Any:
        return {}
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if attrs.has(kind):
        return _object(kind)
    make = {Literal: _literal, tuple: _list, dict: _mapping}.get(get_origin(kind), _union)
    return make(kind)


def _literal(kind: Any) -> dict[str, Any]:
    values = list(get_args(kind))
    return {"const": values[0]} if len(values) == 1 else {"enum": values}


def _list(kind: Any) -> dict[str, Any]:
    members = get_args(kind)
    schema: dict[str, Any] = {"type": "array", "items": _of(members[0])}
    if members[-1] is not Ellipsis:
        schema |= {"minItems": len(members), "maxItems": len(members)}
    return schema


def _mapping(kind: Any) -> dict[str, Any]:
    inner = _of(get_args(kind)[1])
    return {"type": "object", **({"additionalProperties": inner} if inner else {})}


def _union(kind: Any) -> dict[str, Any]:
    members, has_none = without_none(kind)
    schemas = [_of(member) for member in members]
    if not has_none:
        return {"anyOf": schemas}
    if len(schemas) == 1 and "enum" in schemas[0]:
        return {"enum": [*schemas[0]["enum"], None]}
    if len(schemas) == 1 and isinstance(schemas[0].get("type"), str):
        return {**schemas[0], "type": [schemas[0]["type"], "null"]}
    return {"anyOf": [*schemas, {"type": "null"}]}


def _with_rules(schema: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    """Add the rules of a field to the schema of its type."""
    own = {_RULES[name]: rule for name, rule in rules.items() if name in _RULES}
    each = {
        _RULES[name.removeprefix("each_")]: rule
        for name, rule in rules.items()
        if name.startswith("each_")
    }
    is_list = "array" in schema.get("type", ())
    found = {**schema, **own}
    if "shortest" in rules:
        found["minItems" if is_list else "minProperties"] = rules["shortest"]
    if "keys" in rules:
        found["required"] = list(rules["keys"])
    if "key_pattern" in rules:
        found["propertyNames"] = {"pattern": rules["key_pattern"]}
    if each:
        inner = "items" if is_list else "additionalProperties"
        found[inner] = {**found.get(inner, {}), **each}
    return found
