"""Documents that somebody edited, cut or mixed up are refused by place and reason."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.correlation.reading import read_measurements
from rmqm_spec.documents.reading import read_json
from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.evaluation.checkpoint_files import pack, unpack
from rmqm_spec.evaluation.group import Group
from rmqm_spec.reports import read_report_content
from rmqm_spec.results.stored import read_result
from rmqm_spec.runs.request_files import read_request
from rmqm_spec.validation import validate_document
from rmqm_spec.validation.kinds import KINDS

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[3] / "examples"
MODELS = [EXAMPLES / "digits_ntxent.onnx", EXAMPLES / "digits_cross_entropy.onnx"]
QUIET = Listener()


def mutations(value, path=()):
    """Yield a document with one place deleted, of another type, or nested; and that place."""
    places = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, inner in places:
        place = (*path, key)
        if isinstance(value, dict):
            yield place, {name: one for name, one in value.items() if name != key}
        else:
            yield place, [one for index, one in enumerate(value) if index != key]
        for other in ("text", 12, -1.5, True, None, [], {}, [inner], {"inner": inner}):
            if type(other) is not type(inner) or other != inner:
                yield place, changed(value, key, other)
        if isinstance(inner, dict | list) and not is_long(inner):
            for deeper, changed_inner in mutations(inner, place):
                yield deeper, changed(value, key, changed_inner)


def changed(value, key, other):
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[key] = other
    return copied


def is_long(value):
    return isinstance(value, list) and len(value) > 12


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A result with its null, a ranking of two, and probes, on disk."""
    folder = tmp_path_factory.mktemp("documents")
    images = np.random.default_rng(0).random((60, 8, 8), dtype=np.float32)
    np.savez(folder / "data.npz", images=images, labels=np.arange(60) % 3)
    data = {"data": f"{folder}/data.npz:images", "listener": QUIET}
    rmqm_spec.rank(MODELS, n=20, levels=3, out=folder / "rank", **data)
    rmqm_spec.probe(
        MODELS[:1], labels=f"{folder}/data.npz:labels", out=folder / "probe", C="none", **data
    )
    return folder


def refused(read, *arguments):
    """Return the refusal of a document, or None where it is taken; anything else is a bug."""
    try:
        read(*arguments)
    except RmqmError as error:
        return error if error.exit_code != 70 and error.fix else pytest.fail(f"a bug: {error}")
    return None


@pytest.mark.parametrize(
    ("name", "file"),
    [("rmqm-result/1", "rank/digits_ntxent/result.json"), ("rmqm-rank/1", "rank/rank.json"),
     ("rmqm-probe/1", "probe/probe.json")],
)  # fmt: skip
def test_every_place_of_a_record_is_held_against_its_rule(made, name, file):
    """A record takes the document as it is, and what it refuses names the place."""
    document = json.loads((made / file).read_text())
    kind = KINDS[name]
    kind.structured(document)
    n_refused = 0
    for place, tampered in mutations(document):
        rule = broken(kind, tampered)
        n_refused += bool(rule)
        names_place = str(place[0]) in rule or "keys" in rule
        assert not rule or names_place or place[-1] == "J", (place, rule)  # held against counts
    assert n_refused > 300


def broken(kind, document):
    try:
        kind.structured(document)
    except ValueError as error:
        return str(error)
    return ""


READERS = {
    "rank": lambda folder: rmqm_spec.rank([folder], out=folder / "new", listener=QUIET),
    "correlate": lambda folder: read_measurements([folder / "result.json"], scores=[], probes=[]),
    "report": lambda folder: read_report_content([folder]),
    "validate": validate_document,
    "read": read_result,
}


@pytest.mark.parametrize("reader", READERS)
def test_no_result_that_was_changed_meets_a_bug(made, tmp_path, reader):
    source = made / "rank" / "digits_ntxent"
    shutil.copytree(source, tmp_path / "result", ignore=shutil.ignore_patterns("null"))
    path = tmp_path / "result" / "result.json"
    document = json.loads(path.read_text())
    every = list(mutations(document))
    sample = every if reader in {"read", "correlate"} else random.Random(0).sample(every, 120)
    n_refused = 0
    for place, tampered in sample:
        path.write_text(json.dumps(tampered))
        error = refused(READERS[reader], tmp_path / "result")
        n_refused += error is not None
        if error is not None and error.code == "RES002":
            assert str(path) in error.message or str(place[0]) in error.message
    assert reader == "validate" or n_refused > len(sample) / 2


