"""Without scikit-learn two measures are missing: that is said before any work, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MODELS = EXAMPLES / "digits_ntxent.onnx", EXAMPLES / "digits_cross_entropy.onnx"
WITHOUT = """
import sys
for name in [*sys.modules]:  # a warm Python may have imported them for another test
    if name.startswith(("sklearn", "rmqm_spec.measures.neighbourhoods.clusters")):
        del sys.modules[name]
sys.modules["sklearn"] = None
"""
COMMAND = "pip install 'rmqm-spec[measures]'"
SCORE = ["score", MODELS[0], "--n", 20, "--levels", 4, "--no-null"]


@pytest.mark.parametrize(
    "command",
    [
        [*SCORE, "--measure", "clid"],
        [*SCORE, "--measure", "rankme,cluster-learnability@16"],
        [*SCORE, "--measure", "all"],
        ["rank", *MODELS, "--n", 4, "--by", "clid"],
        ["rank", *MODELS, "--n", 4, "--measure", "cluster-learnability"],
        ["rank", *MODELS, "--n", 4, "--by", "rankme", "--measure", "all"],
    ],
    ids=lambda command: " ".join(map(str, command[-4:])),
)
def test_a_measure_of_clusters_is_refused_before_any_work(rmqm, tmp_path, command):
    done = rmqm(*command, "--json", cwd=tmp_path, before=WITHOUT)
    error = done.document["error"]
    assert (done.returncode, error["code"]) == (4, "ENV014")
    assert "scikit-learn" in error["message"]
    assert COMMAND in error["fix"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ["check", MODELS[0]],
        ["check", EXAMPLES / "digits_cross_entropy.onnx", "--n", 8],
        [*SCORE, "--measure", "rankme,two-nn,lidar"],
        ["rank", *MODELS, "--n", 4, "--levels", 4, "--measure", "mle-dimension"],
        ["inspect", MODELS[0]],
    ],
    ids=lambda command: " ".join(map(str, [command[0], *command[-2:]])),
)
def test_the_main_job_needs_no_scikit_learn(rmqm, tmp_path, command):
    done = rmqm(*command, cwd=tmp_path, before=WITHOUT)
    assert (done.returncode, "ENV014" in done.stderr) == (0, False), done.stderr


def test_the_list_of_measures_and_doctor_name_the_package(rmqm, tmp_path):
    listed = rmqm("measures", cwd=tmp_path, before=WITHOUT)
    assert listed.returncode == 0
    assert "clid cannot be used: scikit-learn must be installed" in listed.stderr
    assert listed.stderr.count(COMMAND) == 2
    seen = rmqm("doctor", cwd=tmp_path, before=WITHOUT)
    assert seen.returncode == 0
    rows = [line for line in seen.stdout.splitlines() if "clusters:CLID" in line]
    assert [row.split()[0] for row in rows] == ["-"]
    assert "FAIL" not in seen.stdout
    assert COMMAND in seen.stdout


def test_documents_with_such_a_measure_stay_readable_and_valid(rmqm, tmp_path):
    for name, model in zip("ab", MODELS, strict=True):
        command = ["score", model, *SCORE[2:], "--measure", "clid", "--out", name]
        assert rmqm(*command, cwd=tmp_path).returncode == 0
    command = ["rank", "a", "b", "--by", "clid", "--out", "ranking"]
    assert rmqm(*command, cwd=tmp_path).returncode == 0
    for path, code in (("a", "VAL012"), ("ranking", "VAL010")):
        assert rmqm("validate", path, cwd=tmp_path).returncode == 0
        done = rmqm("validate", path, "--json", cwd=tmp_path, before=WITHOUT)
        assert done.returncode == 0
        findings = done.document["documents"][0]["findings"]
        (warned,) = [finding for finding in findings if finding["level"] != "ok"]
        assert (warned["code"], warned["level"]) == (code, "warn")
        assert COMMAND in warned["fix"]
    ranked = rmqm("rank", "a", "b", "--out", "again", cwd=tmp_path, before=WITHOUT)
    assert ranked.returncode == 0
    assert "CLID" in ranked.stdout
