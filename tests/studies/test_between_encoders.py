"""Measures between the encoders of a study, from saved encodings."""

import numpy as np
import pytest

from rmqm_spec.measures.between.candidates import consensus, information_sufficiency
from studies.measuring.between import add_between, between_encoders
from studies.measuring.table import ResultTable

random = np.random.default_rng(0)
ENCODINGS = {name: random.standard_normal((40, 3)) for name in "abc"}
IDS = np.array([f"{number:02d}" for number in range(40)])


def saved(folder):
    """Write the encodings, each file in another order, and those of a dead encoder."""
    files = {}
    for number, (name, rows) in enumerate([*ENCODINGS.items(), ("dead", np.ones((40, 2)))]):
        order = np.roll(np.arange(40), number)
        files[name] = folder / f"{name}.npz"
        np.savez(files[name], encodings=rows[order], ids=IDS[order])
    return files


def test_values_are_those_of_the_measures_whatever_the_order_of_inputs(tmp_path):
    found = between_encoders(saved(tmp_path))
    sufficiency, agreed = information_sufficiency(ENCODINGS), consensus(ENCODINGS)
    for name in ENCODINGS:
        assert found[name]["information-sufficiency"] == pytest.approx(sufficiency[name])
        assert found[name]["consensus"] == pytest.approx(agreed[name])
    assert found["dead"] == {"information-sufficiency": None, "consensus": None}


def test_rows_get_them_only_where_all_encodings_are_there(tmp_path, capsys):
    files = saved(tmp_path)
    table = ResultTable(tmp_path / "encoders.csv")
    for name in files:
        table.add(name, {"rmqm": 1.0})
    add_between(table, {**files, "elsewhere": tmp_path / "elsewhere.npz"})
    assert "no encodings of 1 encoders" in capsys.readouterr().err
    assert "consensus" not in table.rows["a"]
    add_between(table, files)
    assert float(ResultTable(tmp_path / "encoders.csv").rows["a"]["consensus"]) > -1
    assert table.rows["a"]["rmqm"] == 1.0
