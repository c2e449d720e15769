"""Laws of what neighbours say about a class: RMQM-NNK-012."""

from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.nnk.asking import asked
from rmqm_conformance.require import require_close, require_equal
from rmqm_conformance.strategies import Array, Neighbourhood, neighbourhoods
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "nnk"
NEAR = 1e-9


def _classified(
    subject: Subject, request: Neighbourhood, labels: list[int]
) -> tuple[Array, list[int]]:
    found = subject.perform("nnk_classify", labels=labels, **request.arguments)
    shape = (len(request.queries), max(labels) + 1)
    require_equal("votes.shape", found["votes"].shape, shape)
    require_equal("classes.shape", found["classes"].shape, shape[:1])
    return found["votes"], [int(one) for one in found["classes"]]


@law("RMQM-NNK-012/votes", needs=NEEDS, also="RMQM-NNK-007", draw=st.integers(0, 2**32 - 1),
     request=neighbourhoods())  # fmt: skip
def votes(subject: Subject, draw: int, request: Neighbourhood) -> None:
    """Each class gets the shares of its points, and the class with most of them wins."""
    labels = np.random.default_rng(draw).integers(0, 4, len(request.gallery))
    answer = asked(subject, request)
    got, classes = _classified(subject, request, labels.tolist())
    for i, shares in enumerate(answer["shares"]):
        of_points = labels[answer["indices"][i]]
        should = np.bincount(of_points, shares, minlength=labels.max() + 1)
        require_close(f"votes[{i}]", got[i], should, atol=NEAR)
        runner_up = np.sort(should)[-2] if len(should) > 1 else 0.0
        if should.max() - runner_up > NEAR:
            require_equal(f"classes[{i}]", classes[i], int(should.argmax()))


@walk("RMQM-NNK-012/ties", needs=NEEDS)
def ties(subject: Subject) -> None:
    """Of classes with as many votes the smallest wins; where nobody votes, there is no class."""
    square = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    request = Neighbourhood(
        queries=np.zeros((1, 2)), gallery=square, own=None, k=4, kernel="gaussian", bandwidth=1.0
    )
    for labels, should in (
        ([3, 1, 1, 3], 1),
        ([3, 3, 1, 1], 1),
        ([0, 2, 1, 3], 0),
        ([4, 2, 3, 1], 1),
        ([2, 2, 2, 0], 2),
    ):
        got, classes = _classified(subject, request, labels)
        require_close("sum of votes", got.sum(axis=1), [1.0], atol=NEAR)
        require_equal(f"class of {labels}", classes, [should])
    far = evolve(request, gallery=square + 500.0, k=3)
    got, classes = _classified(subject, far, [0, 1, 0, 2])
    require_equal("votes of nobody", got.tolist(), [[0.0, 0.0, 0.0]])
    require_equal("class of nobody", classes, [-1])


CHECKS = (votes, ties)
