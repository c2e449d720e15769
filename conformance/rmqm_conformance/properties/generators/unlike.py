"""Own generators: unlike seeds, ids and levels have draws of their own. RMQM-WN-010."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic, walk
from rmqm_conformance.properties.generators.addresses import ADDED, ALIKE, JOINED, Request
from rmqm_conformance.properties.generators.coincidences import SHARE, fewest, most_alike
from rmqm_conformance.properties.generators.drawing import amount, draws, is_own, names
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

LONG: Final = 64
SHORT: Final = 16
LEVELS: Final = 2**17
"""So many levels that thousands of them stay far from the bounds."""


def _require_unlike(rows: Array, addresses: Sequence[str]) -> None:
    """Demand that no two rows of draws share more sizes than chance allows."""
    n_rows, n = rows.shape
    limit = fewest(n, n * SHARE, n_rows * n_rows / 2)
    first, second, count = most_alike(rows)
    require(
        count < limit,
        f"each seed, id and level must have draws of its own; {count} of {n} draws of "
        f"{addresses[first]} are among those of {addresses[second]}, up to signs",
    )


def _rows_of(subject: Subject, requests: Iterable[Request]) -> tuple[Array, list[str]]:
    asked = list(requests)
    rows = [draws(subject, one.ids, one.levels, [LONG], seed=one.seed) for one in asked]
    addresses = [address for one in asked for address in one.addresses()]
    return np.concatenate([part.reshape(-1, LONG) for part in rows]), addresses


@walk("RMQM-WN-010/joined-names", needs="noise", also="RMQM-ALT-003 RMQM-WN-003")
def joined_names(subject: Subject) -> None:
    """Seeds, ids and levels that read alike when they are run together have unlike draws."""
    _require_unlike(*_rows_of(subject, JOINED if is_own(subject) else JOINED[:2]))


@walk("RMQM-WN-010/seeds-and-levels", needs="noise", also="RMQM-ALT-003 RMQM-WN-003")
def seeds_and_levels(subject: Subject) -> None:
    """No level has draws of a level of another seed, neither in their order nor in another one."""
    _require_unlike(*_rows_of(subject, ADDED if is_own(subject) else ADDED[:2]))


@statistic("RMQM-WN-010/alike-ids", needs="noise", also="RMQM-ALT-003 RMQM-INP-011")
def alike_ids(subject: Subject, effort: Effort) -> None:
    """Ids that are alike have unlike draws: anagrams, cuts, cases, sums and weak hashes."""
    _require_unlike(*_rows_of(subject, [Request(effort.seed, ALIKE, (1, 2))]))


@statistic("RMQM-WN-010/many-ids", needs="noise", also="RMQM-ALT-003 RMQM-WN-003")
def many_ids(subject: Subject, effort: Effort) -> None:
    """Of very many ids no two share draws: they are not hashed to few bits."""
    n = amount(subject, effort) // 200
    ids = names(effort, n, "many")
    rows = draws(subject, ids, [1], [SHORT], seed=effort.seed)[:, 0]
    _require_unlike(rows, [f"id {name!r}" for name in ids])


@statistic("RMQM-WN-010/many-levels", needs="noise", also="RMQM-WN-004 RMQM-WN-008")
def many_levels(subject: Subject, effort: Effort) -> None:
    """Of very many levels no two share draws: none is that of another one, rotated or permuted."""
    levels = range(1, 1 + amount(subject, effort) // 400)
    rows = draws(
        subject, names(effort, 1, "levels"), levels, [SHORT], seed=effort.seed, n_levels=LEVELS
    )[0]
    _require_unlike(rows, [f"level {level}" for level in levels])


CHECKS = (joined_names, seeds_and_levels, alike_ids, many_ids, many_levels)
