"""Operators on statements and conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["STATEMENT_OPERATORS"]


def conditions(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """Take the other branch, where no other operator does."""
    is_test = isinstance(parent, ast.If | ast.IfExp | ast.While) and node is parent.test
    if is_test and not _is_turned_elsewhere(node):
        yield ast.UnaryOp(ast.Not(), node)
    if isinstance(parent, ast.comprehension) and node in parent.ifs:
        yield ast.Constant(value=True)


def _is_turned_elsewhere(node: ast.AST) -> bool:
    turned = ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn
    is_equality = isinstance(node, ast.Compare) and len(node.ops) == 1
    return (is_equality and isinstance(node.ops[0], turned)) or isinstance(node, ast.UnaryOp)


def guards(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Remove a refusal."""
    if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise):
        yield node.orelse[0] if node.orelse else ast.Pass()


def statements(node: ast.AST, _: ast.AST) -> Iterator[ast.AST]:
    """Remove a call, a change in place, or what is written into a place of an array."""
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    is_change = isinstance(node, ast.AugAssign)
    is_part = isinstance(node, ast.Assign) and isinstance(
        node.targets[0], ast.Subscript | ast.Attribute
    )
    if is_call or is_change or is_part or _rebinds(node):
        yield ast.Pass()


def _rebinds(node: ast.AST) -> bool:
    """Whether a name is computed from itself: `x = f(x)`."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
        return False
    read = {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}
    return node.targets[0].id in read


STATEMENT_OPERATORS = {"condition": conditions, "guard": guards, "statement": statements}
