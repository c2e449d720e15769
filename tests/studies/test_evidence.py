"""What the product and its pages say of the study is what the study's files say."""

import json
from pathlib import Path

import pytest

from rmqm_spec.ranking.evidence import EVIDENCE
from studies.analysis.judging import summary
from studies.analysis.predictor import chosen_predictor
from studies.analysis.zoo_table import read_table

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "studies/architectures/results"
ANALYSIS = json.loads((RESULTS / "analysis.json").read_text())
RMQM = next(entry for entry in ANALYSIS["measures"] if entry["measure"] == "rmqm")


def test_the_verdict_of_a_ranking_quotes_the_study():
    assert EVIDENCE.n_encoders == ANALYSIS["encoders"]
    for kind in ("neighbours", "probe"):
        quoted, study = getattr(EVIDENCE, kind), RMQM[kind]
        assert quoted.among_all == round(study["mean"], 2)
        assert quoted.of_one_architecture == round(study["within_architecture"], 2)
        assert quoted.of_one_size == round(study["within_size"], 2)
        assert quoted.of_both == round(study["within_both"], 2)
    assert EVIDENCE.own_domain == round(RMQM["neighbours"]["own_domain"], 2)


def test_the_analysis_follows_from_the_table():
    table = read_table(RESULTS / "encoders.csv")
    again = {entry["measure"]: entry for entry in summary(table, "mnist")}
    assert len(again) == len(ANALYSIS["measures"])
    for entry in ANALYSIS["measures"]:
        assert entry["neighbours"]["mean"] == pytest.approx(
            again[entry["measure"]]["neighbours"]["mean"]
        )
    assert chosen_predictor(table, "mnist")["measures"] == ANALYSIS["predictor"]["measures"]


def test_the_page_quotes_the_study():
    page = (ROOT / "docs/evidence.md").read_text(encoding="utf-8")
    by_name = {entry["measure"]: entry for entry in ANALYSIS["measures"]}
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) >= 10
    for row in rows:
        entry = by_name[row[1].strip().strip("`")]
        cells = [cell.strip() for cell in row[2:8]]
        expected = [
            f"{entry[kind][key]:.2f}"
            for kind in ("neighbours", "probe")
            for key in ("mean", "within_architecture", "own_domain")
        ]
        assert cells == expected, row
