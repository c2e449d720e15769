"""Batches on devices: few shapes, room in memory, and what rounding does to small steps."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from attrs import evolve

pytest.importorskip("onnxruntime")

import onnxruntime

from rmqm_onnx import opening
from rmqm_onnx.running import provider_choice
from rmqm_onnx.running.call_size import CallSize
from rmqm_onnx.running.providers import PROVIDERS, Provider
from rmqm_onnx.running.self_test import SelfTest, compare
from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.errors import SubjectError

CUDA_TEXT = (
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running Conv "
    "node. bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) "
    "Failed to allocate memory for requested buffer of size 268435456"
)


class Watched:
    """A session that counts the rows of its calls, fails above `room` rows, and may round."""

    def __init__(self, session, room=None, rounding=None, text=CUDA_TEXT, by_rows=0.0):
        self.session, self.room, self.rounding, self.text = session, room, rounding, text
        self.by_rows = by_rows
        self.rows = []

    def run(self, names, feeds):
        rows = len(feeds["x"])
        self.rows.append(rows)
        if self.room is not None and rows > self.room:
            raise RuntimeError(self.text)
        given = self.session.run(names, feeds)
        if self.by_rows:
            away = self.by_rows * np.cos(rows + np.arange(5, dtype=np.float32))
            return [value + away * abs(value).max(axis=1, keepdims=True) for value in given]
        if self.rounding is None:
            return given
        return [value.astype(self.rounding).astype(value.dtype) for value in given]

    def __getattr__(self, name):
        return getattr(self.session, name)


@pytest.fixture
def inputs():
    return np.random.default_rng(0).random((23, 3, 4, 4), dtype=np.float32)


@pytest.fixture
def watched(opened, make):
    """An encoder of batches of 16 whose session is watched."""

    def watch(size, **faults):
        encoder = opened(make.dense(), batch_size=16)
        return evolve(encoder, session=Watched(encoder.session, **faults), call_size=size)

    return watch


def test_shapes_are_few_and_rows_are_padded_and_dropped(watched, inputs):
    usual, padded = watched(CallSize()), watched(CallSize(few_shapes=True))
    for n_inputs in range(1, 24):
        expected = usual.encode(inputs[:n_inputs])
        assert padded.encode(inputs[:n_inputs]).shape == expected.shape
        np.testing.assert_allclose(padded.encode(inputs[:n_inputs]), expected, rtol=1e-5)
    assert set(usual.session.rows) == set(range(1, 17))
    assert set(padded.session.rows) == {2, 4, 6, 8, 10, 12, 14, 16}


@pytest.mark.parametrize("most", [1, 2, 7, 8, 50, 100])
def test_padding_stays_below_an_eighth_of_a_batch(most):
    size = CallSize(few_shapes=True)
    padded = [size.padded(n, most=most) for n in range(1, most + 1)]
    assert all(n <= rows <= min(most, n + most / 8 + 1) for n, rows in enumerate(padded, 1))
    assert len(set(padded)) <= 8
    assert CallSize().padded(3, most=most) == 3


@pytest.mark.parametrize(
    "text", [CUDA_TEXT, "CUDA failure 2: out of memory ; GPU=0", "CUBLAS_STATUS_ALLOC_FAILED"]
)
def test_batches_are_halved_until_they_fit_and_that_is_remembered(watched, inputs, text):
    encoder = watched(CallSize(backs_off=True), room=5, text=text)
    expected = encoder.session.session.run(["y"], {"x": inputs})[0]
    before = len(encoder.findings)
    np.testing.assert_allclose(encoder.encode(inputs), expected, rtol=1e-4)
    assert encoder.session.rows == [16, 8, 4, 4, 4, 4, 4, 3]
    (finding,) = encoder.findings[before:]
    assert (finding.code, finding.level, finding.message) == (
        "PRV003",
        "warn",
        "the memory of the device ran out with 16 inputs per call; 4 fit",
    )
    encoder.session.rows.clear()
    encoder.encode(inputs[:8])
    assert encoder.session.rows == [4, 4]


def test_the_remedy_spares_the_attempt(watched, inputs):
    encoder = watched(CallSize(backs_off=True), room=5)
    encoder.encode(inputs)
    words = encoder.findings[-1].fix.split("--batch-size ")[1].split()
    told = evolve(
        watched(CallSize(backs_off=True), room=5), traits=EncoderTraits(batch_size=int(words[0]))
    )
    told.encode(inputs)
    assert max(told.session.rows) == 4
    assert "PRV003" not in [finding.code for finding in told.findings]


def test_a_single_input_that_does_not_fit_is_an_error(watched, inputs):
    encoder = watched(CallSize(backs_off=True), room=0)
    with pytest.raises(SubjectError) as caught:
        encoder.encode(inputs)
    assert caught.value.code == "MOD010"
    assert encoder.session.rows == [16, 8, 4, 2, 1]


def test_on_the_processor_memory_that_runs_out_is_an_error_at_once(watched, inputs):
    encoder = watched(CallSize(), room=5)
    with pytest.raises(SubjectError) as caught:
        encoder.encode(inputs)
    assert (caught.value.code, encoder.session.rows) == ("MOD010", [16])


def test_another_failure_is_no_lack_of_memory(watched, inputs):
    encoder = watched(CallSize(backs_off=True), room=5, text="illegal instruction")
    with pytest.raises(SubjectError) as caught:
        encoder.encode(inputs)
    assert (caught.value.code, encoder.session.rows) == ("MOD007", [16])


def test_what_memory_allowed_is_carried_in_a_pickle(watched, inputs):
    encoder = watched(CallSize(few_shapes=True, backs_off=True), room=5)
    encoder.encode(inputs)
    again = pickle.loads(pickle.dumps(encoder))
    assert again.call_size.most(16) == 4


# The comparison with the CPU.


@pytest.mark.parametrize(
    ("rounding", "level"), [(None, "ok"), (np.float32, "ok"), (np.float16, "ok"), ("S3", "warn")]
)
def test_rounding_is_measured_against_the_first_step(opened, make, rounding, level):
    encoder = opened(make.dense())
    if rounding == "S3":  # two digits, far below half precision
        coarse = evolve(encoder, session=Rounded(encoder.session))
    else:
        coarse = evolve(encoder, session=Watched(encoder.session, rounding=rounding))
    test = compare(coarse, encoder, (0.0, 1.0))
    assert test.finding("cuda").level == level
    assert (test.deviation == 0) == (rounding in (None, np.float32))
    assert 1e-3 < test.smallest_step < 1


class Rounded(Watched):
    def run(self, names, feeds):
        return [np.round(value, 1) for value in self.session.run(names, feeds)]


@pytest.mark.parametrize(
    ("deviation", "step", "level"),
    [(9e-5, 1e-3, "ok"), (1.1e-4, 1e-3, "warn"), (1e-6, 1e-7, "ok"), (2e-6, 1e-7, "warn")],
)
def test_a_tenth_of_the_smallest_step_may_be_rounding(deviation, step, level):
    test = SelfTest(deviation=deviation, smallest_step=step, resolution=1e-6)
    finding = test.finding("webgpu")
    assert (finding.code, finding.level) == ("PRV002", level)
    if level == "warn":
        assert finding.message == (
            f"unit encodings on webgpu differ from those on the CPU by up to {deviation:.1e}; the "
            f"first step of noise moves them by {step:.1e}: more than a tenth of it is rounding"
        )


def test_rounding_below_a_tenth_of_a_step_changes_its_length_by_a_hundredth_at_most():
    """The rule behind the tolerance: independent errors of both ends add up in square."""
    rng = np.random.default_rng(0)
    step, dims, draws = 1e-3, 64, 2000
    errors = rng.standard_normal((2, draws, dims))
    errors *= 0.1 * step / np.linalg.norm(errors, axis=2, keepdims=True)
    direction = np.zeros(dims)
    direction[0] = step
    lengths = np.linalg.norm(direction + errors[0] - errors[1], axis=1)
    assert 0.005 < lengths.mean() / step - 1 <= 0.01


# Opening on a device, which here is the processor under another name.


@pytest.fixture
def device(monkeypatch):
    """A provider of our table that is a device with memory of its own: the processor, watched."""

    def pretend(**faults):
        entry = Provider(name="cuda", ep="CPUExecutionProvider")
        monkeypatch.setattr(Provider, "is_cpu", property(lambda self: self.name == "cpu"))
        monkeypatch.setattr(provider_choice, "PROVIDERS", {**PROVIDERS, "cuda": entry})
        usual, sessions = opening.open_session, []

        def open_it(model, *, provider, **more):
            session = usual(model, provider=provider, **more)
            if provider.provider.name == "cpu":
                return session
            sessions.append(Watched(session, **faults))
            return sessions[-1]

        monkeypatch.setattr(opening, "open_session", open_it)
        return sessions

    return pretend


def test_opening_records_options_nodes_and_the_deviation(device, opened, make):
    sessions = device(rounding=np.float16)
    encoder = opened(make.dense(), provider="cuda", batch_size=16)
    runtime = encoder.description["runtime"]
    assert (runtime["provider"], runtime["nodes"]) == ("cuda", {"CPUExecutionProvider": 2})
    assert 1e-5 < runtime["cpu_deviation"] < runtime["cpu_tolerance"] < runtime["smallest_step"]
    codes = {finding.code: finding.level for finding in encoder.findings}
    assert codes["PRV002"] == "ok"
    assert set(sessions[0].rows) <= {1, 2, 4, 6, 8, 16}


def test_rounding_that_depends_on_the_batch_is_no_fault_of_the_model(device, opened, make):
    """A device may pick another algorithm for another batch: within its own rounding."""
    sessions = device(by_rows=3e-4)
    encoder = opened(make.dense(), provider="cuda", batch_size=8)
    runtime = encoder.description["runtime"]
    assert len(set(sessions[0].rows)) > 1
    assert 1e-5 < runtime["cpu_deviation"] < 1e-2


def test_a_batch_that_changes_more_than_rounding_could_is_refused(device, opened, make):
    device(by_rows=0.3)
    with pytest.raises(SubjectError) as caught:
        opened(make.dense(), provider="cuda", batch_size=8)
    assert caught.value.code == "BAT001"


def test_opening_finds_the_batch_that_fits(device, opened, make):
    sessions = device(room=5)
    encoder = opened(make.dense(), provider="cuda", batch_size=16)
    assert encoder.traits.batch_size == 4
    assert encoder.description["runtime"]["batch_size"] == 4
    assert [finding.message for finding in encoder.findings if finding.code == "PRV003"] == [
        "the memory of the device ran out with 16 inputs per call; 4 fit"
    ]
    assert max(sessions[0].rows) == 16


def test_the_cpu_is_not_compared_with_itself(opened, make):
    encoder = opened(make.dense())
    assert not [finding for finding in encoder.findings if finding.code.startswith("PRV")]
    assert onnxruntime.__version__ == encoder.description["runtime"]["version"]
