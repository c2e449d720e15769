"""Which values a network is handed, and whether they fit what it does with them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rmqm_spec.contracts.backend import Backend, ModelEncoder, PreprocessingReading
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding

__all__ = ["network_range", "range_findings"]


def network_range(backend: PreprocessingReading, encoder: ModelEncoder, bounds: Bounds) -> Bounds:
    """Return the range of what the network can be handed, from the bounds of the inputs."""
    ends = [np.full((1, *encoder.spec.shape), end, np.float32) for end in bounds]
    values = np.concatenate([backend.arranged(encoder, end).values.ravel() for end in ends])
    return float(values.min()), float(values.max())


def range_findings(backend: Backend, encoder: ModelEncoder, bounds: Bounds) -> Iterator[Finding]:
    """Doubt a range that the first layers of the network contradict (PRE007)."""
    if not isinstance(backend, PreprocessingReading):
        return
    try:
        handed = network_range(backend, encoder, bounds)
    except UsageError:  # an encoder around that of the backend: it hands over what it likes
        return
    doubt = backend.range_finding(encoder, *handed)
    if doubt is not None:
        yield doubt
