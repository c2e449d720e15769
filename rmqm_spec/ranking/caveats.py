"""What weakens the comparison of a ranking's encoders, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["caveats"]

_CAVEATS: Final = {
    "RNK001": "they take inputs of different sizes",
    "RNK005": "some give class scores and others encodings",
}
"""By the code of its finding."""


def caveats(document: Mapping[str, Any]) -> str:
    """
    Return what weakens the comparison; empty where nothing does.

    Examples
    --------
    >>> caveats({"findings": [{"code": "RNK001"}]}), caveats({})
    ('they take inputs of different sizes', '')
    """
    codes = {finding["code"] for finding in document.get("findings", ())}
    return " and ".join(words for code, words in _CAVEATS.items() if code in codes)
