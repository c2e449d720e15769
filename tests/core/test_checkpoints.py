"""Work in parts: what is done is never done again, and however it was cut, the same bits result."""

import errno
import os
import pathlib
import re
import resource
import signal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.contracts.inputs import Input
from rmqm_spec.errors import EncodingError, IncompleteError, UnreadableError
from rmqm_spec.evaluation import checkpoints, walk
from rmqm_spec.evaluation.checkpoint_files import pack, unpack
from rmqm_spec.evaluation.checkpoints import Checkpoints, remove_checkpoints
from rmqm_spec.evaluation.group import Group

KEY = "a" * 64
N_INPUTS = 40
NOISE = WhiteNoise(n_levels=6)
BATCH = 14
"""Two inputs of seven levels: the size of a group."""


def encode(inputs):
    rows = inputs.reshape(len(inputs), -1)
    return np.stack([rows[:, k] * rows[:, k + 1] - rows[:, k + 2] + 0.3 for k in range(7)], axis=1)


class Shelf:
    """Inputs that count how often they are loaded; some of them cannot be."""

    bounds = (0.0, 1.0)

    def __init__(self, unreadable=(3, 8, 9, 39)):
        self.unreadable, self.loaded = unreadable, []

    def __len__(self):
        return N_INPUTS

    def name(self, index):
        return f"shelf/{index}"

    def load(self, index):
        self.loaded.append(index)
        if index in self.unreadable:
            raise UnreadableError("DAT002", f"{index} must open; got rüst", fix="Polish it.")
        values = np.random.default_rng(index).random((3, 4))
        return Input(id=f"{index * 7 % N_INPUTS:04d}", name=self.name(index), values=values)


def everything(found):
    return (
        found.ids,
        found.names,
        found.displacements.tobytes(),
        found.step_lengths.tobytes(),
        found.rmqm,
        found.skipped,
        found.n_seen,
        found.n_duplicates,
    )


def run(folder, encoder=encode, shelf=None, **options):
    """Work in parts, as a command does; returns the evaluation and the inputs that were loaded."""
    shelf = shelf or Shelf()
    with Checkpoints(folder, KEY, n_inputs=N_INPUTS) as parts:
        options |= {"known": parts.known, "keep": parts.keep}
        found = evaluate(encoder, shelf, alteration=NOISE, batch_size=BATCH, **options)
        parts.write()
    return found, sorted(shelf.loaded)


