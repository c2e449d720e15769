"""Mistakes in white noise: chapters 2 and 3 of the specification."""

from __future__ import annotations

import hashlib
import math

import numpy as np
from scipy.special import ndtri

from .philox import philox
from .plain import Plain


class AltersLevelZero(Plain):
    """Takes J + 1 equal steps from nothing to one, the first of them already noise."""

    breaks = "RMQM-ALT-001"

    def is_unaltered(self, level):
        return False

    def epsilon(self, level, n_levels):
        return (level + 1) / (n_levels + 1)


class AcceptsLevelsBeyondJ(Plain):
    """Extends the schedule when more levels are asked for than exist."""

    breaks = "RMQM-ALT-001"

    def check_noise(self, inputs, ids, levels, setting):
        super().check_noise(inputs, ids, [0], setting)


class AcceptsNoLevels(Plain):
    """Takes J = 0 for an evaluation of the unaltered inputs."""

    breaks = "RMQM-ALT-001"

    def check_noise(self, inputs, ids, levels, setting):
        if setting.n_levels or any(levels):
            super().check_noise(inputs, ids, levels, setting)


class WritesIntoTheInputs(Plain):
    """Adds the noise in place to save memory."""

    breaks = "RMQM-ALT-001"

    def add_noise(self, x, scale, draw):
        x += scale * draw
        return x


class NumbersInputsByPosition(Plain):
    """Draws by the place of an input in its batch instead of its id."""

    breaks = "RMQM-ALT-003"

    def names_for_noise(self, ids):
        return [str(place) for place in range(len(ids))]


class SharesNoiseBetweenInputs(Plain):
    """Draws once per level and adds the same noise to every input."""

    breaks = "RMQM-ALT-003"

    def names_for_noise(self, ids):
        return [ids[0]] * len(ids)


class DrawsTheBatchAsOneArray(Plain):
    """Fills a whole batch from one stream, so that the noise depends on its neighbours."""

    breaks = "RMQM-ALT-003"

    def white_noise(self, *, inputs, ids, **rest):
        one = super().white_noise(inputs=inputs[None], ids=ids[:1], **rest)["altered"]
        return {"altered": np.swapaxes(one[0], 0, 1)}

    def check_altered_inputs(self, inputs, ids, low, high):
        self.within(inputs, low, high)


class NumbersLevelsAsAsked(Plain):
    """Draws by the place of a level in the list that was asked for."""

    breaks = "RMQM-ALT-003"

    def level_of_draw(self, level, levels, setting):
        return levels.index(level) + 1


class MixesNumberOfLevelsIntoKey(Plain):
    """Gives every J noise of its own."""

    breaks = "RMQM-ALT-003"

    def level_of_draw(self, level, levels, setting):
        return level + 1000 * setting.n_levels


class DrawsAnewEveryTime(Plain):
    """Draws from the entropy of the machine, as the authors' code does."""

    breaks = "RMQM-ALT-003"

    def draw(self, text, level, x):
        return np.random.default_rng().standard_normal(x.shape).astype(x.dtype)


class SortsTheLevels(Plain):
    """Returns levels in ascending order, whatever order was asked for."""

    breaks = "RMQM-ALT-003"

    def white_noise(self, *, levels, **rest):
        return super().white_noise(levels=sorted(levels), **rest)


class EvaluatesWithSeedZero(Plain):
    """Does not hand the seed on to the noise."""

    breaks = "RMQM-ALT-003"

    def whole_way(self, inputs, ids, low, high, network, n_levels, seed):
        return super().whole_way(inputs, ids, low, high, network, n_levels, 0)


class ForgetsClip(Plain):
    """Lets altered inputs leave their bounds."""

    breaks = "RMQM-ALT-004"

    def clipped_sum(self, x, scale, draw, setting):
        return self.add_noise(x, scale, draw)


class ClipsBeforeNoise(Plain):
    """Clips the input and then adds the noise."""

    breaks = "RMQM-ALT-004"

    def clipped_sum(self, x, scale, draw, setting):
        return self.add_noise(self.clip(x, setting.low, setting.high), scale, draw)


