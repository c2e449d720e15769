"""What can be differentiated: in a graph, without running it, and in the table as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from onnx import ModelProto, NodeProto

from rmqm_onnx.gradients.contrib import DEFINITIONS
from rmqm_onnx.gradients.opsets import is_standard
from rmqm_onnx.gradients.preparation import BY_DEFINITION
from rmqm_onnx.gradients.reverse import Missing, reason
from rmqm_onnx.gradients.rules import RULES, ZERO
from rmqm_onnx.reading.graph import names_read, needed_names

__all__ = ["coverage_table", "operators_without_rule"]

_BEFORE = frozenset(["ImageScaler", "If", "Loop", "Scan", "Constant"])
"""Written out before rules are applied; control flow only if it is constant."""


def operators_without_rule(
    model: ModelProto,
    input: str,  # noqa: A002
    output: str,
) -> list[Missing]:
    """
    Return the nodes between input and output whose operator has no rule, by the file alone.

    `unsupported` also runs the graph, and so knows what is constant and what a rule leaves out.

    Examples
    --------
    >>> from onnx import parser
    >>> model = parser.parse_model('''<ir_version: 10, opset_import: ["": 20]>
    ... encoder (float[N, 2, 2] x) => (float[N] y) { z = Sin(x)  y = Unique(z) }''')
    >>> [node.operator for node in operators_without_rule(model, "x", "y")]
    ['Unique']
    """
    own = {(function.domain, function.name): list(function.node) for function in model.functions}
    needed = needed_names(model.graph, output)
    moving = {input}
    without_rule: list[Missing] = []
    for node in model.graph.node:
        if not moving.intersection(names_read(node)) or not (needed & set(node.output)):
            continue
        if is_standard(node) and node.op_type in ZERO:
            continue
        moving.update(name for name in node.output if name)
        without_rule += [_missing(node, inner) for inner in _inner(node, own) if not _known(inner)]
    return without_rule


def _inner(node: NodeProto, own: Mapping[tuple[str, str], list[NodeProto]]) -> Iterator[NodeProto]:
    """Yield the nodes that a node stands for: those of functions within functions too."""
    key = (node.domain, node.op_type)
    if key not in own:
        yield node
        return
    others = {name: nodes for name, nodes in own.items() if name != key}
    for inner in own[key]:
        yield from _inner(inner, others)


def _known(node: NodeProto) -> bool:
    if (node.domain, node.op_type) in DEFINITIONS:
        return True
    named = node.op_type in RULES or node.op_type in ZERO
    return is_standard(node) and (named or node.op_type in BY_DEFINITION | _BEFORE)


def _missing(place: NodeProto, node: NodeProto) -> Missing:
    operator = node.op_type if is_standard(node) else f"{node.domain}.{node.op_type}"
    return Missing(
        operator=operator,
        name=place.name,
        output=next((name for name in place.output if name), ""),
        reason=reason(node),
    )


def coverage_table() -> str:
    """Return the operators that are covered, as a Markdown table."""
    rows = {
        "with a rule": sorted(RULES),
        "without gradient (comparisons, rounding, whole numbers)": sorted(ZERO),
        "written out as ONNX defines them": sorted(BY_DEFINITION),
        "written out in others": sorted(
            f"{domain}.{operator}" if domain else operator for domain, operator in DEFINITIONS
        ),
    }
    lines = ["| operators | |", "| --- | --- |"]
    lines += [f"| {what} ({len(names)}) | {', '.join(names)} |" for what, names in rows.items()]
    return "\n".join(lines)
