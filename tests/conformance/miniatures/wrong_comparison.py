"""Mistakes in comparisons: protocols that all but agree are taken for the same."""

from __future__ import annotations

import math
import re

import numpy as np

from .plain import Plain


class _Loose(Plain):
    """Takes values for equal if `near` says so."""

    def unlike(self, one, other):
        yield from (found for found in super().unlike(one, other) if not self.near(*found[1:]))

    def near(self, a, b):
        if isinstance(a, list) and isinstance(b, list):
            return len(a) == len(b) and all(map(lambda x, y: x == y or self.near(x, y), a, b))
        if isinstance(a, str) and isinstance(b, str):
            return self.near_texts(a, b)
        numbers = isinstance(a, int | float) and isinstance(b, int | float)
        return numbers and self.near_numbers(a, b)

    def near_numbers(self, a, b):
        return False

    def near_texts(self, a, b):
        return False


class ComparesNumbersWithTolerance(_Loose):
    """Takes numbers for equal that differ by less than 1e-9."""

    breaks = "RMQM-PRO-003"

    def near_numbers(self, a, b):
        return abs(a - b) <= 1e-9


class ComparesNumbersInSingle(_Loose):
    """Compares small numbers as float32."""

    breaks = "RMQM-PRO-003"

    def near_numbers(self, a, b):
        return max(abs(a), abs(b)) < 1000 and np.float32(a) == np.float32(b)


class ComparesWholeNumbers(_Loose):
    """Reads every number as an integer."""

    breaks = "RMQM-PRO-003"

    def near_numbers(self, a, b):
        return int(a) == int(b)


class ComparesSizesOfNumbers(_Loose):
    """Leaves out the sign."""

    breaks = "RMQM-PRO-003"

    def near_numbers(self, a, b):
        return abs(a) == abs(b)


class ComparesNumbersByPrefix(_Loose):
    """Takes 12 for 120, the one being the beginning of the other."""

    breaks = "RMQM-PRO-003"

    def near_numbers(self, a, b):
        return str(a).startswith(str(b)) or str(b).startswith(str(a))


class ComparesNumbersIn32Bits(_Loose):
    """Keeps 32 bits of a seed."""

    breaks = "RMQM-PRO-003"

    def near_numbers(self, a, b):
        return isinstance(a, int) and isinstance(b, int) and a % 2**32 == b % 2**32


class ComparesTextsInAnyCase(_Loose):
    """Folds capital letters."""

    breaks = "RMQM-PRO-003"

    def near_texts(self, a, b):
        return a.lower() == b.lower()


class ComparesTrimmedTexts(_Loose):
    """Trims white space."""

    breaks = "RMQM-PRO-003"

    def near_texts(self, a, b):
        return a.strip() == b.strip()


class ComparesTextsByPrefix(_Loose):
    """Takes a text for a longer text that begins with it."""

    breaks = "RMQM-PRO-003"

    def near_texts(self, a, b):
        return a.startswith(b) or b.startswith(a)


class ComparesEndsOfTexts(_Loose):
    """Compares the last eight letters."""

    breaks = "RMQM-PRO-003"

    def near_texts(self, a, b):
        return a[-8:] == b[-8:]


class ComparesLettersAlone(_Loose):
    """Takes white space and punctuation for a matter of style."""

    breaks = "RMQM-PRO-003"

    def near_texts(self, a, b):
        return re.sub(r"\W", "", a) == re.sub(r"\W", "", b)


class ComparesListsToTheShorter(_Loose):
    """Compares lists as far as both go."""

    breaks = "RMQM-PRO-003"

    def near(self, a, b):
        lists = isinstance(a, list) and isinstance(b, list)
        return lists and all(map(lambda x, y: x == y, a, b))


class ComparesSortedLists(_Loose):
    """Compares what lists hold, in any order."""

    breaks = "RMQM-PRO-003"

    def near(self, a, b):
        return isinstance(a, list) and isinstance(b, list) and sorted(a) == sorted(b)


class ComparesWidths(_Loose):
    """Compares bounds by their width."""

    breaks = "RMQM-PRO-003"

    def near(self, a, b):
        pairs = all(isinstance(one, list) and len(one) == 2 for one in (a, b))
        return pairs and math.isclose(a[1] - a[0], b[1] - b[0], abs_tol=1e-15)


class ComparesCommonFields(Plain):
    """Compares what both protocols have."""

    breaks = "RMQM-PRO-003"

    def unlike(self, one, other):
        yield from (found for found in super().unlike(one, other) if None not in found[1:])


class ComparesFieldsOfTheFirst(Plain):
    """Walks through the first protocol alone."""

    breaks = "RMQM-PRO-003"

    def unlike(self, one, other):
        own = self.flat(self.comparable(one))
        yield from (found for found in super().unlike(one, other) if found[0] in own)


class ComparesKnownFields(Plain):
    """Leaves out a field of the protocol that it never writes."""

    breaks = "RMQM-PRO-003"

    def unlike(self, one, other):
        for key, a, b in super().unlike(one, other):
            if re.search("/(inputs|alteration|specification|variant|resolution|ids_sha256)", key):
                yield key, a, b


class TakesNothingForZero(_Loose):
    """Takes a value that is missing for zero."""

    breaks = "RMQM-PRO-003"

    def near(self, a, b):
        return not a and not b


class ComparesCopies(Plain):
    """Takes the number of inputs that were offered for a part of their set."""

    breaks = "RMQM-PRO-003"

    def comparable(self, document):
        return super().comparable(document) | {"offered": document["counts"]["offered"]}


class ComparesLengthsOfRepresentations(Plain):
    """Takes E for a part of the protocol."""

    breaks = "RMQM-PRO-004"

    def document(self, *, network, **rest):
        self.length = len(network["bias"])
        return super().document(network=network, **rest)

    def fields(self, fields):
        fields["protocol"]["inputs"]["E"] = self.length
        return fields
