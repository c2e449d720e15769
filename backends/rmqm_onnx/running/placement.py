"""Which provider runs which nodes of an open session, as the runtime itself reports it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rmqm_onnx.running.provider_choice import ProviderChoice
from rmqm_onnx.running.providers import CPU
from rmqm_spec.errors import UnavailableError
from rmqm_spec.findings import Finding

__all__ = ["RECORD", "Placement", "placement_findings", "placement_of", "require_nodes"]

RECORD = "session.record_ep_graph_assignment_info"
"""Entry of the session's options without which the runtime does not keep it."""

Placement = Mapping[str, Mapping[str, int]]
"""For each provider how many nodes it runs, by type of operator."""


def placement_of(session: Any) -> Placement | None:
    """Return which provider runs which nodes; None for a runtime that does not say."""
    ask = getattr(session, "get_provider_graph_assignment_info", None)
    if ask is None:
        return None
    nodes: dict[str, Counter[str]] = {}
    for part in ask():
        nodes.setdefault(part.ep_name, Counter()).update(node.op_type for node in part.get_nodes())
    return nodes


def require_nodes(choice: ProviderChoice, placement: Placement | None) -> None:
    """
    Refuse a session in which the provider that was asked for runs nothing.

    Raises
    ------
    UnavailableError
        ENV013. The runtime calls such a provider open, and runs everything on the CPU.
    """
    if not placement or placement.get(choice.provider.ep):
        return
    elsewhere = ", ".join(f"{sum(ops.values())} on {ep}" for ep, ops in placement.items())
    raise UnavailableError(
        "ENV013",
        f"provider {choice} must run a part of the model; it opened, and runs none of its nodes "
        f"({elsewhere})",
        fix=f"Use --provider cpu, which is what ran; or export the model with operators that "
        f"{choice.provider.name} supports.",
    )


def placement_findings(choice: ProviderChoice, placement: Placement | None) -> list[Finding]:
    """Say how many nodes were left to the CPU, and of which operators."""
    if choice.provider.is_cpu:
        return []
    if placement is None:
        return [
            Finding(
                code="PRV005",
                level="warn",
                message="this version of ONNX Runtime does not say which provider runs which nodes",
                fix="Update it (pip install --upgrade, see rmqm-spec doctor for its name).",
            )
        ]
    left = placement.get(CPU.ep, {})
    total = sum(sum(ops.values()) for ops in placement.values())
    if not left:
        message = f"all {total} nodes run on {choice.provider.name}"
        return [Finding(code="PRV001", level="ok", message=message)]
    operators = ", ".join(f"{name} {count}" for name, count in sorted(left.items()))
    return [
        Finding(
            code="PRV001",
            level="warn",
            message=f"{sum(left.values())} of {total} nodes run on the CPU, not on "
            f"{choice.provider.name}: {operators}",
            fix="The score is right. Nodes that compute shapes belong there; others cost copies: "
            "compare the speed with --provider cpu.",
        )
    ]
