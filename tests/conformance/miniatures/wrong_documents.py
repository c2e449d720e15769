"""Mistakes in result documents and comparisons: chapters 16 and 17 of the specification."""

from __future__ import annotations

import json
import math

import numpy as np

from .plain import Plain


class _Forgets(Plain):
    """Leaves out what stands at `path`."""

    path = ()

    def fields(self, fields):
        *outer, last = self.path
        inner = fields
        for key in outer:
            inner = inner[key]
        del inner[last]
        return fields


class TakesOneHundredLevelsByDefault(Plain):
    """Reads 100 equal steps as J = 100."""

    breaks = "RMQM-PRO-001"

    default_J = 100  # noqa: N815


class TakesSeedFortyTwoByDefault(Plain):
    """Has a favourite seed."""

    breaks = "RMQM-PRO-001"

    default_seed = 42


class TakesAuthorsByDefault(Plain):
    """Computes what the published tables show."""

    breaks = "RMQM-PRO-001"

    default_variant = "authors-2022"


class ForgetsSpecification(_Forgets):
    """Does not name the version of the specification."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "specification")


class ForgetsVariant(_Forgets):
    """Does not name the variant, because there seems to be one RMQM."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "variant")


class ForgetsAlteration(_Forgets):
    """Does not name the alteration."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "alteration", "name")


class ForgetsJ(_Forgets):
    """Does not say how many levels there were."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "alteration", "J")


class ForgetsSchedule(_Forgets):
    """Does not say how the noise grew."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "alteration", "schedule")


class ForgetsSeed(_Forgets):
    """Does not write the seed, as the authors' code does not."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "alteration", "seed")


class ForgetsBounds(_Forgets):
    """Does not write the bounds of the inputs."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "alteration", "bounds")


class ForgetsCoupling(_Forgets):
    """Does not write the coupling, of which it knows one."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "alteration", "coupling")


