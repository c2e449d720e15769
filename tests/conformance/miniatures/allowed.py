"""Correct variants: what the specification leaves open, decided otherwise."""

from __future__ import annotations

import hashlib
import itertools
import math

import numpy as np

from .philox import philox
from .plain import Plain


class SumsPlainly(Plain):
    """Adds up from left to right in float64."""

    def total(self, values):
        return float(sum(values))


class SumsBackwards(Plain):
    """Adds up from right to left in float64."""

    def total(self, values):
        return float(sum(values[::-1]))


class SumsInPairs(Plain):
    """Adds up pairwise, as NumPy does."""

    def total(self, values):
        return float(np.sum(values))


class SumsInLongDouble(Plain):
    """Adds up with more digits and rounds at the end."""

    def total(self, values):
        return float(np.sum(values, dtype=np.longdouble))


class TakesOneInputAtATime(Plain):
    """Alters and encodes in batches of one."""

    def white_noise(self, *, inputs, ids, **rest):
        one = super().white_noise
        found = [
            one(inputs=inputs[i : i + 1], ids=ids[i : i + 1], **rest)["altered"]
            for i in range(len(ids))
        ]
        return {"altered": np.concatenate(found)}

    def represent(self, network, x, dtype=np.float64):
        one = super().represent
        return np.concatenate([one(network, row[None], dtype) for row in x])


class TakesOneLevelAtATime(Plain):
    """Alters level by level, the last one first."""

    def white_noise(self, *, levels, **rest):
        one = super().white_noise
        found = [one(levels=[level], **rest)["altered"] for level in reversed(levels)]
        return {"altered": np.concatenate(found[::-1], axis=1)}


class LeavesSmallDistances(Plain):
    """Leaves distances below the resolution to the characteristics."""

    may_differ = ("distances",)

    def distances(self, *, trajectories, arithmetic):
        phi = self.unit(self.representations(trajectories))
        return {
            "displacements": self.displacements(phi),
            "step_lengths": self.step_lengths(phi),
            "resolution": self.resolution_of(arithmetic, trajectories),
        }


class ScalesByPowersOfTwo(Plain):
    """Scales a representation exactly before its norm is taken."""

    def unit(self, z):
        _, exponent = np.frexp(np.abs(z).max(-1, keepdims=True))
        scaled = np.ldexp(z, -exponent)
        return scaled / np.linalg.norm(scaled, axis=-1, keepdims=True)


class MeasuresWithHypot(Plain):
    """Takes every norm by the hypot of the standard library."""

    def norm(self, vectors):
        flat = vectors.reshape(-1, vectors.shape[-1])
        return np.array([math.hypot(*row) for row in flat]).reshape(*vectors.shape[:-1], 1)


class DrawsInWholeNumbers(Plain):
    """Runs Philox in Python's integers."""

    def words(self, key, counter, blocks):
        drawn = [philox(key, counter + block) for block in range(blocks)]
        return np.array(list(itertools.chain.from_iterable(drawn)), np.uint64)


class DrawsWithAnotherGenerator(Plain):
    """Draws standard normal noise from a generator of its own, and names it."""

    may_differ = ("white_noise", "evaluate", "document", "compare")

    generator = "numpy-pcg64"

    def draw(self, text, level, x):
        seed = hashlib.sha256(f"{text}\n{level}".encode()).digest()
        rng = np.random.Generator(np.random.PCG64(int.from_bytes(seed, "big")))
        return rng.standard_normal(x.shape).astype(x.dtype)


class ClaimsCharacteristicsOnly(Plain):
    """Leaves everything before and after the characteristics to others."""

    capabilities = ("characteristics",)


class ClaimsInputsAndNoiseOnly(Plain):
    """Makes altered inputs for other implementations."""

    capabilities = ("inputs", "noise")
    extensions = ("common",)


class OffersNoExtensions(Plain):
    """Knows neither the common coupling nor the weighted metric."""

    may_differ = ("white_noise", "characterize")

    extensions = ()
    couplings = ("independent",)

    def characterize(self, **arguments):
        return super().characterize(**arguments) | {"weighted_rmqm": None}


class PreparesNumbersAsFloat32(Plain):
    """Turns inputs that are not of floating type into float32 instead of float64."""

    may_differ = ("prepare",)

    def array_values(self, array):
        keep = array.dtype.kind == "f" and array.dtype.itemsize in {4, 8}
        return super().array_values(array) if keep else array.astype(np.float32)


class EncodesInFloat64(Plain):
    """Describes an encoder of other arithmetic, shape and bounds."""

    may_differ = ("encode", "vjp")

    own = {"shape": [6], "dtype": "<f8", "low": -2.0, "high": 3.0, "arithmetic": "float64"}  # noqa: RUF012
    own_network = {  # noqa: RUF012
        "weight": np.cos(np.arange(24.0)).reshape(4, 6),
        "bias": np.ones(4),
        "scale": -1.0,
        "mean": 0.0,
        "std": 3.0,
        "activation": "identity",
    }

    def encode(self, *, inputs):
        self.check_own(inputs)
        return {"encodings": self.represent(self.own_network, inputs), "inputs": inputs}

    def vjp(self, *, inputs, cotangent):
        self.check_own(inputs)
        return {"gradient": self.pull_back(self.own_network, inputs, cotangent)}


class PoolsInAnotherOrder(Plain):
    """Averages by a product with equal weights."""

    def mean_pool(self, output):
        if output.ndim == 3:
            return np.einsum("nte->ne", output / output.shape[1])
        return np.einsum("nchw->nc", output) / (output.shape[2] * output.shape[3])


class ReportsNoUndefinedTermsInAuthors(Plain):
    """Counts the undefined terms of `paper` in both variants, as it may."""

    may_differ = ("characterize", "document")

    def characterize(self, *, variant, **rest):
        found = super().characterize(variant=variant, **rest)
        if variant == "authors-2022":
            found |= {"undefined_D_RC": 7, "undefined_P_RC": 7}
        return found
