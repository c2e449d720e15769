"""Laws of names that are no hashes: any text that UTF-8 can write. RMQM-INP-005, 010 and 011."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import Final

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic, walk
from rmqm_conformance.properties.free_forms import require_count
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.properties.reading import at, number, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_equal, require_same_bits
from rmqm_conformance.strategies import Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS", "ODD"]

ODD: Final = (
    *("", " ", "a", "A", " a", "a ", "a  b", "a b", "a\tb", "\ta", "a\n", "a\nb", "a\r\nb", "a\r"),
    *("a\0b", "a\0", "\0", "007", "7", "7.0", "1e3", "1000", "true", "null", "None", "nan"),
    *("a10", "a9", "a_b", "aa", "a-b", "a.b", "b.png", "b", "c/b", "c\\b", "./b", "a%20b", "a+b"),
    *("\u00e9", "e\u0301", "\ufb01", "fi", "\u00c5", "\u212b", "\u20ac", "\u00df", "ss", "SS"),
    *("\uff5e", "\ufffd", "\ue000", "\U0001d11e", "\U0001f600", "\U0010ffff", "\u200d", "\ufeffa"),
    *("\u0130", "i", "I", "\u0131", "\u4e2d", "x" * 64, "x" * 65, "y" * 255, "y" * 256),
    *("z" * 1000, '"', "'", "{}", "&lt;", "<", "a,b", "a;b", "#a", "\u00a0a", "a\u2028b", "\x7f"),
)
"""Names that are easily taken for others: trimmed, folded, normalised, cut, or read as numbers."""


def _zeros(n: int) -> Batch:
    return Batch(np.zeros((n, 17)), list(ODD[:n]), -16.0, 16.0)


@statistic("RMQM-INP-005/any-text", needs="inputs", also="RMQM-INP-004 RMQM-INP-010 RMQM-INP-011")
def any_text(subject: Subject, effort: Effort) -> None:
    """Ids are any text, unlike if a character is; they are ordered by code points, as in UTF-8."""
    rows = np.random.default_rng(effort.seed).permutation(len(ODD))
    _require_names(subject, [ODD[k] for k in [*rows, *rows[:3]]])
    for first, second in pairwise(ODD):
        _require_names(subject, [first, second])


def _require_names(subject: Subject, ids: list[str]) -> None:
    answer, once = subject.perform("name_inputs", ids=ids), sorted(set(ids))
    require_equal("ids", answer["ids"], once)
    text = "".join(f"{name}\n" for name in once)
    require_equal(f"digest of {once}", answer["digest"], hashlib.sha256(text.encode()).hexdigest())


@statistic("RMQM-ALT-003/any-name", needs="noise", also="RMQM-INP-011")
def noise_of_any_name(subject: Subject, effort: Effort) -> None:
    """Two names that differ in any character have unlike noise."""
    got = altered(subject, _zeros(len(ODD)), Levels(16, [1]), effort.seed)
    owners: dict[bytes, str] = {}
    for name, values in zip(ODD, got, strict=True):
        other = owners.setdefault(values.tobytes(), name)
        require(other == name, f"the noise of {name!r} must not be that of {other!r}")


@statistic("RMQM-WN-003/any-name", needs="noise generator", also="RMQM-INP-011")
def bits_of_any_name(subject: Subject, effort: Effort) -> None:
    """The key holds the id as it is, in UTF-8: neither trimmed, folded, normalised nor cut."""
    batch = _zeros(len(ODD))
    got = altered(subject, batch, Levels(16, [3]), effort.seed)[:, 0]
    for name, x, values in zip(ODD, batch.values, got, strict=True):
        should = oracle.noise(x, name, 3, 16, effort.seed, batch.low, batch.high)
        require_same_bits(f"altered[{name!r}]", values, should)


@statistic("RMQM-PGD-007/any-name", needs="pgd", also="RMQM-INP-011")
def starts_of_any_name(subject: Subject, effort: Effort) -> None:
    """The key of the start holds the id as it is, in UTF-8."""
    batch = Batch(np.full((len(ODD), 24), 0.5), list(ODD), 0.0, 1.0)
    rng = np.random.default_rng(effort.seed)
    network = sound("pgd_path")["network"]
    network |= {"weight": rng.normal(size=(5, 24)) / 5, "bias": rng.normal(size=5)}
    request = {"network": network, "n_levels": 1, "alpha": 0.1, "seed": 3, "variant": "paper"}
    got = subject.perform("pgd_path", **request, **batch.arguments)["altered"][:, 1]
    for place, name in enumerate(ODD):
        one = batch.of([place])
        path, doubt = oracle.path(one.values, one.ids, network, 1, 0.1, 3, 0.0, 1.0)
        if not doubt:
            require_same_bits(f"altered[{name!r}]", got[place], path[0, 1])


def _many(operation: str) -> dict[str, object]:
    values = np.linspace(0, 1, 4 * len(ODD)).reshape(-1, 4)
    return sound(operation) | {"inputs": values, "ids": list(ODD), "n_levels": 2}


@walk("RMQM-INP-004/any-name", needs="encoder", also="RMQM-INP-011")
def each_counts(subject: Subject) -> None:
    """Inputs whose names differ in any character are different inputs."""
    answer = subject.perform("evaluate", **_many("evaluate"))
    require_equal("n_inputs", answer["n_inputs"], len(ODD))


@walk("RMQM-DOC-003/any-name", needs="documents", also="RMQM-INP-010 RMQM-INP-011")
def named_in_documents(subject: Subject) -> None:
    """A document names its set of inputs by all ids, as they are."""
    document = parsed(subject.perform("document", **_many("document")))
    pointers = subject.description.pointers
    text = "".join(f"{name}\n" for name in sorted(ODD))
    digest = hashlib.sha256(text.encode()).hexdigest()
    got = json.dumps(at(document, pointers["set_of_inputs"]))
    require(digest in got, f"the name of the set must be {digest}; got {got:.200}")
    require_equal("N", number(at(document, pointers["N"]), "N"), float(len(ODD)))
    require_count("duplicates", at(document, pointers["duplicates"]), 0)


CHECKS = (
    any_text,
    noise_of_any_name,
    bits_of_any_name,
    starts_of_any_name,
    each_counts,
    named_in_documents,
)
