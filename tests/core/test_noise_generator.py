"""The generator, bit for bit: against a second one in plain Python, and against the normal law."""

import hashlib
import math

import mpmath
import numpy as np
import pytest
from scipy import special, stats

from rmqm_spec.alterations import GENERATOR
from rmqm_spec.alterations.noise.generator import normal_table, standard_normal

ALARM = 1e-7
"""Chance that a test of randomness fails on a perfect generator."""

WORD = 2**64 - 1


def philox(counter, key):
    """Philox4x64-10: Salmon, Moraes, Dror, Shaw, SC '11; four words of one block."""
    c0, c1, c2, c3 = (counter >> 64 * k & WORD for k in range(4))
    k0, k1 = key & WORD, key >> 64
    for _ in range(10):
        one, two = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (two >> 64) ^ c1 ^ k0, two & WORD, (one >> 64) ^ c3 ^ k1, one & WORD
        k0, k1 = k0 + 0x9E3779B97F4A7C15 & WORD, k1 + 0xBB67AE8584CAA73B & WORD
    return c0, c1, c2, c3


def plain_lanes(seed, identity, level, n_values):
    """Clauses RMQM-WN-003 to RMQM-WN-005 without NumPy."""
    text = f"rmqm-white-noise/1\n{seed}\n{identity}".encode()
    key = int.from_bytes(hashlib.sha256(text).digest()[:16], "little")
    blocks = math.ceil(n_values / 16)
    words = [word for b in range(blocks) for word in philox(level * blocks + b, key)]
    return [word >> 16 * lane & 0xFFFF for word in words for lane in range(4)][:n_values]


def density_at_edge(u):
    """Return the density of the normal where its distribution function is u / 65536."""
    if u in (0, 65536):
        return mpmath.mpf(0)
    return mpmath.npdf(mpmath.sqrt(2) * mpmath.erfinv(2 * mpmath.mpf(u) / 65536 - 1))


def draw(seed=0, identity="a", level=1, n_values=2**20):
    return standard_normal(seed, identity, level, 1, n_values)[0]


@pytest.mark.parametrize(
    ("counter", "key", "block"),
    [
        (
            0,
            0,
            "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b",
        ),
        (
            2**256 - 1,
            2**128 - 1,
            "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0",
        ),
    ],
    ids=["zeros", "ones"],
)
def test_the_second_generator_has_the_known_answers_of_its_authors(counter, key, block):
    # kat_vectors of Random123.
    assert " ".join(f"{word:016x}" for word in philox(counter, key)) == block


@pytest.mark.parametrize(
    ("seed", "identity", "level", "n_values"),
    [
        (0, "a", 1, 8),
        (0, "a", 1, 16),
        (1, "a", 1, 17),
        (7, "", 99, 1),
        (2**40, "Bild ä", 5, 784),
        (0, "0" * 64, 99, 3 * 32 * 32 + 3),
        (3, "large", 2, 2400 * 16 + 5),
    ],
)
def test_noise_is_that_of_the_second_generator(seed, identity, level, n_values):
    lanes = plain_lanes(seed, identity, level, n_values)
    np.testing.assert_array_equal(
        standard_normal(seed, identity, level, 1, n_values)[0], normal_table()[lanes]
    )


def test_the_first_values_are_these():
    golden = [
        "-0x1.2df65c0000000p-2",
        "-0x1.2ed3680000000p-1",
        "0x1.89e4540000000p-6",
        "-0x1.c9df920000000p-1",
        "0x1.18b7d60000000p-3",
        "-0x1.0dca540000000p-2",
        "0x1.0d39e20000000p+0",
        "-0x1.79404e0000000p+0",
    ]
    assert [float(value).hex() for value in draw(n_values=8)] == golden


def test_the_generator_has_a_name():
    assert GENERATOR == "philox4x64-10/quantile16"


def test_the_table_has_the_digest_of_the_specification():
    digest = hashlib.sha256(normal_table().astype("<f4").tobytes()).hexdigest()
    assert digest == "e6b56edea11a92475977d8ce30e38df854a13a7320e0e25f25288a43158e1711"


def test_the_table_is_antisymmetric():
    np.testing.assert_array_equal(normal_table(), -normal_table()[::-1])


def test_the_table_increases():
    # Cells near the middle are narrow: float32 still tells all of them apart.
    assert (np.diff(normal_table()) > 0).all()


def test_the_table_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        normal_table()[0] = 0


