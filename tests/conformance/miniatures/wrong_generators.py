"""Own generators of noise that use draws twice: of other levels, seeds, ids, places or inputs."""

from __future__ import annotations

import hashlib
import zlib

import numpy as np

from .own_generator import OwnGenerator


class _Wrong(OwnGenerator):
    """An own generator with one mistake."""

    breaks = "RMQM-WN-010"


class RotatesOneDraw(_Wrong):
    """Draws once per input; level j is that draw, rotated by j places."""

    def values(self, seed, name, level, x):
        return np.roll(self.fresh((seed, name), x.size), level)


class PermutesOneDraw(_Wrong):
    """Draws once per input; every level is that draw in another order."""

    def values(self, seed, name, level, x):
        return self.rng((seed, name, level)).permutation(self.fresh((seed, name), x.size))


class NegatesEvenLevels(_Wrong):
    """Draws for every second level and negates the draw for the next one."""

    def values(self, seed, name, level, x):
        return (-1) ** level * self.fresh((seed, name, level // 2), x.size)


class DrawsSignsAnew(_Wrong):
    """Draws sizes once per input and a sign for every value and level."""

    def values(self, seed, name, level, x):
        signs = self.rng((seed, name, level)).choice([-1.0, 1.0], x.size)
        return signs * self.fresh((seed, name), x.size)


class KeepsSixteenDraws(_Wrong):
    """Uses the draws of level j mod 16."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name}\n{level % 16}"


class KeepsAThousandLevels(_Wrong):
    """Uses the draws of level j mod 1000."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name}\n{level % 1000}"


class CutsLevelTo256(_Wrong):
    """Stores the level in a byte."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name}\n{level % 256}"


class ReversesEverySecondLevel(_Wrong):
    """Draws for two levels at a time and reverses the order for the second."""

    def values(self, seed, name, level, x):
        return self.fresh((seed, name, level // 2), x.size)[:: (-1) ** level]


class ShiftsUniformDraws(_Wrong):
    """Draws uniform numbers once per input; a level adds a multiple of the golden ratio, mod 1."""

    def values(self, seed, name, level, x):
        u = (self.rng((seed, name)).random(x.size) + level * 0.6180339887498949) % 1.0
        return self.normal_quantile(np.clip(u, 1e-16, 1 - 1e-16))


class MixesTwoDraws(_Wrong):
    """Mixes a draw of the input with one of the level."""

    def values(self, seed, name, level, x):
        own = self.fresh((seed, name, level), x.size)
        return 0.6 * self.fresh((seed, name), x.size) + 0.8 * own


class WalksFromLevelToLevel(_Wrong):
    """Adds to the draw of the level before, scaled to variance 1."""

    def values(self, seed, name, level, x):
        before, own = (self.fresh((seed, name, level - k), x.size) for k in (1, 0))
        return (before + own) / np.sqrt(2)


class SharesAPartBetweenIds(_Wrong):
    """Adds to the draw of an input a part that all inputs have in common."""

    def values(self, seed, name, level, x):
        own = super().values(seed, name, level, x)
        return 0.3 * self.fresh((seed, level), x.size) + np.sqrt(0.91) * own


class SharesAPartBetweenSeeds(_Wrong):
    """Adds to the draw of a seed a part that all seeds have in common."""

    def values(self, seed, name, level, x):
        own = super().values(seed, name, level, x)
        return 0.3 * self.fresh((name, level), x.size) + np.sqrt(0.91) * own


class TurnsInAPlane(_Wrong):
    """Draws twice per input; levels lie on the circle between the two draws."""

    def values(self, seed, name, level, x):
        first, second = (self.fresh((seed, name, k), x.size) for k in (1, 2))
        return np.cos(level) * first + np.sin(level) * second


class OverlapsLevels(_Wrong):
    """Starts level j in one stream at place j times half the size."""

    def values(self, seed, name, level, x):
        start = level * max(x.size // 2, 1)
        return self.fresh((seed, name), start + x.size)[start:]


class LastOfALevelIsFirstOfTheNext(_Wrong):
    """Starts level j at place j (P - 1) of one stream."""

    def values(self, seed, name, level, x):
        start = level * max(x.size - 1, 1)
        return self.fresh((seed, name), start + x.size)[start:]


class OneStepPerLevel(_Wrong):
    """Starts level j at place j of one stream."""

    def values(self, seed, name, level, x):
        return self.fresh((seed, name), level + x.size)[level:]


class AddsLevelToSeed(_Wrong):
    """Adds the level to the seed."""

    def key_of(self, seed, name, level):
        return f"{seed + level}\n{name}"


class SubtractsLevelFromSeed(_Wrong):
    """Subtracts the level from the seed."""

    def key_of(self, seed, name, level):
        return f"{seed - level}\n{name}"


class AddsHundredSeeds(_Wrong):
    """Multiplies the seed by 100 and adds the level."""

    def key_of(self, seed, name, level):
        return f"{100 * seed + level}\n{name}"


class AddsThousandLevels(_Wrong):
    """Multiplies the level by 1000 and adds the seed."""

    def key_of(self, seed, name, level):
        return f"{seed + 1000 * level}\n{name}"


class AddsThirtyOneSeeds(_Wrong):
    """Hashes seed and level as strings are hashed: 31 times one plus the other."""

    def key_of(self, seed, name, level):
        return f"{31 * seed + level}\n{name}"


class MultipliesSeedByLevel(_Wrong):
    """Multiplies the seed by the level; the seed 0 has one draw for all levels."""

    def key_of(self, seed, name, level):
        return f"{seed * level}\n{name}"


class XorsSeedAndLevel(_Wrong):
    """Takes the exclusive or of seed and level."""

    def key_of(self, seed, name, level):
        return f"{seed ^ level}\n{name}"


class JoinsSeedAndLevel(_Wrong):
    """Writes seed and level one after the other: 1, 11 is 11, 1."""

    def key_of(self, seed, name, level):
        return f"{name}\n{seed}{level}"


class JoinsSeedAndId(_Wrong):
    """Writes seed and id one after the other: 1, "12" is 11, "2"."""

    def key_of(self, seed, name, level):
        return f"{seed}{name}\n{level}"


class JoinsIdAndLevel(_Wrong):
    """Writes id and level one after the other: "a1", 2 is "a", 12."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name}{level}"


class JoinsEverything(_Wrong):
    """Writes id, level and seed one after the other."""

    def key_of(self, seed, name, level):
        return f"{name}{level}{seed}"


class SplitsAtHyphens(_Wrong):
    """Writes level, seed and id with hyphens, then takes out what is no letter or digit."""

    def key_of(self, seed, name, level):
        return "".join(sign for sign in f"{level}-{seed}-{name}" if sign.isalnum())


class SortsLettersOfIds(_Wrong):
    """Sorts the letters of an id: anagrams share draws."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{sorted(name)}\n{level}"


class AddsLettersOfIds(_Wrong):
    """Adds up the code points of an id."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{sum(map(ord, name))}\n{level}"


class CutsIdsToSixteen(_Wrong):
    """Takes the first sixteen characters of an id."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name[:16]}\n{level}"


class TakesTheEndOfIds(_Wrong):
    """Takes the last eight characters of an id."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name[-8:]}\n{level}"


class FoldsCasesOfIds(_Wrong):
    """Takes ids in small letters."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name.lower()}\n{level}"


class StripsIds(_Wrong):
    """Takes white space off the ends of an id."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{name.strip()}\n{level}"


class HashesIdsToCrc32(_Wrong):
    """Takes the CRC-32 of an id."""

    def key_of(self, seed, name, level):
        return f"{seed}\n{zlib.crc32(name.encode())}\n{level}"


class HashesIdsLikeJava(_Wrong):
    """Takes 31 times the hash so far plus the next letter, in 32 bits."""

    def key_of(self, seed, name, level):
        code = 0
        for sign in name:
            code = (31 * code + ord(sign)) % 2**32
        return f"{seed}\n{code}\n{level}"


class HashesEverythingToSixteenBits(_Wrong):
    """Keeps sixteen bits of a good hash."""

    def key_of(self, seed, name, level):
        return hashlib.sha256(super().key_of(seed, name, level).encode()).hexdigest()[:4]


class CutsSeedsTo32Bits(_Wrong):
    """Takes the seed modulo 2^32."""

    def key_of(self, seed, name, level):
        return f"{seed % 2**32}\n{name}\n{level}"


class RoundsSeedsToFloats(_Wrong):
    """Holds the seed in a float64."""

    def key_of(self, seed, name, level):
        return f"{float(seed)}\n{name}\n{level}"


class RepeatsTheFirstHalf(_Wrong):
    """Draws half of the values and uses them twice."""

    def values(self, seed, name, level, x):
        half = self.fresh((seed, name, level), -(-x.size // 2))
        return np.concatenate([half, half])[: x.size]


class NegatesTheFirstHalf(_Wrong):
    """Draws half of the values and appends them with the other sign (antithetic draws)."""

    def values(self, seed, name, level, x):
        half = self.fresh((seed, name, level), -(-x.size // 2))
        return np.concatenate([half, -half])[: x.size]


class MirrorsTheFirstHalf(_Wrong):
    """Draws half of the values and appends them backwards."""

    def values(self, seed, name, level, x):
        half = self.fresh((seed, name, level), -(-x.size // 2))
        return np.concatenate([half, half[::-1]])[: x.size]


class ShufflesTheFirstHalf(_Wrong):
    """Draws half of the values and appends them in another order."""

    def values(self, seed, name, level, x):
        half = self.fresh((seed, name, level), -(-x.size // 2))
        return np.concatenate([half, self.rng((name, level)).permutation(half)])[: x.size]


class PairsWithNegatives(_Wrong):
    """Follows every draw with its negative."""

    def values(self, seed, name, level, x):
        half = self.fresh((seed, name, level), -(-x.size // 2))
        return np.stack([half, -half], axis=1).ravel()[: x.size]


class SharesDrawsBetweenChannels(_Wrong):
    """Draws for one channel of an image and uses it for all."""

    def values(self, seed, name, level, x):
        if x.ndim < 3:
            return super().values(seed, name, level, x)
        return np.broadcast_to(self.fresh((seed, name, level), x[0].size), (len(x), x[0].size))


class SharesDrawsBetweenLastAxis(_Wrong):
    """Draws once for each pixel of an image whose channels come last."""

    def values(self, seed, name, level, x):
        if x.ndim < 3 or x.shape[-1] > 4:
            return super().values(seed, name, level, x)
        return np.repeat(self.fresh((seed, name, level), x[..., 0].size), x.shape[-1])


class SharesDrawsBetweenRows(_Wrong):
    """Draws for one row of an image and uses it for all rows."""

    def values(self, seed, name, level, x):
        if x.ndim < 2:
            return super().values(seed, name, level, x)
        return np.broadcast_to(self.fresh((seed, name, level), x.shape[-1]), x.shape)


class MirrorsRows(_Wrong):
    """Draws the left half of every row of an image and mirrors it."""

    def values(self, seed, name, level, x):
        if x.ndim < 2:
            return super().values(seed, name, level, x)
        whole = self.fresh((seed, name, level), x.size).reshape(x.shape)
        width = x.shape[-1] // 2
        whole[..., -width:] = whole[..., :width][..., ::-1]
        return whole


class _Buffered(_Wrong):
    """Draws a buffer of values and starts again at its end."""

    buffer_size = 0

    def values(self, seed, name, level, x):
        return np.resize(self.fresh((seed, name, level), min(x.size, self.buffer_size)), x.size)


class StartsAgainAfter256(_Buffered):
    """Has a buffer of 256 values."""

    buffer_size = 256


class StartsAgainAfter1000(_Buffered):
    """Has a buffer of 1000 values."""

    buffer_size = 1000


class StartsAgainAfter4096(_Buffered):
    """Has a buffer of 4096 values."""

    buffer_size = 4096


class StartsAgainAfter50000(_Buffered):
    """Has a buffer of 50000 values."""

    buffer_size = 50_000


class ReadsFromOneTable(_Wrong):
    """Has one table of 65536 normal values and starts where seed, id and level point to."""

    def values(self, seed, name, level, x):
        start = int(self.rng((seed, name, level)).integers(2**16))
        return np.take(self.fresh("table", 2**16), np.arange(start, start + x.size), mode="wrap")


class SeedsWithTheContent(_Wrong):
    """Seeds with the spread of the input, which constant inputs do not show."""

    def values(self, seed, name, level, x):
        return self.fresh((seed, name, level, float(np.ptp(x))), x.size)


class DrawsMoreWhereBright(_Wrong):
    """Draws half the noise where the input is above its mean."""

    def values(self, seed, name, level, x):
        drawn = super().values(seed, name, level, x).reshape(x.shape)
        return np.where(x > x.mean() + 1e-9, drawn / 2, drawn)


class SeedsWithTheSizeOfTheBatch(_Wrong):
    """Draws from another stream in batches of 32 and more."""

    def white_noise(self, *, inputs, ids, **rest):
        self.full = len(ids) >= 32
        return super().white_noise(inputs=inputs, ids=ids, **rest)

    def key_of(self, seed, name, level):
        return f"{super().key_of(seed, name, level)}\n{self.full}"


class SeedsWithTheNumberOfLevels(_Wrong):
    """Draws from another stream where more than 40 levels are asked for at once."""

    def white_noise(self, *, levels, **rest):
        self.many = len(levels) > 40
        return super().white_noise(levels=levels, **rest)

    def key_of(self, seed, name, level):
        return f"{super().key_of(seed, name, level)}\n{self.many}"
