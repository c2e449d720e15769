"""Laws of names that mean nothing: no unknown choice is taken for the default."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import refused

__all__ = ["CHECKS"]

VARIANTS: Final = ("Paper", "PAPER", "", " paper", "paper ", "default", "authors", "authors-2023",
                   "authors_2022", "Authors-2022", "2022", "none")  # fmt: skip


def _variant(name: str) -> Check:
    clause = "RMQM-PGD-006" if name == "pgd_path" else "RMQM-MET-004"
    return refused(
        f"{clause}/variant-of-{name.replace('_', '-')}",
        "A variant that is neither paper nor authors-2022, to the letter, is refused.",
        name,
        [{"variant": variant} for variant in VARIANTS],
    )


ARITHMETIC: Final = refused(
    "RMQM-RES-001/unknown-arithmetic",
    "An arithmetic that has no resolution is refused, not taken for float64.",
    "distances",
    [{"arithmetic": a} for a in ("", "Float32", "single", "double", "float8", "float128", "tf32")],
)

POOLING: Final = refused(
    "RMQM-ENC-006/unknown-pooling",
    "A pooling that is unknown, or does not fit the output, is refused.",
    "pool",
    [
        *({"how": how} for how in ("", "Mean", "CLS", "max", "sum", "average", "none", "last")),
        {"how": "cls", "output": np.ones((2, 3, 2, 2))},
    ],
)

COUPLING: Final = refused(
    "RMQM-WN-008/unknown-coupling",
    "A coupling that is unknown is refused, not taken for independent.",
    "white_noise",
    [{"coupling": c} for c in ("", "Independent", "INDEPENDENT", "none", "shared", "antithetic")],
    also="RMQM-WN-009",
)

KIND: Final = refused(
    "RMQM-INP-003/unknown-kind",
    "A kind of input that is neither image nor array is refused.",
    "prepare",
    [
        {"kind": kind, "input": np.full((2, 2, 3), 0.5)}
        for kind in ("", "Image", "Array", "images", "tensor", "text", "audio")
    ],
)

LOSS: Final = refused(
    "RMQM-LOSS-007/unknown-loss",
    "A loss that nobody defined is refused, not taken for the default.",
    "loss",
    [{"name": name} for name in ("", "no-such-loss", "Displacement", "displacements", "none")],
    also="RMQM-LOSS-002",
)

CHECKS = (
    *map(_variant, ("characterize", "interval", "evaluate", "document", "pgd_path")),
    ARITHMETIC,
    POOLING,
    COUPLING,
    KIND,
    LOSS,
)
