"""Correct variants in their words: how an error names what it must name is free."""

from __future__ import annotations

from .plain import Plain
from .plain_inputs import Refused


class _SpeaksOtherwise(Plain):
    """Writes numbers and places in its own way."""

    def written(self, value):
        return str(value)

    def level_written(self, level):
        return str(level)

    def words_outside(self, value, low, high):
        low, value, high = map(self.written, (low, value, high))
        return f"must hold: {low} <= x <= {high}, but x = {value}"

    def words_for_place(self, thing, names, i, level, what):
        return f"level {self.level_written(level)} of {names[i]!r}: {thing} {what}"


class WritesScientificNumbers(_SpeaksOtherwise):
    """Writes 1.50E-03 and 1.1e+01, as a C program does."""

    def written(self, value):
        return f"{value:.2E}"

    def level_written(self, level):
        return f"{level:.1e}"


class WritesThreeDigits(_SpeaksOtherwise):
    """Writes three significant digits."""

    def written(self, value):
        return f"{value:.3g}"


class WritesThousandsSeparators(_SpeaksOtherwise):
    """Sets groups of three digits apart, and writes six decimals."""

    def written(self, value):
        return f"{value:,.6f}"

    def level_written(self, level):
        return f"{level:_.1f}"


class WritesNoZeroBeforeThePoint(_SpeaksOtherwise):
    """Writes .5 for 0.5, and a minus of typography."""

    def written(self, value):
        text = f"{abs(value):g}"
        sign = "−" if value < 0 else "+"  # noqa: RUF001
        return sign + (text[1:] if text.startswith("0.") else text)


class WritesHexadecimalNumbers(_SpeaksOtherwise):
    """Writes every bit of a number."""

    def written(self, value):
        return float(value).hex()


class WritesPowersOfTen(_SpeaksOtherwise):
    """Writes 2.50×10^2, as in a book."""

    def written(self, value):
        mantissa, mark, exponent = f"{value:.3e}".partition("e")
        return f"{mantissa}×10^{int(exponent)}" if mark else mantissa  # noqa: RUF001


class SpeaksGerman(_SpeaksOtherwise):
    """Writes another language, with commas before decimals and other quotes."""

    def written(self, value):
        return str(value).replace(".", ",")

    def words_outside(self, value, low, high):
        low, value, high = map(self.written, (low, value, high))
        return f"Der Wert {value} liegt außerhalb der Schranken [{low}; {high}]"

    def words_for_place(self, thing, names, i, level, what):
        return f"Stufe {level} von „{names[i]}“ ist keine Zahl"


class ShoutsInCurlyQuotes(_SpeaksOtherwise):
    """Writes capital letters and the quotes of typography."""

    def words_for_place(self, thing, names, i, level, what):
        return f"“{str(names[i]).upper()}” ({thing.upper()}[{level}]) IS BAD!"

    def words_for(self, key, a, b):
        return f"‘{key.upper()}’ DIFFERS"  # noqa: RUF001


class _NamesPlaces(Plain):
    """Names an input by its place among those that were given."""

    def evaluate(self, *, ids, **rest):
        self.given = list(ids)
        return super().evaluate(ids=ids, **rest)

    def check_gradient(self, gradient, ids, level):
        self.given = list(ids)
        super().check_gradient(gradient, ids, level)

    def words_for_place(self, thing, names, i, level, what):
        given = getattr(self, "given", list(names))
        place = given.index(names[i]) if names[i] in given else i
        return self.words_for_number(thing, place, len(given), level)


class CountsInputsFromZero(_NamesPlaces):
    """Names an input by its index."""

    def words_for_number(self, thing, place, n, level):
        return f"{thing}[{place}, {level}] cannot be used"


class CountsInputsFromOne(_NamesPlaces):
    """Names the first input as the 1st."""

    def words_for_number(self, thing, place, n, level):
        return f"at level {level} of {n} inputs, input no. {place + 1} has a bad {thing}"


class CountsInputsFromTheLast(_NamesPlaces):
    """Names the last input as row -1."""

    def words_for_number(self, thing, place, n, level):
        return f"row={place - n}; level={level}: bad {thing}"


class WritesDottedPaths(Plain):
    """Names a field by the names of all objects around it."""

    def words_for(self, key, a, b):
        return f"`{key[1:].replace('/', '.')}` is unlike"


class WritesBracketedPaths(Plain):
    """Names a field as Python reads it."""

    def words_for(self, key, a, b):
        first, *rest = key[1:].split("/")
        return f"{first}{''.join(f'[{name!r}]' for name in rest)}: {a} != {b}"


class NamesTheLastPart(Plain):
    """Names a field by its own name alone, the number of levels as `n_levels`."""

    def words_for(self, key, a, b):
        last = key.rpartition("/")[2]
        return f"other {'n_levels' if last == 'J' else last}"


class ReportsEveryDifference(Plain):
    """Names all fields that differ, not the first alone."""

    def compare(self, *, first, second):
        try:
            return super().compare(first=first, second=second)
        except Refused as refusal:
            unlike = self.unlike(self.read(first), self.read(second))
            listed = "; ".join(self.words_for(*difference) for difference in unlike)
            raise Refused(listed) from refusal
