"""Operators on calls and places: arguments, axes, ends of slices and ranges."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from mutation_trees import with_fields, with_part

__all__ = ["CALL_OPERATORS"]

_SAME_VALUES = {"asarray", "tuple", "list", "cast", "frozenset", "float", "int"}
"""Calls that give the values that they take: without them, nearly always the same is computed."""

_SYMMETRIC = {"min", "max", "minimum", "maximum", "add", "multiply"}
"""Calls to which the order of their arguments means nothing."""

_SPEED_OR_CARE = {"copy", "strict", "out"}
"""Keywords that save memory, or refuse what does not happen."""


def slices(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Move the end of a slice or of a range by one, where it is no plain number."""
    if isinstance(node, ast.Slice):
        for name in ("lower", "upper"):
            end = getattr(node, name)
            if end is not None and not _is_number(end):
                yield with_fields(node, **{name: _shifted(end, ast.Sub())})
    if _called(node) == "range":
        yield with_part(node, "args", -1, _shifted(node.args[-1], ast.Sub()))
        if len(node.args) == 1:
            yield with_fields(node, args=[ast.Constant(1), *node.args])


def axes(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Work along another axis."""
    if isinstance(node, ast.keyword) and node.arg == "axis" and _is_number(node.value):
        first = isinstance(node.value, ast.Constant) and node.value.value == 0
        yield with_fields(node, value=ast.Constant(1 if first else 0))


def swapped(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Exchange the arguments of a call with two."""
    if isinstance(node, ast.Call) and len(node.args) == 2 and not _is_starred(node):
        if _name(node) in _SYMMETRIC:
            return
        yield with_fields(node, args=node.args[::-1])


def keywords(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Leave out a keyword of a call."""
    if isinstance(node, ast.Call):
        for place, given in enumerate(node.keywords):
            if given.arg is not None and given.arg not in _SPEED_OR_CARE:
                rest = [keyword for at, keyword in enumerate(node.keywords) if at != place]
                yield with_fields(node, keywords=rest)


def returned(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Leave out a call: `abs(x)` becomes `x`, `x.copy()` becomes `x`."""
    if isinstance(node, ast.Call) and not _is_starred(node):
        if node.args and _is_function(node) and _name(node) not in _SAME_VALUES:
            yield node.args[0]
        if isinstance(node.func, ast.Attribute) and not _is_function(node):
            yield node.func.value


CALL_OPERATORS = {
    "slice": slices,
    "axis": axes,
    "swapped-arguments": swapped,
    "keyword": keywords,
    "call-left-out": returned,
}


def _shifted(node: ast.expr, by: ast.operator) -> ast.BinOp:
    return ast.BinOp(node, by, ast.Constant(1))


def _called(node: Any) -> str:
    """Return the plain name of a function that is called."""
    is_plain = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return node.func.id if is_plain else ""


def _is_function(node: ast.Call) -> bool:
    """Whether a plain function or one of a module is called, not a method and not a class."""
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        return isinstance(owner, ast.Name) and owner.id in {"np", "math", "hashlib", "special"}
    return isinstance(node.func, ast.Name) and node.func.id != node.func.id.capitalize()


def _name(node: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    return ast.unparse(node.func).rpartition(".")[2]


def _is_number(node: ast.AST) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant)


def _is_starred(node: ast.Call) -> bool:
    return any(isinstance(argument, ast.Starred) for argument in node.args)