@pytest.fixture(autouse=True)
def one_block_per_group():
    """Many small groups show more than few large ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "_BLOCKS_PER_GROUP", 1)
        yield


def groups():
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "_BLOCKS_PER_GROUP", 1)
        evaluate(encode, Shelf(), alteration=NOISE, batch_size=BATCH, keep=found.append)
    return found


WHOLE = evaluate(encode, Shelf(), alteration=NOISE, batch_size=BATCH)
GROUPS = groups()


@pytest.fixture
def eager(monkeypatch):
    """Write a part after every group."""
    monkeypatch.setattr(checkpoints, "SECONDS_PER_CHECKPOINT", 0.0)


def stops_after(n_calls, error):
    calls = []

    def encoder(inputs):
        calls.append(len(inputs))
        if len(calls) > n_calls:
            raise error
        return encode(inputs)

    return encoder


def names(folder):
    return sorted(path.name for path in folder.glob("checkpoints-*/*"))


def error_of(kind, function, *arguments, **options):
    with pytest.raises(kind) as caught:
        function(*arguments, **options)
    return caught.value


@given(
    cuts=st.sets(st.integers(1, 19)), chosen=st.sets(st.integers(0, 19)), workers=st.integers(1, 3)
)
@settings(max_examples=40, deadline=None)
def test_however_a_run_was_cut_and_whatever_is_missing_the_same_bits_result(
    cuts, chosen, workers, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("cut")
    parts = Checkpoints(folder, KEY, n_inputs=N_INPUTS)
    for number, walked in enumerate(GROUPS):
        if number in cuts:
            parts.write()
        if number in chosen:
            parts.keep(walked)
    parts.write()
    found, loaded = run(folder, workers=workers)
    assert everything(found) == everything(WHOLE)
    assert loaded == [k for k in range(N_INPUTS) if k // 2 not in chosen]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EncodingError("ENC001", "x", fix="y")])
@pytest.mark.parametrize("n_calls", [1, 5, 13])
def test_what_was_done_before_a_stop_is_not_done_again(tmp_path, error, n_calls):
    error_of((IncompleteError, EncodingError), run, tmp_path, stops_after(n_calls, error))
    found, loaded = run(tmp_path)
    assert everything(found) == everything(WHOLE)
    assert len(loaded) <= N_INPUTS - 2 * n_calls


def test_an_interrupt_says_how_much_is_kept_and_how_to_go_on(tmp_path):
    told = error_of(IncompleteError, run, tmp_path, stops_after(3, KeyboardInterrupt()))
    assert (told.code, told.exit_code, told.message, told.fix) == (
        "RUN001",
        5,
        "the work must run to its end; it was interrupted after 6 of 40 inputs, which are kept in "
        + str(tmp_path / "checkpoints-aaaaaaaaaaaaaaaa"),
        "Run the same command again: it resumes after these.",
    )


def test_an_interrupt_before_anything_is_done_says_that_it_starts_anew(tmp_path):
    told = error_of(IncompleteError, run, tmp_path, stops_after(0, KeyboardInterrupt()))
    assert (told.message[-5:], told.fix) == ("nputs", "Run the same command again: it starts anew.")


def test_a_part_is_written_after_two_seconds_of_work(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])
    parts = Checkpoints(tmp_path, KEY, n_inputs=N_INPUTS)
    for walked in GROUPS[:9]:
        now[0] += 0.75
        parts.keep(walked)
    assert names(tmp_path) == [f"{a:08}-{a + 6:08}.npz" for a in (0, 6, 12)]


def test_groups_that_do_not_follow_each_other_are_parts_of_their_own(tmp_path):
    parts = Checkpoints(tmp_path, KEY, n_inputs=N_INPUTS)
    for walked in (GROUPS[0], GROUPS[1], GROUPS[5]):
        parts.keep(walked)
    parts.write()
    assert names(tmp_path) == ["00000000-00000004.npz", "00000010-00000012.npz"]


def test_known_groups_are_not_written_again(tmp_path, eager):
    run(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("checkpoints-*/*")}
    assert run(tmp_path)[1] == []
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("checkpoints-*/*")} == before


def test_parts_of_another_run_are_not_taken(tmp_path):
    run(tmp_path)
    assert Checkpoints(tmp_path, "b" * 64, n_inputs=N_INPUTS).known == {}


def test_parts_of_another_run_in_the_folder_of_this_one_are_named_and_not_taken(tmp_path):
    run(tmp_path)
    other = Checkpoints(tmp_path, "a" * 63 + "b", n_inputs=N_INPUTS)
    path = tmp_path / "checkpoints-aaaaaaaaaaaaaaaa" / "00000000-00000040.npz"
    told = f"{path} cannot be used, its inputs are encoded again: it belongs to another run"
    assert (other.known, other.damaged) == ({}, [told])


@pytest.mark.parametrize("length", [0, 1, 100, -100, -1])
def test_a_part_that_is_cut_off_is_named_and_done_again(tmp_path, eager, length):
    run(tmp_path)
    path = sorted(tmp_path.glob("checkpoints-*/*"))[4]
    path.write_bytes(path.read_bytes()[:length])
    again = Checkpoints(tmp_path, KEY, n_inputs=N_INPUTS)
    assert [str(path) in one for one in again.damaged] == [True]
    found, loaded = run(tmp_path)
    assert (everything(found), loaded) == (everything(WHOLE), [8, 9])


@given(position=st.integers(0), bit=st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_a_flipped_bit_is_noticed(position, bit):
    content = bytearray(pack(KEY, GROUPS[:3]))
    content[position % len(content)] ^= 1 << bit
    with pytest.raises(ValueError, match="it is not whole"):
        unpack(KEY, bytes(content))


def test_a_part_opens_as_an_npz_file(tmp_path):
    (tmp_path / "part.npz").write_bytes(pack(KEY, GROUPS[:3]))
    with np.load(tmp_path / "part.npz") as stored:
        assert stored["column.rmqm.displacements"].shape == (5, 6)


def test_groups_come_back_with_every_bit():
    for one, other in zip(unpack(KEY, pack(KEY, GROUPS)), GROUPS, strict=True):
        assert (one.first, one.end, one.ids, one.dtype) == (
            other.first,
            other.end,
            other.ids,
            other.dtype,
        )
        assert one.columns.keys() == other.columns.keys()
        for name in one.columns:
            assert one.columns[name].tobytes() == other.columns[name].tobytes()
        assert [(k, e.code, e.message, e.fix) for k, e in one.unreadable] == [
            (k, e.code, e.message, e.fix) for k, e in other.unreadable
        ]


def changed(walked):
    d = walked.columns["rmqm.displacements"].copy()
    d[0, 0] = np.nextafter(d[0, 0], 2)
    columns = {**walked.columns, "rmqm.displacements": d}
    return Group(walked.first, walked.end, walked.ids, columns, walked.dtype)


def put(folder, name, *walked):
    (folder / "checkpoints-aaaaaaaaaaaaaaaa").mkdir(exist_ok=True)
    (folder / "checkpoints-aaaaaaaaaaaaaaaa" / name).write_bytes(pack(KEY, walked))


def test_parts_that_overlap_and_agree_are_taken_once(tmp_path):
    put(tmp_path, "one.npz", *GROUPS[:3])
    put(tmp_path, "two.npz", *GROUPS[2:5])
    found, loaded = run(tmp_path)
    assert (everything(found), loaded) == (everything(WHOLE), list(range(10, 40)))


def test_parts_that_differ_in_one_bit_stop_the_work_and_are_both_named(tmp_path):
    put(tmp_path, "one.npz", *GROUPS[:3])
    put(tmp_path, "two.npz", changed(GROUPS[2]))
    told = error_of(UnreadableError, run, tmp_path)
    below = tmp_path / "checkpoints-aaaaaaaaaaaaaaaa"
    assert told.code == "RUN003"
    assert told.message == (
        "checkpoints of one run must agree in every bit; got different numbers for the same "
        f"inputs in {below / 'one.npz'} and {below / 'two.npz'}"
    )
    assert told.fix.startswith(f"Remove {below} and run the same command again.")


def test_another_process_that_wrote_other_numbers_stops_the_work(tmp_path):
    parts = Checkpoints(tmp_path, KEY, n_inputs=N_INPUTS)
    parts.keep(GROUPS[2])
    put(tmp_path, "00000004-00000006.npz", changed(GROUPS[2]))
    told = error_of(UnreadableError, parts.write)
    assert (told.code, "00000004-00000006.npz and the process that" in told.message) == (
        "RUN003",
        True,
    )


def test_another_process_that_wrote_the_same_does_not_disturb(tmp_path):
    parts = Checkpoints(tmp_path, KEY, n_inputs=N_INPUTS)
    parts.keep(GROUPS[2])
    put(tmp_path, "00000004-00000006.npz", GROUPS[2])
    parts.write()
    assert (names(tmp_path), parts.n_kept) == (["00000004-00000006.npz"], 2)


def test_a_run_goes_on_where_another_process_removed_the_parts(tmp_path, eager):
    def encoder(inputs):
        remove_checkpoints(tmp_path, KEY)
        return encode(inputs)

    assert everything(run(tmp_path, encoder)[0]) == everything(WHOLE)


@pytest.mark.parametrize(("n_times", "is_written"), [(1, True), (2, True), (3, False)])
def test_a_folder_that_vanishes_during_a_write_is_made_again(
    tmp_path, monkeypatch, n_times, is_written
):
    replace, calls = os.replace, []

    def vanish(path, *arguments):
        calls.append(path)
        if len(calls) <= n_times:
            remove_checkpoints(tmp_path, KEY)
        return replace(path, *arguments)

    monkeypatch.setattr(pathlib.Path, "replace", vanish)
    parts = Checkpoints(tmp_path, KEY, n_inputs=N_INPUTS)
    parts.keep(GROUPS[0])
    if is_written:
        parts.write()
    else:
        assert error_of(IncompleteError, parts.write).code == "RUN002"
    assert names(tmp_path) == ["00000000-00000002.npz"] * is_written


def full(*arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_the_work_at_the_first_part_that_cannot_be_kept(
    tmp_path, eager, monkeypatch
):
    calls = []

    def encoder(inputs):
        calls.append(len(inputs))
        if len(calls) == 7:
            monkeypatch.setattr(os, "fsync", full)
        return encode(inputs)

    told = error_of(IncompleteError, run, tmp_path, encoder)
    below = tmp_path / "checkpoints-aaaaaaaaaaaaaaaa"
    assert (told.code, told.exit_code, len(calls)) == ("RUN002", 5, 7)
    assert told.message == (
        "what is done must be written to disk; got [Errno 28] No space left on device; 14 of 40 "
        f"inputs are kept in {below}"
    )
    assert "run the same command again" in told.fix
    assert all(re.fullmatch(r"\d{8}-\d{8}\.npz", name) for name in names(tmp_path))
    monkeypatch.undo()
    found, loaded = run(tmp_path)
    assert (everything(found), min(loaded)) == (everything(WHOLE), 14)


def test_a_disk_that_is_full_from_the_start_keeps_nothing_and_says_so(tmp_path, eager, monkeypatch):
    monkeypatch.setattr(os, "fsync", full)
    told = error_of(IncompleteError, run, tmp_path)
    assert told.message.endswith("[Errno 28] No space left on device")


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="the platform has no limit on files")
def test_a_limit_of_the_operating_system_is_told_like_a_full_disk(tmp_path, eager):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, before[1]))
    try:
        told = error_of(IncompleteError, run, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (told.code, "File too large" in told.message, names(tmp_path)) == ("RUN002", True, [])


def test_an_error_of_the_encoder_is_told_also_where_the_disk_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", full)
    broken = EncodingError("ENC001", "x", fix="y")
    assert error_of(EncodingError, run, tmp_path, stops_after(3, broken)) is broken
