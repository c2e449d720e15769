"""Coded findings about a model or its data, and the catalogue that explains every code."""

from __future__ import annotations

import sys
import tomllib
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Literal

from attrs import asdict, frozen

from rmqm_spec.errors import RmqmError, UsageError

__all__ = ["CodeEntry", "Finding", "Level", "catalogue", "codes_page", "explain"]

_FAMILIES = {
    "ALT": "Alterations",
    "ARG": "Arguments and output",
    "BAT": "Batches",
    "BUG": "Errors of our own",
    "CMP": "Comparing results",
    "CON": "The conformance kit",
    "COR": "Correlating scores with probes",
    "DAT": "Data",
    "DET": "Determinism",
    "ENC": "Encodings",
    "ENV": "The environment",
    "GEO": "The geometry of encodings",
    "HUB": "The Hugging Face Hub",
    "GRA": "Gradients and PGD",
    "IMG": "Image files",
    "INP": "The altered input",
    "MEA": "Measures",
    "MOD": "Models",
    "NUL": "The null: permuted weights",
    "OUT": "The output",
    "PRB": "Probes",
    "PRE": "Preprocessing",
    "PRV": "Providers",
    "REF": "References from the framework",
    "RES": "Documents on disk",
    "RNK": "Rankings",
    "RUN": "Runs",
    "SCO": "Scores",
    "SPC": "Spectra of autoencoders",
    "VAL": "Validation",
}
"""What the letters of a code stand for."""

Level = Literal["ok", "warn", "fail"]


@frozen(kw_only=True)
class Finding:
    """
    One thing that was looked at, and what was seen.

    Parameters
    ----------
    code : str
        Stable code, an entry of ``codes.toml``.
    level : {"ok", "warn", "fail"}
        Whether the subject is fine, usable with care, or unusable.
    message : str
        What was seen, with the values.
    fix : str
        What the reader can do next; empty for ``"ok"``.

    Examples
    --------
    >>> Finding(code="DET001", level="ok", message="same input twice: bit-identical").fix
    ''
    """

    code: str
    level: Level
    message: str
    fix: str = ""

    @classmethod
    def from_error(cls, error: RmqmError) -> Finding:
        """Turn an error that was met while judging into a failed finding."""
        return cls(code=error.code, level="fail", message=error.message, fix=error.fix)

    def to_dict(self) -> dict[str, str]:
        """Return the finding as plain data."""
        return asdict(self)


@frozen(kw_only=True)
class CodeEntry:
    """What a code means: `title`, `why` it matters and how to `fix` it."""

    code: str
    title: str
    why: str
    fix: str


@cache
def catalogue() -> dict[str, CodeEntry]:
    """Return every code with its explanation, in the order of ``codes.toml``."""
    text = files("rmqm_spec").joinpath("codes.toml").read_text(encoding="utf-8")
    return {code: CodeEntry(code=code, **entry) for code, entry in tomllib.loads(text).items()}


def explain(code: str) -> CodeEntry:
    """
    Look a code up.

    Raises
    ------
    UsageError
        If no such code exists; the message names the nearest ones.

    Examples
    --------
    >>> explain("det001").title
    'The same input must give the same encoding twice'
    """
    entry = catalogue().get(code.upper())
    if entry is None:
        import difflib

        near = difflib.get_close_matches(code.upper(), catalogue(), n=3, cutoff=0.4)
        raise UsageError(
            "ARG002",
            f"code must be one of the {len(catalogue())} known codes; got {code!r}",
            fix=f"Did you mean {', '.join(near)}?" if near else "List them: rmqm-spec explain",
        )
    return entry


def codes_page() -> str:
    """
    Render every code in GitHub Markdown, by family and number.

    Examples
    --------
    >>> codes_page().splitlines()[0]
    '# Codes'
    """
    entries = sorted(catalogue().values(), key=lambda one: one.code)
    blocks = ["# Codes", _INTRODUCTION]
    for family, members in groupby(entries, key=lambda one: one.code[:3]):
        blocks.append(f"## {family}: {_FAMILIES[family]}")
        for one in members:
            head = f'### <a id="{one.code.lower()}"></a>{one.code} · {one.title}'
            blocks += [head, f"*Why it matters.* {one.why}", f"*What to do.* {one.fix}"]
    return "\n\n".join(blocks) + "\n"


_INTRODUCTION = """\
Every finding and every error has a code: three letters and a number, never reused. This page is
made from `rmqm_spec/codes.toml`; `rmqm-spec explain CODE` prints the same text. The title of a
check states what must hold. Whether it holds is printed in front of the code: OK, WARN or FAIL."""

if __name__ == "__main__":
    sys.stdout.buffer.write(codes_page().encode("utf-8"))
