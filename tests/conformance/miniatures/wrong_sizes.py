"""Mistakes that begin at a size: long sums, full batches, narrow counters, short buffers."""

from __future__ import annotations

import hashlib

import numpy as np

from .plain import Plain


class HashesTheStartOfLargeInputs(Plain):
    """Hashes at most 64 KiB of an input, as some caches do."""

    breaks = "RMQM-INP-002"

    def content(self, array):
        return super().content(array)[: 2**16]


class SortsInChunks(Plain):
    """Sorts names in chunks of 256, and forgets to merge the chunks."""

    breaks = "RMQM-INP-010"

    def distinct(self, ids):
        chunks = [sorted(set(ids[k : k + 256])) for k in range(0, len(ids), 256)]
        return list(dict.fromkeys(name for chunk in chunks for name in chunk))


class DividesLargeImagesByMultiplying(Plain):
    """Multiplies large images by 1/255, because that is faster."""

    breaks = "RMQM-INP-006"

    def divided(self, image):
        if image.size < 1000:
            return super().divided(image)
        return image.astype(np.float32) * np.float32(1 / 255)


class WrapsTheCounterAt32Bits(Plain):
    """Counts blocks in 32 bits."""

    breaks = "RMQM-WN-004"

    def words(self, key, counter, blocks):
        return super().words(key, counter % 2**32, blocks)


class WrapsTheCounterAt64Bits(Plain):
    """Counts blocks in the lowest word alone."""

    breaks = "RMQM-WN-004"

    def words(self, key, counter, blocks):
        return super().words(key, counter % 2**64, blocks)


class StartsItsBufferAgain(Plain):
    """Draws 32768 lanes and repeats them for the rest of the input."""

    breaks = "RMQM-WN-004"

    def lanes_at(self, text, level, size):
        return np.resize(super().lanes_at(text, level, min(size, 2**15)), size)


class SharesNoiseBeyondABatch(Plain):
    """Gives input 32 and all that follow the noise of input 0 to 31."""

    breaks = "RMQM-ALT-003"

    def names_for_noise(self, ids):
        return [ids[k % 32] for k in range(len(ids))]


class EncodesFullBatchesInHalf(Plain):
    """Encodes batches of 32 and more in half precision."""

    breaks = "RMQM-ENC-003"

    def represent(self, network, x, dtype=np.float64):
        if len(x) >= 32 and x.shape[1:] == tuple(self.own["shape"]):
            return super().represent(network, x, np.float16).astype(dtype)
        return super().represent(network, x, dtype)


class PullsBackFullBatchesAsOne(Plain):
    """Gives every input of a batch of 16 and more the mean gradient."""

    breaks = "RMQM-ENC-008"

    def pull_back(self, network, x, cotangent, dtype=np.float64):
        gradient = super().pull_back(network, x, cotangent, dtype)
        if len(x) < 16:
            return gradient
        return np.broadcast_to(gradient.mean(0), gradient.shape).astype(dtype)


class AddsLongVectorsInSingle(Plain):
    """Adds the squares of more than 512 dimensions in float32."""

    breaks = "RMQM-DIST-003"

    def norm(self, vectors):
        if vectors.shape[-1] <= 512:
            return super().norm(vectors)
        return super().norm(vectors.astype(np.float32)).astype(np.float64)


class TakesDistancesFromProductsOfLongPaths(Plain):
    """Takes the distances of 25 and more levels from a matrix of dot products."""

    breaks = "RMQM-DIST-003"

    def distance(self, a, b):
        if b.shape[1] < 25:
            return super().distance(a, b)
        return np.sqrt(np.maximum(2 - 2 * (a * b).sum(-1), 0))


class AddsManyInputsInSingle(Plain):
    """Takes the mean of 1000 and more inputs in float32."""

    breaks = "RMQM-AGG-004"

    def mean(self, values):
        if len(values) < 1000:
            return super().mean(values)
        return float(np.mean(np.asarray(values), dtype=np.float32))


class TakesTheNormalQuantile(Plain):
    """Takes the quantile of the normal distribution for 100 and more inputs."""

    breaks = "RMQM-INT-002"

    def quantile(self, n):
        return 1.959963984540054 if n >= 100 else super().quantile(n)


class PoolsTheFirstTokens(Plain):
    """Averages the first 128 tokens, the length that its models have."""

    breaks = "RMQM-ENC-006"

    def mean_pool(self, output):
        return super().mean_pool(output[:, :128])


class TakesSomeTriplets(Plain):
    """Stops after 500 semi-hard triplets, so that memory is bounded."""

    breaks = "RMQM-LOSS-004"

    def triplets(self, apart, groups):
        return super().triplets(apart, groups)[:500]


class ComparesWithinChunks(Plain):
    """Compares the views of a batch within chunks of eight."""

    breaks = "RMQM-LOSS-005"

    def nt_xent(self, z, views):
        if len(z) <= 8:
            return super().nt_xent(z, views)
        chunks = [super(ComparesWithinChunks, self).nt_xent(z[k : k + 8], views[k : k + 8])
                  for k in range(0, len(z), 8)]  # fmt: skip
        values = np.array([np.mean([value for value, _ in chunks])])
        return values, np.concatenate([gradient for _, gradient in chunks])


class AddsManyClassesInSingle(Plain):
    """Adds the exponentials of 100 and more classes in float32."""

    breaks = "RMQM-LOSS-003"

    def cross_entropy(self, logits, labels):
        if logits.shape[1] < 100:
            return super().cross_entropy(logits, labels)
        values, gradient = super().cross_entropy(logits.astype(np.float32), labels)
        return values.astype(np.float64), gradient.astype(np.float64)


class StopsLongPaths(Plain):
    """Gives up moving after a hundred levels."""

    breaks = "RMQM-PGD-005"

    def levels_to_give(self, levels, start):
        kept = super().levels_to_give(levels, start)
        return [*kept[:101], *[kept[100]] * (len(kept) - 101)] if len(kept) > 101 else kept


class MapsFourChannels(Plain):
    """Keeps the statistics of four channels, and the fourth for all that follow."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        places = np.minimum(np.arange(len(mean)), 3)
        return super().mapped(x, scale, mean[places], std[places], dtype)


class NamesSetsByTheirStart(Plain):
    """Digests the first thousand names of a set."""

    breaks = "RMQM-INP-010"

    def digest(self, names):
        start = "".join(f"{name}\n" for name in names[:1000])
        return hashlib.sha256(start.encode()).hexdigest()


class CountsLevelsInAByte(Plain):
    """Writes J, and what it was offered, as bytes."""

    breaks = "RMQM-DOC-004"

    def fields(self, fields):
        fields["counts"]["offered"] %= 256
        fields["counts"]["duplicates"] %= 256
        return fields


class CountsUndefinedTermsInAByte(Plain):
    """Counts undefined terms in a byte."""

    breaks = "RMQM-DEG-002"

    def count(self, terms):
        return super().count(terms) % 256


class FollowsEvaluationsOfFewLevels(Plain):
    """Repeats the last representation from level 128 on."""

    breaks = "RMQM-ENC-005"

    def encode_levels(self, network, altered):
        z = super().encode_levels(network, altered)
        z[:, 129:] = z[:, 128:129]
        return z


class MovesLargeBatchesTogether(Plain):
    """Takes the displacement loss of 64 and more inputs from their first reference."""

    breaks = "RMQM-LOSS-002"

    def displacement(self, z, references):
        if len(z) >= 64:
            references = np.broadcast_to(references[:1], references.shape)
        return super().displacement(z, references)