class ForgetsGenerator(_Forgets):
    """Does not write the generator, of which it knows one."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "alteration", "generator")


class ForgetsGeometry(_Forgets):
    """Does not say what happened to the inputs before the alteration."""

    breaks = "RMQM-PRO-002"
    path = ("protocol", "inputs")


class ForgetsResolution(_Forgets):
    """Does not write the resolution."""

    breaks = "RMQM-RES-004"
    path = ("protocol", "resolution")


class ForgetsN(_Forgets):
    """Does not say how many inputs were used."""

    breaks = "RMQM-DOC-003"
    path = ("counts", "used")


class ForgetsOffered(_Forgets):
    """Does not say how many inputs were offered."""

    breaks = "RMQM-DOC-004"
    path = ("counts", "offered")


class ForgetsDuplicates(_Forgets):
    """Does not say how many inputs were copies."""

    breaks = "RMQM-DOC-004"
    path = ("counts", "duplicates")


class ForgetsUnreadable(_Forgets):
    """Does not say how many inputs could not be read."""

    breaks = "RMQM-DOC-004"
    path = ("counts", "unreadable")


class ForgetsUndefinedTerms(_Forgets):
    """Does not write how many terms were undefined."""

    breaks = "RMQM-DOC-003"
    path = ("counts", "undefined_terms")


class ForgetsTheLeftOut(_Forgets):
    """Does not write how many inputs left the means."""

    breaks = "RMQM-DOC-003"
    path = ("counts", "left_out_of_spike_means")


class ForgetsD(_Forgets):
    """Does not write D."""

    breaks = "RMQM-DOC-003"
    path = ("components", "D")


class ForgetsDRC(_Forgets):
    """Does not write D_RC."""

    breaks = "RMQM-DOC-003"
    path = ("components", "D_RC")


class ForgetsPRC(_Forgets):
    """Does not write P_RC."""

    breaks = "RMQM-DOC-003"
    path = ("components", "P_RC")


class ForgetsS(_Forgets):
    """Does not write S, not even in `authors-2022`."""

    breaks = "RMQM-DOC-003"
    path = ("components", "S")


class ForgetsSetOfInputs(_Forgets):
    """Does not name the set of inputs."""

    breaks = "RMQM-DOC-003"
    path = ("inputs", "ids_sha256")


class ForgetsEncoder(_Forgets):
    """Does not say which encoder it was."""

    breaks = "RMQM-DOC-003"
    path = ("model",)


class ForgetsOutput(_Forgets):
    """Does not say which output was the representation."""

    breaks = "RMQM-ENC-009"
    path = ("output", "name")


class ForgetsPooling(_Forgets):
    """Does not say how an output became a vector."""

    breaks = "RMQM-DOC-003"
    path = ("output", "pooling")


class ForgetsPreprocessing(_Forgets):
    """Does not write the value map."""

    breaks = "RMQM-DOC-003"
    path = ("preprocessing",)


class ForgetsScore(_Forgets):
    """Leaves the score to the reader, who has its components."""

    breaks = "RMQM-DOC-002"
    path = ("rmqm",)


class ForgetsInterval(_Forgets):
    """Writes no interval."""

    breaks = "RMQM-DOC-002"
    path = ("interval",)


class ForgetsStatus(_Forgets):
    """Writes no status."""

    breaks = "RMQM-DOC-002"
    path = ("status",)


class LeavesOutUndefinedNumbers(Plain):
    """Leaves out the keys of undefined numbers."""

    breaks = "RMQM-DOC-001"

    def fields(self, fields):
        return {key: value for key, value in fields.items() if value is not None}


class NestsTheScore(Plain):
    """Writes the score with its interval under one key."""

    breaks = "RMQM-DOC-002"

    def fields(self, fields):
        score = {"value": fields["rmqm"], "interval": fields.pop("interval")}
        return fields | {"rmqm": score}

    def difference_of(self, a, b):
        return super().difference_of(a["value"], b["value"])


class NamesIntervalEnds(Plain):
    """Writes the interval as an object."""

    breaks = "RMQM-DOC-002"

    def pair(self, low, high):
        return {"low": self.number(low), "high": self.number(high)}


class WritesIntervalOfNulls(Plain):
    """Writes an undefined interval as two nulls."""

    breaks = "RMQM-DOC-002"

    def pair(self, low, high):
        return [self.number(low), self.number(high)]


class WritesMargin(Plain):
    """Writes the score and half the width for the interval."""

    breaks = "RMQM-DOC-002"

    def pair(self, low, high):
        return super().pair((low + high) / 2, (high - low) / 2)


class WritesNaN(Plain):
    """Leaves NaN to the writer of JSON, which has its own way."""

    breaks = "RMQM-DOC-001"

    def number(self, value):
        return float(value)

    def write(self, fields):
        return json.dumps(fields)


class WritesInfinity(Plain):
    """Writes an undefined number as a number too large to read."""

    breaks = "RMQM-DOC-001"

    def write(self, fields):
        return super().write(fields).replace('"rmqm": null', '"rmqm": 1e999')


class WritesUndefinedAsText(Plain):
    """Writes "nan" for an undefined number."""

    breaks = "RMQM-DOC-001"

    def number(self, value):
        return float(value) if math.isfinite(value) else "nan"


class WritesUndefinedAsZero(Plain):
    """Writes 0 for an undefined number."""

    breaks = "RMQM-DOC-001"

    def number(self, value):
        return float(value) if math.isfinite(value) else 0.0


class WritesPythonLiterals(Plain):
    """Prints the dictionary."""

    breaks = "RMQM-DOC-001"

    def write(self, fields):
        return repr(fields)


class WritesByteOrderMark(Plain):
    """Begins the document with a byte order mark."""

    breaks = "RMQM-DOC-001"

    def write(self, fields):
        return "\ufeff" + super().write(fields)


class WritesTrailingComma(Plain):
    """Ends the object with a comma, as JSON5 allows."""

    breaks = "RMQM-DOC-001"

    def write(self, fields):
        return super().write(fields)[:-1] + ",}"


class WritesSixDigits(Plain):
    """Writes numbers as %g does."""

    breaks = "RMQM-DOC-005"

    def number(self, value):
        found = super().number(value)
        return None if found is None else float(f"{found:.6g}")


class WritesFifteenDigits(Plain):
    """Writes the digits that a float64 surely holds, not those that it needs."""

    breaks = "RMQM-DOC-005"

    def number(self, value):
        found = super().number(value)
        return None if found is None else float(f"{found:.15g}")


class WritesFloat32Numbers(Plain):
    """Writes numbers in float32."""

    breaks = "RMQM-DOC-005"

    def number(self, value):
        found = super().number(value)
        return None if found is None else float(np.float32(found))


class WritesZeroScoreWithoutOk(Plain):
    """Writes a score of zero where there is none."""

    breaks = "RMQM-DOC-002"

    def fields(self, fields):
        return fields | {"rmqm": fields["rmqm"] or 0.0}


class CountsLevelZeroInJ(Plain):
    """Writes the number of encodings for J."""

    breaks = "RMQM-DOC-003"

    def fields(self, fields):
        fields["protocol"]["alteration"]["J"] += 1
        return fields


class WritesSeedZero(Plain):
    """Writes the default seed, whatever seed was used."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        fields["protocol"]["alteration"]["seed"] = 0
        return fields


