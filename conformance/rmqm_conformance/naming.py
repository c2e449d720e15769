"""What an error must name, and whether its message does: in any spelling, form and order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from attrs import frozen

from rmqm_conformance.message_numbers import Places, is_number, places_of_number

__all__ = ["InputNamed", "Named", "unnamed"]


@frozen
class InputNamed:
    """
    An input that must be named, by its id or by its place.

    Parameters
    ----------
    ids : sequence of str
        Ids of all inputs, as they were given.
    place : int
        Which of them is meant, from 0.
    """

    ids: Sequence[str]
    place: int

    def __str__(self) -> str:
        return f"the input {self.ids[self.place]!r} (by its id, or by its place)"

    def places(self, message: str) -> Places:
        """Return where a message names it; a message with the ids of others alone names those."""
        own = _places_of_text(self.ids[self.place], message)
        others = {text for text in self.ids if text != self.ids[self.place]}
        if own or any(_places_of_text(text, message) for text in others):
            return own
        n = len(self.ids)
        counted = {self.place, self.place + 1, self.place - n}
        places = [place for k in sorted(counted) for place in places_of_number(str(k), message)]
        return [place for place in places if _counts_inputs(message, *place)]


Named: TypeAlias = InputNamed | Sequence[str | InputNamed]
"""An input, or texts any of which will do; a text that is a number is compared as a number."""

_SHORT = 2
_MARKED_LETTER = re.compile(r"[\s/'\"](\w{1,2})[\s'\"]?")
"""A short name with a mark that sets it apart, like ``/J``; any other mark does as well."""
_INPUT = (
    "input|row|sample|item|image|example|entry|element|record|instance|observation|photo|index"
    "|position|place|number|batch|datum|data"
)
_BEFORE = re.compile(rf"(?:(?:{_INPUT})\w*|\b(?:id|no|nr|i|n|x)_?|#|\w(?=\[))[^\w-]{{0,4}}-?$")
_AFTER = re.compile(rf"(?:st|nd|rd|th)?\W{{1,2}}(?:{_INPUT})")
_STRAIGHT = str.maketrans("‘’‚“”„`´", "''''''''")  # noqa: RUF001 - quotes of typography


def unnamed(named: Iterable[Named], message: str) -> str:
    """
    Return the first thing that a message does not name; nothing if it names them all.

    Each thing needs a place of its own: in ``"level 3"`` the 3 is not an input as well.

    Examples
    --------
    >>> unnamed([["alpha"], ["3"]], "Alpha fails at level 3.00")
    ''
    >>> unnamed([["alpha"], ["3"]], "alpha fails at level 13")
    "'3'"
    """
    plain = _plain(message)
    wanted = [[one] if isinstance(one, InputNamed) else list(one) for one in named]
    places = [
        [place for choice in choices for place in _places(choice, plain)] for choices in wanted
    ]
    for choices, found in zip(wanted, places, strict=True):
        if not found:
            return _shown(choices)
    return "" if _apart(places) else " and ".join(map(_shown, wanted))


def _plain(text: str) -> str:
    return text.translate(_STRAIGHT).casefold()


def _counts_inputs(message: str, start: int, end: int) -> bool:
    """Tell whether a number is said to be that of an input, before it or after it."""
    return bool(_BEFORE.search(message[:start]) or _AFTER.match(message[end:]))


def _places(choice: str | InputNamed, message: str) -> Places:
    if isinstance(choice, InputNamed):
        return choice.places(message)
    return (
        places_of_number(choice, message) if is_number(choice) else _places_of_text(choice, message)
    )


def _places_of_text(text: str, message: str) -> Places:
    """Return where a text stands; a letter or two must stand as a word of its own."""
    marked = _MARKED_LETTER.fullmatch(text)
    bare = marked[1] if marked else text
    pattern = re.escape(_plain(bare))
    if len(bare) <= _SHORT:
        pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
    return [match.span() for match in re.finditer(pattern, message)]


def _apart(places: list[Places], taken: Places | None = None) -> bool:
    """Tell whether each thing can stand at a place that no other needs."""
    taken = taken or []
    if not places:
        return True
    return any(
        _apart(places[1:], [*taken, place])
        for place in places[0]
        if all(place[1] <= start or end <= place[0] for start, end in taken)
    )


def _shown(choices: Sequence[Any]) -> str:
    return " or ".join(str(one) if isinstance(one, InputNamed) else repr(one) for one in choices)
