"""Laws of losses with the arguments of another loss, or with too many: RMQM-LOSS-002 to 005."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Errored, Refused
from rmqm_conformance.properties.refusals.walking import require_no_number
from rmqm_conformance.require import require
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

Z: Final = np.array([[3.0, 4.0, 1.0], [1.0, -2.0, 0.5], [2.5, 3.0, 1.5], [2.0, 0.5, 1.5]])
REFERENCES: Final = {"references": Z[:, ::-1] + np.array([0.5, -0.25, 1.0]), "labels": None}
LABELS: Final = {"references": None, "labels": [0, 1, 0, 2]}
BOTH: Final = {"references": REFERENCES["references"], "labels": LABELS["labels"]}


@walk("RMQM-LOSS-002/other-arguments", needs="pgd", also="RMQM-LOSS-003 RMQM-LOSS-005")
def other_arguments(subject: Subject) -> None:
    """Labels do not take the place of references, nor references that of labels."""
    nothing: dict[str, Any] = {"references": None, "labels": None}
    for name, given in (
        ("displacement", LABELS),
        ("nt-xent", LABELS),
        ("cross-entropy", REFERENCES),
        ("triplet", nothing),
        ("cross-entropy", nothing),
    ):
        for n in (1, 2, 4):
            fewer = {key: value if value is None else value[:n] for key, value in given.items()}
            require_no_number(subject, "loss", name=name, encodings=Z[:n], **fewer)
    for labels in ([0, 0, 1, 0], [0, 0, -1, 0]):  # a single class has the label 0 alone
        request = {"name": "cross-entropy", "references": None, "labels": labels}
        require_no_number(subject, "loss", encodings=Z[:, :1], **request)


@walk("RMQM-LOSS-002/surplus", needs="pgd", also="RMQM-LOSS-003 RMQM-LOSS-004 RMQM-LOSS-005")
def surplus(subject: Subject) -> None:
    """Labels beside references are refused, or change nothing: the loss stays the one named."""
    own: dict[str, tuple[dict[str, Any], ...]] = {
        "displacement": (REFERENCES,),
        "nt-xent": (REFERENCES,),
        "cross-entropy": (LABELS,),
        "triplet": (REFERENCES, LABELS),
    }
    for name, allowed in own.items():
        asked = {"name": name, "encodings": Z}
        answers = [subject.perform("loss", **asked, **given) for given in allowed]
        try:
            got = subject.perform("loss", **asked, **BOTH)
        except (Refused, Errored):
            continue
        known = any(all(np.array_equal(got[key], answer[key]) for key in got) for answer in answers)
        require(known, f"{name} with references and labels must be refused, or be {name}", got=got)


CHECKS = (other_arguments, surplus)
