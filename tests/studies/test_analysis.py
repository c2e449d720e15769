import csv

import numpy as np
import pytest
from scipy.stats import spearmanr

from studies.analysis.judging import require_both_halves, signs, summary
from studies.analysis.predictor import chosen_predictor
from studies.analysis.rank_correlation import bootstrap, spearman, worst_where_undefined
from studies.analysis.zoo_table import read_table
from studies.measuring.table import ResultTable

ARCHITECTURES = ("lenet", "mlp", "resnet", "vit", "tanh-cnn", "bn-cnn")


def zoo(path, seed=0, n_of_each=12):
    """Write a made-up study: one good measure, one reversed, one of noise, one that is constant."""
    random = np.random.default_rng(seed)
    table = ResultTable(path)
    for architecture in ARCHITECTURES:
        for number in range(n_of_each):
            quality = random.standard_normal()
            noisy = {name: quality + 0.3 * random.standard_normal() for name in "abcdef"}
            table.add(
                f"{architecture}_{number}",
                {
                    "architecture": architecture,
                    "method": "made-up",
                    "size": random.choice([16, 64]),
                    "seed": 0,
                    "seen": 0,
                    "optimiser": "adam",
                    "parameters": random.integers(1000),
                    "loss": None,
                    "rmqm": noisy["a"],
                    "reversed": -noisy["b"],
                    "rankme": random.standard_normal(),
                    "constant": 1.0,
                    "kmnist_1nn": noisy["c"],
                    "mnist_1nn": noisy["d"],
                    "kmnist_probe": noisy["e"],
                    "mnist_probe": noisy["f"],
                },
            )
    return path


def test_rho_is_that_of_scipy():
    random = np.random.default_rng(0)
    measures, targets = random.integers(9, size=(30, 3)) * 1.0, random.standard_normal((30, 2))
    for row, column in np.ndindex(3, 2):
        expected = spearmanr(measures[:, row], targets[:, column]).statistic
        assert spearman(measures, targets)[row, column] == pytest.approx(expected)


def test_a_measure_without_a_value_ranks_last_whatever_its_sign():
    values = np.array([3.0, np.nan, -2.0, 5.0])
    for sign in (1.0, -1.0):
        assert np.argmin(worst_where_undefined(values, sign)) == 1


def test_the_bootstrap_covers_the_population():
    random = np.random.default_rng(1)
    population = random.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 200_000)
    truth = spearman(population[:, :1], population[:, 1:])[0, 0]
    inside = 0
    for _ in range(40):
        drawn = population[random.integers(len(population), size=100)]
        low, high = np.quantile(bootstrap(drawn[:, :1], drawn[:, 1:])[:, 0, 0], [0.025, 0.975])
        inside += low <= truth <= high
    assert inside >= 34


def test_signs_come_from_the_architectures_they_are_chosen_on(tmp_path):
    path = zoo(tmp_path / "zoo.csv")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["architecture"] in {"vit", "tanh-cnn", "bn-cnn"}:
            row["reversed"] = str(-float(row["reversed"]))
    turned = ResultTable(tmp_path / "turned.csv")
    for row in rows:
        turned.add(row.pop("encoder"), row)
    assert signs(read_table(path), "mnist")["reversed"] == -1
    assert signs(read_table(tmp_path / "turned.csv"), "mnist")["reversed"] == -1


def test_the_summary_orders_measures_by_what_they_predict(tmp_path):
    table = read_table(zoo(tmp_path / "zoo.csv"))
    by_name = {entry["measure"]: entry for entry in summary(table, "mnist")}
    assert by_name["reversed"]["neighbours"]["mean"] > 0.7
    assert abs(by_name["rankme"]["neighbours"]["mean"]) < 0.4
    assert by_name["constant"]["probe"]["mean"] == 0
    assert "loss" not in by_name
    low, high = by_name["rankme"]["neighbours"]["minus_rmqm_interval"]
    assert high < 0
    assert low < by_name["rankme"]["neighbours"]["minus_rmqm"] < high
    assert by_name["rmqm"]["neighbours"]["minus_rmqm"] == 0
    assert list(by_name["rmqm"]["neighbours"]["tasks"]) == ["kmnist_1nn"]


def test_the_predictor_is_chosen_on_one_half_and_judged_on_the_other(tmp_path):
    chosen = chosen_predictor(read_table(zoo(tmp_path / "zoo.csv")), "mnist")
    assert set(chosen["measures"]) <= {
        "rmqm",
        "reversed",
        "rankme",
        "constant",
        "size",
        "parameters",
    }
    assert {"rmqm", "reversed"} & set(chosen["measures"])
    low, high = chosen["neighbours"]["interval"]
    assert low < chosen["neighbours"]["judged"] < high


def test_what_the_other_half_says_changes_no_choice(tmp_path):
    first = read_table(zoo(tmp_path / "zoo.csv"))
    chosen = chosen_predictor(first, "mnist")
    unseen = ~np.isin(first.labels["architecture"], ("lenet", "mlp", "resnet"))
    for name in first.targets:
        first.columns[name][unseen] *= -1
    again = chosen_predictor(first, "mnist")
    assert again["measures"] == chosen["measures"]
    assert again["probe"]["judged"] == pytest.approx(-chosen["probe"]["judged"])


def test_a_table_of_one_half_is_refused(tmp_path):
    table = read_table(zoo(tmp_path / "zoo.csv"))
    require_both_halves(table)
    table.labels["architecture"][:] = "lenet"
    with pytest.raises(ValueError, match="got 72 and 0"):
        require_both_halves(table)


def test_a_stopped_study_goes_on_where_it_was(tmp_path):
    table = ResultTable(tmp_path / "results.csv")
    table.add("b", {"rmqm": 1.5})
    table.add("a", {"rmqm": 2.5, "rankme": 3.0})
    again = ResultTable(tmp_path / "results.csv")
    assert again.rows == {
        "a": {"rmqm": "2.5", "rankme": "3.0"},
        "b": {"rmqm": "1.5", "rankme": ""},
    }
    again.add("c", {"rankme": None})
    assert sorted(ResultTable(tmp_path / "results.csv").rows) == ["a", "b", "c"]
