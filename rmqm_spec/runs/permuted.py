"""The same network with permuted weights, open for as long as it is measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from attrs import evolve

from rmqm_spec.contracts.backend import NullWriting
from rmqm_spec.runs.models import backend_of, open_model
from rmqm_spec.runs.nulls import opening_of_null
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.contracts.backend import ModelEncoder

__all__ = ["has_null", "permuted_model"]


def has_null(request: RunRequest) -> bool:
    """Whether the network with permuted weights is asked for, and can be made."""
    return request.null and isinstance(backend_of(request), NullWriting)


@contextmanager
def permuted_model(
    request: RunRequest, encoder: ModelEncoder
) -> Iterator[tuple[ModelEncoder, dict[str, int]]]:
    """
    Open the network with permuted weights, with all that was read in or beside the model.

    Parameters
    ----------
    request : RunRequest
        The request of the trained network.
    encoder : ModelEncoder
        The trained network.

    Yields
    ------
    tuple of ModelEncoder and dict
        The network, and how it was made: ``seed``, ``tensors``, ``values``.

    Raises
    ------
    RmqmError
        If it cannot be written or opened.
    """
    opener = backend_of(request)
    if not isinstance(opener, NullWriting):
        raise TypeError(f"{opener.name} writes no nulls")
    with TemporaryDirectory(prefix="rmqm-null-") as folder:
        model = opener.write_null(request.path, Path(folder))
        opening = opening_of_null(request.opening, encoder)
        null = open_model(evolve(request, model=str(model.path), name=None, opening=opening))
        yield null, {"seed": model.seed, "tensors": model.tensors, "values": model.values}
