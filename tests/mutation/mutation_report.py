"""The report of a run: what was caught, by what, and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from attrs import frozen
from mutation_judging import Fate
from mutation_mutants import Mutant
from mutation_survivors import CLASSES

from rmqm_conformance.version import SUITE_VERSION
from rmqm_spec.clauses import SPEC_VERSION

__all__ = ["Run", "report_of"]

COLUMNS = ("fast", "full", *CLASSES, "unclassified")


@frozen(kw_only=True)
class Run:
    """
    A run that has ended.

    Parameters
    ----------
    command : str
        The command.
    effort : str
        The effort in words.
    fates : sequence of Fate
        One for each mutant that was judged.
    late : frozenset of str
        Ids of the mutants that the second, harder effort caught.
    silent : int
        Number of mutants of lines that no check executes.
    known : mapping
        Class and reason of each known survivor.
    stale : tuple of str
        Known survivors that no mutant has, or that are caught now.
    seconds : float or None
        Time of the run; None if it went on with the work of an earlier run.
    """

    command: str
    effort: str
    fates: Sequence[Fate]
    late: frozenset[str]
    silent: int
    known: dict[str, tuple[str, str]]
    stale: tuple[str, ...]
    seconds: float | None

    def column(self, fate: Fate) -> str:
        """Return what a mutant counts as."""
        if fate.how == "survived":
            return self.known.get(fate.mutant.id, ("unclassified", ""))[0]
        return "full" if fate.mutant.id in self.late else "fast"

    def ids(self, column: str) -> list[str]:
        """Return the mutants that count as something."""
        return [fate.mutant.id for fate in self.fates if self.column(fate) == column]


def report_of(run: Run) -> str:
    """Return the report in Markdown."""
    return "\n".join(
        [
            "# Mutants of the package, judged by the conformance kit",
            "",
            "Written by `python -m tests.mutation`; how it works is said in",
            "[docs/conformance.md](../../docs/conformance.md#how-the-kit-itself-is-tested).",
            "",
            *_facts(run),
            "",
            *_table("module", run, lambda mutant: mutant.module),
            "",
            *_table("operator", run, lambda mutant: mutant.operator),
            "",
            *_table("caught by", run, None),
            "",
            *_listed("Gaps", run, "gap"),
            *_listed("Not classified yet", run, "unclassified"),
            *_stale(run.stale),
        ]
    )


def _facts(run: Run) -> list[str]:
    counts = Counter(map(run.column, run.fates))
    caught = counts["fast"] + counts["full"]
    open_ = sum(counts[name] for name in ("gap", "unclassified"))
    share = caught / (caught + open_) if caught + open_ else 1.0
    took = "" if run.seconds is None else f", {run.seconds / 60:.0f} minutes"
    day = f"{datetime.now(UTC):%Y-%m-%d}{took}"
    by = f"{counts['fast']} by the fast profile, {counts['full']} by the full one alone"
    shares = f"{100 * share:.1f} % of those that change what the specification says"
    outside = f"{counts['equivalent']} equivalent, {counts['outside']} outside the specification"
    left = f"{counts['gap']} gaps, {counts['unclassified']} not classified"
    silent = f"{run.silent} more are in lines that no check executes"
    return [
        f"- command: `{run.command}`",
        f"- effort: {run.effort}",
        f"- suite {SUITE_VERSION}, specification {SPEC_VERSION}, {day}",
        f"- {len(run.fates)} mutants of lines that checks execute ({silent})",
        f"- caught: {caught} ({by}); {shares}",
        f"- survived: {outside}, {left}",
    ]


def _table(title: str, run: Run, key: Callable[[Mutant], str] | None) -> list[str]:
    """Count by a property of the mutants, or by how they were caught."""
    rows: dict[str, Counter[str]] = {}
    for fate in run.fates:
        name = key(fate.mutant) if key else fate.how
        rows.setdefault(name, Counter())[run.column(fate)] += 1
    head = (title, "mutants", *(_HEADS.get(name, name) for name in COLUMNS))
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    for name, counts in sorted(rows.items()):
        cells = (counts.total(), *(counts[column] for column in COLUMNS))
        lines.append(f"| {name} | " + " | ".join(str(cell or "") for cell in cells) + " |")
    return lines


_HEADS = {"fast": "caught", "full": "by full alone"}


def _listed(title: str, run: Run, column: str) -> list[str]:
    names = run.ids(column)
    reasons = [run.known.get(name, ("", ""))[1] for name in names]
    lines = [
        f"- `{name.replace('`', chr(39))}`" + f": {reason}" * bool(reason)
        for name, reason in zip(names, reasons, strict=True)
    ]
    return [f"## {title}", "", *(lines or ["None."]), ""]


def _stale(names: Iterable[str]) -> list[str]:
    lines = [f"- `{name}`" for name in names]
    return ["## Known survivors that are no more", "", *lines, ""] if lines else []