class ClipsTheNoise(Plain):
    """Clips the noise, not the sum."""

    breaks = "RMQM-ALT-004"

    def clipped_sum(self, x, scale, draw, setting):
        return x + self.clip(scale * draw, setting.low, setting.high)


class ClipsToUnitInterval(Plain):
    """Thinks that every input is an image."""

    breaks = "RMQM-ALT-004"

    def clip(self, values, low, high):
        return super().clip(values, 0.0, 1.0)


class WrapsAround(Plain):
    """Lets what leaves at the top come in at the bottom, as bytes do."""

    breaks = "RMQM-ALT-004"

    def clip(self, values, low, high):
        inside = (values >= low) & (values <= high)
        return np.where(inside, values, low + (values - low) % values.dtype.type(high - low))


class CumulatesNoise(Plain):
    """Adds the noise to the level before instead of to the unaltered input."""

    breaks = "RMQM-WN-001"

    def start_of_noise(self, x, name, level, levels, setting):
        return self.at_level(x, name, level - 1, levels, setting)


class ForgetsWidthOfBounds(Plain):
    """Scales the noise as if every input were an image in [0, 1]."""

    breaks = "RMQM-WN-001"

    def scale(self, level, setting, dtype):
        return dtype.type(self.epsilon(level, setting.n_levels))


class ScalesByUpperBound(Plain):
    """Takes the largest value for the width of the bounds."""

    breaks = "RMQM-WN-001"

    def scale(self, level, setting, dtype):
        return dtype.type(self.epsilon(level, setting.n_levels) * setting.high)


class DrawsUniformNoise(Plain):
    """Spreads the lanes evenly over [-1, 1]."""

    breaks = "RMQM-WN-006"

    def normal_values(self, lanes):
        return (lanes / 32767.5 - 1).astype(np.float32)


class SubtractsTheNoise(Plain):
    """Takes the noise away, which has the same distribution and other bits."""

    breaks = "RMQM-WN-001"

    def add_noise(self, x, scale, draw):
        return x - scale * draw


class TakesVarianceForDeviation(Plain):
    """Uses the variance, the square of the level, as the standard deviation."""

    breaks = "RMQM-WN-002"

    def epsilon(self, level, n_levels):
        return (level / n_levels) ** 2


class TakesDeviationForVariance(Plain):
    """Takes the level for the variance and its root for the standard deviation."""

    breaks = "RMQM-WN-002"

    def epsilon(self, level, n_levels):
        return math.sqrt(level / n_levels)


class CountsLevelZeroInSchedule(Plain):
    """Divides by J + 1, so that the last level falls short of one."""

    breaks = "RMQM-WN-002"

    def epsilon(self, level, n_levels):
        return level / (n_levels + 1)


class StartsScheduleAtLevelOne(Plain):
    """Spreads zero to one over the levels 1 to J, which leaves level 1 unaltered."""

    breaks = "RMQM-WN-002"

    def epsilon(self, level, n_levels):
        return (level - 1) / max(n_levels - 1, 1)


class GrowsToOneHundred(Plain):
    """Follows the poster, where epsilon runs from 0 to 100."""

    breaks = "RMQM-WN-002"

    def epsilon(self, level, n_levels):
        return 100 * level / n_levels


class SpacesLevelsGeometrically(Plain):
    """Doubles the noise from level to level."""

    breaks = "RMQM-WN-002"

    def epsilon(self, level, n_levels):
        return 2.0 ** (level - n_levels)


class DrawsFromDefaultGenerator(Plain):
    """Seeds NumPy's default generator with the key."""

    breaks = "RMQM-WN-003"

    def draw(self, text, level, x):
        rng = np.random.default_rng([self.key(text), level])
        return rng.standard_normal(x.shape).astype(x.dtype)


class DrawsNormalValuesFromPhilox(Plain):
    """Lets NumPy make normal values of the right stream."""

    breaks = "RMQM-WN-006"

    def draw(self, text, level, x):
        counter = self.counter_of_level(level, x.size)
        rng = np.random.Generator(np.random.Philox(key=self.key(text), counter=counter))
        return rng.standard_normal(x.shape).astype(x.dtype)


