"""Laws of moves that change no kernel: RMQM-NNK-001."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.nnk.asking import require_same_neighbourhoods
from rmqm_conformance.strategies import Array, Neighbourhood, neighbourhoods
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "nnk"
MOVES = st.integers(0, 2**32 - 1)


@law("RMQM-NNK-001/lengths", needs=NEEDS, also="RMQM-NNK-002", draw=MOVES,
     request=neighbourhoods(kinds=["spread"], kernels=["cosine"]))  # fmt: skip
def lengths(subject: Subject, draw: int, request: Neighbourhood) -> None:
    """Under the cosine kernel the lengths of vectors do not matter, each being its own."""
    rng = np.random.default_rng(draw)

    def stretched(points: Array) -> Array:
        return np.asarray(points * 10 ** rng.uniform(-3, 3, (len(points), 1)))

    require_same_neighbourhoods(subject, request, request.moved(stretched))


@law("RMQM-NNK-001/rotation", needs=NEEDS, also="RMQM-NNK-002", draw=MOVES,
     request=neighbourhoods(kinds=["spread", "near"]))  # fmt: skip
def rotation(subject: Subject, draw: int, request: Neighbourhood) -> None:
    """A rotation or reflection of all vectors together changes nothing."""
    size = request.gallery.shape[1]
    turn, _ = np.linalg.qr(np.random.default_rng(draw).normal(size=(size, size)))
    require_same_neighbourhoods(subject, request, request.moved(lambda points: points @ turn))


@law("RMQM-NNK-001/units", needs=NEEDS, also="RMQM-NNK-002", draw=MOVES,
     request=neighbourhoods(kinds=["spread"], kernels=["gaussian"]))  # fmt: skip
def other_units(subject: Subject, draw: int, request: Neighbourhood) -> None:
    """Under the Gaussian kernel another unit and another origin change nothing."""
    rng = np.random.default_rng(draw)
    factor, origin = float(2.0 ** rng.integers(-3, 4)), rng.normal(size=request.gallery.shape[1])
    other = request.moved(
        lambda points: factor * (points + origin), factor * (request.bandwidth or 1.0)
    )
    require_same_neighbourhoods(subject, request, other)


@law("RMQM-NNK-001/values-apart", needs=NEEDS, request=neighbourhoods(kinds=["spread"]))
def values_apart(subject: Subject, request: Neighbourhood) -> None:
    """Values that are zero in all vectors change nothing."""
    other = request.moved(lambda points: np.pad(points, ((0, 0), (1, 2))))
    require_same_neighbourhoods(subject, request, other)


CHECKS = (lengths, rotation, other_units, values_apart)
