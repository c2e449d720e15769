"""What the product and its pages say of the study is what the study's files say."""

import csv
import json
from pathlib import Path

import pytest

from rmqm_spec.contracts.registry import available
from rmqm_spec.ranking.evidence import EVIDENCE
from rmqm_spec.ranking.support import ENDS, GROWING
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


def test_the_ends_of_measures_are_those_of_the_study():
    known = {
        entry["measure"]: entry
        for entry in ANALYSIS["measures"]
        if entry["measure"].partition("@")[0] in available("measure")
        and ":" not in entry["measure"]
        and not entry["measure"].endswith("-null")
    }
    for name, entry in known.items():
        kinds = [entry["neighbours"], entry["probe"]]
        ends = {
            "high" if kind["mean"] * entry["sign"] > 0 else "low"
            for kind in kinds
            if kind["interval"][0] > 0 or kind["interval"][1] < 0
        }
        assert ends == ({ENDS[name].end} if name in ENDS else set()), name
        if name in ENDS:
            turned = entry["sign"] if ENDS[name].end == "high" else -entry["sign"]
            for kind, quoted in zip(kinds, (ENDS[name].neighbours, ENDS[name].probe), strict=True):
                ends_of = sorted(turned * end for end in kind["interval"])
                exact = (turned * kind["mean"], *ends_of)
                assert quoted == pytest.approx(exact, abs=0.00501), name
    assert ENDS.keys() <= known.keys()


def test_the_measures_that_grow_with_the_size_are_those_of_the_study():
    from scipy.stats import spearmanr

    table = list(csv.DictReader((RESULTS / "encoders.csv").read_text().splitlines()))
    growing = set()
    for name in available("measure").keys() & table[0].keys():
        rows = [(float(row["size"]), float(row[name])) for row in table if row[name]]
        growing |= {name} if spearmanr(*zip(*rows, strict=True))[0] > 0.5 else set()
    assert growing == GROWING


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
