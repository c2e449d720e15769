"""One process at a time writes to a folder of results; nobody is kept out by one that is gone."""

import errno
import signal

import filelock
import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.documents import writing
from rmqm_spec.documents.writing import can_lock, locked
from rmqm_spec.errors import UsageError
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import still_there, write_result
from rmqm_spec.results.stored import read_result
from rmqm_spec.runs.remarks import folder_findings

HOLD = """
import sys, time
from pathlib import Path
from rmqm_spec.documents.writing import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def written(folder, seed=0, **options):
    images = np.random.default_rng(0).random((6, 8))
    rule = WhiteNoise(n_levels=4, seed=seed)
    found = evaluate(lambda x: x[:, :4] * x[:, 4:] + 0.1, images, alteration=rule)
    document = result_document(
        found, {}, [], data="eye", seconds=1.0, created="2026-01-01T00:00:00+00:00"
    )
    return write_result(folder, document, found, **options)[-1], document["result_sha256"]


@pytest.fixture
def holder(rmqm, tmp_path):
    """Another process that holds the lock of the folder."""
    worker = rmqm.start_python("-c", HOLD, tmp_path, cwd=tmp_path)
    assert worker.stdout.readline() == "held\n"
    yield worker
    worker.kill()
    worker.communicate()


def test_who_waits_too_long_is_told_who_is_in_the_way(tmp_path, holder, monkeypatch):
    monkeypatch.setattr(writing, "SECONDS_TO_WAIT", 0.2)
    with pytest.raises(UsageError) as caught:
        written(tmp_path)
    told = f"{tmp_path} must be free; another process has been writing there for 0 s"
    assert (caught.value.code, caught.value.message) == ("ARG006", told)
    assert can_lock(tmp_path)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_the_lock_of_a_process_that_was_killed_keeps_nobody_out(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert written(tmp_path)[0].exists()


def test_a_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError
    assert written(tmp_path)[0].exists()


@pytest.fixture(params=[errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK])
def without_locks(request, monkeypatch):
    """A file system that answers as those of some networks do."""

    def refuse(self, *arguments, **options):
        raise OSError(request.param, "no locks here")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)


def test_without_locks_results_are_written_and_it_is_told(tmp_path, without_locks):
    path, digest = written(tmp_path / "out")
    assert read_result(path).document["result_sha256"] == digest
    (finding,) = folder_findings(tmp_path / "out", path.parent)
    assert (finding.code, finding.level, finding.message) == (
        "ARG006",
        "warn",
        f"the file system of {tmp_path / 'out'} has no locks",
    )


def test_with_locks_nothing_is_told(tmp_path):
    path, _ = written(tmp_path / "out")
    assert list(folder_findings(tmp_path / "out", path.parent)) == []


def test_a_result_that_was_replaced_meanwhile_is_not_added_to(tmp_path):
    path, first = written(tmp_path)
    _, second = written(tmp_path, 1, force=True)
    for digest, expected in ((first, False), (second, True)):
        with still_there(path, digest) as is_there:
            assert is_there is expected
    path.unlink()
    with still_there(path, second) as is_there:
        assert is_there is False
