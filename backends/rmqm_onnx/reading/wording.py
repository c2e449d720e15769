"""Names of a model in messages: a name can be as long as its author, or chance, made it."""

from __future__ import annotations

__all__ = ["shortened"]

_LONGEST = 60


def shortened(text: str, longest: int = _LONGEST) -> str:
    """
    Return a text in quotes, its middle left out where it is long.

    Examples
    --------
    >>> shortened("weight"), shortened("a" * 300, 12)
    ("'weight'", "'aaaaaa...aaa' (300 characters)")
    """
    if len(text) <= longest:
        return repr(text)
    end = max((longest - 3) // 3, 1)
    return f"{text[: longest - 3 - end] + '...' + text[-end:]!r} ({len(text)} characters)"
