"""What an encoder's backend knows to offer instead of its output, said where it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rmqm_spec.contracts.backend import Advising, OutputAdvice
from rmqm_spec.errors import EncodingError

__all__ = ["advice_of", "naming_earlier"]

_UNKNOWN = OutputAdvice(
    scores="Choose the layer before with --output; rmqm-spec inspect lists candidates.",
    zeros="Choose an earlier --output: behind a ReLU all values of an input can be zero.",
)


def advice_of(encoder: object) -> OutputAdvice:
    """Return the advice of an encoder, in general words where it has none of its own."""
    known = encoder.advice if isinstance(encoder, Advising) else None
    return known or _UNKNOWN


@contextmanager
def naming_earlier(encoder: object) -> Iterator[None]:
    """Name an earlier tensor where an encoding of zeros ends the work."""
    try:
        yield
    except EncodingError as error:
        if error.code != "ENC002":
            raise
        raise EncodingError(error.code, error.message, fix=advice_of(encoder).zeros) from error
