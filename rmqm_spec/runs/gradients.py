"""The gradient that a run asks for, by its alteration or a measure: whose, and made how."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from rmqm_spec.contracts.backend import Backend, GradientGiving, ModelEncoder
from rmqm_spec.contracts.encoder import Encoder, as_differentiable
from rmqm_spec.contracts.measure import of_gradients
from rmqm_spec.measures.named import measures_named
from rmqm_spec.runs.ranged import for_inputs, with_ranges
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["check_gradient", "gradient_purpose", "gradient_routes", "with_gradient"]

_DIFFERENCES = "finite-differences"
"""The gradient that needs nothing of a backend."""


def gradient_routes(opener: Backend) -> tuple[str, ...]:
    """Return the names that ``--gradient`` takes with a backend."""
    own = opener.gradient_routes if isinstance(opener, GradientGiving) else ()
    return ("auto", *own, _DIFFERENCES)


def gradient_purpose(request: RunRequest) -> str | None:
    """Return what a run needs gradients for, in words: its alteration, or a measure; or None."""
    protocol = request.protocol
    if protocol.kind.needs_gradients:
        return protocol.kind.title
    names = of_gradients(measures_named(protocol.measure))
    return names[0] if names else None


def check_gradient(request: RunRequest, encoder: ModelEncoder) -> None:
    """Refuse, before the inputs are read, an encoder whose gradient cannot be taken."""
    from rmqm_spec.encoders.finite_differences import check_number_of_values

    purpose = gradient_purpose(request)
    if purpose is None:
        return
    route = request.protocol.gradient or "auto"
    if route == _DIFFERENCES:
        check_number_of_values(prod(encoder.spec.shape))
    else:
        as_differentiable(encoder, purpose=purpose)


def with_gradient(
    request: RunRequest, opener: Backend, encoder: ModelEncoder, prepared: PreparedInputs
) -> Encoder:
    """Return the encoder with the gradient that was asked for, where the run needs any."""
    from rmqm_spec.encoders.finite_differences import with_finite_differences

    route = request.protocol.gradient or "auto"
    ranged = for_inputs(encoder, prepared)
    if gradient_purpose(request) is None:
        return ranged
    if route == _DIFFERENCES:
        return with_finite_differences(ranged, prepared.bounds)
    if not isinstance(opener, GradientGiving) or route in {"auto", opener.gradient_routes[0]}:
        return ranged
    graded = opener.with_gradient(encoder, request.path, route)
    return graded if prepared.features is None else with_ranges(graded, prepared.features)
