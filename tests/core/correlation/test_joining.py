"""Results, probes and tables: read, matched by encoder, refused by name."""

import hashlib
import json

import numpy as np
import pytest

from rmqm_spec.correlation.correlating import correlate
from rmqm_spec.correlation.joining import join
from rmqm_spec.correlation.measurements import from_result
from rmqm_spec.correlation.reading import read_measurements
from rmqm_spec.errors import RmqmError
from rmqm_spec.probes.document import digest_of_probe
from rmqm_spec.results.document import digest_of_result

ENCODER = {
    "input": {"name": "x", "layout": "nchw", "feeds": {}},
    "preprocessing": {"scale": 1.0, "mean": None, "source": "flags"},
}


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


CURVE = {"mean": [0.5], "std": [0.1]}
COUNTS = {
    **dict.fromkeys(("offered", "seen", "used"), 2),
    **dict.fromkeys(("duplicates", "unreadable", "left_out_of_spike_means"), 0),
    "levels": 1,
    "encodings": 4,
    "undefined_terms": {"D_RC": 0, "P_RC": 0},
    "stopped_early": False,
}
WRITTEN = {
    "findings": [],
    "versions": {"python": "3", "platform": "x", "numpy": "2"},
    "created": "2026-01-01T00:00:00+00:00",
    "seconds": 1.0,
    "runtime": None,
}


def result(name, rmqm, *, output="y", seed=0, ids="ab"):
    parts = {"D": 0.5, "D_RC": 0.25, "P_RC": 0.2, "S": 0.1}
    rule = {"name": "steps", "J": 1, "bounds": [0.0, 1.0], "seed": seed}
    return {
        "schema": "rmqm-result/1",
        "rmqm": rmqm,
        "interval": None,
        "status": "collapsed" if rmqm is None else "ok",
        "weighted_rmqm": rmqm,
        "components": parts,
        "protocol": {
            "specification": "1.0",
            "variant": "paper",
            "alteration": rule,
            "resolution": 1e-6,
            "inputs": {"shape": [1, 8, 8]},
        },
        "protocol_sha256": sha("protocol"),
        "counts": COUNTS,
        "inputs": {"source": "here", "ids_sha256": sha(ids), "skipped": []},
        "curves": {
            "levels": [1],
            **dict.fromkeys(
                ("displacement", "step_length", "displacement_change", "step_length_change"), CURVE
            ),
        },
        "model": {"name": f"{name}.onnx", "sha256": sha(name)},
        "output": {"name": output, "pooling": "flatten"},
        "null": None,
        **WRITTEN,
        "run_sha256": None,
        "result_sha256": sha(f"{name} {rmqm} {output} {seed} {ids}"),
        **ENCODER,
    }


def probe(name, task, accuracy, *, output="y", task_sha256=None, source="flags"):
    judged = {"accuracy": accuracy, "interval": [0.0, 1.0], "correct": 1, "judged": 2}
    return {
        "schema": "rmqm-probe/1",
        "rmqm": None,
        "interval": None,
        "task": task,
        "task_sha256": sha(task_sha256 or task),
        "probes": {"1-nn": judged},
        "chance": 0.5,
        "classes": [{"label": label, "train": 1, "test": 1} for label in "ab"],
        "split": {
            "rule": "given",
            "train_share": None,
            "neighbours": "train-test",
            "train": 2,
            "test": 2,
        },
        "inputs": {
            "source": "here",
            "labels": "there",
            "train_source": None,
            "train_labels": None,
            "ids_sha256": sha("ids"),
            "offered": 4,
            "left_out_by_code": {},
            "left_out": [],
        },
        "model": {"name": f"{name}.onnx", "sha256": sha(name)},
        "output": {"name": output, "pooling": "flatten"},
        "geometry": {"shape": [1, 8, 8]},
        **WRITTEN,
        "probe_sha256": sha("probe"),
        **ENCODER,
        "preprocessing": ENCODER["preprocessing"] | {"source": source},
    }


def named(document):
    """Return a document as text, with the digest of what it holds."""
    is_result = document["schema"] == "rmqm-result/1"
    key, digest = (
        ("result_sha256", digest_of_result) if is_result else ("probe_sha256", digest_of_probe)
    )
    return json.dumps(document | {key: digest(document)})


@pytest.fixture
def read(tmp_path):
    """Write documents into folders of their own, tables as they are, and read all of them."""

    def write(*documents, tables=(), **options):
        for number, document in enumerate(documents):
            kind = {"rmqm-result/1": "result", "rmqm-probe/1": "probe"}[document["schema"]]
            folder = tmp_path / f"{number:02}"
            folder.mkdir()
            (folder / f"{kind}.json").write_text(named(document), encoding="utf-8")
        paths = [tmp_path] if documents else []
        for number, table in enumerate(tables):
            path = tmp_path / f"table-{number}.csv"
            path.write_text(table, encoding="utf-8")
            paths.append(path)
        return read_measurements(paths, **options)

    return write