@pytest.mark.parametrize("lane", [0, 1, 2, 4095, 16384, 27207, 32661, 32766, 32767, 40000, 65535])
def test_an_entry_is_the_mean_of_the_normal_over_its_cell(lane):
    with mpmath.workdps(40):
        mean = 65536 * (density_at_edge(lane) - density_at_edge(lane + 1))
    assert normal_table()[lane] == np.float32(float(mean))


def test_the_table_has_the_moments_of_the_specification():
    table = normal_table().astype(float)
    moments = [table.mean(), table.var(), (table**4).mean() / table.var() ** 2]
    # Half a unit of the last digit of clause RMQM-WN-006; the mean is zero by symmetry.
    np.testing.assert_array_less(
        np.abs(np.subtract(moments, [0, 0.9999985, 2.99983])), [1e-12, 6e-8, 6e-6]
    )


@pytest.mark.parametrize("identity", ["a", "b", "c"])
def test_noise_passes_the_test_of_kolmogorov_and_smirnov(identity):
    # The steps of the table, at most 1e-5 high, are far below the 2.7e-3 that this can see.
    assert stats.kstest(draw(identity=identity), "norm").pvalue > ALARM


@pytest.mark.parametrize("identity", ["a", "b", "c"])
def test_noise_passes_the_test_of_cramer_and_von_mises(identity):
    noise = draw(identity=identity, n_values=2**18)
    assert stats.cramervonmises(noise, "norm").pvalue > ALARM


def test_every_lane_is_as_likely_as_every_other():
    counts = np.bincount(np.searchsorted(normal_table(), draw(n_values=2**22)), minlength=65536)
    assert stats.chisquare(counts).pvalue > ALARM


def test_no_lane_is_served_in_turn():
    counts = np.bincount(np.searchsorted(normal_table(), draw(n_values=2**22)), minlength=65536)
    assert stats.chisquare(counts).pvalue < 1 - ALARM


@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_noise_has_the_moments_of_the_normal(power):
    values = draw().astype(float) ** power
    expected = [0, 0, 1, 0, 3][power]
    spread = math.sqrt(special.factorial2(2 * power - 1) - expected**2)
    # A sum of 2**20 terms is normal; the table's own moments lie within 2e-4 of those.
    allowed = special.ndtri(1 - ALARM / 2) * spread / 2**10
    np.testing.assert_allclose(values.mean(), expected, rtol=0, atol=allowed)


def levels(n):
    return standard_normal(0, "a", 1, n, 2**14)


def inputs(n):
    return np.concatenate([standard_normal(0, f"{k}", 1, 1, 2**14) for k in range(n)])


def seeds(n):
    return np.concatenate([standard_normal(k, "a", 1, 1, 2**14) for k in range(n)])


def places(n):
    long = standard_normal(0, "a", 1, 1, 2**14 + n)[0]
    return np.stack([long[k : k + 2**14] for k in range(n)])


@pytest.mark.parametrize("rows", [levels, inputs, seeds, places])
@pytest.mark.parametrize("power", [1, 2])
def test_levels_inputs_seeds_and_places_are_uncorrelated(rows, power):
    values = rows(20).astype(float) ** power
    values = (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)
    correlations = np.einsum("ik,jk->ij", values, values)[np.triu_indices(20, k=1)] / 2**14
    # 190 correlations of 2**14 pairs, each of standard deviation 2**-7.
    allowed = special.ndtri(1 - ALARM / 2 / 190) / 2**7
    np.testing.assert_allclose(correlations, 0, atol=allowed)


@pytest.mark.parametrize("first", [1, 2, 50])
@pytest.mark.parametrize("n_values", [1, 16, 50, 50_000])
def test_levels_drawn_together_are_those_drawn_alone(first, n_values):
    together = standard_normal(0, "a", first, 3, n_values)
    alone = [standard_normal(0, "a", first + k, 1, n_values)[0] for k in range(3)]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("n_levels", [1, 2, 49, 99])
@pytest.mark.parametrize("n_values", [10, 784, 40_000])
def test_any_number_of_levels_begins_alike(n_levels, n_values):
    np.testing.assert_array_equal(
        standard_normal(0, "a", 1, n_levels, n_values)[0], draw(n_values=n_values)
    )


@pytest.mark.parametrize("other", [{"seed": 1}, {"identity": "b"}, {"level": 2}])
def test_seed_id_and_level_each_change_the_noise(other):
    # Two independent draws of 2**10 cells agree in 2**10 / 2**16 of them on average.
    equal = draw(n_values=2**10) == draw(n_values=2**10, **other)
    assert equal.sum() < 10