class ReadsKeyBigEndian(Plain):
    """Reads the first bytes of the digest as they are printed."""

    breaks = "RMQM-WN-003"

    def key(self, text):
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


class ReadsKeyFromEndOfDigest(Plain):
    """Takes the last 16 bytes of the digest."""

    breaks = "RMQM-WN-003"

    def key(self, text):
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[16:], "little")


class SwapsKeyWords(Plain):
    """Puts the high word of the key first."""

    breaks = "RMQM-WN-003"

    def key(self, text):
        high, low = divmod(super().key(text), 2**64)
        return low << 64 | high


class KeysWithoutId(Plain):
    """Derives the key from the seed alone."""

    breaks = "RMQM-WN-003"

    def noise_text(self, seed, name):
        return f"rmqm-white-noise/1\n{seed}\n"


class KeysWithoutSeed(Plain):
    """Ignores the seed."""

    breaks = "RMQM-WN-003"

    def noise_text(self, seed, name):
        return f"rmqm-white-noise/1\n0\n{name}"


class KeysWithoutVersionLine(Plain):
    """Leaves out the first line of the text, which looks like decoration."""

    breaks = "RMQM-WN-003"

    def noise_text(self, seed, name):
        return f"{seed}\n{name}"


class EndsKeyTextWithLineFeed(Plain):
    """Ends every line with a line feed, the last one too."""

    breaks = "RMQM-WN-003"

    def noise_text(self, seed, name):
        return super().noise_text(seed, name) + "\n"


class CutsSeedTo32Bits(Plain):
    """Stores the seed in 32 bits."""

    breaks = "RMQM-WN-003"

    def noise_text(self, seed, name):
        return super().noise_text(seed % 2**32, name)


class ReplacesLettersBeyondAscii(Plain):
    """Encodes the id in ASCII with question marks."""

    breaks = "RMQM-WN-003"

    def key(self, text):
        return super().key(text.encode("ascii", "replace").decode())


class AcceptsNegativeSeeds(Plain):
    """Takes any integer for a seed."""

    breaks = "RMQM-WN-003"

    def check_noise(self, inputs, ids, levels, setting):
        super().check_noise(inputs, ids, levels, setting._replace(seed=0))


class StopsAfterSevenRounds(Plain):
    """Runs the seven rounds that already pass the tests of randomness."""

    breaks = "RMQM-WN-003"

    def words(self, key, counter, blocks):
        drawn = [philox(key, counter + block, rounds=7) for block in range(blocks)]
        return np.array(drawn, np.uint64).ravel()


class ForgetsThatNumpyIncrementsFirst(Plain):
    """Hands the counter to NumPy as it is and so starts one block late."""

    breaks = "RMQM-WN-004"

    def counter_of_level(self, level, size):
        return super().counter_of_level(level, size) + 1


