"""The written specification: numbered clauses from ``clauses.toml``, and the document they make."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

from attrs import field, frozen

from rmqm_spec.errors import UsageError

__all__ = [
    "NUMBERS_VERSION",
    "SPEC_VERSION",
    "Chapter",
    "Clause",
    "Specification",
    "clause",
    "specification",
]

SPEC_VERSION: Final = "1.1"
"""Version of the specification that this package states and implements."""

NUMBERS_VERSION: Final = "1.0"
"""The version that last changed a number, which protocols name (RMQM-PRO-002)."""


@frozen(kw_only=True)
class Clause:
    """
    One numbered rule; a `ValueError` if it breaks the form that is described here.

    Parameters
    ----------
    id : str
        Name for ever, for example ``"RMQM-D-001"``; never given to another rule.
    title, statement : str
        The rule in a few words, and in a sentence with the word of its level (GitHub Markdown).
    level : {"MUST", "SHOULD", "MAY"}
        How binding it is.
    rationale, source : str
        Why it is so; where it comes from, "ours" if from no paper and no code of its authors.
    variants : tuple of {"paper", "authors-2022"}
        The formulas it belongs to.
    needs : tuple of str
        Capabilities without which it does not apply to an implementation.
    status : {"active", "retired"}
        Whether it holds.
    formula, listing, note : str
        LaTeX and plain text, both normative; a remark.
    """

    id: str
    title: str
    level: str
    statement: str
    rationale: str
    source: str
    variants: tuple[str, ...] = field(converter=tuple)
    needs: tuple[str, ...] = field(converter=tuple)
    status: str
    formula: str = ""
    listing: str = ""
    note: str = ""

    def __attrs_post_init__(self) -> None:
        _require(re.fullmatch(r"RMQM-[A-Z]+-\d{3}", self.id), "id like RMQM-D-001", self.id)
        _require(self.level in {"MUST", "SHOULD", "MAY"}, f"known level in {self.id}", self.level)
        words = set(re.findall(r"\b(?:MUST|SHOULD|MAY)\b", self.statement))
        _require(words == {self.level}, f"no word but {self.level} in {self.id}", self.statement)
        _require(self.status in {"active", "retired"}, f"known status in {self.id}", self.status)
        known = self.variants and set(self.variants) <= {"paper", "authors-2022"}
        _require(known, f"known variants in {self.id}", self.variants)
        for name in ("title", "rationale", "source", "needs"):
            _require(getattr(self, name), f"{name} of {self.id}", "")


def _clauses(raw: Iterable[dict[str, Any]]) -> tuple[Clause, ...]:
    return tuple(Clause(**one) for one in raw)


@frozen(kw_only=True)
class Chapter:
    """Clauses of one `family`, the middle of their ids; without a family, an informative annex."""

    title: str
    introduction: str
    family: str = ""
    clauses: tuple[Clause, ...] = field(default=(), converter=_clauses)

    def __attrs_post_init__(self) -> None:
        families = {one.id.split("-")[1] for one in self.clauses} - {self.family}
        _require(not families, f"clauses of {self.family} alone in its chapter", families)


@frozen(kw_only=True)
class Specification:
    """The whole: texts, `capabilities` and `symbols` with their meanings, chapters and annexes."""

    version: str
    numbers: str
    title: str
    introduction: str
    reading: str
    capabilities: dict[str, str]
    symbols: list[dict[str, str]]
    chapters: tuple[Chapter, ...]
    annexes: tuple[Chapter, ...]

    def __attrs_post_init__(self) -> None:
        _require(self.version == SPEC_VERSION, f"version {SPEC_VERSION}", self.version)
        _require(self.numbers == NUMBERS_VERSION, f"numbers of {NUMBERS_VERSION}", self.numbers)
        twice = [one for one, n in Counter(one.id for one in self.clauses).items() if n > 1]
        _require(not twice, "every id once", twice)
        unknown = {need for one in self.clauses for need in one.needs} - set(self.capabilities)
        _require(not unknown, "known capabilities", unknown)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses, in order."""
        return tuple(one for chapter in self.chapters for one in chapter.clauses)

    def to_markdown(self) -> str:
        """Render the document in GitHub Markdown."""
        return "\n\n".join(block.strip("\n") for block in _blocks(self) if block) + "\n"


@cache
def specification() -> Specification:
    """
    Load and check the specification; the same record at every call.

    Examples
    --------
    >>> specification().version, specification().chapters[0].title
    ('1.1', 'Inputs')
    """
    raw = tomllib.loads(files("rmqm_spec").joinpath("clauses.toml").read_text(encoding="utf-8"))
    for kind in ("chapters", "annexes"):
        raw[kind] = tuple(Chapter(**one) for one in raw[kind])
    return Specification(**raw)


def clause(name: str) -> Clause:
    """
    Look a clause up by its id; `UsageError` if there is none.

    Examples
    --------
    >>> clause("RMQM-INP-002").title
    'The id of an input is the hash of its content'
    """
    for one in specification().clauses:
        if one.id == name.upper():
            return one
    rule = f"clause must be one of RMQM {SPEC_VERSION}; got {name!r}"
    raise UsageError("ARG002", rule, fix="The index of docs/specification.md lists them all.")


def _require(condition: object, rule: str, value: object) -> None:
    if not condition:
        raise ValueError(f"the specification must have: {rule}; got {value!r}")


def _blocks(spec: Specification) -> Iterator[str]:
    chapters = [(f"{n}. {one.title}", one) for n, one in enumerate(spec.chapters, 1)]
    annexes = [(f"Annex {chr(65 + n)}. {one.title}", one) for n, one in enumerate(spec.annexes)]
    titles = ["Introduction", "How to read it", "Notation", *dict(chapters + annexes), "Index"]
    yield f"# {spec.title}\n\n**Specification, version {spec.version}** (numbers of {spec.numbers})"
    yield "\n".join(f"- [{title}](#{_slug(title)})" for title in titles)
    yield from ("## Introduction", spec.introduction, "## How to read it", spec.reading)
    yield _table(("capability", "an implementation that"), spec.capabilities.items())
    yield "## Notation"
    yield _table(("symbol", "meaning", "values"), [one.values() for one in spec.symbols])
    for title, chapter in chapters + annexes:
        yield from (f"## {title}", chapter.introduction)
        yield from (block for one in chapter.clauses for block in _clause_blocks(one))
    index = [(f"[{one.id}](#{one.id.lower()})", one.level, one.title) for one in spec.clauses]
    yield "## Index\n\n" + _table(("clause", "level", "title"), index)


def _clause_blocks(one: Clause) -> Iterator[str]:
    title = one.title + " (retired)" * (one.status == "retired")
    yield f'### <a id="{one.id.lower()}"></a>{one.id} · {title}'
    yield re.sub(rf"\b{one.level}( NOT)?\b", r"**\g<0>**", one.statement, count=1)
    fenced = {"math": one.formula, "text": one.listing}
    yield from (f"```{kind}\n{text.strip()}\n```" for kind, text in fenced.items() if text)
    yield f"*Remark.* {one.note}" if one.note else ""
    variants, needs = " and ".join(f"`{name}`" for name in one.variants), ", ".join(one.needs)
    yield f"*Why.* {one.rationale}"
    yield f"*Source:* {one.source}. *Variant:* {variants}. *Needs:* {needs}."


def _slug(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _table(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    sys.stdout.buffer.write(specification().to_markdown().encode("utf-8"))
