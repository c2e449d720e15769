"""Laws of encoders that give nothing usable, and of too few levels: RMQM-ENC-005, RMQM-DRC-002."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import Spoilt, refused
from rmqm_conformance.properties.requests import sound

__all__ = ["CHECKS"]

WHOLE_WAY: Final = ("evaluate", "document")


def _broken() -> Iterator[dict[str, Any]]:
    """Yield what spoils a network, so that representations are not finite, or of norm zero."""
    network = sound("evaluate")["network"]
    yield {"std": 0.0}
    yield from ({key: bad} for key in ("scale", "mean") for bad in (math.nan, math.inf, -math.inf))
    yield {"std": math.nan}
    for key in ("weight", "bias"):
        for place, bad in ((0, math.nan), (-1, math.inf), (3, -math.inf)):
            spoilt = network[key].copy()
            spoilt.flat[place] = bad
            yield {key: spoilt}
    yield {"weight": np.zeros((5, 4)), "bias": np.zeros(5)}


def _networks(name: str) -> Check:
    usual = sound(name)["network"] | {"activation": "identity"}
    spoilt: list[Spoilt] = [{"network": usual | broken} for broken in _broken()]
    return refused(
        f"RMQM-ENC-005/broken-network-of-{name.replace('_', '-')}",
        "An encoder whose representations are not finite, or of norm zero, is refused.",
        name,
        spoilt,
        or_error=True,
        also="RMQM-LOSS-001" if name == "pgd_path" else "",
    )


def _one_level(name: str) -> Check:
    return refused(
        f"RMQM-DRC-002/one-level-of-{name}",
        "With J = 1 the variant authors-2022 is refused.",
        name,
        [{"n_levels": 1, "variant": "authors-2022"}],
    )


CHECKS = (*map(_networks, (*WHOLE_WAY, "pgd_path")), *map(_one_level, WHOLE_WAY))
