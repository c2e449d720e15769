"""Operators on values: numbers, texts, comparisons, arithmetic, truth, and twins of names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation_trees import with_fields, with_part

__all__ = ["VALUE_OPERATORS"]

_TWINS: tuple[tuple[type[ast.AST], type[ast.AST]], ...] = (
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.Eq, ast.NotEq),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.Add, ast.Sub),
    (ast.Mult, ast.Div),
    (ast.BitAnd, ast.BitOr),
    (ast.LShift, ast.RShift),
    (ast.And, ast.Or),
)
_OTHER = {a: b for pair in _TWINS for a, b in (pair, pair[::-1])} | {
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
_NAMES = {
    a: b
    for pair in (
        ("min", "max"),
        ("minimum", "maximum"),
        ("any", "all"),
        ("floor", "ceil"),
        ("sum", "mean"),
        ("zeros", "ones"),
        ("zeros_like", "ones_like"),
        ("argmin", "argmax"),
        ("float32", "float64"),
        ("int32", "int64"),
        ("uint32", "uint64"),
    )
    for a, b in (pair, pair[::-1])
} | {"fsum": "sum"}
_TYPES = {"<f8": "<f4", "<f4": "<f8", "<u8": "<u4", "<u4": "<u8", "<u2": "<i2", "<i8": "<i4"}
_STRENGTH = 1.1
"""Factor on a float: small enough that only a check of the number itself sees it."""


def constants(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """Change a number: by one, from zero, by a factor; turn a truth value."""
    is_care = isinstance(parent, ast.keyword) and parent.arg in {"copy", "strict"}
    if not isinstance(node, ast.Constant) or is_care:
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * _STRENGTH if value else 1.0)


def texts(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """Change a text or bytes that is no sentence: a key, a name, a prefix, a type."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, str) and value in _TYPES:
        yield ast.Constant(_TYPES[value])
    elif isinstance(value, bytes):
        yield ast.Constant(value + b"x")
    elif isinstance(value, str) and not (len(value.split()) > 1 and _is_message(parent)):
        yield ast.Constant(value + "x")


def _is_message(parent: ast.AST) -> bool:
    return isinstance(parent, ast.Call | ast.JoinedStr | ast.keyword | ast.BinOp | ast.IfExp)


def comparisons(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Let a comparison hold at the threshold, or not; turn an equality or a membership."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            yield with_part(node, "ops", place, _OTHER[type(operator)]())


def arithmetic(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Put another arithmetic operator; drop a sign; exchange the sides where that matters."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OTHER:
        yield with_fields(node, op=_OTHER[type(node.op)]())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div):
        yield with_fields(node, left=node.right, right=node.left)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert):
        yield node.operand


def booleans(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Exchange `and` and `or`; leave out an operand; drop a `not`."""
    if isinstance(node, ast.BoolOp):
        yield with_fields(node, op=_OTHER[type(node.op)]())
        if len(node.values) == 2:
            yield from node.values
        else:
            for place in range(len(node.values)):
                rest = [value for at, value in enumerate(node.values) if at != place]
                yield with_fields(node, values=rest)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def names(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Exchange a function or a type for its twin: min and max, any and all, single and double."""
    if isinstance(node, ast.Name) and node.id in _NAMES:
        yield with_fields(node, id=_NAMES[node.id])
    if isinstance(node, ast.Attribute) and node.attr in _NAMES:
        if node.attr == "fsum":
            yield ast.Name("sum", ast.Load())
        else:
            yield with_fields(node, attr=_NAMES[node.attr])


VALUE_OPERATORS = {
    "constant": constants,
    "text": texts,
    "comparison": comparisons,
    "arithmetic": arithmetic,
    "boolean": booleans,
    "name": names,
}
