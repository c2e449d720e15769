"""The measures of the Jacobian in a study: what is asked, under which names, and of whom."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import rmqm_spec
from studies.architectures.design import quick_design
from studies.measuring.jacobians import MEASURES, jacobian_values, without_jacobians
from studies.measuring.table import ResultTable

EXAMPLE = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"


def test_values_details_and_differences_to_the_null_stand_under_their_names(monkeypatch, tmp_path):
    asked = {}
    measures = {
        "jacobian-norm": {"value": 2.0, "details": {}},
        "jacobian-volume": {"value": None, "details": {"at-rank": -3.0, "rank-deficient": 4.0}},
    }
    null = {"measures": {"jacobian-norm": {"value": 0.5}, "jacobian-volume": {"value": -1.0}}}

    def score(model, **options):
        asked.update(options, model=model)
        return SimpleNamespace(measures=measures, stored=SimpleNamespace(document={"null": null}))

    monkeypatch.setattr(rmqm_spec, "score", score)
    found = jacobian_values(tmp_path / "a.onnx", tmp_path / "i.npz", tmp_path / "out", scale=2.0)
    assert found == {
        "jacobian-norm": 2.0,
        "jacobian-norm-null": 1.5,
        "jacobian-volume": None,
        "jacobian-volume-null": None,
        "jacobian-volume:at-rank": -3.0,
        "jacobian-volume:rank-deficient": 4.0,
    }
    assert asked["n"] == 100
    assert asked["scale"] == 2.0
    assert asked["measure"] == [*MEASURES, *(f"{name}@16" for name in MEASURES)]


def test_every_measure_that_is_asked_for_is_answered(tmp_path):
    pytest.importorskip("onnxruntime")
    images = np.random.default_rng(0).integers(0, 256, (8, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "images.npz", images=images)
    found = jacobian_values(EXAMPLE, tmp_path / "images.npz", tmp_path / "out", n=5)
    for name in MEASURES:
        assert {name, f"{name}-null", f"{name}@16", f"{name}@16-null"} <= set(found)
    assert found["jacobian-norm"] > 0
    assert 1 < found["jacobian-rank:numerical"] <= 31


def test_rows_that_lack_them_are_measured_and_no_others(tmp_path):
    first, second, third = quick_design()[:3]
    table = ResultTable(tmp_path / "results.csv")
    undefined = dict.fromkeys(MEASURES)
    table.add(first.name, {"rmqm": 2.5, **undefined, "jacobian-rank:numerical": 0.0})
    table.add(second.name, {"rmqm": 2.5})
    table = ResultTable(tmp_path / "results.csv")
    assert without_jacobians(table, [first, second, third]) == [second, third]