def refused(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return caught.value.code, caught.value.message


SCORES = dict(zip("abcd", [2.0, 2.5, 2.7, 3.0], strict=True))
ACCURACIES = dict(zip("abcd", [0.5, 0.8, 0.7, 0.9], strict=True))


def four(**options):
    results = [result(name, score) for name, score in SCORES.items()]
    return results + [probe(name, "digits", one, **options) for name, one in ACCURACIES.items()]


def test_scores_meet_probes_of_the_same_encoder(read):
    [found] = correlate(join(read(*four())), ["rmqm"], ["1-nn"])
    assert {(one.encoder, one.score, one.probe) for one in found.points} == {
        (name, SCORES[name], ACCURACIES[name]) for name in "abcd"
    }
    assert (found.task, found.n_encoders) == ("digits", 4)
    assert found.estimates["spearman"].value == pytest.approx(0.8)
    assert found.estimates["pearson"].value == pytest.approx(
        np.corrcoef(list(SCORES.values()), list(ACCURACIES.values()))[0, 1]
    )


def test_where_the_preprocessing_was_found_does_not_matter(read):
    [found] = correlate(join(read(*four(source="a file"))), ["rmqm"], ["1-nn"])
    assert found.n_encoders == 4


def test_another_output_is_another_encoder_and_that_is_told(read):
    documents = [*four(), result("e", 2.2), probe("e", "digits", 0.6, output="z")]
    joined = join(read(*documents))
    assert [one.message.split(" has ", 1)[1] for one in joined.findings] == [
        "a score and no probe; e has the other with another output, input or preprocessing",
        "a probe and no score; e has the other with another output, input or preprocessing",
    ]
    assert correlate(joined, ["rmqm"], ["1-nn"])[0].n_encoders == 4


def test_an_undefined_score_is_told(read):
    documents = [*four(), result("e", None), probe("e", "digits", 0.1)]
    [finding] = join(read(*documents)).findings
    assert "a probe and no score: its score is undefined" in finding.message


def test_reciprocals_are_columns_too(read):
    joined = join(read(*four()))
    assert joined.score_columns == (
        "rmqm", "weighted_rmqm", "D", "1/D_RC", "1/P_RC", "D_RC", "P_RC", "S",
    )  # fmt: skip
    key = next(iter(joined.names))
    assert joined.values[key, None, "1/D_RC"] == 4.0


def test_results_of_other_protocols_are_refused(read):
    code, message = refused(join, read(*four(), result("e", 2.0, seed=1)))
    assert code == "CMP001"
    assert "alteration.seed is 0 against 1" in message
    assert "result.json and " in message


def test_results_over_other_inputs_are_refused(read):
    assert refused(join, read(*four(), result("e", 2.0, ids="cd")))[0] == "CMP001"


def test_one_task_is_the_same_for_all(read):
    code, message = refused(join, read(*four(), probe("e", "digits", 0.5, task_sha256="other")))
    assert code == "PRB010"
    assert "task digits must have the same inputs, labels and split" in message


def test_two_values_of_one_thing_are_refused_and_equal_ones_are_one(read):
    twice = read(*four(), *four())
    assert len(join(twice).names) == 4
    code, message = refused(join, [*twice, from_result(result("a", 2.1), "elsewhere")])
    assert code == "COR003"
    assert "rmqm of a must have one value; got 2 from" in message
    assert message.endswith("2.1 from elsewhere")


def test_a_table_alone(read):
    table = "model,task,rmqm,knn,comment\na,x,1,0.1,-\nb,x,2,0.3,-\nc,x,3,0.2,-\n"
    joined = join(read(tables=[table]))
    assert (joined.score_columns, joined.probe_columns) == (("rmqm",), ("knn",))
    [found] = correlate(joined, ["rmqm"], ["knn"])
    assert found.estimates["kendall"].value == pytest.approx(1 / 3)


def test_a_table_meets_documents_by_the_name_of_the_model(read):
    table = "model,external\na,10\nb.onnx,30\nc,20\nd,40\n"
    joined = join(read(*four(), tables=[table]))
    [found] = correlate(joined, ["rmqm"], ["external"])
    assert (found.n_encoders, found.task) == (4, "table-0")
    assert joined.findings == ()


def test_columns_can_be_named(read):
    table = "model,rankme,rmqm\na,1,5\nb,2,6\nc,3,4\n"
    joined = join(read(tables=[table], scores=["rankme"], probes=["rmqm"]))
    assert (joined.score_columns, joined.probe_columns) == (("rankme",), ("rmqm",))


def test_pooled_probes_are_divided_by_the_best_of_their_task(read):
    rows = [
        f"{m},{t},{s},{s * f}"
        for m, s in zip("abc", (1, 2, 4), strict=True)
        for t, f in (("x", 1), ("y", 50))
    ]
    joined = join(read(tables=["\n".join(["model,task,rmqm,knn", *rows])]))
    *within, pooled = correlate(joined, ["rmqm"], ["knn"])
    assert [one.task for one in within] == ["x", "y"]
    assert pooled.task is None
    assert {one.entered for one in pooled.points} == {0.25, 0.5, 1.0}
    assert pooled.estimates["pearson"].value == pytest.approx(1.0)
    assert pooled.estimates["pearson"].interval is None  # three encoders


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("name,rmqm\na,1\n", "a column called model"),
        ("model,rmqm,rmqm\na,1,2\n", "no two of one name"),
        ("model,rmqm\na,1,2\n", "2 fields in each row; got 3 in line 2"),
        ("model,rmqm\n,1\n", "a model in each row; got none in line 2"),
        ("", "a header and rows"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused(read, table, rule):
    code, message = refused(read, tables=[table])
    assert code == "COR005"
    assert rule in message


def test_a_named_column_holds_numbers_alone(read):
    table = "model,rmqm,knn\na,1,good\nb,2,0.2\n"
    code, message = refused(read, tables=[table], probes=["knn"])
    assert code == "COR005"
    assert message.endswith("must have a finite number in column knn; got 'good' in line 2")


def test_too_few_encoders_are_told_with_the_reason(read):
    documents = [result("a", 1.0), probe("a", "digits", 0.5), result("b", 2.0)]
    code, message = refused(correlate, join(read(*documents)), ["rmqm"], ["1-nn"])
    assert code == "COR002"
    assert (
        "at least 3 encoders must have a score (rmqm) and a probe (1-nn) in one task; got 1"
        in message
    )
    assert "b (" in message


def test_other_documents_are_refused(tmp_path):
    path = tmp_path / "other.json"
    path.write_text('{"schema": "rmqm-check/1"}', encoding="utf-8")
    assert refused(read_measurements, [path]) == (
        "COR001",
        f"{path} must have the schema of a result, a ranking or probes; got 'rmqm-check/1'",
    )
    path.write_text('{"schema": "rmqm-probe/1"}', encoding="utf-8")
    code, message = refused(read_measurements, [path])
    assert code == "RES002"
    assert "must follow rmqm-probe/1; " in message
    (tmp_path / "empty").mkdir()
    assert refused(read_measurements, [tmp_path / "empty"])[0] == "COR001"


def test_the_null_of_a_result_is_not_an_encoder_of_its_own(tmp_path, read):
    read(*four())
    (tmp_path / "00/null").mkdir()
    null = named(result("a", 9.0) | {"model": {"name": "a.onnx", "sha256": sha("permuted")}})
    (tmp_path / "00/null/result.json").write_text(null, encoding="utf-8")
    assert len(read_measurements([tmp_path])) == 8
    assert len(read_measurements([tmp_path, tmp_path / "00/null"])) == 9


def test_the_order_of_files_changes_nothing(read):
    names, tasks = "abcdefg", ("x", "y")
    accuracies = np.random.default_rng(0).random((7, 2))
    documents = [result(name, 2.0 + 0.1 * number) for number, name in enumerate(names)]
    documents += [
        probe(name, task, accuracies[n, t])
        for n, name in enumerate(names)
        for t, task in enumerate(tasks)
    ]
    measured = read(*documents)
    one, other = (
        correlate(join(several), ["rmqm"], ["1-nn"]) for several in (measured, measured[::-1])
    )
    assert one[-1].task is None
    assert one[-1].estimates == other[-1].estimates


def test_a_ranking_leads_to_its_results(tmp_path, read):
    read(*four())
    shared = {
        "status": "ok",
        "components": {},
        "counts": {"offered": 2, "seen": 2, "used": 2},
        "model": None,
        "null": None,
        "geometry": None,
        "result_sha256": "",
        "findings": [],
    }
    place = {
        "rmqm": 1.0,
        "interval": [0.0, 2.0],
        "position": 1,
        "positions": [1, 4],
        "same_as": [],
        "letters": ["a"],
        "best": 0.5,
        "probabilities": [],
        "shares": {},
        "encodings_per_second": None,
    }
    entries = [
        {"name": f"{number}", "result": f"0{number}/result.json", **shared} for number in range(4)
    ]
    method = {"differences": "", "simultaneous": "", "level": 0.95, "quantile": None}
    ranking = {
        "schema": "rmqm-rank/1",
        "rmqm": None,
        "interval": None,
        "protocol": None,
        "inputs": 2,
        "left_out": [],
        "ranked": [entry | place for entry in entries[:3]],
        "unranked": entries[3:],
        "failed": [],
        "pairs": [],
        "order_probability": None,
        "method": method | {"draws": 1, "seed": 0},
        "findings": [],
        "ranking_sha256": "",
    }
    (tmp_path / "rank.json").write_text(json.dumps(ranking), encoding="utf-8")
    measured = read_measurements([tmp_path / "rank.json"])
    assert [one.values["rmqm"] for one in measured] == list(SCORES.values())


def test_a_number_that_was_changed_is_refused(read, tmp_path):
    read(*four())
    path = tmp_path / "00" / "result.json"
    document = json.loads(path.read_text()) | {"rmqm": 0.1}
    path.write_text(json.dumps(document))
    code, message = refused(read_measurements, [tmp_path])
    assert (code, "was changed after it was written" in message) == ("RES002", True)
