"""What crosses a process pickles: requests, errors, groups, records; and workers agree."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve
from PIL import Image

import rmqm_spec
from rmqm_spec import errors
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import RmqmError, UnavailableError, UnreadableError
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.opening import open_run
from rmqm_spec.runs.orders import Order, walk_order

pytest.importorskip("onnxruntime")

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"
QUIET = Listener()
CLASSES = [
    one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, RmqmError)
]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Pictures of which one cannot be read, and one is there twice."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(rng.integers(0, 256, (8, 8), dtype=np.uint8)).save(folder / f"{number}.png")
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    return folder


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def at_once(photos, tmp_path_factory):
    out = tmp_path_factory.mktemp("at once")
    return rmqm_spec.score(MODEL, data=photos, levels=5, out=out, listener=QUIET)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda one: one.__name__)
def test_errors_come_out_as_they_went_in(kind):
    error = kind("ARG001", "a must be b; got c", fix="Do it.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (again.code, again.message, again.fix) == (error.code, error.message, error.fix)


def test_a_score_by_processes_has_the_same_bits(photos, pool, at_once, tmp_path):
    scored = rmqm_spec.score(
        MODEL, data=photos, levels=5, out=tmp_path / "pool", executor=pool, listener=QUIET
    )
    assert scored.stored.document["inputs"]["skipped"] != []
    for name in ("result_sha256", "inputs", "counts"):
        assert scored.stored.document[name] == at_once.stored.document[name]
    assert scored.null["result_sha256"] == at_once.null["result_sha256"]
    assert scored.stored.displacements.tobytes() == at_once.stored.displacements.tobytes()


def test_the_whole_function_runs_in_a_worker(photos, pool, at_once, tmp_path):
    request = request_of(MODEL, {"data": photos, "levels": 5, "out": tmp_path / "worker"})
    scored = pool.submit(rmqm_spec.score, request, listener=QUIET).result()
    assert scored.stored.document["result_sha256"] == at_once.stored.document["result_sha256"]
    assert scored.findings == at_once.findings
    assert scored.run is None


def test_an_error_of_a_worker_arrives_whole(pool, tmp_path):
    with pytest.raises(UnreadableError) as caught:
        pool.submit(rmqm_spec.score, tmp_path / "none.onnx", listener=QUIET).result()
    assert (caught.value.code, caught.value.fix) == ("MOD002", "Check the path.")


def test_an_array_in_memory_goes_along(pool, tmp_path):
    images = np.random.default_rng(1).random((9, 8, 8), dtype=np.float32)
    options = {"data": images, "levels": 4, "null": False, "listener": QUIET}
    here = rmqm_spec.score(MODEL, out=tmp_path / "here", **options)
    there = rmqm_spec.score(MODEL, out=tmp_path / "there", executor=pool, **options)
    assert here.stored.document["result_sha256"] == there.stored.document["result_sha256"]


def test_a_worker_that_sees_another_run_refuses(photos):
    request = request_of(MODEL, {"data": photos, "levels": 5})
    order = Order(request=request, sha256="0" * 64, starts=(0,))
    with pytest.raises(UnavailableError, match="must see the same model"):
        walk_order(order)


def test_a_worker_walks_the_groups_of_its_caller(photos):
    request = request_of(MODEL, {"data": photos, "levels": 5})
    run = open_run(request)
    (group,) = walk_order(Order(request=request, sha256=run.sha256, starts=(0,)))
    again = pickle.loads(pickle.dumps(group))
    assert again.ids == group.ids
    assert [error.code for _, error in again.unreadable] == [
        error.code for _, error in group.unreadable
    ]
    assert {name: rows.tobytes() for name, rows in again.columns.items()} == {
        name: rows.tobytes() for name, rows in group.columns.items()
    }


def test_a_worker_leaves_interrupts_to_its_caller(photos):
    request = request_of(MODEL, {"data": photos, "levels": 5})
    order = Order(request=request, sha256=open_run(request).sha256, starts=(0,))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        alone.submit(walk_order, order).result()
        assert alone.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


def test_an_executor_of_threads_is_one_too(photos, at_once, tmp_path):
    with ThreadPoolExecutor(2) as threads:
        scored = rmqm_spec.score(
            MODEL, data=photos, levels=5, out=tmp_path, executor=threads, null=False, listener=QUIET
        )
    assert scored.stored.document["result_sha256"] == at_once.stored.document["result_sha256"]


def test_requests_pickle_and_change():
    request = request_of(MODEL, {"n": 3, "mean": (0.5,), "feed": {"a": 1}, "coupling": "common"})
    again = pickle.loads(pickle.dumps(request))
    assert repr(again) == repr(request)
    assert evolve(again, force=True).force
