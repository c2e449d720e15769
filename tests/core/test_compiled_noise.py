"""The compiled loop of white noise: the bits of NumPy, and only where it is worth its start."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec.alterations.noise import start
from rmqm_spec.alterations.noise.generator import GENERATOR
from rmqm_spec.alterations.noise.white_noise import WhiteNoise

assert "philox4x64-10" in GENERATOR


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(start._Drawn, "n_values", 0)
    start._loaded.cache_clear()
    yield
    start._loaded.cache_clear()


def altered(inputs, noise, worth, monkeypatch):
    monkeypatch.setattr(start, "WORTH", worth)
    ids = [f"input {k}" for k in range(len(inputs))]
    return noise.alter(inputs, ids, 0, noise.n_levels + 1)


@settings(deadline=None, max_examples=60)
@given(
    n_values=st.integers(1, 90),
    n_levels=st.integers(1, 130),
    seed=st.integers(0, 2**70),
    low=st.sampled_from([0.0, -1.0, -117.5]),
    width=st.sampled_from([1.0, 2.0, 255.0]),
    dtype=st.sampled_from([np.float32, np.float64]),
    coupling=st.sampled_from(["independent", "common"]),
)
def test_the_compiled_loop_has_the_bits_of_numpy(
    n_values, n_levels, seed, low, width, dtype, coupling
):
    bounds = (low, low + width)
    noise = WhiteNoise(n_levels=n_levels, seed=seed, bounds=bounds, coupling=coupling)
    inputs = (low + width * np.random.default_rng(1).random((2, n_values))).astype(dtype)
    with pytest.MonkeyPatch.context() as patch:
        by_numpy = altered(inputs, noise, 10**12, patch)
        by_loop = altered(inputs, noise, 0, patch)
        later = noise.alter(inputs, ["input 0", "input 1"], n_levels - 1, 2)
    assert np.array_equal(later, by_numpy[:, -2:])
    assert by_loop.dtype == by_numpy.dtype
    assert np.array_equal(by_loop, by_numpy)
    assert start.why_not_compiled() is None


@pytest.mark.parametrize("level", [2**40, 2**58, 2**61, 2**63 + 1])
def test_levels_beyond_its_counter_are_left_to_numpy(level, monkeypatch):
    noise, inputs = WhiteNoise(n_levels=2**64), np.full((1, 50), 0.5, np.float32)
    by_numpy = noise.alter(inputs, ["a"], level, 2)
    monkeypatch.setattr(start, "WORTH", 0)
    assert np.array_equal(noise.alter(inputs, ["a"], level, 2), by_numpy)


@pytest.mark.parametrize("worth", [0, 10**12])
def test_an_input_without_an_id_is_refused(worth, monkeypatch):
    monkeypatch.setattr(start, "WORTH", worth)
    with pytest.raises(ValueError, match="shorter"):
        WhiteNoise(n_levels=3).alter(np.full((2, 5), 0.5, np.float32), ["only"], 0, 4)


def test_the_loop_takes_over_after_enough_values(monkeypatch):
    out = np.empty((10, 10), np.float32)
    monkeypatch.setattr(start, "WORTH", 250)
    assert [start.compiled_fill(out) is None for _ in range(4)] == [True, True, False, False]


def test_no_thread_waits_while_another_loads_the_loop(monkeypatch):
    monkeypatch.setattr(start, "WORTH", 0)
    out = np.empty((1, 1, 10), np.float32)
    with start._Drawn.loading:
        assert start.compiled_fill(out) is None
    assert start.compiled_fill(out) is not None


def test_a_short_run_does_not_import_numba(rmqm, tmp_path):
    code = (
        "import sys, numpy as np; from rmqm_spec import white_noise; "
        "white_noise(np.full((4, 1, 28, 28), 0.5, np.float32)); sys.exit('numba' in sys.modules)"
    )
    assert rmqm.python("-c", code, cwd=tmp_path).returncode == 0


def test_without_numba_numpy_does_all_of_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "rmqm_spec.alterations.noise.compiled", None)
    inputs = np.full((1, 5), 0.5, np.float32)
    noise = WhiteNoise(n_levels=3)
    assert np.array_equal(
        altered(inputs, noise, 0, monkeypatch), altered(inputs, noise, 10**9, monkeypatch)
    )
    assert start.why_not_compiled() == "numba is not installed"


def test_a_loop_with_other_bits_is_not_used(monkeypatch):
    from rmqm_spec.alterations.noise import compiled

    def wrong(keys, first, table, inputs, scale, bounds, out):
        out[:] = inputs[:, None]

    monkeypatch.setattr(compiled, "fill", wrong)
    assert "other bits" in start.why_not_compiled()
    assert start.compiled_fill(np.empty((10**4, 10**4), np.float32)) is None
