"""Results on disk: whole or not at all, never lost, and exact."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec import WhiteNoise, characterize, evaluate
from rmqm_spec.errors import RmqmError, UnreadableError, UsageError
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import check_writable, read_json, write_atomically, write_result

IMAGES = np.random.default_rng(0).random((6, 8))
FILES = ["distances.npz", "per_input.csv", "result.json"]


def encode(inputs):
    return inputs[:, :4] * inputs[:, 4:] + 0.1


def evaluated(seed=0, n=6, encoder=encode):
    return evaluate(encoder, IMAGES[:n], alteration=WhiteNoise(n_levels=4, seed=seed))


def written(folder, seed=0, n=6, encoder=encode, **options):
    found = evaluated(seed, n, encoder)
    document = result_document(
        found, {}, [], data="eye", seconds=1.0, created="2026-01-01T00:00:00+00:00"
    )
    return found, document, write_result(folder, document, found, **options)


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


def contents(folder):
    files = (path for path in folder.iterdir() if path.name != ".rmqm-spec.lock")
    return {path.name: path.read_bytes() for path in files}


def rows(folder):
    with (folder / "per_input.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def broken_call(*arguments, **options):
    raise OSError(28, "No space left on device")


BREAKS = [(os, "fsync"), (Path, "replace")]


@pytest.mark.parametrize(("place", "name"), BREAKS)
def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, place, name):
    write_atomically(tmp_path / "a", b"old")
    monkeypatch.setattr(place, name, broken_call)
    message(write_atomically, tmp_path / "a", b"new")
    assert contents(tmp_path) == {"a": b"old"}


@pytest.mark.parametrize(("place", "name"), BREAKS)
def test_a_write_that_fails_says_why(tmp_path, monkeypatch, place, name):
    monkeypatch.setattr(place, name, broken_call)
    expected = f"{tmp_path / 'a'} must be writable; got [Errno 28] No space left on device"
    assert message(write_atomically, tmp_path / "a", b"new") == (UsageError, "ARG005", expected)


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    write_atomically(tmp_path / "a", b"old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a", b"new")
    assert contents(tmp_path) == {"a": b"old"}


def test_content_is_on_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr(os, "fsync", lambda _: steps.append("fsync"))
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, to: steps.append("replace") or replace(self, to)
    )
    write_atomically(tmp_path / "a", b"new")
    assert (steps, contents(tmp_path)) == (["fsync", "replace", "fsync"], {"a": b"new"})


def test_a_result_is_three_files_and_the_document_comes_last(tmp_path):
    *_, paths = written(tmp_path)
    assert paths == [tmp_path / name for name in FILES]


def test_a_result_that_fails_half_way_has_no_document(tmp_path, monkeypatch):
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, to: broken_call() if "csv" in to.name else replace(self, to)
    )
    with pytest.raises(UsageError):
        written(tmp_path)
    assert list(contents(tmp_path)) == ["distances.npz"]


def test_the_document_survives_the_round_trip(tmp_path):
    _, document, _ = written(tmp_path)
    assert read_json(tmp_path / "result.json") == document


@pytest.mark.parametrize("variant", ["paper", "authors-2022"])
def test_the_stored_distances_give_every_number_again(tmp_path, variant):
    found, *_ = written(tmp_path)
    stored = np.load(tmp_path / "distances.npz", allow_pickle=False)
    again = characterize(stored["displacements"], stored["step_lengths"], variant=variant)
    first = characterize(found.displacements, found.step_lengths, variant=variant)
    assert (again.rmqm, again.interval) == (first.rmqm, first.interval)


def test_the_stored_ids_are_those_of_the_result(tmp_path):
    found, *_ = written(tmp_path)
    assert tuple(np.load(tmp_path / "distances.npz")["ids"].tolist()) == found.ids


def test_the_table_has_a_header_and_a_row_per_id(tmp_path):
    found, *_ = written(tmp_path)
    header, *body = rows(tmp_path)
    assert header == ["id", "name", "D", "D_RC", "P_RC", "S", "contribution"]
    assert [tuple(row[:2]) for row in body] == list(zip(found.ids, found.names, strict=True))


@pytest.mark.parametrize("name", ["D", "D_RC", "P_RC", "S", "contribution"])
def test_the_numbers_of_the_table_are_exact(tmp_path, name):
    found, *_ = written(tmp_path)
    header, *body = rows(tmp_path)
    got = [float(row[header.index(name)]) for row in body]
    np.testing.assert_array_equal(got, getattr(found.characteristics.per_input, name))


def test_names_with_commas_quotes_and_line_feeds_stay_one_field(tmp_path, monkeypatch):
    found, document, _ = written(tmp_path / "a", n=2)
    names = ('a,"b"\nc', "ü 猫")
    object.__setattr__(found, "names", names)
    write_result(tmp_path / "b", document, found)
    assert tuple(row[1] for row in rows(tmp_path / "b")[1:]) == names


def test_the_same_result_twice_gives_the_same_bytes(tmp_path):
    written(tmp_path)
    before = contents(tmp_path)
    written(tmp_path)
    assert contents(tmp_path) == before


def test_another_result_goes_beside_the_first(tmp_path):
    written(tmp_path / "out")
    before = contents(tmp_path / "out")
    _, document, paths = written(tmp_path / "out", seed=1)
    beside = tmp_path / f"out-{document['result_sha256'][:8]}"
    assert (contents(tmp_path / "out"), paths[0].parent) == (before, beside)


def test_force_replaces_another_result(tmp_path):
    written(tmp_path)
    _, document, _ = written(tmp_path, seed=1, force=True)
    assert read_json(tmp_path / "result.json") == document


@pytest.mark.parametrize("broken", ["", "[1]", "{", '{"result": 1}'])
def test_a_broken_document_in_the_folder_does_not_lose_the_new_result(tmp_path, broken):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "result.json").write_text(broken)
    _, document, paths = written(tmp_path / "out")
    assert (read_json(paths[-1]), paths[-1].parent != tmp_path / "out") == (document, True)


def test_another_result_in_the_current_folder_does_not_lose_the_new_one(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    written(Path())
    _, document, _ = written(Path(), seed=1)
    beside = tmp_path / f"here-{document['result_sha256'][:8]}" / "result.json"
    assert read_json(beside) == document


def test_a_result_without_a_score_is_written_with_nulls(tmp_path):
    written(tmp_path, encoder=lambda x: np.ones((len(x), 2)))
    document = read_json(tmp_path / "result.json")
    assert [document[key] for key in ("rmqm", "interval", "status")] == [None, None, "collapsed"]


def test_a_table_without_a_score_says_nan(tmp_path):
    written(tmp_path, encoder=lambda x: np.ones((len(x), 2)))
    assert {row[-1] for row in rows(tmp_path)[1:]} == {"nan"}


def test_time_and_place_do_not_change_the_name_of_a_result():
    found = evaluated()
    digests = {
        result_document(found, {"runtime": k}, [], data="eye", seconds=k, created=f"{k}")[
            "result_sha256"
        ]
        for k in range(3)
    }
    assert len(digests) == 1


@pytest.mark.parametrize("other", [{"seed": 1}, {"n": 5}, {"encoder": lambda x: x + 0.1}])
def test_another_number_changes_the_name_of_a_result(other):
    names = {
        result_document(one, {}, [], data="eye", seconds=1.0, created="")["result_sha256"]
        for one in (evaluated(), evaluated(**other))
    }
    assert len(names) == 2


def test_bounds_as_integers_are_the_same_protocol():
    digests = {
        result_document(
            evaluate(encode, IMAGES, bounds=bounds), {}, [], data="", seconds=0, created=""
        )["protocol_sha256"]
        for bounds in [(0, 1), (0.0, 1.0), (np.float32(0), np.float32(1))]
    }
    assert len(digests) == 1


def test_documents_hold_no_number_that_json_lacks(tmp_path):
    _, document, _ = written(tmp_path, n=1)
    assert json.dumps(document, allow_nan=False)


def test_a_folder_is_made_and_left_empty_by_the_probe(tmp_path):
    check_writable(tmp_path / "a" / "b")
    assert contents(tmp_path / "a" / "b") == {}


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "a").touch()
    path = tmp_path / "a"
    expected = (
        f"--out must be a folder that can be written to; got [Errno 17] File exists: '{path}'"
    )
    assert message(check_writable, path) == (UsageError, "ARG005", expected)


def test_a_file_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "a").touch()
    assert message(write_atomically, tmp_path / "a" / "b", b"")[:2] == (UsageError, "ARG005")


QUOTES = "Expecting property name enclosed in double quotes"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("[1]", "must hold a JSON object; got list"),
        ("3", "must hold a JSON object; got int"),
        ("{", f"must be a JSON document; got {QUOTES}: line 1 column 2 (char 1)"),
        ("", "must be a JSON document; got Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path, content, text):
    (tmp_path / "a").write_text(content)
    expected = f"{tmp_path / 'a'} {text}"
    assert message(read_json, tmp_path / "a") == (UnreadableError, "RES001", expected)


def test_a_document_that_is_missing_is_refused(tmp_path):
    path = tmp_path / "a"
    expected = f"{path} must be a file; there is none"
    assert message(read_json, path) == (UnreadableError, "RES001", expected)
