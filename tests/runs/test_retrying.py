"""Work is done again after a worker died, a bounded number of times, and named where it hangs."""

from __future__ import annotations

import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import pytest

from rmqm_spec.contracts.executor import OpenExecutor
from rmqm_spec.errors import IncompleteError
from rmqm_spec.runs.retrying import RetryingPool


class Mortal(Executor):
    """Fails everything under way when the work says so, and takes nothing more, as processes do."""

    def __init__(self, deaths):
        self.deaths = deaths  # how often each argument kills
        self.dead = False
        self.waiting = []

    def submit(self, fn, /, *args):
        if self.dead:
            raise BrokenExecutor("the pool is broken")
        future = Future()
        self.waiting.append(future)
        (argument,) = args
        if self.deaths.get(argument, 0):
            self.deaths[argument] -= 1
            self.dead = True
            for one in self.waiting:
                if not one.done():
                    one.set_exception(BrokenExecutor("a process ended abruptly"))
        elif argument != "slow":
            future.set_result(fn(argument))
        return future


def opened(pool, **options):
    pools = [pool]

    def replace(broken):
        assert broken is pools[-1]
        pools.append(Mortal(pool.deaths))
        return pools[-1]

    return OpenExecutor(pool=pool, workers=2, replace=replace, **options), pools


def test_what_a_death_took_is_done_again_in_a_new_pool():
    executor, pools = opened(Mortal({"b": 2}))
    notes = []
    pool = RetryingPool(executor, str.upper, notes.append)
    sent = [pool.send(f"part {name}", name) for name in "abcd"]
    assert [pool.result(one) for one in sent] == ["A", "B", "C", "D"]
    assert len(pools) == 3
    assert "a worker died with part b under way" in notes[0]
    assert "retry 1 of 3" in notes[0]


def test_retries_are_bounded_and_the_part_is_named():
    executor, pools = opened(Mortal({"b": 99}), retries=2)
    pool = RetryingPool(executor, str.upper, lambda _: None)
    sent = [pool.send(f"part {name}", name) for name in "ab"]
    assert pool.result(sent[0]) == "A"
    with pytest.raises(IncompleteError, match="died 3 times with part b under way") as caught:
        pool.result(sent[1])
    assert caught.value.code == "RUN004"
    assert len(pools) == 3


def test_without_a_replacement_a_death_ends_the_run():
    pool = RetryingPool(OpenExecutor(pool=Mortal({"a": 1}), workers=1), str.upper, print)
    with pytest.raises(IncompleteError, match="a worker died with part a under way"):
        pool.result(pool.send("part a", "a"))
    with pytest.raises(IncompleteError, match="the pool is broken"):
        pool.send("part b", "b")


def test_an_error_of_the_work_is_no_death():
    calls = []

    def fail(argument):
        calls.append(argument)
        raise TimeoutError("the work's own")

    with ThreadPoolExecutor(1) as threads:
        executor = OpenExecutor(pool=threads, workers=1, replace=lambda pool: pool)
        pool = RetryingPool(executor, fail, print, patience=0.01)
        with pytest.raises(TimeoutError, match="the work's own"):
            pool.result(pool.send("a part", "a"))
    assert calls == ["a"]


def test_what_is_pending_is_named_with_its_worker_and_its_time():
    notes = []

    def work(seconds):
        time.sleep(seconds)
        return seconds

    with ThreadPoolExecutor(3) as threads:
        executor = OpenExecutor(pool=threads, workers=2, where=lambda future: "node-7")
        pool = RetryingPool(executor, work, notes.append, patience=0.1)
        sent = [pool.send(f"part {number}", seconds) for number, seconds in enumerate((0.35, 0.0))]
        assert [pool.result(one) for one in sent] == [0.35, 0.0]
    assert len(notes) == 2  # after 0.1 s, and after twice as long
    assert "under way: part 0 on node-7 for 0 s" in notes[0]
    assert "part 1" not in notes[0]


def test_many_pending_parts_are_counted():
    notes = []
    pool = RetryingPool(
        OpenExecutor(pool=Mortal({}), workers=12), str.upper, notes.append, patience=0.05
    )
    sent = [pool.send(f"part {number}", "slow") for number in range(12)]
    sent[0].future.set_running_or_notify_cancel()

    def answer(text):
        notes.append(text)
        sent[0].future.set_result("SLOW")

    pool.note = answer
    assert pool.result(sent[0]) == "SLOW"
    assert "part 7 for" in notes[0]
    assert notes[0].endswith(", and 4 more")


def test_what_has_not_begun_is_called_off():
    with ThreadPoolExecutor(1) as threads:
        pool = RetryingPool(OpenExecutor(pool=threads, workers=1), time.sleep, print)
        sent = [pool.send("a part", 0.2) for _ in range(3)]
        pool.cancel()
    assert [one.future.cancelled() for one in sent] == [False, True, True]
