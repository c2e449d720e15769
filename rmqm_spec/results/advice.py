"""What to do about a result that is damaged."""

from __future__ import annotations

import shlex
from pathlib import Path

__all__ = ["score_again"]


def score_again(folder: Path) -> str:
    """Return the advice to write a result anew where a damaged one lies."""
    out = shlex.quote(str(folder))
    return f"Score the encoder again: rmqm-spec score MODEL --force --out {out}"
