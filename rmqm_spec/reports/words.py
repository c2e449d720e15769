"""Numbers and names in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["TERM_WORDS", "interval_words", "listed", "percent", "short", "signed"]

TERM_WORDS: Final[Mapping[str, str]] = {
    "D": "how far the encodings move",
    "1/D_RC": "how evenly they move away",
    "1/P_RC": "how even their steps are",
    "S": "how long their steps are",
}

MINUS: Final = "\N{MINUS SIGN}"

_LONG = 48


def percent(share: float) -> str:
    """
    Return a probability or share for people.

    Examples
    --------
    >>> percent(0.5), percent(0.99999), percent(0.00001)
    ('50 %', 'above 99.9 %', 'below 0.1 %')
    """
    if share > 0.999:
        return "above 99.9 %"
    if share < 0.001:
        return "below 0.1 %"
    return f"{share:.1%}".replace(".0%", "%").replace("%", " %")


def signed(value: float) -> str:
    """Return a difference with its sign, three decimals."""
    return f"{value:+.3f}".replace("-", MINUS)


def short(name: str) -> str:
    """
    Return a name that fits into a sentence: without its middle where it is long.

    Examples
    --------
    >>> short("encoder.onnx"), len(short("x" * 500))
    ('encoder.onnx', 49)
    """
    half = _LONG // 2
    return name if len(name) <= _LONG else f"{name[:half]}\N{HORIZONTAL ELLIPSIS}{name[-half:]}"


def listed(names: Sequence[str]) -> str:
    """Return at least two names as a list in a sentence."""
    shown = [short(name) for name in names]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def interval_words(interval: Sequence[float] | None) -> str:
    """Return an interval in words."""
    if interval is None:
        return "no interval"
    return f"95 % interval {_number(interval[0])} to {_number(interval[1])}"


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", MINUS)
