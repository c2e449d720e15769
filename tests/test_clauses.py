"""The specification: well-formed, complete, and in step with its document and its citations."""

import re
from pathlib import Path

import pytest

from rmqm_spec.clauses import Chapter, Clause, clause, specification
from rmqm_spec.errors import UsageError

ROOT = Path(__file__).parents[1]
CLAUSES = specification().clauses
CITED_BY = [
    path
    for folder in ("rmqm_spec", "backends", "adapters", "conformance", "docs")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".toml", ".json"}
]
FIELDS = {
    "id": "RMQM-D-001",
    "title": "A title",
    "level": "MUST",
    "statement": "It MUST hold.",
    "rationale": "A reason.",
    "source": "ours; a reason",
    "variants": ["paper"],
    "needs": ["noise"],
    "status": "active",
}


def test_the_document_is_what_the_clauses_say():
    document = (ROOT / "docs" / "specification.md").read_text(encoding="utf-8")
    assert document == specification().to_markdown(), (
        "docs/specification.md is out of date; run:"
        " python -m rmqm_spec.clauses > docs/specification.md"
    )


def test_ids_are_unique():
    assert len({one.id for one in CLAUSES}) == len(CLAUSES)


def test_numbers_within_a_chapter_have_no_gaps():
    for chapter in specification().chapters:
        numbers = [int(one.id[-3:]) for one in chapter.clauses]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("one", CLAUSES, ids=lambda one: one.id)
def test_a_clause_is_complete(one):
    assert re.fullmatch(r"RMQM-[A-Z]+-\d{3}", one.id)
    assert re.search(rf"\b{one.level}\b", one.statement)
    assert one.statement.endswith((".", "?"))
    assert one.rationale.endswith((".", '"'))
    others = {"NNK": "|slides|DeepNNK|Graph Construction", "JAC": "|the eigenvalue paper"}
    known = others.get(one.id.split("-")[1], "")
    assert re.match(rf"(paper, |authors' code, |ours{known})", one.source)


@pytest.mark.parametrize("one", CLAUSES, ids=lambda one: one.id)
def test_mathematics_is_balanced(one):
    text = one.statement + one.rationale + one.note
    assert text.count("$`") == text.count("`$")
    assert one.formula.count("{") - one.formula.count(r"\{") == one.formula.count("}")
    assert one.formula.count(r"\left") == one.formula.count(r"\right")


@pytest.mark.parametrize("path", CITED_BY, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_cited_clause_exists(path):
    cited = set(re.findall(r"RMQM-[A-Z]+-\d{3}", path.read_text(encoding="utf-8")))
    assert cited <= {one.id for one in CLAUSES}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "RMQM-D-1"),
        ("level", "must"),
        ("statement", "It holds."),
        ("statement", "It MUST hold and MAY not."),
        ("rationale", ""),
        ("source", ""),
        ("variants", []),
        ("variants", ["bytefuse"]),
        ("needs", []),
        ("status", "gone"),
    ],
)
def test_a_malformed_clause_is_refused(name, value):
    with pytest.raises(ValueError, match="the specification must have: "):
        Clause(**(FIELDS | {name: value}))


def test_a_chapter_holds_its_own_clauses_only():
    with pytest.raises(ValueError, match=r"clauses of WN alone in its chapter; got \{'D'\}"):
        Chapter(title="White noise", introduction="", family="WN", clauses=[FIELDS])


def test_a_clause_is_found_by_its_id_in_any_case():
    assert clause("rmqm-inp-002") is clause("RMQM-INP-002")


def test_an_unknown_clause_is_a_usage_error():
    with pytest.raises(UsageError) as caught:
        clause("RMQM-XXX-001")
    assert str(caught.value) == "clause must be one of RMQM 1.1; got 'RMQM-XXX-001'"
