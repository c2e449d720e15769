"""A manipulated number is caught, wherever it stands; what was not touched is valid."""

from __future__ import annotations

import csv
import json
import shutil
from copy import deepcopy
from functools import reduce
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

from rmqm_spec.differences import difference_document  # noqa: E402
from rmqm_spec.errors import UnreadableError  # noqa: E402
from rmqm_spec.identity import digest_of_json  # noqa: E402
from rmqm_spec.ranking import rank_results, ranking_document  # noqa: E402
from rmqm_spec.results.document import digest_of_result  # noqa: E402
from rmqm_spec.results.stored import read_result  # noqa: E402
from rmqm_spec.validation import validate_document  # noqa: E402

EXAMPLES = Path(__file__).parents[2] / "examples"
OUTSIDE = ("created", "seconds", "runtime", "versions", "run_sha256", "null")
"""What no digest covers: it may differ between two runs that gave the same numbers."""

CLAIMED = ("model", "input", "output", "preprocessing", "findings")
"""What is told about the encoder, which nothing beside the digest can contradict."""


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    for name in ("ntxent", "cross_entropy"):
        model, options = str(EXAMPLES / f"digits_{name}.onnx"), ["--n", "6", "--levels", "5"]
        done = rmqm("score", model, "--no-null", *options, "--out", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def result(folder, tmp_path):
    shutil.copytree(folder / "ntxent", tmp_path / "result")
    return tmp_path / "result"


def places(value, place=()):
    """Return the way to every value that is no container."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, one in inner:
        deeper = isinstance(one, dict | list) and one
        found += places(one, (*place, key)) if deeper else [(*place, key)]
    return found


def other(value):
    """Return another value of the same kind, as like it as a forger would choose."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.001 if value else 0.001
    if isinstance(value, str) and len(value) == 64:
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return f"{value}x" if isinstance(value, str) else 0.5


def tampered(document, place):
    changed = deepcopy(document)
    *way, last = place
    within = reduce(lambda inner, key: inner[key], way, changed)
    within[last] = other(within[last])
    return changed


def caught(path, document):
    """Return the codes that failed."""
    path.write_text(json.dumps(document))
    try:
        findings = validate_document(path).findings
    except UnreadableError as error:
        return [error.code]
    return [one.code for one in findings if one.level == "fail"]


def test_every_field_of_a_result_is_guarded(result):
    path = result / "result.json"
    document = json.loads(path.read_text())
    assert caught(path, document) == []
    unseen = {
        ".".join(map(str, place))
        for place in places(document)
        if place[0] not in OUTSIDE and not caught(path, tampered(document, place))
    }
    assert unseen == set()


def test_a_new_digest_hides_no_number(result):
    """Who renews the digests, in all files, still has to make up the distances."""
    path = result / "result.json"
    document = json.loads(path.read_text())
    with np.load(result / "distances.npz") as stored:
        content = dict(stored)
    with np.load(result / "examples.npz") as stored:
        pictures = dict(stored)
    unseen, seen = set(), [one for one in places(document) if one[0] not in (*OUTSIDE, *CLAIMED)]
    for place in seen:
        changed = tampered(document, place)
        changed["protocol_sha256"] = digest_of_json(changed["protocol"])
        changed["result_sha256"] = digest_of_result(changed)
        renewed = content | {"result_sha256": np.array(changed["result_sha256"])}
        np.savez(result / "distances.npz", **renewed)
        renewed = pictures | {"result_sha256": np.array(changed["result_sha256"])}
        np.savez(result / "examples.npz", **renewed)
        if not caught(path, changed):
            unseen.add(".".join(map(str, place)))
    assert {one for one in unseen if not one.startswith("protocol.inputs.")} == {
        "inputs.source",
        "protocol.specification",
        "protocol.resolution",  # a thousandth more cuts nothing off
        "protocol.alteration.name",  # then it is not installed: VAL013 warns
        "protocol.alteration.seed",
        "protocol.alteration.generator",
        "protocol.alteration.bounds.0",
        "protocol.alteration.bounds.1",
        "protocol_sha256",  # computed again just now, as is the next
        "result_sha256",
    }


@pytest.mark.parametrize("name", ["displacements", "step_lengths"])
@pytest.mark.parametrize("factor", [1.001, 10.0])
def test_every_distance_counts(result, name, factor):
    with np.load(result / "distances.npz") as stored:
        content = dict(stored)
    rows, levels = content[name].shape
    for row, level in [(0, 0), (rows // 2, levels // 2), (rows - 1, levels - 1)]:
        changed = content[name].copy()
        changed[row, level] = min(changed[row, level] * factor, 2.0)
        np.savez(result / "distances.npz", **content | {name: changed})
        codes = {one.code for one in validate_document(result).findings if one.level == "fail"}
        assert codes >= {"VAL005", "VAL008"}


def test_distances_that_no_encodings_have_are_caught(result):
    with np.load(result / "distances.npz") as stored:
        content = dict(stored)
    content["step_lengths"][2, 3] = 2.0
    np.savez(result / "distances.npz", **content)
    (found,) = [one for one in validate_document(result).findings if one.code == "VAL004"]
    assert (found.level, found.message) == (
        "fail", "input 2, level 4 breaks the triangle inequality",
    )  # fmt: skip
    assert found.fix.endswith("score the encoder again, with --force and the same --out.")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda content: {"ids": content["ids"][::-1]}, "VAL003"),
        (lambda content: {"names": np.array([f"{one}x" for one in content["names"]])}, "VAL008"),
        (lambda content: {"displacements": content["displacements"][:-1]}, "VAL003"),
    ],
)
def test_distances_of_other_inputs_are_caught(result, change, code):
    with np.load(result / "distances.npz") as stored:
        content = dict(stored)
    np.savez(result / "distances.npz", **content | change(content))
    assert code in [one.code for one in validate_document(result).findings if one.level == "fail"]


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (("components", "D"), -1.0, "VAL009"),
        (("components", "P_RC"), 1e300, "VAL009"),
        (("components", "P_RC"), None, "VAL009"),
        (("rmqm",), None, "VAL009"),
        (("status",), "collapsed", "VAL009"),
        (("interval",), None, "VAL005"),
        (("protocol", "alteration", "J"), 10**12, "VAL006"),
        (("protocol", "resolution"), 5, "VAL003"),
        (("counts", "used"), 10**12, "VAL006"),
        (("curves", "levels"), [], "VAL006"),
    ],
)
def test_what_a_schema_lets_through_is_caught(result, place, value, code):
    path = result / "result.json"
    document = json.loads(path.read_text())
    *way, last = place
    reduce(lambda inner, key: inner[key], way, document)[last] = value
    document["protocol_sha256"] = digest_of_json(document["protocol"])
    document["result_sha256"] = digest_of_result(document)
    with np.load(result / "distances.npz") as stored:
        content = dict(stored)
    content["result_sha256"] = np.array(document["result_sha256"])
    np.savez(result / "distances.npz", **content)
    assert code in caught(path, document)