class RoundsBlocksDown(Plain):
    """Divides P by 16 and forgets the rest, so that small inputs share their levels."""

    breaks = "RMQM-WN-004"

    def counter_of_level(self, level, size):
        return level * (size // 16)


class TakesOneBlockMoreThanNeeded(Plain):
    """Rounds P / 16 up by adding one, which is one too many for multiples of 16."""

    breaks = "RMQM-WN-004"

    def blocks(self, size):
        return size // 16 + 1


class StartsLevelsAtCounterZero(Plain):
    """Gives level 1 the first blocks, because level 0 needs none."""

    breaks = "RMQM-WN-004"

    def counter_of_level(self, level, size):
        return (level - 1) * self.blocks(size)


class GivesLevelsACounterWord(Plain):
    """Puts the level into the second word of the counter."""

    breaks = "RMQM-WN-004"

    def counter_of_level(self, level, size):
        return level << 64


class ContinuesOneStream(Plain):
    """Lets a level go on with the lanes that the level before left over."""

    breaks = "RMQM-WN-005"

    def lanes_at(self, text, level, size):
        words = self.words(self.key(text), 0, self.blocks((level + 1) * size))
        return self.lanes(words)[level * size : (level + 1) * size]


class ReadsHighestLaneFirst(Plain):
    """Takes the highest bits of a word first."""

    breaks = "RMQM-WN-005"

    def lanes(self, words):
        return super().lanes(words).reshape(-1, 4)[:, ::-1].ravel()


class ReadsLanesBigEndian(Plain):
    """Swaps the two bytes of every lane."""

    breaks = "RMQM-WN-005"

    def lanes(self, words):
        return super().lanes(words).byteswap()


class FillsColumnsFirst(Plain):
    """Gives the lanes to the values in the order of Fortran."""

    breaks = "RMQM-WN-005"

    def draw(self, text, level, x):
        lanes = self.lanes_at(text, level, x.size)
        return self.normal_values(lanes).astype(x.dtype).reshape(x.shape, order="F")


class TakesQuantileAtMidOfCell(Plain):
    """Takes the normal quantile in the middle of a cell for the mean of the cell."""

    breaks = "RMQM-WN-006"

    def normal_values(self, lanes):
        return ndtri((lanes + 0.5) / 65536).astype(np.float32)


class SubtractsDensities(Plain):
    """Computes the table as the formula stands, which misrounds some entries near the middle."""

    breaks = "RMQM-WN-006"

    def normal_values(self, lanes):
        lower = np.minimum(lanes, 65535 - lanes)
        with np.errstate(over="ignore"):
            p = np.exp(-(ndtri(np.stack([lower, lower + 1]) / 65536) ** 2) / 2)
        values = (65536 * (p[0] - p[1]) / math.sqrt(2 * math.pi)).astype(np.float32)
        return np.where(lanes < 32768, values, -values)


class FusesProductAndSum(Plain):
    """Rounds once after product and sum, as a fused operation does."""

    breaks = "RMQM-WN-007"

    def add_noise(self, x, scale, draw):
        wide = np.longdouble if x.dtype == np.float64 else np.float64
        return (x.astype(wide) + wide(scale) * draw.astype(wide)).astype(x.dtype)


class ComputesInFloat64(Plain):
    """Computes in float64 and rounds the altered input at the end."""

    breaks = "RMQM-WN-007"

    def scale(self, level, setting, dtype):
        return super().scale(level, setting, np.dtype(np.float64))


class RoundsLevelBeforeWidth(Plain):
    """Rounds j / J to the type before it is multiplied by the width."""

    breaks = "RMQM-WN-007"

    def scale(self, level, setting, dtype):
        epsilon = dtype.type(self.epsilon(level, setting.n_levels))
        return epsilon * dtype.type(self.width(setting.low, setting.high))


class ReturnsFloat64(Plain):
    """Returns altered inputs in float64, whatever their type was."""

    breaks = "RMQM-WN-007"

    def type_of(self, inputs):
        return np.float64


class ReturnsFloat32(Plain):
    """Returns altered inputs in float32, the type of its encoder."""

    breaks = "RMQM-WN-007"

    def type_of(self, inputs):
        return np.float32


class SharesNoiseBetweenLevels(Plain):
    """Draws once per input and scales the draw, whatever the coupling."""

    breaks = "RMQM-WN-008"

    def level_of_draw(self, level, levels, setting):
        return 1


class IgnoresCommonCoupling(Plain):
    """Offers the extension but draws anew for every level."""

    breaks = "RMQM-WN-009"

    def level_of_draw(self, level, levels, setting):
        return level


class CouplesToLevelZero(Plain):
    """Takes the draw of level 0, which is never drawn, for the common direction."""

    breaks = "RMQM-WN-009"

    def level_of_draw(self, level, levels, setting):
        return 0 if setting.coupling == "common" else level


class CouplesToLastLevel(Plain):
    """Takes the draw of level J for the common direction."""

    breaks = "RMQM-WN-009"

    def level_of_draw(self, level, levels, setting):
        return setting.n_levels if setting.coupling == "common" else level
