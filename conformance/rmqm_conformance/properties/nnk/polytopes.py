"""Laws of the diameter, of neighbours and of altered versions: RMQM-NNK-010 and RMQM-NNK-011."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.helpers import units
from rmqm_conformance.properties.nnk.asking import LEAST_SURE, asked, kernels, sureness
from rmqm_conformance.require import require, require_close, require_equal
from rmqm_conformance.strategies import Array, Neighbourhood, neighbourhoods
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "nnk"
ROUNDING = 1e-12


def _diameters(subject: Subject, request: Neighbourhood) -> Array:
    found = subject.perform("nnk_diameters", **request.arguments)["diameters"]
    require_equal("diameters.shape", found.shape, (len(request.queries),))
    return np.asarray(found)


def _widest(points: Array) -> float:
    """Return the largest distance among points, divided by their norms."""
    if not len(points):
        return 0.0
    directions = units(points)
    differences = directions[:, None] - directions[None]
    return float(np.sqrt((differences**2).sum(-1)).max())


@law("RMQM-NNK-010/among-neighbours", needs=NEEDS, request=neighbourhoods())
def among_neighbours(subject: Subject, request: Neighbourhood) -> None:
    """The diameter is the largest distance among the neighbours, as unit vectors; at most 2."""
    answer, got = asked(subject, request), _diameters(subject, request)
    for i, weights in enumerate(answer["weights"]):
        should = _widest(request.gallery[answer["indices"][i][weights > 0]])
        require_close(f"diameters[{i}]", got[i], should, atol=ROUNDING)
    require(((got >= 0) & (got <= 2)).all(), f"diameters must lie in [0, 2]; got {got.tolist()}")


@law("RMQM-NNK-010/scale", needs=NEEDS, also="RMQM-NNK-001", power=st.integers(-20, 20),
     request=neighbourhoods(kinds=["spread", "near"]))  # fmt: skip
def scale(subject: Subject, power: int, request: Neighbourhood) -> None:
    """The diameter does not change with the unit of the vectors."""
    factor = 2.0**power
    width = None if request.bandwidth is None else factor * request.bandwidth
    other = request.moved(lambda points: factor * points, width)
    first, second = (asked(subject, one)["weights"] > 0 for one in (request, other))
    if (first == second).all():
        got, should = _diameters(subject, other), _diameters(subject, request)
        require_close("diameters", got, should, atol=ROUNDING)


@walk("RMQM-NNK-010/few-neighbours", needs=NEEDS)
def few_neighbours(subject: Subject) -> None:
    """A single neighbour, or none, has the diameter 0; two that are opposite have 2."""
    behind = [[1.0, 0.1], [1.0, 0.3], [1.0, 0.9]]
    opposite = [[-1.0, 0.0], [-3.0, 0.0]]
    sides = [[0.0, 0.5], [0.0, -4.0]]
    for gallery, should in ((behind, 0.0), (opposite, 0.0), (sides, 2.0)):
        request = Neighbourhood(
            queries=np.array([[1.0, 0.0]]),
            gallery=np.array(gallery),
            own=None,
            k=len(gallery),
            kernel="cosine",
            bandwidth=None,
        )
        got = _diameters(subject, request)
        require_close(f"diameters of {gallery}", got, [should], atol=ROUNDING)


@law("RMQM-NNK-011/versions", needs=NEEDS, also="RMQM-NNK-010", n_inputs=st.integers(1, 3),
     drawn=neighbourhoods(kinds=["spread", "near"], kernels=["cosine"]))  # fmt: skip
def versions(subject: Subject, drawn: Neighbourhood, n_inputs: int) -> None:
    """An input is the query, and all of its altered versions, and nothing else, are candidates."""
    sets = np.stack([drawn.gallery + 0.5 * i * drawn.gallery[::-1] ** 2 for i in range(n_inputs)])
    found = subject.perform("nnk_invariance", representations=sets, resolution=1e-12)
    for key in ("diameters", "counts"):
        require_equal(f"{key}.shape", found[key].shape, (n_inputs,))
    for i, one in enumerate(sets):
        request = evolve(drawn, queries=one[:1], gallery=one[1:], own=None, k=len(one) - 1)
        answer = asked(subject, request)
        K, _ = kernels(request, answer["indices"])
        if sureness(K[0]) > LEAST_SURE and answer["errors"][0] < 10 * LEAST_SURE:
            continue  # other versions may stand for the input as well
        require_equal(f"counts[{i}]", int(found["counts"][i]), int(answer["counts"][0]))
        should = _widest(one[1:][answer["indices"][0][answer["weights"][0] > 0]])
        require_close(f"diameters[{i}]", found["diameters"][i], should, atol=ROUNDING)


@walk("RMQM-NNK-011/resolution", needs=NEEDS)
def resolution(subject: Subject) -> None:
    """A version that is displaced by less than the resolution counts as the input itself."""
    for small in (0.01, 0.03):
        turned = [[1.0, 0.0], [1.0, small], [1.0, -small], [0.5, 1.0], [-1.0, 0.25]]
        moved = float(np.linalg.norm(units(np.array(turned[1])) - units(np.array(turned[0]))))
        apart = _widest(np.array(turned[1:3]))
        for limit, should in ((0.9 * moved, apart), (1.1 * moved, 0.0), (2.5 * moved, 0.0)):
            sets = {"representations": np.array([turned]), "resolution": limit}
            got = subject.perform("nnk_invariance", **sets)["diameters"]
            require_close(f"diameters at the resolution {limit}", got, [should], atol=ROUNDING)


@walk("RMQM-NNK-011/nothing-moves", needs=NEEDS)
def nothing_moves(subject: Subject) -> None:
    """An encoder that no alteration moves has the diameter 0 and is fully invariant."""
    still = np.broadcast_to(np.array([0.5, -1.0, 2.0]), (2, 5, 3)).copy()
    found = subject.perform("nnk_invariance", representations=still, resolution=1e-6)
    require_close("diameters", found["diameters"], [0.0, 0.0], atol=0.0)
    require((found["counts"] >= 1).all(), "a copy of the input must be its neighbour")


CHECKS = (among_neighbours, scale, few_neighbours, versions, resolution, nothing_moves)