def test_every_number_of_a_null_is_guarded(rmqm, tmp_path):
    options = ["--n", "6", "--levels", "5", "--out", "result"]
    done = rmqm("score", str(EXAMPLES / "digits_ntxent.onnx"), *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "result/result.json"
    document = json.loads(path.read_text())
    assert caught(path, document) == []
    claimed = {"seed", "tensors", "values", "findings", "error"}
    for place in places({"null": document["null"]}):
        if place[1] in claimed:
            continue
        changed = tampered(document, place)
        changed["result_sha256"] = digest_of_result(changed)
        with np.load(path.with_name("distances.npz")) as stored:
            content = dict(stored)
        renewed = content | {"result_sha256": np.array(changed["result_sha256"])}
        np.savez(path.with_name("distances.npz"), **renewed)
        assert "VAL011" in caught(path, changed) or place[1] == "status", place
        np.savez(path.with_name("distances.npz"), **content)


@pytest.mark.parametrize("name", ["distances.npz", "per_input.csv"])
def test_a_result_without_one_of_its_files_is_not_valid(result, name):
    (result / name).unlink()
    assert not validate_document(result).ok


def test_every_cell_of_the_table_counts(result):
    path = result / "per_input.csv"
    rows = list(csv.reader(path.read_text().splitlines()))
    for column in range(len(rows[0])):
        changed = deepcopy(rows)
        cell = changed[3][column]
        changed[3][column] = f"{cell}x" if column < 2 else repr(float(cell) * 1.001)
        with path.open("w", newline="") as stream:
            csv.writer(stream).writerows(changed)
        failed = [one.code for one in validate_document(result).findings if one.level == "fail"]
        assert failed == ["VAL008"], rows[0][column]


def difference(folder):
    return difference_document(*(read_result(folder / one) for one in ("ntxent", "cross_entropy")))


def ranking(folder):
    results = {one: read_result(folder / one) for one in ("ntxent", "cross_entropy")}
    return ranking_document(*_turned(rank_results(results), results))


def _turned(found, results):
    ranked, notes = found
    return ranked, results, notes


@pytest.mark.parametrize("make", [difference, ranking])
def test_every_number_of_a_comparison_is_guarded(folder, tmp_path, make):
    document = make(folder)
    if make is difference:
        document |= {"ok": document["same"], "rmqm": None, "interval": None}
    path = tmp_path / "document.json"
    assert caught(path, document) == []
    drawn = {"probability", "best", "order_probability", "quantile", "encodings_per_second"}
    drawn |= {"result", "unassigned"}  # a path that leads nowhere is a warning; rounding, about 0
    unseen = {
        ".".join(map(str, place))
        for place in places(document)
        if not drawn & set(place) and not caught(path, tampered(document, place))
    }
    assert unseen == set()


def test_a_folder_stands_for_the_ranking_in_it(folder, tmp_path):
    (tmp_path / "rank.json").write_text(json.dumps(ranking(folder)))
    found = validate_document(tmp_path)
    assert (found.ok, found.path, found.schema) == (True, tmp_path / "rank.json", "rmqm-rank/1")


def test_a_comparison_whose_results_are_gone_is_told_so(folder, tmp_path):
    document = difference(folder) | {"ok": False, "rmqm": None, "interval": None}
    document["results"][0]["result"] = "gone/result.json"
    (tmp_path / "document.json").write_text(json.dumps(document))
    found = validate_document(tmp_path / "document.json")
    assert found.ok
    assert [(one.code, one.level) for one in found.findings][-1] == ("VAL010", "warn")


def test_every_number_of_a_check_is_guarded(rmqm, tmp_path):
    done = rmqm("check", str(EXAMPLES / "digits_ntxent.onnx"), "--n", "6", "--json", cwd=tmp_path)
    document, path = done.document, tmp_path / "check.json"
    assert caught(path, document) == []
    for name in ("rmqm", "weighted_rmqm", "interval", "components", "protocol", "counts", "ok"):
        for place in places({name: document[name]}):
            if place in {("counts", "offered"), ("components", "S")}:
                continue
            if place[:2] in {("counts", "undefined_terms"), ("counts", "left_out_of_spike_means")}:
                continue
            assert caught(path, tampered(document, place)), place


def test_a_report_of_the_judge_is_counted_again(rmqm, tmp_path):
    pytest.importorskip("hypothesis")
    done = rmqm(
        "conformance", "--only", "RMQM-MET-001", "--profile", "fast", "--json", cwd=tmp_path
    )
    path = tmp_path / "report.json"
    path.write_text(done.stdout)
    assert rmqm("validate", str(path), cwd=tmp_path).returncode == 0
    document = done.document
    document["checks"][0]["status"] = "failed"
    path.write_text(json.dumps(document))
    again = rmqm("validate", str(path), cwd=tmp_path)
    assert (again.returncode, "VAL006" in again.stdout) == (1, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", "RES001"),
        ("[]", "RES001"),
        ('{"schema": "rmqm-result/1", "rmqm": 1, "rmqm": 2}', "RES001"),
        ('{"schema": "rmqm-result/1", "rmqm": NaN}', "RES001"),
        ('{"schema": "rmqm-result/1", "rmqm": 1e999}', "RES001"),
        ("[" * 100_000, "RES001"),
        ("{}", "RES003"),
        ('{"schema": ["rmqm-result/1"]}', "RES003"),
        ('{"schema": "rmqm-result/2"}', "RES003"),
    ],
)
def test_what_is_no_document_of_ours_is_unreadable(tmp_path, text, code):
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(UnreadableError) as caught:
        validate_document(tmp_path / "file.json")
    assert caught.value.code == code


