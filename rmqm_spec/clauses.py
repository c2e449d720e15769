"""The written specification: numbered clauses from ``clauses.toml``, and the document they make."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import field, frozen

from rmqm_spec.errors import UsageError

__all__ = ["SPEC_VERSION", "Annex", "Chapter", "Clause", "Specification"]
__all__ += ["clause", "specification", "to_markdown"]

SPEC_VERSION: Final = "1.0"
"""Version of the specification that this package states and implements."""

_ID = re.compile(r"RMQM-[A-Z]+-\d{3}")
_CHOICES = {
    "level": ("MUST", "SHOULD", "MAY"),
    "status": ("active", "retired"),
    "variants": ("paper", "authors-2022"),
}


@frozen(kw_only=True)
class Clause:
    """
    One numbered rule.

    Parameters
    ----------
    id : str
        Name for ever, for example ``"RMQM-D-001"``; never given to another rule.
    title : str
        The rule in a few words.
    level : {"MUST", "SHOULD", "MAY"}
        How binding it is.
    statement : str
        The rule, in a sentence with the word of its level; GitHub Markdown.
    rationale, source : str
        Why it is so; where it comes from, "ours" if from neither paper nor authors.
    variants : tuple of {"paper", "authors-2022"}
        To which formulas it belongs.
    needs : tuple of str
        Capabilities without which it does not apply to an implementation.
    status : {"active", "retired"}
        Whether it holds.
    formula, listing, note : str
        LaTeX; plain text; a remark. The first two are normative.

    Raises
    ------
    ValueError
        If a field breaks a rule of this list.
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
        _require(_ID.fullmatch(self.id), f"id must look like RMQM-D-001; got {self.id!r}")
        for name, allowed in _CHOICES.items():
            value = getattr(self, name)
            values = {value} if isinstance(value, str) else set(value)
            known = values and values <= set(allowed)
            _require(known, f"{name} of {self.id} must be of {allowed}; got {value!r}")
        spoken = re.search(rf"\b{self.level}\b", self.statement)
        _require(spoken, f"statement of {self.id} must contain {self.level}")
        complete = self.title and self.rationale and self.source and self.needs
        _require(complete, f"{self.id} must have a title, a rationale, a source and its needs")


@frozen(kw_only=True)
class Chapter:
    """Clauses of one `family`, the middle part of their ids, with `title` and `introduction`."""

    family: str
    title: str
    introduction: str
    clauses: tuple[Clause, ...] = field(converter=tuple)

    def __attrs_post_init__(self) -> None:
        strangers = [c.id for c in self.clauses if c.id.split("-")[1] != self.family]
        _require(not strangers, f"clauses of chapter {self.family} must be its own; {strangers}")


@frozen(kw_only=True)
class Annex:
    """An informative `text` in GitHub Markdown, with its `title`."""

    title: str
    text: str


@frozen(kw_only=True)
class Specification:
    """The whole: texts, `capabilities` and `symbols` with meanings, chapters and annexes."""

    version: str
    title: str
    introduction: str
    reading: str
    capabilities: dict[str, str]
    symbols: tuple[tuple[str, str, str], ...] = field(converter=tuple)
    chapters: tuple[Chapter, ...] = field(converter=tuple)
    annexes: tuple[Annex, ...] = field(converter=tuple)

    def __attrs_post_init__(self) -> None:
        _require(self.version == SPEC_VERSION, f"version must be {SPEC_VERSION}; {self.version}")
        ids = [one.id for one in self.clauses]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        _require(not twice, f"ids must be unique; got {twice} more than once")
        unknown = {need for one in self.clauses for need in one.needs} - set(self.capabilities)
        _require(not unknown, f"needs must be capabilities; got {sorted(unknown)}")

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses, in order."""
        return tuple(one for chapter in self.chapters for one in chapter.clauses)


@cache
def specification() -> Specification:
    """
    Load and check the specification; the same record at every call.

    Examples
    --------
    >>> specification().version, specification().chapters[0].title
    ('1.0', 'Inputs')
    """
    text = files("rmqm_spec").joinpath("clauses.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    capabilities = {one["name"]: one["meaning"] for one in raw.pop("capability")}
    symbols = [(one["symbol"], one["meaning"], one["values"]) for one in raw.pop("symbol")]
    chapters = [
        Chapter(clauses=[Clause(**one) for one in chapter.pop("clause")], **chapter)
        for chapter in raw.pop("chapter")
    ]
    annexes = [Annex(**one) for one in raw.pop("annex")]
    return Specification(
        capabilities=capabilities, symbols=symbols, chapters=chapters, annexes=annexes, **raw
    )


def clause(id: str) -> Clause:  # noqa: A002 - the name that the specification gives it
    """
    Look a clause up.

    Raises
    ------
    UsageError
        If no clause has this id.

    Examples
    --------
    >>> clause("RMQM-INP-002").title
    'The id of an input is the hash of its content'
    """
    for one in specification().clauses:
        if one.id == id:
            return one
    raise UsageError(
        "ARG002",
        f"clause must be one of the {len(specification().clauses)} of RMQM {SPEC_VERSION}; got {id!r}",
        fix="The last chapter of docs/specification.md lists them all.",
    )


def to_markdown() -> str:
    """
    Render the specification as a document in GitHub Markdown.

    Examples
    --------
    >>> to_markdown().splitlines()[0]
    '# The Representation Manifold Quality Metric'
    """
    return "\n\n".join(block.strip("\n") for block in _blocks(specification())) + "\n"


def _require(condition: object, rule: str) -> None:
    if not condition:
        raise ValueError(rule)
