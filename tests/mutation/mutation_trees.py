"""Copies of nodes with a change."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import Any

__all__ = ["with_fields", "with_part"]


def with_fields(node: Any, **changed: Any) -> Any:
    """Return a copy of a node with other fields."""
    twin = deepcopy(node)
    for name, value in changed.items():
        setattr(twin, name, deepcopy(value))
    return twin


def with_part(node: Any, name: str, place: int, part: ast.AST) -> Any:
    parts = list(getattr(node, name))
    parts[place] = part
    return with_fields(node, **{name: parts})
