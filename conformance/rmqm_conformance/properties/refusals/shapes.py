"""Laws of arrays and names that do not belong together, and of what is no document."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Errored, Refused
from rmqm_conformance.properties.refusals.walking import refused, require_no_number
from rmqm_conformance.properties.requests import document_pair
from rmqm_conformance.require import require
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


def _ids(name: str) -> Check:
    return refused(
        f"RMQM-INP-011/ids-of-{name.replace('_', '-')}",
        "Ids that are not as many as the inputs are refused.",
        name,
        [{"ids": ids} for ids in ([], ["alpha", "beta", "gamma"], ["alpha"] * 3)],
        or_error=True,
    )


def _distances(name: str) -> Check:
    full = np.full((2, 3), 0.5)
    pairs = [(full[:1], full), (full, full[:, :2]), (full[0], full[0]), (full[None], full[None])]
    pairs += [(full[:0], full[:0]), (full[:, :0], full[:, :0]), (full, full.T)]
    return refused(
        f"RMQM-DIST-007/shapes-of-{name}",
        "Distances that are empty, or not of a common shape (N, J), are refused.",
        name,
        [{"displacements": d, "step_lengths": s} for d, s in pairs],
    )


TRAJECTORIES = refused(
    "RMQM-DIST-003/shapes-of-trajectories",
    "Representations that are not (N, J + 1, E) with J of at least 1 have no distances.",
    "distances",
    [{"trajectories": np.ones(shape)} for shape in ((2, 4), (2, 1, 3), (0, 4, 3), (2, 4, 0))],
    also="RMQM-DIST-004",
)

VECTORS = refused(
    "RMQM-ENC-005/no-direction",
    "A representation of norm zero or not finite is refused, at any level and of any type.",
    "distances",
    [
        {"trajectories": np.array([[[1, 2], [2, 1], bad], [bad, [1, 0], [1, 1]]], dtype)}
        for dtype in ("<f2", "<f4", "<f8")
        for bad in ([0, 0], [-0.0, 0], [math.nan, 1], [1, math.inf], [-math.inf, 0])
    ]
    + [{"trajectories": np.array([[[1, 2], [0, 0]]], dtype)} for dtype in ("|i1", "<i8", "|u1")],
    also="RMQM-DIST-002",
)


@walk("RMQM-PGD-009/shape-of-gradient", needs="pgd", also="RMQM-PGD-001")
def shape_of_gradient(subject: Subject) -> None:
    """A gradient that has not the shape of the inputs gives no step."""
    for shape in ((2, 3), (3, 4), (2, 4, 4), (0, 4), (1, 4), (2, 1), (8,), (4, 2), (2, 2, 2)):
        require_no_number(subject, "pgd_step", gradient=np.ones(shape))


@walk("RMQM-PRO-003/no-document", needs="comparison documents")
def no_document(subject: Subject) -> None:
    """What is no result document has no difference to a result."""
    text = document_pair(subject)["first"]
    cut = text[: len(text) // 2]
    for other in ("", "{}", "[]", "null", "0", cut):
        for first, second in ((text, other), (other, text), (other, other)):
            try:
                got = subject.perform("compare", first=first, second=second)["difference"]
            except (Refused, Errored):
                continue
            require(math.isnan(got), f"compare gives {got!r} against {other[:20]!r}", got=got)


CHECKS = (
    *map(_ids, ("white_noise", "evaluate", "pgd_step", "pgd_path", "document")),
    *map(_distances, ("characterize", "interval")),
    TRAJECTORIES,
    VECTORS,
    shape_of_gradient,
    no_document,
)
