"""Laws of names that are nearly known: nothing is trimmed, folded, respelled or completed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import Spoilt, refused

__all__ = ["CHECKS"]

VARIANTS: Final = ("paper", "authors-2022")
ARITHMETICS: Final = ("float64", "float32", "float16", "bfloat16", "integer")
TYPES: Final = ("float64", "float32", "float16", "uint8")


def _nearly(name: str, known: Iterable[str]) -> Iterator[str]:
    """Yield spellings of a name that are no known name."""
    respelled = [name.upper(), name.capitalize(), name.title(), f" {name}", f"{name} ", f"{name}\n"]
    respelled += [name.replace("-", other) for other in ("_", " ", "")]
    respelled += [f"{name}s", f"{name}-1", name[:-1], name[:4], name[1:], f"'{name}'"]
    yield from (one for one in dict.fromkeys(respelled) if one not in known)


def _respelled(argument: str, known: Iterable[str]) -> list[Spoilt]:
    listed = tuple(known)
    return [{argument: spelling} for name in listed for spelling in _nearly(name, listed)]


def _variant(name: str) -> Check:
    clause = "RMQM-PGD-006" if name == "pgd_path" else "RMQM-MET-004"
    return refused(
        f"{clause}/spelling-of-{name.replace('_', '-')}",
        "A variant that is nearly paper or authors-2022 is refused.",
        name,
        _respelled("variant", VARIANTS),
    )


_PAIR = np.array([[1.0, 0.5], [0.25, 2.0]])
_LOSSES: Final[dict[str, dict[str, Any]]] = {
    "displacement": {"references": _PAIR, "labels": None},
    "cross-entropy": {"references": None, "labels": [0, 1]},
    "triplet": {"references": None, "labels": [0, 1]},
    "nt-xent": {"references": _PAIR, "labels": None},
}

LOSS: Final = refused(
    "RMQM-LOSS-007/spelling",
    "A loss whose name is nearly known is refused, with the arguments of that loss.",
    "loss",
    [
        {"name": spelling, "encodings": _PAIR[::-1].copy(), **given}
        for name, given in _LOSSES.items()
        for spelling in _nearly(name, _LOSSES)
    ],
)

ARITHMETIC: Final = refused(
    "RMQM-RES-001/spelling",
    "An arithmetic whose name is nearly known is refused.",
    "distances",
    _respelled("arithmetic", ARITHMETICS),
)

POOLING: Final = refused(
    "RMQM-ENC-006/spelling",
    "A pooling whose name is nearly known is refused.",
    "pool",
    _respelled("how", ("flatten", "cls", "mean")),
)

COUPLING: Final = refused(
    "RMQM-WN-008/spelling",
    "A coupling whose name is nearly known is refused.",
    "white_noise",
    _respelled("coupling", ("independent", "common")),
    also="RMQM-WN-009",
)

KIND: Final = refused(
    "RMQM-INP-003/spelling",
    "A kind of input whose name is nearly known is refused.",
    "prepare",
    [
        spoilt | {"input": np.full((2, 2, 3), 0.5)}
        for spoilt in _respelled("kind", ("image", "array"))
    ],
)

TYPE: Final = refused(
    "RMQM-ALT-008/spelling",
    "A type of a network that is not known gets no values.",
    "map_values",
    [{"dtype": dtype} for dtype in ("", "none", "no-such-type", "float 32", "Float32", "UINT8")],
    or_error=True,
)

CHECKS = (
    *map(_variant, ("characterize", "interval", "evaluate", "document", "pgd_path")),
    ARITHMETIC,
    POOLING,
    COUPLING,
    KIND,
    LOSS,
    TYPE,
)
