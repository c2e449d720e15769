"""Threads that call the encoder: how many, and how they end."""

import _thread
import threading
import time

import numpy as np
import pytest

from rmqm_spec import EncoderTraits, WhiteNoise, evaluate

NOISE = WhiteNoise(n_levels=3)
IMAGES = np.random.default_rng(0).random((300, 8))
NAMES = [f"{k:04}" for k in range(300)]
N_BLOCKS = 300
"""With batches of four, each input is a block of its own."""


class Watched:
    """An encoder that watches its callers, is slow, and may fail at one call."""

    def __init__(self, *, concurrency=1, fails_at=None, failure=None, seconds=0.002):
        self.traits = EncoderTraits(batch_size=4, concurrency=concurrency)
        self.fails_at, self.failure, self.seconds = fails_at, failure, seconds
        self.lock = threading.Lock()
        self.calls = self.inside = self.most_inside = 0
        self.callers = set()

    def encode(self, inputs):
        with self.lock:
            self.calls += 1
            call = self.calls
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            self.callers.add(threading.current_thread())
        try:
            if call == self.fails_at:
                self.failure()
            time.sleep(self.seconds)
            return inputs + 0.1
        finally:
            with self.lock:
                self.inside -= 1


def fail():
    raise ArithmeticError("the encoder broke")


def interrupt():
    raise KeyboardInterrupt


def interrupt_main():
    _thread.interrupt_main()


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_at_most_as_many_threads_call_as_the_encoder_wishes(concurrency):
    encoder = Watched(concurrency=concurrency)
    evaluate(encoder, IMAGES, alteration=NOISE)
    assert max(encoder.most_inside, len(encoder.callers)) <= concurrency


def test_as_many_threads_call_at_once_as_the_encoder_wishes():
    encoder = Watched(concurrency=3, seconds=0.01)
    evaluate(encoder, IMAGES, alteration=NOISE)
    assert encoder.most_inside == 3


def test_one_worker_is_the_calling_thread():
    encoder = Watched()
    evaluate(encoder, IMAGES[:3], alteration=NOISE)
    assert encoder.callers == {threading.current_thread()}


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize(
    ("failure", "error"),
    [(fail, ArithmeticError), (interrupt, KeyboardInterrupt), (interrupt_main, KeyboardInterrupt)],
)
def test_a_failure_or_an_interrupt_stops_the_other_threads(workers, failure, error):
    encoder = Watched(concurrency=workers, fails_at=20, failure=failure, seconds=0.01)
    with pytest.raises(error):
        evaluate(encoder, IMAGES, alteration=NOISE)
    # The two tasks per thread that are under way, each of a few blocks, may go on to their block.
    assert encoder.calls < 120 < N_BLOCKS


@pytest.mark.parametrize("failure", [fail, interrupt])
def test_no_thread_outlives_a_failure(failure):
    encoder = Watched(concurrency=4, fails_at=20, failure=failure)
    with pytest.raises(BaseException, match=r"the encoder broke|^$"):
        evaluate(encoder, IMAGES, alteration=NOISE)
    assert not [one for one in encoder.callers if one.is_alive()]


def test_no_thread_outlives_an_early_stop():
    encoder = Watched(concurrency=4)
    evaluate(encoder, IMAGES, alteration=NOISE, precision=10.0)
    assert not [one for one in encoder.callers if one.is_alive()]


def test_an_early_stop_leaves_most_blocks_undone():
    encoder = Watched(concurrency=2, seconds=0.01)
    evaluate(encoder, IMAGES, alteration=NOISE, precision=10.0)
    assert encoder.calls < 200 < N_BLOCKS


def test_a_failure_while_telling_progress_stops_the_threads():
    encoder = Watched(concurrency=4)
    with pytest.raises(ArithmeticError, match="the encoder broke") as kept:
        evaluate(encoder, IMAGES, alteration=NOISE, progress=lambda done, _: done and fail())
    # The traceback, which holds the frames of the evaluation, is still there.
    assert (bool(kept.tb), [one for one in encoder.callers if one.is_alive()]) == (True, [])


def test_threads_do_not_run_far_ahead_of_what_is_gathered():
    encoder = Watched(concurrency=4)

    def look(done, _):
        if done:
            time.sleep(0.5)
            fail()

    with pytest.raises(ArithmeticError, match="the encoder broke"):
        evaluate(encoder, IMAGES, alteration=NOISE, progress=look)
    # Two tasks of one block per thread; 300 blocks of 2 ms would take four threads 0.15 s.
    assert encoder.calls <= 8


@pytest.mark.parametrize("workers", [2, 4])
def test_of_several_failures_the_first_in_order_is_raised(workers):
    def breaks(inputs):
        marks = [k for k in (7, 9, 11) if (inputs[0] == IMAGES[k]).all()]
        time.sleep(0.02 if 7 in marks else 0)
        if marks:
            raise ArithmeticError(f"input {marks[0]}")
        return inputs + 0.1

    with pytest.raises(ArithmeticError, match=r"^input 7$"):
        evaluate(breaks, IMAGES[:20], alteration=NOISE, batch_size=4, workers=workers)


def test_after_inputs_that_are_known_the_work_is_handed_out_in_small_pieces():
    """Else a slow encoder would lose many inputs at the next interrupt."""
    kept = {}
    evaluate(
        Watched(seconds=0),
        IMAGES[:100],
        ids=NAMES[:100],
        alteration=NOISE,
        keep=lambda walked: kept.setdefault(walked.first, walked),
    )
    slow = Watched(concurrency=2, seconds=0.1)
    calls = []

    def look(walked):
        if walked.first == 100:
            calls.append(slow.calls)
            interrupt()

    with pytest.raises(KeyboardInterrupt):
        evaluate(slow, IMAGES, alteration=NOISE, known=kept, keep=look, ids=NAMES)
    assert calls[0] <= 4
