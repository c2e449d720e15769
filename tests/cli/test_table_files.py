"""``--csv`` and ``--md``: every table as a file, or alone on stdout."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import pytest

from rmqm_spec.cli.table_files import csv_text, markdown_text

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL = EXAMPLES / "digits_ntxent.onnx"
OTHER = EXAMPLES / "digits_cross_entropy.onnx"
AWKWARD = ["a,b", 'say "x"', "two\nlines", "carriage\rreturn", " spaces ", "a|b", "ü", ""]


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_gives_every_text_back():
    text = csv_text({"name": AWKWARD, "a,b": range(len(AWKWARD))})
    assert [row["name"] for row in rows(text)] == AWKWARD
    assert [row["a,b"] for row in rows(text)] == [str(k) for k in range(len(AWKWARD))]


def test_csv_numbers_are_not_rounded():
    import numpy as np

    values = [0.1 + 0.2, np.float64(1 / 3), 1e-300, None, math.nan, np.int64(7)]
    cells = [row["x"] for row in rows(csv_text({"x": values, "y": "abcdef"}))]
    assert [float(cell) if cell else None for cell in cells] == [
        0.1 + 0.2, 1 / 3, 1e-300, None, None, 7.0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("a|b", r"a\|b"),
        (r"a\|b", r"a\\\|b"),
        ("two\nlines", "two<br>lines"),
        ("*bold* `code` <b>", r"\*bold\* \`code\` \<b\>"),
        ("resnet_4b", "resnet_4b"),
        ("_x_", r"\_x\_"),
        ("a\x1b[2J", r"a\x1b\[2J"),
    ],
)
def test_markdown_shows_a_text_as_it_is(cell, shown):
    head, rule, row = markdown_text({"name": [cell]}).splitlines()
    assert (head, rule) == ("| name |", "| --- |")
    assert row == f"| {shown} |"


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    pytest.importorskip("onnxruntime")
    folder = tmp_path_factory.mktemp("tables")
    for name, model in (("a", MODEL), ("b", OTHER)):
        done = rmqm("score", model, "--n", 8, "--no-null", "--out", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("which", ["levels", "inputs"])
def test_a_score(rmqm, folder, which):
    files = ("--csv", f"{which}.csv", "--md", f"{which}.md", "--table", which)
    run = ("score", MODEL, "--n", 8, "--no-null", "--out", "a", *files)
    done = rmqm(*run, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    table = rows((folder / f"{which}.csv").read_text(encoding="utf-8"))
    if which == "levels":
        means = done.document["curves"]["displacement"]["mean"]
        assert [float(row["displacement_mean"]) for row in table] == means
    else:
        assert (folder / "inputs.csv").read_bytes() == (folder / "a/per_input.csv").read_bytes()
    lines = (folder / f"{which}.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(table) + 2


def test_a_ranking_names_those_without_a_score_too(rmqm, folder):
    (folder / "broken.onnx").write_bytes(b"no model")
    done = rmqm("rank", "a", "b", "broken.onnx", "--csv", "rank.csv", "--json", cwd=folder)
    assert done.returncode == 1, done.stderr
    table = rows((folder / "rank.csv").read_text(encoding="utf-8"))
    ranked = done.document["ranked"]
    assert [row["name"] for row in table] == [*(row["name"] for row in ranked), "broken"]
    assert [row["status"] for row in table][:2] == ["ok", "ok"]
    assert table[2]["status"] == done.document["failed"][0]["code"]
    assert float(table[0]["rmqm"]) == ranked[0]["rmqm"]
    assert float(table[0]["share_D"]) == ranked[0]["shares"]["D"]


def test_probes(rmqm, folder):
    import numpy as np

    rng = np.random.default_rng(0)
    images, labels = rng.random((24, 8, 8), dtype=np.float32), np.arange(24) % 3
    np.savez(folder / "data.npz", images=images, labels=labels)
    data = ("--data", "data.npz:images", "--labels", "data.npz:labels", "--C", "1")
    done = rmqm("probe", MODEL, OTHER, *data, "--csv", "p.csv", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    accuracies = {
        (model["name"], probe): entry["accuracy"]
        for model in done.document["models"]
        for probe, entry in model["probes"].items()
    }
    table = rows((folder / "p.csv").read_text(encoding="utf-8"))
    assert {(row["name"], row["probe"]): float(row["accuracy"]) for row in table} == accuracies


def test_correlations(rmqm, folder):
    values = [(2.1, 0.61), (2.4, 0.66), (2.3, 0.64), (2.9, 0.8), (3.0, 0.79)]
    lines = ["model,task,rmqm,knn", *(f"m{k},t,{a},{b}" for k, (a, b) in enumerate(values))]
    (folder / "measured.csv").write_text("\n".join(lines), encoding="utf-8")
    done = rmqm("correlate", "measured.csv", "--csv", "c.csv", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    row = rows((folder / "c.csv").read_text(encoding="utf-8"))[0]
    correlation = done.document["correlations"][0]
    assert float(row["pearson"]) == correlation["pearson"]["value"]
    assert float(row["kendall_p"]) == correlation["kendall"]["p"]


def test_a_difference(rmqm, folder):
    done = rmqm("diff", "a", "b", "--csv", "d.csv", "--md", "d.md", "--json", cwd=folder)
    assert done.returncode == 1, done.stderr
    table = rows((folder / "d.csv").read_text(encoding="utf-8"))
    change = done.document["difference"]
    score = next(row for row in table if row["section"] == "score")
    assert float(score["change"]) == change["rmqm"]
    levels = [float(row["change"]) for row in table if row["section"] == "level"]
    assert levels == change["levels"]
    assert {row["name"] for row in table if row["section"] == "model"} >= {"name", "sha256"}


def test_a_table_alone_on_stdout(rmqm, folder):
    done = rmqm("measures", "--csv", "-", cwd=folder)
    assert done.returncode == 0
    names = [row["name"] for row in rows(done.stdout)]
    assert names[0] == "rmqm"
    assert names[1:] == sorted(names[1:])
    done = rmqm("rank", "a", "b", "--md", "-", "--csv", "beside.csv", cwd=folder)
    assert all(line.startswith("| ") for line in done.stdout.splitlines())
    assert "The whole order is right" in done.stderr
    assert (folder / "beside.csv").exists()


def test_an_older_table_is_replaced(rmqm, folder):
    (folder / "old.csv").write_text("something else", encoding="utf-8")
    assert rmqm("measures", "--csv", "old.csv", cwd=folder).returncode == 0
    assert rows((folder / "old.csv").read_text(encoding="utf-8"))[0]["name"] == "rmqm"
    assert list(folder.glob(".*.part")) == []


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--csv", "-", "--json"], "ARG001", "got a table and --json"),
        (["--csv", "-", "--md", "-"], "ARG001", "got --csv and --md"),
        (["--csv", "model.onnx"], "ARG001", "must name a file that ends in .csv"),
        (["--md", "table.csv"], "ARG001", "must name a file that ends in .md"),
        (["--csv", "folder.csv"], "ARG005", "is something else"),
        (["--csv", "measured.csv"], "ARG001", "a file that the command reads"),
        (["--csv", "old.txt/x.csv"], "ARG005", "a folder that can be written to"),
    ],
)
def test_refusals_come_before_the_work(rmqm, tmp_path, options, code, message):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "old.txt").write_text("x", encoding="utf-8")
    (tmp_path / "measured.csv").write_text("model,task,rmqm,knn\n", encoding="utf-8")
    done = rmqm("correlate", "measured.csv", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert code in done.stderr
    assert message in done.stderr
    if "--json" in options:
        assert json.loads(done.stdout)["error"]["code"] == code
    assert (tmp_path / "measured.csv").read_text(encoding="utf-8") == "model,task,rmqm,knn\n"
