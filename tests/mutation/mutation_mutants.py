"""The mutants of a module: where an operator applies, and what it puts there."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import frozen
from mutation_calls import CALL_OPERATORS
from mutation_statements import STATEMENT_OPERATORS
from mutation_values import VALUE_OPERATORS

__all__ = ["OPERATORS", "Mutant", "Place", "mutants_of"]

OPERATORS = VALUE_OPERATORS | CALL_OPERATORS | STATEMENT_OPERATORS


@frozen(eq=False)
class Place:
    """
    A node in a tree.

    Parameters
    ----------
    node, parent : ast.AST
        The node and the node that holds it.
    field, index : str, int or None
        The field of the parent, and the place in it if that is a list.
    function : str
        Qualified name of the innermost function or class; empty at the level of a module.
    lines : range or None
        Lines of which some must be executed for the node to matter; None if it matters from the
        import on, as the value of a constant does.
    """

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    function: str
    lines: range | None

    def put(self, other: Any) -> None:
        """Put another node here."""
        if self.index is None:
            setattr(self.parent, self.field, other)
        else:
            getattr(self.parent, self.field)[self.index] = other


@frozen(eq=False)
class Mutant:
    """
    A change of a module.

    Parameters
    ----------
    id : str
        Module, function, operator, line and change: the same as long as the line is the same.
    module, function, operator : str
        The parts of it.
    place : Place
        Where the other node goes.
    other : ast.AST
        What is put there.
    """

    id: str
    module: str
    function: str
    operator: str
    place: Place
    other: ast.AST


def mutants_of(module: str, source: str, tree: ast.Module) -> list[Mutant]:
    """
    Return every mutant of a module.

    Examples
    --------
    >>> tree = ast.parse("def f(x):\\n    return x < 1")
    >>> [mutant.id for mutant in mutants_of("toy", "def f(x):\\n    return x < 1", tree)][:2]
    ['toy:f comparison | return x < 1 | x < 1 => x <= 1', 'toy:f constant | return x < 1 | 1 => 2']
    """
    lines, seen, mutants = source.splitlines(), Counter[str](), []
    for place in _places(tree, "", None):
        for operator, replacements in OPERATORS.items():
            for other in replacements(place.node, place.parent):
                line = getattr(place.node, "lineno", None) or getattr(place.parent, "lineno", 1)
                text = " ".join(lines[line - 1].split())
                change = f"{_shown(place.node)} => {_shown(other)}"
                name = f"{module}:{place.function} {operator} | {text} | {change}"
                seen[name] += 1
                name += f" ({seen[name]})" if seen[name] > 1 else ""
                mutants.append(Mutant(name, module, place.function, operator, place, other))
    return mutants


def _places(parent: ast.AST, function: str, lines: range | None) -> Iterator[Place]:
    """Yield every node that takes part in a computation."""
    is_function = isinstance(parent, ast.FunctionDef)
    for field, index, node in _children(parent):
        if _says_nothing(node, parent, field):
            continue
        where = lines
        if is_function and field == "args":  # defaults: they matter when the function is called
            where = range(parent.body[0].lineno, _end(parent))
        elif isinstance(node, ast.stmt) and (is_function or lines is not None):
            where = _own_lines(node)
        inner = function
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{node.name}".lstrip(".")
        yield Place(node, parent, field, index, function, where)
        yield from _places(node, inner, where)


def _own_lines(node: ast.stmt) -> range:
    """Return the lines of a statement without those of the statements inside it."""
    body = getattr(node, "body", None)
    return range(node.lineno, body[0].lineno if body else _end(node))


def _end(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) + 1


def _children(parent: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for field, value in ast.iter_fields(parent):
        if isinstance(value, list):
            for index, node in enumerate(value):
                if isinstance(node, ast.AST):
                    yield field, index, node
        elif isinstance(value, ast.AST):
            yield field, None, value


def _says_nothing(node: ast.AST, parent: ast.AST, field: str) -> bool:
    """Whether a node is for readers and type checkers alone: documentation, types, messages."""
    is_type = field in {"annotation", "returns", "decorator_list", "bases", "format_spec"}
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_import = isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.expr_context)
    is_list = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    is_alias = isinstance(parent, ast.Module) and isinstance(
        getattr(node, "value", None), ast.Subscript
    )
    is_typing = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    is_target = field in {"targets", "target"} and isinstance(node, ast.Name)
    is_code = not (is_type or is_text or is_import or is_list or is_alias or is_typing or is_target)
    return not is_code


def _shown(node: ast.AST) -> str:
    """Return a node as text, in a line; long ones are cut in the middle."""
    plain = ast.unparse(ast.fix_missing_locations(node)) if hasattr(node, "_fields") else str(node)
    text = " ".join(plain.split())
    return text if len(text) <= 90 else f"{text[:60]}...{text[-25:]}"
