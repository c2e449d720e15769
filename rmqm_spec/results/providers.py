"""Results that were made on different providers: comparable, within what these differ by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rmqm_spec.findings import Finding

__all__ = ["provider_findings"]


def provider_findings(documents: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """
    Warn where results come from different providers.

    Parameters
    ----------
    documents : mapping of str to mapping
        Result documents (``rmqm-result/1``) by the name that the reader knows them by.

    Examples
    --------
    >>> runtimes = {"A": {"provider": "cpu"}, "B": {"provider": "cuda", "cpu_deviation": 2e-6}}
    >>> documents = {name: {"runtime": runtime} for name, runtime in runtimes.items()}
    >>> (finding,) = provider_findings(documents)
    >>> print(finding.message)
    results come from different providers (cpu: A; cuda: B); unit encodings on cuda were up to \
2.0e-06 from the CPU's
    """
    by_provider: dict[str, dict[str, Mapping[str, Any]]] = {}
    for name, document in documents.items():
        runtime = document.get("runtime") or {}
        if provider := runtime.get("provider"):  # a function of Python has none
            by_provider.setdefault(provider, {})[name] = runtime
    if len(by_provider) < 2:
        return []
    groups = "; ".join(f"{name}: {', '.join(runs)}" for name, runs in by_provider.items())
    deviations = [
        _deviation(name, runs.values()) for name, runs in by_provider.items() if name != "cpu"
    ]
    return [
        Finding(
            code="PRV004",
            level="warn",
            message=f"results come from different providers ({groups}); {'; '.join(deviations)}",
            fix="The protocol is the same, so they compare; but digits beyond that are rounding. "
            "Score all on one provider to be sure.",
        )
    ]


def _deviation(provider: str, runtimes: Any) -> str:
    known = [runtime.get("cpu_deviation") for runtime in runtimes]
    if None in known:
        return f"how far {provider} is from the CPU was not measured"
    return f"unit encodings on {provider} were up to {max(known):.1e} from the CPU's"
