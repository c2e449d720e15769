"""The JSON Schema of the messages, made from the table of operations; shipped as a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from rmqm_conformance.operations import CAPABILITIES, EXTENSIONS, Operation, Slot, operations
from rmqm_conformance.wire import DTYPES, SINGLE_BYTES

__all__ = ["message_schema"]

_HEX = r"^(-?0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?[pP][+-]?[0-9]+|[+-]?inf|nan)$"
_SIGNED_HEX = r"^[+-]?0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?([pP][+-]?[0-9]+)?$"
_DECIMAL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_WORDS = r"^[+-]?([iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN])$"


def message_schema() -> dict[str, Any]:
    """
    Return the schema; ``$defs/request.*`` and ``$defs/reply.*`` are its two directions.

    Examples
    --------
    >>> sorted(message_schema()["$defs"])[:3]
    ['argument.float', 'array', 'description']
    """
    text = {"type": "string"}
    replies = {
        "start": _open(protocol={"const": 1}, implementation={"$ref": "#/$defs/description"}),
        "spec": _open(ok={"type": "boolean"}),
        "refused": _open(seq={"type": "integer"}, refused=_open(message=text)),
        "errored": _open(
            seq={"type": "integer"}, errored=_open(("traceback",), message=text, traceback=text)
        ),
    }
    requests = {
        "start": _object(cmd={"const": "start"}, protocol={"const": 1}, suite=text),
        "spec": _object(cmd={"const": "spec"}, version=text),
        "stop": _object(cmd={"const": "stop"}),
    }
    for name, operation in operations().items():
        requests[f"run.{name}"] = _object(
            cmd={"const": "run"},
            seq={"type": "integer"},
            case=text,
            op={"const": name},
            args=_object(**_slots(operation.takes, "argument.float")),
        )
        replies[f"run.{name}"] = _reply(operation)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages between the conformance kit and a program, protocol 1",
        "$defs": {
            "argument.float": {"type": "string", "pattern": _HEX},
            "float": {
                "oneOf": [
                    {"type": "string", "pattern": f"{_SIGNED_HEX}|{_DECIMAL}|{_WORDS}"},
                    {"type": ["number", "null"]},
                ]
            },
            "array": _object(
                dtype={"enum": [*DTYPES, *SINGLE_BYTES]},
                shape={"type": "array", "items": {"type": "integer", "minimum": 0}},
                base64={"type": "string"},
            ),
            "network": _object(
                weight={"$ref": "#/$defs/array"},
                bias={"$ref": "#/$defs/array"},
                scale={"$ref": "#/$defs/argument.float"},
                mean={"$ref": "#/$defs/argument.float"},
                std={"$ref": "#/$defs/argument.float"},
                activation={"enum": ["identity", "tanh"]},
            ),
            "layers": {
                "type": "array",
                "items": _object(
                    weight={"$ref": "#/$defs/array"},
                    bias={"$ref": "#/$defs/array"},
                    activation={"type": "string"},
                ),
            },
            "description": _description(),
            **{f"request.{name}": schema for name, schema in requests.items()},
            **{f"reply.{name}": schema for name, schema in replies.items()},
        },
    }


def _reply(operation: Operation) -> dict[str, Any]:
    return _open(seq={"type": "integer"}, result=_open(**_slots(operation.gives, "float")))


def _slots(slots: Mapping[str, Slot], kind_of_float: str) -> dict[str, Any]:
    return {name: _kind(slot, kind_of_float) for name, slot in slots.items()}


def _kind(slot: Slot, kind_of_float: str) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "array": {"$ref": "#/$defs/array"},
        "network": {"$ref": "#/$defs/network"},
        "layers": {"$ref": "#/$defs/layers"},
        "float": {"$ref": f"#/$defs/{kind_of_float}"},
        "int": {"type": "integer"},
        "ints": {"type": "array", "items": {"type": "integer"}},
        "text": {"type": "string"},
        "texts": {"type": "array", "items": {"type": "string"}},
    }
    kind = kinds[slot.kind]
    return {"anyOf": [kind, {"type": "null"}]} if slot.nullable else kind


def _description() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    names = {"type": "array", "items": {"enum": list(CAPABILITIES)}, "minItems": 1}
    return _object(
        ("extensions", "generator", "encoder", "document", "source", "issues"),
        name=text,
        version=text,
        language=text,
        capabilities=names,
        extensions={"type": "array", "items": {"enum": list(EXTENSIONS)}},
        generator=text,
        encoder=_object(
            shape={"type": "array", "items": {"type": "integer", "minimum": 1}},
            dtype={"enum": ["<f4", "<f8"]},
            low=number,
            high=number,
            arithmetic=text,
        ),
        document={"type": "object", "additionalProperties": text},
        source=text,
        issues=text,
    )


def _object(optional: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _open(optional: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    """Return an object of a reply, in which a program may say more than it is asked."""
    return _object(optional, **properties) | {"additionalProperties": True}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(message_schema(), indent=1) + "\n")