class WritesUnitBounds(Plain):
    """Writes the default bounds, whatever bounds were declared."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        fields["protocol"]["alteration"]["bounds"] = [0.0, 1.0]
        return fields


class WritesVariantPaper(Plain):
    """Writes the default variant, whatever variant was computed."""

    breaks = "RMQM-MET-004"

    def fields(self, fields):
        fields["protocol"]["variant"] = "paper"
        return fields


class WritesResolutionOfFloat32(Plain):
    """Writes another resolution than it used."""

    breaks = "RMQM-RES-004"

    def fields(self, fields):
        fields["protocol"]["resolution"] = 1e-6
        return fields


class CountsDuplicatesAsUsed(Plain):
    """Writes the number of inputs offered for the number used."""

    breaks = "RMQM-DOC-003"

    def fields(self, fields):
        fields["counts"]["used"] = fields["counts"]["offered"]
        return fields


class OffersDistinctInputsOnly(Plain):
    """Counts what was offered after the duplicates are gone."""

    breaks = "RMQM-DOC-004"

    def fields(self, fields):
        fields["counts"]["offered"] = fields["counts"]["used"]
        return fields


class FindsNoDuplicates(Plain):
    """Writes that there were no duplicates."""

    breaks = "RMQM-DOC-004"

    def fields(self, fields):
        fields["counts"]["duplicates"] = 0
        return fields


class FindsNoUndefinedTerms(Plain):
    """Writes that no term was undefined."""

    breaks = "RMQM-DOC-003"

    def fields(self, fields):
        fields["counts"]["undefined_terms"] = {"D_RC": 0, "P_RC": 0}
        return fields


class NamesSetByOrderOfArrival(Plain):
    """Names the set of inputs by its ids as they came, so that two orders are two sets."""

    breaks = "RMQM-INP-010"

    def digest(self, names):
        return super().digest(self.arrived)

    def document(self, *, ids, **rest):
        self.arrived = list(dict.fromkeys(ids))
        return super().document(ids=ids, **rest)

    def name_inputs(self, *, ids):
        self.arrived = self.distinct(ids)
        return super().name_inputs(ids=ids)


class ComparesWhateverComes(Plain):
    """Subtracts scores without looking at their protocols."""

    breaks = "RMQM-PRO-003"

    def unlike(self, one, other):
        return ()


class _Ignores(Plain):
    """Compares results that differ in `ignored`."""

    ignored = ""

    def unlike(self, one, other):
        return (found for found in super().unlike(one, other) if found[0] != self.ignored)


class ComparesUnlikeJ(_Ignores):
    """Compares scores at different J."""

    breaks = "RMQM-PRO-003"
    ignored = "/protocol/alteration/J"


class ComparesUnlikeSeeds(_Ignores):
    """Takes the seed for a matter of luck that changes nothing."""

    breaks = "RMQM-PRO-003"
    ignored = "/protocol/alteration/seed"


class ComparesUnlikeBounds(_Ignores):
    """Compares scores with different bounds."""

    breaks = "RMQM-PRO-003"
    ignored = "/protocol/alteration/bounds"


class ComparesUnlikeVariants(_Ignores):
    """Compares `paper` with `authors-2022`."""

    breaks = "RMQM-PRO-003"
    ignored = "/protocol/variant"


class ComparesUnlikeTypes(_Ignores):
    """Compares inputs of unlike floating types."""

    breaks = "RMQM-PRO-003"
    ignored = "/protocol/inputs/type"


class ComparesUnlikeShapes(_Ignores):
    """Compares inputs of unlike shapes."""

    breaks = "RMQM-PRO-003"
    ignored = "/protocol/inputs/shape"


class ComparesUnlikeInputs(_Ignores):
    """Compares scores over different sets of inputs."""

    breaks = "RMQM-PRO-003"
    ignored = "/set of inputs/ids_sha256"


class HidesTheDifference(Plain):
    """Refuses a comparison without saying why."""

    breaks = "RMQM-PRO-003"

    def words_for(self, key, a, b):
        return "not comparable"


class NamesProtocolsByDigest(Plain):
    """Refuses a comparison by naming two digests that nobody can read."""

    breaks = "RMQM-PRO-003"

    def words_for(self, key, a, b):
        return f"{self.digest([str(a)])} is not {self.digest([str(b)])}"


class RefusesUnlikeValueMaps(Plain):
    """Takes mean and standard deviation for a part of the protocol."""

    breaks = "RMQM-PRO-004"

    def comparable(self, document):
        return super().comparable(document) | {"preprocessing": document["preprocessing"]}


class RefusesUnlikeEncoders(Plain):
    """Compares an encoder with itself only."""

    breaks = "RMQM-PRO-004"

    def comparable(self, document):
        return super().comparable(document) | {"model": document["model"]}


class SubtractsTheWrongWay(Plain):
    """Subtracts the first score from the second."""

    breaks = "RMQM-PRO-003"

    def difference_of(self, a, b):
        return super().difference_of(b, a)


class TakesAbsoluteDifference(Plain):
    """Does not say which of two encoders scores higher."""

    breaks = "RMQM-PRO-003"

    def difference_of(self, a, b):
        return abs(super().difference_of(a, b))


class TakesNoScoreForZero(Plain):
    """Counts an undefined score as zero in a difference."""

    breaks = "RMQM-PRO-003"

    def difference_of(self, a, b):
        return (a or 0.0) - (b or 0.0)


class WritesHalfAnInterval(Plain):
    """Writes an interval of one standard error."""

    breaks = "RMQM-INT-001"

    def document(self, **asked):
        answer = super().document(**asked)
        fields = json.loads(answer["document"])
        if fields["interval"]:
            score = fields["rmqm"]
            fields["interval"] = [score + (end - score) / 2 for end in fields["interval"]]
        return answer | {"document": json.dumps(fields)}


class RoundsTheInterval(Plain):
    """Writes the ends of the interval with four digits, as people read them."""

    breaks = "RMQM-INT-001"

    def pair(self, low, high):
        ends = super().pair(low, high)
        return ends and [round(ends[0], 4), round(ends[1] + 5e-5, 4)]


class EvaluatesSeedZero(Plain):
    """Writes the seed that was asked for, and draws with seed 0."""

    breaks = "RMQM-DOC-003"

    def whole_way(self, inputs, ids, low, high, network, n_levels, seed):
        return super().whole_way(inputs, ids, low, high, network, n_levels, 0)


class CountsUndefinedTermsOfStepsAlone(Plain):
    """Writes no undefined terms of displacements."""

    breaks = "RMQM-DOC-003"

    def fields(self, fields):
        fields["counts"]["undefined_terms"]["D_RC"] = 0
        return fields


class IgnoresActivationInIdentity(Plain):
    """Names an encoder by its weights alone."""

    breaks = "RMQM-DOC-003"

    def identity(self, network):
        return super().identity(network | {"activation": ""})


class WritesNoValueMap(Plain):
    """Writes the preprocessing of every encoder as the usual one."""

    breaks = "RMQM-PRO-004"

    def fields(self, fields):
        return fields | {"preprocessing": {"scale": 1.0, "mean": 0.0, "std": 1.0}}


class WritesAKeyTwice(Plain):
    """Appends a second status, which readers prefer to the first."""

    breaks = "RMQM-DOC-001"

    def write(self, fields):
        return super().write(fields)[:-1] + f', "status": "{fields["status"]}"}}'
