"""Cases of the family RMQM-INP: names of inputs and of sets of them."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.golden.case import Case, case, plain
from rmqm_conformance.golden.oracle_inputs import content_id, digest

__all__ = ["cases"]


def cases() -> list[Case]:
    """Return the cases."""
    return [*_ids(), *_sets()]


def _ids() -> list[Case]:
    inputs = {
        "annex-a": ("Bytes of shape (1, 3, 6)", np.arange(18, dtype="|u1").reshape(1, 3, 6)),
        "float32": (
            "float32 is f4, and -0.0 is not 0.0",
            np.array([[0.1, -0.0, 0.0], [1e-30, -2.5, 3e20]], "<f4"),
        ),
        "float64": ("float64 is f8; one axis has no x", np.array([0.1, 0.2, -0.3], "<f8")),
        "boolean": ("Truth values are b1, one byte each", np.array([[True, False, True]])),
        "integers": ("int32 is i4, little-endian", np.array([[-2], [1], [70000]], "<i4")),
        "unsigned": ("uint16 is u2, little-endian", np.array([1, 256, 65535], "<u2")),
    }
    return [
        case(
            f"RMQM-INP-002/{slug}",
            f"The id of an input. {title}",
            "content_id",
            {"input": array},
            {"id": plain(content_id(array))},
        )
        for slug, (title, array) in inputs.items()
    ]


def _sets() -> list[Case]:
    ids = ["b10", "b9", "B9", "a", "_a", "b9", "a-b", "ab", "b"]
    single = [content_id(np.arange(18, dtype="|u1"))]
    return [
        case(
            "RMQM-INP-004/duplicates",
            "Equal ids count once, wherever they stand",
            "name_inputs",
            {"ids": ["b", "a", "b", "c", "a", "b"]},
            {"ids": plain(["a", "b", "c"])},
        ),
        case(
            "RMQM-INP-005/order",
            "Ids are ordered by their characters: neither by case, nor by numbers in them",
            "name_inputs",
            {"ids": ids},
            {"ids": plain(sorted(set(ids)))},
        ),
        case(
            "RMQM-INP-010/one-input",
            "A line feed follows the only id, too",
            "name_inputs",
            {"ids": single},
            {"digest": plain(digest(single))},
        ),
        case(
            "RMQM-INP-010/set",
            "The digest is over the distinct ids in ascending order, each with a line feed",
            "name_inputs",
            {"ids": ids},
            {"digest": plain(digest(ids))},
        ),
    ]
