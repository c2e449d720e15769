"""Correct variants in what their documents hold: counts, bounds and names in other forms."""

from __future__ import annotations

import itertools
import json
import re

from .plain import Plain


class _Counts(Plain):
    """Counts undefined terms in its own form."""

    may_differ = ("document",)

    def fields(self, fields):
        undefined = fields["counts"]["undefined_terms"]
        fields["counts"]["undefined_terms"] = self.counted(undefined["D_RC"], undefined["P_RC"])
        return fields


class CountsUndefinedTermsInAll(_Counts):
    """Gives the sum alone."""

    def counted(self, of_d, of_p):
        return of_d + of_p


class CountsUndefinedTermsInAList(_Counts):
    """Gives a list of two counts."""

    def counted(self, of_d, of_p):
        return [of_d, of_p]


class CountsUndefinedTermsWithTheirTotal(_Counts):
    """Gives the total beside the counts, and the share that is allowed."""

    def counted(self, of_d, of_p):
        return {"total": of_d + of_p, "P_RC": of_p, "D_RC": of_d, "limit": 0.01, "unit": "terms"}


class ListsUndefinedTerms(_Counts):
    """Lists every term that is undefined."""

    def counted(self, of_d, of_p):
        return [{"component": "D_RC"}] * of_d + [{"component": "P_RC"}] * of_p


class NestsCountsByComponent(_Counts):
    """Gives an object for each component, and lists what was left out."""

    def counted(self, of_d, of_p):
        return {"D_RC": {"undefined": of_d, "why": "x/0"}, "P_RC": {"undefined": of_p}}

    def fields(self, fields):
        counts = super().fields(fields)["counts"]
        counts |= {"duplicates": ["copy"] * counts["duplicates"], "unreadable": []}
        return fields


class NamesCountsByComponentOtherwise(_Counts):
    """Gives a list of objects, one for each component."""

    def counted(self, of_d, of_p):
        return [{"of": "displacements", "count": of_d}, {"of": "steps", "count": of_p}]


class WritesNullForWhatPaperDoesNotKnow(Plain):
    """Gives neither S nor inputs that left in `paper`."""

    may_differ = ("document",)

    def fields(self, fields):
        if fields["protocol"]["variant"] == "paper":
            fields["counts"]["left_out_of_spike_means"] = None
            fields["components"]["S"] = None
        return fields


class WritesBoundsByKeys(Plain):
    """Gives bounds as an object, the high one first."""

    may_differ = ("document", "compare")

    def fields(self, fields):
        low, high = fields["protocol"]["alteration"]["bounds"]
        fields["protocol"]["alteration"]["bounds"] = {"high": high, "low": low}
        return fields


class WritesBoundsAsMinAndMax(Plain):
    """Gives bounds under the words minimum and maximum, beside a unit."""

    may_differ = ("document", "compare")

    def fields(self, fields):
        low, high = fields["protocol"]["alteration"]["bounds"]
        bounds = {"unit": "grey value", "minimum": low, "maximum": high}
        fields["protocol"]["alteration"]["bounds"] = bounds
        return fields


class WritesSeedsAsText(Plain):
    """Gives the digits of a seed as text, which no reader rounds."""

    may_differ = ("document",)

    def fields(self, fields):
        alteration = fields["protocol"]["alteration"]
        alteration["seed"] = str(alteration["seed"])
        return fields


class WritesEveryNumberAsAFloat(Plain):
    """Gives counts as 2.0, as a language with one kind of number may."""

    may_differ = ("document", "compare")

    def fields(self, fields):
        fields["protocol"]["alteration"]["J"] *= 1.0
        fields["protocol"]["alteration"]["seed"] = str(fields["protocol"]["alteration"]["seed"])
        for name in ("offered", "used", "duplicates", "left_out_of_spike_means"):
            fields["counts"][name] *= 1.0
        return fields


class EscapesEveryLetter(Plain):
    r"""Writes \u0061 for a, and exponents with a capital letter."""

    def write(self, fields):
        text = json.dumps(fields, allow_nan=False)
        escaped = re.sub(r'"([^"\\]*)"', lambda found: self.escaped(found[1]), text)
        return re.sub(r"(?<=\d)e(?=[+-])", "E", escaped)

    def escaped(self, text):
        return '"' + "".join(rf"\u{ord(letter):04X}" for letter in text) + '"'


class AddsKeysOfItsOwn(Plain):
    """Says more than it must, some of it new at every call."""

    may_differ = ("document",)
    calls = itertools.count()

    def fields(self, fields):
        fields["counts"]["bytes"] = 4096
        fields["model"]["parameters"] = 12
        return {"$schema": "mine", **fields, "run": {"number": next(self.calls), "host": None}}


class ReversesKeys(Plain):
    """Writes the last key first, in every object."""

    def write(self, fields):
        return json.dumps(self.reversed_keys(fields), allow_nan=False)

    def reversed_keys(self, value):
        if not isinstance(value, dict):
            return value
        return {key: self.reversed_keys(inner) for key, inner in reversed(value.items())}


class SaysMoreOfNames(Plain):
    """Gives objects where a name would do, and says more of the specification than its version."""

    may_differ = ("document", "compare")

    def fields(self, fields):
        protocol = fields["protocol"]
        protocol["specification"] = "RMQM 1.0 (https://example.org/rmqm)"
        alteration = protocol["alteration"]
        alteration["generator"] = {"name": alteration["generator"], "version": 1}
        alteration["coupling"] = {"name": alteration["coupling"], "levels": "all"}
        alteration["schedule"] = [j / alteration["J"] for j in range(alteration["J"] + 1)]
        return fields
