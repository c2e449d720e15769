"""Mistakes that show where documents, starts and maps are held against their neighbours."""

from __future__ import annotations

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class RecordsTheBatchAxis(Plain):
    """Records the shape of the batch for that of an input."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        fields["protocol"]["inputs"]["shape"].insert(0, fields["counts"]["used"])
        return fields


class RecordsTheRank(Plain):
    """Records the number of axes for the shape."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        geometry = fields["protocol"]["inputs"]
        geometry["shape"] = len(geometry["shape"])
        return fields


class NamesTheFormatForTheSpecification(Plain):
    """Names the format of the document where the specification should be named."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        fields["protocol"]["specification"] = "rmqm-result/1.0"
        return fields


class NamesAnotherAlteration(Plain):
    """Names the variant where the alteration should be named."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        fields["protocol"]["alteration"]["name"] = fields["protocol"]["variant"]
        return fields


class CountsInputsInTheProtocol(Plain):
    """Records a part of the result as a parameter of the alteration."""

    breaks = "RMQM-PRO-002"

    def fields(self, fields):
        alteration = fields["protocol"]["alteration"]
        alteration["schedule"] = {"levels": "j / J", "status": fields["status"]}
        return fields


class IdentifiesByTheFirstRow(Plain):
    """Names an encoder by the first row of its weights."""

    breaks = "RMQM-DOC-003"

    def identity(self, network):
        return super().identity(network | {"weight": network["weight"][:1]})


class IdentifiesBySums(Plain):
    """Names an encoder by the sums of its weights, so that their order does not matter."""

    breaks = "RMQM-DOC-003"

    def identity(self, network):
        return super().identity(network | {"weight": np.sort(network["weight"], axis=None)})


class IdentifiesInSingle(Plain):
    """Names an encoder by its weights in float32."""

    breaks = "RMQM-DOC-003"

    def identity(self, network):
        rounded = {key: network[key].astype(np.float32) for key in ("weight", "bias")}
        return super().identity(network | rounded)


class IdentifiesWithTheInputs(Plain):
    """Names an encoder anew over every set of inputs."""

    breaks = "RMQM-DOC-003"

    def fields(self, fields):
        fields["model"]["sha256"] += fields["inputs"]["ids_sha256"]
        return fields


class RecordsRoundedValueMaps(Plain):
    """Records scale, mean and deviation with two digits, and without their signs."""

    breaks = "RMQM-PRO-004"

    def fields(self, fields):
        rounded = {key: round(abs(value), 2) for key, value in fields["preprocessing"].items()}
        return fields | {"preprocessing": rounded}


class CountsAllAsLeft(Plain):
    """Counts all inputs as left out of the spike means where some are."""

    breaks = "RMQM-DOC-003"

    def fields(self, fields):
        counts = fields["counts"]
        counts["left_out_of_spike_means"] = counts["used"] * bool(counts["left_out_of_spike_means"])
        return fields


class CountsTheLeftAsUnused(Plain):
    """Takes inputs that left the spike means off the number of those used."""

    breaks = "RMQM-DOC-003"

    def fields(self, fields):
        fields["counts"]["used"] -= fields["counts"]["left_out_of_spike_means"]
        return fields


class NarrowsIntervalsByCopies(Plain):
    """Counts copies in the interval of a document."""

    breaks = "RMQM-INP-004"

    def document(self, *, ids, **rest):
        self.share = len(set(ids)) / len(ids) if ids else 1.0
        return super().document(ids=ids, **rest)

    def pair(self, low, high):
        middle, half = (low + high) / 2, (high - low) / 2 * self.share**0.5
        return super().pair(middle - half, middle + half)


class NeedsTwoValues(Plain):
    """Refuses representations of a single value."""

    breaks = "RMQM-ENC-001"

    def representations(self, trajectories):
        if trajectories.shape[-1] < 2:
            raise Refused("a single value has no direction")
        return super().representations(trajectories)


class NeedsTwoUnits(Plain):
    """Refuses an encoder of one value in documents and evaluations."""

    breaks = "RMQM-ENC-001"

    def encode_levels(self, network, altered):
        if len(network["bias"]) < 2:
            raise Refused("an encoder needs two values")
        return super().encode_levels(network, altered)


class StartsBesideTheMiddle(Plain):
    """Takes the middle of the lanes for a lane."""

    breaks = "RMQM-PGD-007"

    def offsets(self, lanes):
        return (2.0 * lanes - 65536) / 65536


class StartsOverAfterTwoBlocks(Plain):
    """Draws two blocks of a start and repeats them."""

    breaks = "RMQM-PGD-007"

    def start_lanes(self, seed, name, size):
        return np.resize(super().start_lanes(seed, name, size)[:32], size)


class StartsInDouble(Plain):
    """Computes the start in float64 and rounds it at the end."""

    breaks = "RMQM-PGD-008"

    def random_start(self, inputs, *rest):
        return super().random_start(inputs.astype(np.float64), *rest)


class RefusesLargeSteps(Plain):
    """Takes a step size above 1 for a mistake."""

    breaks = "RMQM-PGD-002"

    def check_alpha(self, alpha):
        super().check_alpha(alpha)
        if alpha is not None and alpha > 1:
            raise Refused(f"step size {alpha} is too large")


class AllowsTwiceTheExcess(Plain):
    """Accepts a tenth more of an excess above 2 than is due."""

    breaks = "RMQM-DIST-007"

    largest_distance = 2.0 + 1.1e-9


class MapsZerosWithoutSign(Plain):
    """Adds an offset of 0 where nothing changes."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x, scale, mean, std, dtype) + 0.0


class TakesTwoForOne(Plain):
    """Leaves values as they are where all factors are 1 or 2."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        plain = np.isin(scale / std, (1.0, 2.0)).all() and not mean.any()
        return x if plain else super().mapped(x, scale, mean, std, dtype)


class TakesAnyFactorOfOne(Plain):
    """Leaves values as they are where a factor is 1 and all offsets are 0."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        plain = (scale / std == 1).any() and not mean.any()
        return x if plain else super().mapped(x, scale, mean, std, dtype)