@pytest.mark.parametrize("reader", ["correlate", "report", "validate"])
def test_no_ranking_that_was_changed_meets_a_bug(made, tmp_path, reader):
    shutil.copytree(made / "rank", tmp_path / "rank")
    path = tmp_path / "rank" / "rank.json"
    document = json.loads(path.read_text())
    read = {
        "correlate": lambda: read_measurements([path], scores=[], probes=[]),
        "report": lambda: read_report_content([path]),
        "validate": lambda: validate_document(path),
    }[reader]
    for _, tampered in random.Random(1).sample(list(mutations(document)), 120):
        path.write_text(json.dumps(tampered))
        refused(read)


def test_no_probe_that_was_changed_meets_a_bug(made, tmp_path):
    document = json.loads((made / "probe" / "probe.json").read_text())
    path = tmp_path / "probe.json"
    for _, tampered in mutations(document):
        path.write_text(json.dumps(tampered))
        refused(lambda: read_measurements([path], scores=[], probes=[]))


@pytest.mark.parametrize(
    "text", ["", "[", "[]", "null", '{"a": 1, "a": 2}', '{"a": NaN}', "\udcff"]
)
def test_what_is_no_json_object_is_refused(tmp_path, text):
    path = tmp_path / "result.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UnreadableError, match="must"):
        read_json(path)


def test_a_result_that_was_changed_is_computed_again(made, tmp_path):
    options = {"data": f"{made}/data.npz:images", "n": 5, "levels": 2, "null": False}
    first = rmqm_spec.score(MODELS[0], out=tmp_path / "out", listener=QUIET, **options)
    document = json.loads(first.path.read_text())
    del document["runtime"]
    first.path.write_text(json.dumps(document))
    again = rmqm_spec.score(MODELS[0], out=tmp_path / "out", listener=QUIET, **options)
    assert (again.reused, again.rmqm) == (False, first.rmqm)


def test_distances_that_were_changed_are_refused(made, tmp_path):
    shutil.copytree(made / "rank" / "digits_ntxent", tmp_path / "result")
    path = tmp_path / "result" / "distances.npz"
    with np.load(path) as stored:
        arrays = dict(stored)
    for name, array in arrays.items():
        others = (None, array.astype(str), array[..., None], np.array(1), np.array(["a", "b"]))
        for other in others:
            changed_arrays = {**arrays, name: other}
            if other is None:
                del changed_arrays[name]
            elif other.dtype == array.dtype and np.array_equal(other, array):
                continue
            np.savez(path, **changed_arrays)
            error = refused(read_result, tmp_path / "result")
            assert error is not None, (name, other)
            assert "distances.npz" in error.message
    path.write_bytes(path.read_bytes()[:200])
    assert refused(read_result, tmp_path / "result") is not None


def test_checkpoints_that_were_changed_are_no_checkpoints():
    import hashlib
    import io

    rows = {"rmqm.displacements": np.ones((2, 3)), "rmqm.step_lengths": np.ones((2, 3))}
    packed = pack("k", [Group(0, 2, ("one", "two"), rows, np.float32)])
    with np.load(io.BytesIO(packed[:-32])) as stored:
        arrays = dict(stored)
    for name, array in arrays.items():
        for other in (None, np.array("x"), np.array([1]), array.astype(str)[..., None]):
            changed_arrays = {**arrays, name: other}
            if other is None:
                del changed_arrays[name]
            stream = io.BytesIO()
            np.savez(stream, **changed_arrays)
            content = stream.getvalue()
            signed = content + hashlib.sha256(content).digest()
            try:
                unpack("k", signed)
            except ValueError:
                continue


@pytest.mark.parametrize("value", ['"text"', "12", "-1.5", "true", "[]", "{}", "[[1]]"])
def test_no_request_meets_a_bug(tmp_path, value):
    path = tmp_path / "run.toml"
    names = "model n data size mean feed levels variant measure out alteration coupling executor"
    for name in [*names.split(), "threads", "preprocess", "range", "unknown"]:
        text = f"{name} = {value}\n"
        path.write_text(text if name == "model" else f'model = "m.onnx"\n{text}')
        refused(read_request, path)