def test_a_document_against_its_schema_is_told_where(result):
    path = result / "result.json"
    document = json.loads(path.read_text())
    del document["components"]["D"]
    path.write_text(json.dumps(document))
    (found,) = validate_document(path).findings
    assert found.message == "/components: 'D' is a required property"


def test_documents_are_told_one_by_one(rmqm, folder, tmp_path):
    (tmp_path / "empty.json").write_text("{}")
    names = [str(folder / "ntxent"), str(tmp_path / "empty.json"), str(folder / "cross_entropy")]
    done = rmqm("validate", *names, "--json", cwd=tmp_path)
    document = done.document
    text = files("rmqm_spec").joinpath("documents/schemas/validate.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator(json.loads(text)).validate(document)
    assert done.returncode == 3
    assert [one["ok"] for one in document["documents"]] == [True, False, True]
    assert rmqm("validate", *names[::2], cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"result_sha256": np.array("0" * 64)}, "those of another result"),
        ({"ids": np.array(["0" * 64] * 6)}, "which is no input of the result"),
        ({"levels": np.array([0, 1, 2, 99])}, "pictures of level 99"),
        ({"side": np.array(2)}, "larger than the 2 that the network saw"),
        ({"pictures": np.zeros((1, 1, 8, 8, 1), np.uint8)}, "an array uint8"),
    ],
)
def test_pictures_of_another_result_are_caught(result, change, problem):
    path = result / "examples.npz"
    with np.load(path) as stored:
        pictures = dict(stored)
    assert [one.level for one in validate_document(result).findings if one.code == "VAL014"] == [
        "ok"
    ]
    np.savez(path, **(pictures | {key: _like(pictures[key], new) for key, new in change.items()}))
    (finding,) = [one for one in validate_document(result).findings if one.code == "VAL014"]
    assert (finding.level, problem in finding.message) == ("fail", True)


def test_a_result_needs_no_pictures(result):
    (result / "examples.npz").unlink()
    assert "VAL014" not in {one.code for one in validate_document(result).findings}
    (result / "examples.npz").write_bytes(b"PK no archive")
    assert not validate_document(result).ok


def _like(old, new):
    """Cut a new array to the length of the old, where both have one."""
    return new[-len(old) :] if old.ndim == new.ndim == 1 else new


@pytest.mark.parametrize("name", ["examples.npz", "distances.npz"])
def test_an_archive_that_is_broken_anywhere_is_a_finding(result, name):
    path = result / name
    with np.load(path) as stored:
        np.savez_compressed(path, **dict(stored))
    content = path.read_bytes()
    places = range(30, len(content), 101)
    caught = 0
    for at in places:
        path.write_bytes(content[:at] + b"\xff" * 9 + content[at + 9 :])
        caught += not validate_document(result).ok  # a few bytes of an archive matter to nobody
    assert caught > len(places) / 2
